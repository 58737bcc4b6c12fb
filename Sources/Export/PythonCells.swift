/// The Python of a run's notebook, a cell each. Every cell but the first uses only what the cells above it made.
enum PythonCells {
  static let open = """
    from pathlib import Path

    import h5py
    import matplotlib.pyplot as plt
    import numpy as np
    import xarray as xr

    with h5py.File(path) as record:
        about = dict(record.attrs)
        groups = set(record)
    assert about["schema_name"] == "plasticity-log" and about["schema_version"].split(".")[0] == "1", about

    def load(group):
        return xr.load_dataset(path, group=group, engine="h5netcdf")

    # Okabe & Ito's colours, and a marker for each, so that colour is never the only sign.
    COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
    MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
    plt.rcParams.update({"axes.prop_cycle": plt.cycler(color=COLOURS, marker=MARKERS), "lines.markersize": 4,
                         "axes.grid": True, "grid.alpha": 0.3, "figure.constrained_layout.use": True,
                         "svg.hashsalt": "metaplast", "svg.fonttype": "none"})

    def save(figure, name):
        figure.savefig(f"{name}.svg", metadata={"Date": None})
        plt.show()

    print(f"{about['title']}: {about['kind']}, {about['status']}, schema {about['schema_version']}")
    """

  static let provenance = """
    provenance = load("provenance")
    seed = int(provenance.master_seed)
    print("seed", seed, "·", ", ".join(f"{name} {version}" for name, version in zip(
        provenance.library.values, provenance.library_version.values)))
    for name, role, digest in zip(provenance.input.values, provenance.input_role.values, provenance.input_sha256.values):
        print(f"{role:8} {name}  sha256 {digest}")
    columns = ["started", "ended", "exit_reason", "first_generation", "last_generation", "n_threads", "cpu",
               "software_version", "git_revision"]
    provenance[columns].to_dataframe()
    """

  static let rule = """
    from IPython.display import Math, display

    rules = load("rules")
    found = [name for name, origin in zip(rules.rule.values, rules.origin.values) if origin == "discovered"]
    shown = found[0] if found else rules.rule.values[0]
    print(str(rules.expression.sel(rule=shown).values))
    if str(rules.latex.sel(rule=shown).values):
        display(Math(str(rules.latex.sel(rule=shown).values)))
    terms = rules.coefficient.sel(rule=found + [name for name in rules.rule.values if name not in found])
    terms.to_pandas().T
    """

  static let table = """
    evaluation = load("evaluation")

    def final(values):
        "The last measured value along `step`."
        numbers = values.transpose(..., "step").values
        known = np.isfinite(numbers)
        last = numbers.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
        numbers = np.take_along_axis(numbers, last[..., None], axis=-1)[..., 0]
        return xr.DataArray(numbers, dims=[name for name in values.dims if name != "step"],
                            coords={name: values[name] for name in values.dims if name != "step"})

    def interval(values, resamples=5000):
        "Bootstrap 95 % interval of the mean; the report draws other resamples, so last digits may differ."
        draws = np.random.default_rng(seed).integers(0, len(values), size=(resamples, len(values)))
        return np.percentile(values[draws].mean(axis=1), [2.5, 97.5]) if len(values) else (np.nan, np.nan)

    accuracy, loss = final(evaluation.accuracy), final(evaluation.loss)
    places = [(task, shot) for task in evaluation.task.values for shot in evaluation.shot.values]
    names = list(evaluation.rule.values)
    rows = []
    for task, shot in places:
        place = dict(task=task, shot=shot)
        for name in names:
            scores = accuracy.sel(rule=name, **place).values.astype(float)
            paired = accuracy.sel(rule=names[0], **place).values.astype(float) - scores
            losses = loss.sel(rule=name, **place).values
            rows.append({"rule": name, "task": task, "shot": shot, "n": len(scores), "accuracy": scores.mean(),
                         "lower": interval(scores)[0], "upper": interval(scores)[1],
                         "loss": losses.mean() if len(losses) else np.nan, "difference": paired.mean(),
                         "difference_lower": interval(paired)[0], "difference_upper": interval(paired)[1]})
    table = xr.Dataset({key: ("row", [row[key] for row in rows]) for key in rows[0]}).to_dataframe()
    table.to_csv("comparison.csv", index=False)
    table.round(3)
    """

  static let accuracy = """
    for task, shot in places:
        part = table[(table.task == task) & (table.shot == shot)].iloc[::-1]
        figure, axes = plt.subplots(figsize=(8, 0.9 + 0.4 * len(part)))
        y = np.arange(len(part))
        colours = [COLOURS[1] if name == names[0] else COLOURS[0] for name in part.rule]
        axes.hlines(y, part.lower, part.upper, colors=colours, linewidth=2)
        axes.scatter(part.accuracy, y, c=colours, zorder=3)
        axes.axvline(float(evaluation.chance_level.sel(task=task)), color="0.5", linestyle="--", marker="", label="chance")
        axes.set_yticks(y, part.rule)
        axes.set(xlabel=evaluation.accuracy.long_name, title=f"{task}, {shot} examples per class")
        axes.legend(loc="best")
        save(figure, f"accuracy-{shot}" if len(places) > 1 else "accuracy")
    """

