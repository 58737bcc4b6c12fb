extension PythonCells {
  static let descent = """
    discovery = load("discovery")
    g = discovery.generation
    with h5py.File(path) as record:
        direction, outer_step = (record["discovery"].attrs[name] for name in ("direction", "outer_step"))

    def smoothed(values, window=max(1, discovery.sizes["generation"] // 30)):
        "At each step the mean of the finite values of the last ones."
        last = [values[max(0, i + 1 - window):i + 1] for i in range(len(values))]
        return np.array([part[np.isfinite(part)].mean() if np.isfinite(part).any() else np.nan for part in last])

    def course(axes, values, index, label):
        colour = COLOURS[index % len(COLOURS)]
        axes.scatter(g, values, s=4, alpha=0.4, color=colour, linewidths=0)
        axes.plot(g, smoothed(values), color=colour, marker=MARKERS[index % len(MARKERS)], label=label,
                  markevery=max(1, len(g) // 12))

    skipped = int(np.nansum(discovery.episodes_skipped))
    print(f"{skipped} of {int(np.nansum(discovery.episodes_scored))} episodes had no finite gradient and were left out")
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2))
    course(left, discovery.task_score.values[:, 0, 0], 0, "query accuracy")
    course(right, (-1 if direction == "maximize" else 1) * discovery.fitness.values[:, 0], 1, "meta-loss")
    if np.nanmax(discovery.penalty.values) > 0:
        course(right, discovery.query_loss.values[:, 0], 0, "query cross-entropy")
    left.set(xlabel=outer_step, ylabel="accuracy")
    right.set(xlabel=outer_step, ylabel="nats")
    right.legend()
    save(figure, "descent")
    """

  static let theta = """
    parameters = list(discovery.parameter.values)
    figure, axes = plt.subplots(figsize=(8, 4))
    for name in parameters:
        axes.plot(g, discovery.search_mean.sel(parameter=name), label=name, markevery=max(1, len(g) // 12))
    axes.axhline(0, color="0.5", linestyle="--", marker="")
    axes.set(xlabel=outer_step, ylabel="coefficient")
    axes.legend(fontsize="small", ncols=2)
    save(figure, "coefficients")

    figure, axes = plt.subplots(figsize=(8, 3))
    for index, name in enumerate(parameters):
        course(axes, np.abs(discovery.meta_gradient.sel(parameter=name).values), index, name)
    axes.set(xlabel=outer_step, ylabel="|gradient of the meta-loss|", yscale="log")
    axes.legend(fontsize="small", ncols=2)
    save(figure, "meta-gradient")
    """

  static let alignment = """
    figure, axes = plt.subplots(figsize=(8, 4))
    for index, name in enumerate(discovery.layer.values):
        angle = discovery.alignment_angle.sel(layer=name).values
        if np.nanmax(np.abs(angle), initial=0) > 0:  # that of the readout is 0 by construction
            course(axes, angle, index, name)
    axes.axhline(90, color="0.5", linestyle="--", marker="")
    axes.set(xlabel=outer_step, ylabel=f"alignment angle ({discovery.alignment_angle.units})")
    axes.legend()
    save(figure, "alignment")
    """

  static let orthonormality = """
    figure, axes = plt.subplots(figsize=(8, 4))
    for index, name in enumerate(discovery.layer.values):
        residual = discovery.orthonormality.sel(layer=name).values
        if np.isfinite(residual).any():
            course(axes, residual, index, name)
    axes.set(xlabel=outer_step, ylabel=discovery.orthonormality.long_name, yscale="log")
    axes.legend()
    save(figure, "orthonormality")
    """
}
