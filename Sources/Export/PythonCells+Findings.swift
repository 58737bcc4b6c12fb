/// The cells of findings.
extension PythonCells {
  static let findings = """
    findings = load("findings")
    names, tasks, shots = (list(findings[name].values) for name in ("rule", "task", "shot"))
    look = {name: LOOKS[index % len(LOOKS)] for index, name in enumerate(names)}
    baseline, method = findings.attrs["baseline"], findings.attrs["ci_method"]
    if findings.get("summary") is not None and findings.summary.item():
        display(Markdown(findings.summary.item().replace("<", "&lt;")))
    print("rank of the mean accuracy:", ", ".join(f"{rank} {name}" for rank, name in sorted(
        zip(findings["rank"].values.tolist(), names))))

    def forest(middle, lower, upper, xlabel, name, line=None):
        "One figure a task, one panel a number of shots, one row a rule: a number with its interval."
        for task in tasks:
            values = findings[middle].sel(task=task)
            known = [shot for shot in shots if np.isfinite(values.sel(shot=shot)).any()]
            rows = [name for name in names if np.isfinite(values.sel(rule=name)).any()]
            if not known:
                continue
            figure, grid = panels(len(known), height=0.8 + 0.3 * len(rows), sharey=True)
            for axes, shot in zip(grid, known):
                part = findings.sel(task=task, shot=shot, rule=rows)
                y = np.flatnonzero(np.isfinite(part[middle].values))
                if lower in part:
                    axes.hlines(y, part[lower].values[y], part[upper].values[y], colors=COLOURS[0], linewidth=2)
                axes.scatter(part[middle].values[y], y, color=COLOURS[0], zorder=3)
                if line is not None:
                    axes.axvline(line, **DASHED)
                axes.set_yticks(range(len(rows)), rows)
                axes.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
                heading(axes, f"{shot} examples per class")
            figure.suptitle(task, fontsize="medium")
            save(figure, f"{name}-{tasks.index(task) + 1}")
    """

  static let sources = """
    columns = ["source_kind", "source_uuid", "source_sha256"]
    findings[[name for name in columns if name in findings]].to_dataframe()
    """

  static let findingsAccuracy = """
    print(f"intervals: {method}")
    forest("accuracy_mean", "accuracy_ci_low", "accuracy_ci_high", quantity(findings.accuracy_mean), "findings-accuracy")
    """

  static let gaps = """
    forest("gap_to_baseline", "gap_ci_low", "gap_ci_high", f"accuracy − that of {baseline}", "gap", line=0)
    """

  static let findingsLowData = """
    figure, grid = panels(len(tasks), height=3.2, sharey=True)
    for axes, task in zip(grid, tasks):
        for name in names:
            part = findings.sel(rule=name, task=task)
            known = np.isfinite(part.accuracy_mean.values)
            if known.any():
                mean, lower, upper = (part[f"accuracy_{key}"].values[known] for key in ("mean", "ci_low", "ci_high"))
                axes.errorbar(part.shot.values[known], mean, [mean - lower, upper - mean], **look[name], label=name)
        axes.set(xscale="log", xlabel=quantity(findings.shot))
        heading(axes, task)
        axes.set_xticks(shots, shots)
        axes.xaxis.set_minor_locator(plt.NullLocator())
    grid[0].set_ylabel(quantity(findings.accuracy_mean))
    legend(figure)
    save(figure, "findings-low-data")
    """

  static let importance = """
    # What each rule loses when one of its terms is taken away and nothing is tuned again.
    for name in names:
        part = findings.sel(rule=name)
        known = np.isfinite(part.term_importance.values)
        if not known.any():
            continue
        part = part.isel(term=known).sortby("term_importance", ascending=False)
        y, drop = np.arange(part.term.size), part.term_importance.values
        figure, (axes,) = panels(1, width=8, height=0.8 + 0.32 * len(y))
        axes.barh(y, drop, height=0.6, color=[COLOURS[0] if value > 0 else "0.7" for value in drop])
        if "term_importance_ci_low" in part:
            axes.hlines(y, part.term_importance_ci_low, part.term_importance_ci_high, colors="black", linewidth=1.5)
        axes.axvline(0, **DASHED)
        axes.set_yticks(y, part.term.values, fontsize="small")
        axes.invert_yaxis()
        axes.set(xlabel=quantity(findings.term_importance), title=name)
        save(figure, f"importance-{names.index(name) + 1}")
    """

  static let findingsTable = """
    measures = [name for name in findings.data_vars if findings[name].dims == ("rule", "task", "shot")]
    table = findings[measures].to_dataframe().reset_index()
    table = table[table.n_seeds > 0].reset_index(drop=True)
    table.to_csv(output / "findings.csv", index=False)
    table[["rule", "task", "shot"] + measures].round(3)
    """
}