  static let differences = """
    for task, shot in places:
        others = names[1:]
        figure, axes = plt.subplots(figsize=(8, 0.9 + 0.5 * max(len(others), 1)))
        for row, name in enumerate(reversed(others)):
            paired = (accuracy.sel(rule=names[0], task=task, shot=shot) - accuracy.sel(rule=name, task=task, shot=shot)).values
            height = row + 0.6 * (np.arange(len(paired)) * 0.618034 % 1 - 0.5)
            axes.scatter(paired, height, s=9, alpha=0.4, color=COLOURS[0], linewidths=0)
            axes.hlines(row, *interval(paired.astype(float)), color=COLOURS[1], linewidth=2.5)
            axes.scatter([paired.mean()], [row], marker="s", color=COLOURS[1], zorder=3)
        axes.axvline(0, color="0.5", linestyle="--", marker="")
        axes.set_yticks(range(len(others)), list(reversed(others)))
        axes.set(xlabel=f"accuracy of {names[0]} − accuracy of the row, each episode",
                 title=f"{task}, {shot} examples per class")
        save(figure, f"differences-{shot}" if len(places) > 1 else "differences")
    """

  static let learningCurves = """
    for task, shot in places:
        figure, axes = plt.subplots(figsize=(8, 4))
        for name in names:
            curve = evaluation.accuracy.sel(rule=name, task=task, shot=shot).transpose("seed", "step").values.astype(float)
            known = np.isfinite(curve).all(axis=0)
            if not known.any():
                continue
            bounds = np.array([interval(curve[:, step]) for step in np.flatnonzero(known)])
            line, = axes.plot(evaluation.step.values[known], curve[:, known].mean(axis=0), label=name)
            axes.fill_between(evaluation.step.values[known], bounds[:, 0], bounds[:, 1], alpha=0.15, color=line.get_color())
        axes.axhline(float(evaluation.chance_level.sel(task=task)), color="0.5", linestyle="--", marker="", label="chance")
        axes.set(xlabel=evaluation.step.long_name, ylabel=evaluation.accuracy.long_name,
                 title=f"{task}, {shot} examples per class")
        axes.legend()
        save(figure, f"learning-curves-{shot}" if len(places) > 1 else "learning-curves")
    """

  static let lowData = """
    for task in evaluation.task.values:
        figure, axes = plt.subplots(figsize=(8, 4))
        for name in names:
            part = table[(table.task == task) & (table.rule == name)]
            axes.errorbar(part.shot, part.accuracy, [part.accuracy - part.lower, part.upper - part.accuracy], label=name)
        axes.axhline(float(evaluation.chance_level.sel(task=task)), color="0.5", linestyle="--", marker="", label="chance")
        axes.set(xscale="log", xlabel=evaluation.shot.long_name, ylabel=evaluation.accuracy.long_name, title=task)
        axes.legend()
        save(figure, f"low-data-{list(evaluation.task.values).index(task) + 1}")
    """

  static let fitness = """
    discovery = load("discovery")
    g = discovery.generation
    with h5py.File(path) as record:
        direction, outer_step = (record["discovery"].attrs[name] for name in ("direction", "outer_step"))

    figure, axes = plt.subplots(figsize=(8, 4))
    fitness = discovery.fitness.values
    lower, upper = (np.nanquantile(fitness, q, axis=1) for q in (0.25, 0.75))
    axes.scatter(np.repeat(g.values, fitness.shape[1]), fitness.ravel(), s=8, alpha=0.4, color=COLOURS[5], linewidths=0,
                 label="candidate")
    axes.fill_between(g, lower, upper, alpha=0.2, color=COLOURS[0], label="quartiles")
    axes.plot(g, discovery.median_fitness, label="median")
    axes.plot(g, discovery.incumbent_fitness, label="best so far")
    core = np.concatenate([lower, upper, discovery.median_fitness.values, discovery.incumbent_fitness.values])
    core = core[np.isfinite(core)]
    if direction == "minimize" and fitness[np.isfinite(fitness)].min() > 0:
        axes.set_yscale("log")
    elif np.ptp(core) > 0:  # failed candidates may lie far off and would flatten all others
        axes.set_ylim(max(axes.get_ylim()[0], core.min() - np.ptp(core) / 2),
                      min(axes.get_ylim()[1], core.max() + np.ptp(core) / 2))
    axes.set(xlabel=outer_step, ylabel=f"fitness ({direction})")
    axes.legend()
    save(figure, "fitness")
    """

