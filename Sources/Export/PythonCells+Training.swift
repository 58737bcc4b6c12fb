/// The cells of a training.
extension PythonCells {
  static let trainingTable = """
    training = load("training")
    done = training.epochs_done
    last = xr.where(done > 0, done, 1) - 1  # index of each run's last epoch
    final = training.test_accuracy.isel(epoch=last).where(done > 0)
    best = training.test_accuracy.max("epoch")
    table = (100 * xr.Dataset({"accuracy": final.mean("seed"), "lowest seed": final.min("seed"),
                               "highest seed": final.max("seed"),
                               "trained on": training.train_accuracy.isel(epoch=last).where(done > 0).mean("seed"),
                               "best epoch": best.mean("seed")})).to_dataframe().round(2)
    table["s an epoch"] = training.wall_time.median(["seed", "epoch"]).to_series().round(4)
    for name in ("credit", "rule", "neuron", "hidden", "optimizer"):
        table[name] = training[name].to_series()
    table.to_csv(output / "training.csv")
    table
    """

  static let trainingCourse = """
    figure, axes = panels(2, width=5, height=3.6, sharex=True)
    for axis, name in zip(axes, ("test_accuracy", "test_loss")):
        for index, system in enumerate(training.system.values):
            runs = training[name].sel(system=system)
            look = LOOKS[index % len(LOOKS)]
            axis.plot(runs.epoch, runs.mean("seed"), **look, markevery=max(1, runs.sizes["epoch"] // 8), label=system)
            if runs.sizes["seed"] > 1:
                axis.fill_between(runs.epoch, runs.min("seed"), runs.max("seed"), color=look["color"], alpha=0.15)
        axis.set(xlabel="epoch", ylabel=quantity(training[name]))
    axes[1].set_yscale("log")
    legend(figure)
    save(figure, "training")
    """
}
