/// The cells of an evaluation.
extension PythonCells {
  static let table = """
    evaluation = load("evaluation")

    def final(values):
        "The last measured value along `step`."
        numbers = values.transpose(..., "step").values
        known = np.isfinite(numbers)
        last = numbers.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
        numbers = np.take_along_axis(numbers, last[..., None], axis=-1)[..., 0]
        dims = [name for name in values.dims if name != "step"]
        return xr.DataArray(numbers, dims=dims, coords={name: values[name] for name in dims})

    def estimate(values, resamples=5000):
        "Number, mean and bootstrap 95 % interval of the finite values; the report draws other resamples."
        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        if not len(values):
            return 0, np.nan, np.nan, np.nan
        draws = np.random.default_rng(seed).integers(0, len(values), size=(resamples, len(values)))
        return len(values), values.mean(), *np.percentile(values[draws].mean(axis=1), [2.5, 97.5])

    accuracy, loss = final(evaluation.accuracy), final(evaluation.loss)
    names, tasks, shots = (list(evaluation[name].values) for name in ("rule", "task", "shot"))
    look = {name: LOOKS[index % len(LOOKS)] for index, name in enumerate(names)}
    chance = {task: float(evaluation.chance_level.sel(task=task)) for task in tasks}
    first = names[0]
    rows = []
    for task in tasks:
        for shot in shots:
            for name in names:
                place = dict(rule=name, task=task, shot=shot)
                n, mean, lower, upper = estimate(accuracy.sel(place))
                paired = accuracy.sel(place | {"rule": first}) - accuracy.sel(place)
                _, difference, difference_lower, difference_upper = estimate(paired)
                rows.append({"rule": name, "task": task, "shot": shot, "n": n, "accuracy": mean, "lower": lower,
                             "upper": upper, "loss": estimate(loss.sel(place), 1)[1], "difference": difference,
                             "difference_lower": difference_lower, "difference_upper": difference_upper})
    table = xr.Dataset({key: ("row", [row[key] for row in rows]) for key in rows[0]}).to_dataframe()
    table.to_csv(output / "scores.csv", index=False)
    print(f"difference: accuracy of {first} less that of the row, on the same episodes")
    table.round(3)
    """

  static let accuracy = """
    for task in tasks:
        figure, grid = panels(len(shots), height=0.8 + 0.3 * len(names), sharey=True)
        for axes, shot in zip(grid, shots):
            part = table[(table.task == task) & (table.shot == shot)]
            y = np.arange(len(part))
            colours = [COLOURS[1] if name == first else COLOURS[0] for name in part.rule]
            axes.hlines(y, part.lower, part.upper, colors=colours, linewidth=2)
            axes.scatter(part.accuracy, y, c=colours, zorder=3)
            axes.axvline(chance[task], **DASHED)
            axes.set_yticks(y, part.rule)
            axes.set_xlabel(f"{quantity(evaluation.accuracy)} (dashed: chance)")
            heading(axes, f"{shot} examples per class")
        grid[0].invert_yaxis()
        figure.suptitle(task, fontsize="medium")
        save(figure, f"accuracy-{tasks.index(task) + 1}")
    """

  static let differences = """
    others = names[1:]
    for task in tasks:
        figure, grid = panels(len(shots), height=0.8 + 0.4 * len(others), sharey=True)
        for axes, shot in zip(grid, shots):
            for row, name in enumerate(others):
                paired = (accuracy.sel(rule=first, task=task, shot=shot)
                          - accuracy.sel(rule=name, task=task, shot=shot)).values
                _, mean, lower, upper = estimate(paired)
                height = row + 0.6 * (np.arange(len(paired)) * 0.618034 % 1 - 0.5)
                axes.scatter(paired, height, s=9, alpha=0.4, color=COLOURS[0], linewidths=0)
                axes.hlines(row, lower, upper, color=COLOURS[1], linewidth=2.5)
                axes.scatter([mean], [row], marker="s", color=COLOURS[1], zorder=3)
            axes.axvline(0, **DASHED)
            axes.set_yticks(range(len(others)), others)
            heading(axes, f"{shot} examples per class")
        grid[0].invert_yaxis()
        figure.supxlabel(f"accuracy of {first} − of the row, each episode", fontsize="medium")
        figure.suptitle(task, fontsize="medium")
        save(figure, f"differences-{tasks.index(task) + 1}")
    """

  static let learningCurves = """
    for shot in shots:
        curves = {}
        for task in tasks:
            for name in names:
                course = evaluation.accuracy.sel(rule=name, task=task, shot=shot).transpose("step", "seed").values
                known = np.isfinite(course).any(axis=1)
                if known.any():
                    ends = np.array([estimate(row) for row in course[known]])
                    curves.setdefault(task, {})[name] = evaluation.step.values[known], *ends.T[1:]
        # Tasks in which nothing was measured before the end have no curve.
        curves = {task: found for task, found in curves.items() if max(len(x) for x, *_ in found.values()) > 1}
        if not curves:
            continue
        figure, grid = panels(len(curves), height=3.2, sharey=True)
        for axes, (task, found) in zip(grid, curves.items()):
            for name, (x, mean, lower, upper) in found.items():
                if len(x) > 1:
                    axes.plot(x, mean, **look[name], label=name)
                    axes.fill_between(x, lower, upper, alpha=0.15, color=look[name]["color"], linewidth=0)
                else:  # known at the end alone
                    axes.errorbar(x, mean, [mean - lower, upper - mean], **look[name] | {"linestyle": ""}, label=name)
            axes.axhline(chance[task], **DASHED, label="chance")
            axes.set_xlabel(quantity(evaluation.step))
            heading(axes, f"{task}, {shot} per class")
        grid[0].set_ylabel(quantity(evaluation.accuracy))
        legend(figure)
        save(figure, f"learning-curves-{shot}")
    """

  static let lowData = """
    figure, grid = panels(len(tasks), height=3.2, sharey=True)
    for axes, task in zip(grid, tasks):
        for name in names:
            part = table[(table.task == task) & (table.rule == name) & (table.n > 0)]
            if len(part):
                axes.errorbar(part.shot, part.accuracy, [part.accuracy - part.lower, part.upper - part.accuracy],
                              **look[name], label=name)
        axes.axhline(chance[task], **DASHED, label="chance")
        axes.set(xscale="log", xlabel=quantity(evaluation.shot))
        heading(axes, task)
        axes.set_xticks(shots, shots)
        axes.xaxis.set_minor_locator(plt.NullLocator())
    grid[0].set_ylabel(quantity(evaluation.accuracy))
    legend(figure)
    save(figure, "low-data")
    """

  static let transfer = """
    for shot in shots:
        part = accuracy.sel(shot=shot).transpose("rule", "task", "seed").values
        mean = np.array([[estimate(scores, 1)[1] for scores in row] for row in part])
        figure, (axes,) = panels(1, width=2.4 + 1.3 * len(tasks), height=0.8 + 0.4 * len(names))
        axes.grid(False)
        image = axes.imshow(mean, cmap="viridis", vmin=0, vmax=1, aspect="auto")
        for row, column in np.argwhere(np.isfinite(mean)):
            value = mean[row, column]
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", color="black" if value > 0.6 else "white")
        axes.set_xticks(range(len(tasks)), tasks, rotation=20, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set_title(f"{shot} examples per class")
        figure.colorbar(image, label=quantity(evaluation.accuracy))
        save(figure, f"transfer-{shot}")
    """
}