  static let coefficients = """
    parameters = list(discovery.parameter.values)
    columns = min(3, len(parameters))
    rows = -(-len(parameters) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(3.2 * columns, 2.2 * rows), squeeze=False, sharex=True)
    for axes in grid.ravel()[len(parameters):]:
        axes.set_visible(False)
    for axes, name in zip(grid.ravel(), parameters):
        part = discovery.sel(parameter=name)
        if "search_mean" in part:
            axes.plot(g, part.search_mean, label="mean of the search")
        axes.plot(g, part.incumbent_parameter, color=COLOURS[1], marker="s", label="best so far")
        axes.axhline(float(part.parameter_initial), color="0.5", linestyle="--", marker="", label="start")
        if float(part.parameter_lower) > 0 and float(part.parameter_upper) / float(part.parameter_lower) >= 100:
            axes.set_yscale("log")
        axes.set_title(name, fontsize="medium")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    figure.supxlabel(outer_step)
    save(figure, "coefficients")
    """

  static let stepSize = """
    figure, axes = plt.subplots(figsize=(8, 3))
    axes.semilogy(g, discovery.step_size, label=discovery.step_size.long_name)
    if "axis_ratio" in discovery:
        axes.semilogy(g, discovery.axis_ratio, label=discovery.axis_ratio.long_name)
    axes.set(xlabel=outer_step)
    axes.legend()
    save(figure, "step-size")
    """

  static let rates = """
    rates = final(evaluation.firing_rate.transpose(..., "layer", "step"))
    for task, shot in places:
        figure, axes = plt.subplots(figsize=(8, 1.2 + 0.4 * evaluation.layer.size))
        for index, name in enumerate(names):
            part = rates.sel(rule=name, task=task, shot=shot).transpose("seed", "layer").values
            if not np.isfinite(part).any():
                continue
            height = np.arange(evaluation.layer.size) + 0.4 * (index / max(len(names) - 1, 1) - 0.5)
            mean = [column[np.isfinite(column)].mean() if np.isfinite(column).any() else np.nan for column in part.T]
            axes.plot(mean, height, linestyle="", label=name)
        axes.set_yticks(range(evaluation.layer.size), evaluation.layer.values)
        axes.set_ylim(evaluation.layer.size - 0.5, -0.5)
        axes.set(xlabel=f"{evaluation.firing_rate.long_name} ({evaluation.firing_rate.units})",
                 title=f"{task}, {shot} examples per class")
        axes.legend(fontsize="small")
        save(figure, f"firing-rates-{shot}" if len(places) > 1 else "firing-rates")
    """

  static let transfer = """
    for shot in evaluation.shot.values:
        part = accuracy.sel(shot=shot).mean("seed").transpose("rule", "task")
        figure, axes = plt.subplots(figsize=(2 + 1.3 * part.task.size, 1.2 + 0.4 * part.rule.size))
        axes.grid(False)
        image = axes.imshow(part.values, cmap="viridis", vmin=0, vmax=1, aspect="auto")
        for row, column in np.argwhere(np.isfinite(part.values)):
            value = float(part.values[row, column])
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", color="black" if value > 0.6 else "white")
        axes.set_xticks(range(part.task.size), part.task.values, rotation=20, ha="right")
        axes.set_yticks(range(part.rule.size), part.rule.values)
        axes.set_title(f"{shot} examples per class")
        figure.colorbar(image, label=evaluation.accuracy.long_name)
        save(figure, f"transfer-{shot}")
    """

  static let layers = """
    measures = [name for name in ("alignment_angle", "sample_angle", "feedback_angle", "firing_rate", "silent_share",
                                  "saturated_share", "weight_norm", "orthonormality")
                if name in evaluation and np.isfinite(evaluation[name]).any()]
    for task, shot in places:
        for measure in measures:
            part = evaluation[measure].sel(task=task, shot=shot).transpose("rule", "seed", "step", "layer")
            # The readout's own error is 0 degrees from itself.
            own = measure in ("alignment_angle", "sample_angle")
            shown = [layer for layer in part.layer.values if np.isfinite(part.sel(layer=layer)).any()
                     and not (own and layer == "readout")]
            if not shown:
                continue
            figure, grid = plt.subplots(1, len(shown), figsize=(3.2 * len(shown) + 1, 3.2), squeeze=False, sharey=True)
            for axes, layer in zip(grid[0], shown):
                for name in names:
                    course = part.sel(rule=name, layer=layer).values.astype(float)
                    known = np.isfinite(course).any(axis=0)
                    if known.any():
                        axes.plot(1 + part.step.values[known], np.nanmean(course[:, known], axis=0), label=name)
                if measure.endswith("angle"):
                    axes.axhline(90, color="0.5", linestyle="--", marker="")
                axes.set(xscale="log", xlabel="1 + examples seen", title=layer)
            units = evaluation[measure].attrs.get("units", "")
            grid[0, 0].set_ylabel(evaluation[measure].long_name + (f" ({units})" if units else ""))
            grid[0, 0].legend(fontsize="small")
            figure.suptitle(f"{task}, {shot} examples per class", fontsize="medium")
            place = f"-{places.index((task, shot)) + 1}" if len(places) > 1 else ""
            save(figure, f"{measure.replace('_', '-')}{place}")
    """
}
