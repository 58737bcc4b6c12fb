/// The cells that look into the layers of an evaluation's networks.
extension PythonCells {
  static let layers = """
    def courses(measure, task, shot):
        "Of each layer and rule: examples seen, mean and 95 % interval over episodes, where they are known."
        part = evaluation[measure].sel(task=task, shot=shot).transpose("layer", "rule", "step", "seed")
        found = {}
        for layer in part.layer.values:
            # The readout's own error is 0 degrees from itself.
            if layer == "readout" and measure in ("alignment_angle", "sample_angle"):
                continue
            for name in names:
                values = part.sel(layer=layer, rule=name).values
                known = np.isfinite(values).any(axis=1)
                if known.any():
                    rows = np.array([estimate(row, 500) for row in values[known]])
                    found.setdefault(layer, {})[name] = part.step.values[known], *rows.T[1:]
        return found

    def draw_layers(measure, shot):
        "A row of panels a task, one a layer, over the examples seen; values known once are drawn against the layer."
        found = {task: courses(measure, task, shot) for task in tasks}
        found = {task: layers for task, layers in found.items() if layers}
        if not found:
            return
        layers = [layer for layer in evaluation.layer.values if any(layer in part for part in found.values())]
        curves = max(len(x) for part in found.values() for rows in part.values() for x, *_ in rows.values()) > 1
        if curves:
            cells = [(task, layer) for task in found for layer in layers if layer in found[task]]
            figure, grid = panels(len(cells), width=3.2, height=2.6, columns=len(layers), sharey=True)
            for axes, (task, layer) in zip(grid, cells):
                for name, (x, mean, lower, upper) in found[task][layer].items():
                    axes.plot(1 + x, mean, **look[name], label=name)
                    axes.fill_between(1 + x, lower, upper, alpha=0.15, color=look[name]["color"], linewidth=0)
                axes.set(xscale="log", xlabel="1 + examples seen")
                heading(axes, f"{task}, {layer}")
        else:
            figure, grid = panels(len(found), height=3, sharey=True)
            for axes, (task, part) in zip(grid, found.items()):
                for index, name in enumerate(names):
                    ends = [(place, *part[layer][name][1:]) for place, layer in enumerate(layers)
                            if name in part.get(layer, {})]
                    if ends:
                        x, mean, lower, upper = (np.array(column).ravel() for column in zip(*ends))
                        x = x + 0.4 * (index / max(len(names) - 1, 1) - 0.5)
                        axes.errorbar(x, mean, [mean - lower, upper - mean], **look[name] | {"linestyle": ""},
                                      label=name)
                axes.set_xticks(range(len(layers)), layers)
                heading(axes, task)
        for axes in grid:
            if measure.endswith("angle"):
                axes.axhline(90, **DASHED, label="90 degrees")
            if measure == "orthonormality":
                axes.set_yscale("log")
            if measure.endswith("share"):
                axes.set_ylim(0, max(0.1, axes.get_ylim()[1]))
        figure.supylabel(quantity(evaluation[measure]), fontsize="medium")
        legend(figure)
        save(figure, measure.replace("_", "-"))

    def draw_measures(*measures):
        for measure in measures:
            if measure in evaluation:
                draw_layers(measure, shots[-1])  # give another number of shots to see it

    draw_measures("weight_norm", "orthonormality")
    """

  static let alignment = """
    draw_measures("alignment_angle", "sample_angle", "feedback_angle")
    """

  static let rates = """
    draw_measures("firing_rate", "silent_share", "saturated_share")
    """

  static let weights = """
    # The weights of the kept episodes of one task and number of shots.
    task, shot = tasks[0], shots[-1]
    with xr.open_dataset(path, group="evaluation/weights", engine="h5netcdf") as kept:
        kept = kept.isel(task=tasks.index(task), shot=shots.index(shot))
        shown = {}
        for rule, name in enumerate(names):
            for k in range(1, sum(variable.startswith("final_") for variable in kept.data_vars) + 1):
                pair = [kept[f"{when}_{k}"].isel(rule=rule).values.ravel() for when in ("initial", "final")]
                pair = [values[np.isfinite(values)] for values in pair]
                if all(map(len, pair)):
                    shown[name, k] = pair
    rows = list(dict.fromkeys(name for name, _ in shown))
    columns = max(k for _, k in shown)
    figure, grid = panels(len(rows) * columns, width=3, height=2.1, columns=columns)
    for axes, (name, k) in zip(grid, [(name, k) for name in rows for k in range(1, columns + 1)]):
        before, after = shown[name, k]
        bins = np.linspace(min(before.min(), after.min()), max(before.max(), after.max()), 42)
        axes.hist(before, bins, color="0.75", label="initial")
        axes.hist(after, bins, histtype="step", color=COLOURS[1], linewidth=1.5, label="final")
        heading(axes, f"{name}, projection {k}")
        axes.set_yscale("log")
    figure.supxlabel(f"weight ({task}, {shot} a class)", fontsize="medium")
    figure.supylabel("synapses", fontsize="medium")
    legend(figure)
    save(figure, "weights")
    """
}
