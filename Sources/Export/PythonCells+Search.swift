/// The cells of a search by populations, and those that every search has.
extension PythonCells {
  static let search = """
    discovery = load("discovery")
    g = discovery.generation.values
    search, direction, outer_step = (discovery.attrs[name] for name in ("search", "direction", "outer_step"))
    sign = 1 if direction == "maximize" else -1
    span = (g[0] - 0.5 - len(g) / 50, g[-1] + 0.5 + len(g) / 50)
    every = max(1, len(g) // 12)  # a marker at each so many generations
    print(f"{search}: {len(g)} × {discovery.sizes['candidate']} candidates, "
          f"{discovery.sizes['parameter']} coefficients, {direction}")
    """

  static let fitness = """
    fitness = discovery.fitness.values
    lower, upper = np.full(len(g), np.nan), np.full(len(g), np.nan)
    for row in np.flatnonzero(np.isfinite(fitness).any(axis=1)):
        lower[row], upper[row] = np.nanquantile(fitness[row], (0.25, 0.75))
    figure, (axes,) = panels(1, width=8, height=3.6)
    axes.scatter(np.repeat(g, fitness.shape[1]), fitness.ravel(), s=8, alpha=0.4, color=COLOURS[5], linewidths=0,
                 label="candidate")
    axes.fill_between(g, lower, upper, alpha=0.2, color=COLOURS[0], linewidth=0, label="quartiles")
    axes.plot(g, discovery.median_fitness, **LOOKS[0], markevery=every, label="median")
    axes.plot(g, discovery.incumbent_fitness, **LOOKS[1], markevery=every, label="best so far")
    core = np.concatenate([lower, upper, discovery.median_fitness.values, discovery.incumbent_fitness.values])
    core = core[np.isfinite(core)]
    if direction == "minimize" and fitness[np.isfinite(fitness)].min() > 0:
        axes.set_yscale("log")
    elif np.ptp(core) > 0:  # failed candidates may lie far off and would flatten all others
        axes.set_ylim(max(axes.get_ylim()[0], core.min() - np.ptp(core) / 2),
                      min(axes.get_ylim()[1], core.max() + np.ptp(core) / 2))
    axes.set(xlabel=outer_step, xlim=span, ylabel=f"fitness ({'higher' if sign > 0 else 'lower'} is better)")
    legend(figure)
    save(figure, "fitness")
    """

  static let coefficients = #"""
    labels = {name: name if text == name else f"${text}$" for name, text in zip(
        discovery.parameter.values, discovery.parameter_label.values)}
    last = discovery.incumbent_parameter.isel(generation=-1)
    figure, grid = panels(len(labels), width=3, height=2.1)
    for axes, (name, label) in zip(grid, labels.items()):
        part = discovery.sel(parameter=name)
        value = float(last.sel(parameter=name))
        dropped = value == 0
        if "search_mean" in part:
            axes.plot(g, part.search_mean, **LOOKS[0] | ({"color": "0.7"} if dropped else {}), markevery=every,
                      label=None if dropped else "mean of the search")
        axes.plot(g, part.incumbent_parameter, **LOOKS[1] | ({"color": "0.6"} if dropped else {}), markevery=every,
                  label=None if dropped else "best so far")
        axes.set_xlim(span)
        axes.axhline(float(part.parameter_initial), **DASHED, label="start")
        if float(part.parameter_lower) > 0 and float(part.parameter_upper) / float(part.parameter_lower) >= 100:
            axes.set_yscale("log")
        axes.set_title(f"{label}: dropped" if dropped else f"{label} = {value:.3g}", fontsize="medium",
                       color="0.6" if dropped else "black")
    legend(figure)
    figure.supxlabel(outer_step, fontsize="medium")
    save(figure, "coefficients")
    """#

  static let final = #"""
    # The last coefficients; those that are exactly 0 were dropped.
    values = last.values
    names = [labels[name] for name in last.parameter.values]
    largest = np.abs(values).max()
    figure, (axes,) = panels(1, width=8, height=0.6 + 0.32 * len(values))
    for row, (name, value) in enumerate(zip(names, values)):
        colour = "0.7" if value == 0 else COLOURS[1] if value < 0 else COLOURS[0]
        axes.hlines(row, 0, value, colors=colour, linewidth=2.5)
        axes.plot([value], [row], marker="s" if value < 0 else "o", color=colour)
        axes.annotate("dropped" if value == 0 else f"{value:.3g}", (value, row), (-6 if value < 0 else 6, 0),
                      textcoords="offset points", ha="right" if value < 0 else "left", va="center", fontsize="small",
                      color="0.6" if value == 0 else "black")
    axes.axvline(0, **DASHED)
    if largest > 0:
        axes.set_xscale("symlog", linthresh=largest / 1000)
        decades = largest * 10.0 ** np.array([-2, -1, 0])
        axes.set_xlim(-12 * largest if values.min() < 0 else -largest / 1000, 12 * largest)
        axes.set_xticks([*-decades[::-1], 0, *decades] if values.min() < 0 else [0, *decades])
        axes.xaxis.set_major_formatter(lambda value, place: f"{value:.1g}")
        axes.xaxis.set_minor_locator(plt.NullLocator())
    axes.set_yticks(range(len(names)), names)
    for text, value in zip(axes.get_yticklabels(), values):
        text.set_color("0.6" if value == 0 else "black")
    axes.set(xlabel="final value", ylim=(len(names) - 0.4, -0.6))
    save(figure, "final-coefficients")
    """#

  static let stepSize = """
    figure, (axes,) = panels(1, width=8, height=2.6)
    axes.semilogy(g, discovery.step_size, **LOOKS[0], markevery=every, label=discovery.step_size.long_name)
    if "axis_ratio" in discovery:
        axes.semilogy(g, discovery.axis_ratio, **LOOKS[1], markevery=every, label=discovery.axis_ratio.long_name)
    axes.set(xlabel=outer_step, xlim=span)
    legend(figure)
    save(figure, "step-size")
    """

  static let front = """
    archive = load("discovery/archive")
    archive = archive.isel(rank=np.isfinite(archive.archive_fitness) & np.isfinite(archive.archive_complexity))
    complexity, score = archive.archive_complexity.values, sign * archive.archive_fitness.values
    # The front: better than everything that is as simple or simpler.
    order = np.lexsort((-score, complexity))
    front = [place for rank, place in enumerate(order) if (score[place] > score[order[:rank]]).all()]
    figure, (axes,) = panels(1, width=8, height=3.4)
    if "complexity" in discovery:
        known = np.isfinite(discovery.fitness.values) & np.isfinite(discovery.complexity.values)
        axes.scatter(discovery.complexity.values[known], discovery.fitness.values[known], s=10, alpha=0.5,
                     color="0.6", linewidths=0, label="every candidate")
        reach = np.ptp(score) if np.ptp(score) > 0 else 1
        low, high = np.sort(sign * np.array([score.min() - reach, score.max() + reach / 4]))
        axes.set_ylim(max(low, axes.get_ylim()[0]), min(high, axes.get_ylim()[1]))
    axes.scatter(complexity, sign * score, s=18, color=COLOURS[0], linewidths=0, label="archive")
    axes.step(complexity[front], sign * score[front], **LOOKS[1], where="post", markersize=7, label="front")
    axes.set(xlabel=archive.archive_complexity.long_name, ylabel=f"{archive.archive_fitness.long_name}, penalties included")
    legend(figure)
    save(figure, "front")
    for place in front:
        print(f"{complexity[place]:4.0f}  {sign * score[place]:9.4g}  {archive.archive_expression.values[place]}")
    """
}
