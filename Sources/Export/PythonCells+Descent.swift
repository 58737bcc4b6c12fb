/// The cells of a search that follows the gradient of the meta-loss.
extension PythonCells {
  static let descent = """
    def smoothed(values, window=max(1, len(g) // 30)):
        "At each step the mean of the finite values of the last ones."
        last = [values[max(0, i + 1 - window):i + 1] for i in range(len(values))]
        return np.array([part[np.isfinite(part)].mean() if np.isfinite(part).any() else np.nan for part in last])

    def course(axes, values, index, label):
        axes.scatter(g, values, s=4, alpha=0.4, color=LOOKS[index % len(LOOKS)]["color"], linewidths=0)
        axes.plot(g, smoothed(values), **LOOKS[index % len(LOOKS)], markevery=every, label=label)

    skipped = int(np.nansum(discovery.episodes_skipped))
    print(f"{skipped} of {int(np.nansum(discovery.episodes_scored))} episodes had no finite gradient and were left out")
    figure, (left, right) = panels(2)
    course(left, discovery.task_score.values[:, 0, 0], 0, "query accuracy")
    course(right, -sign * discovery.fitness.values[:, 0], 1, "meta-loss")
    if np.nanmax(discovery.penalty.values, initial=0) > 0:
        course(right, discovery.query_loss.values[:, 0], 2, "query cross-entropy")
    left.set(xlabel=outer_step, xlim=span, ylabel="accuracy")
    right.set(xlabel=outer_step, xlim=span, ylabel="nats")
    legend(figure)
    save(figure, "fitness")
    """

  static let theta = #"""
    labels = {name: name if text == name else f"${text}$" for name, text in zip(
        discovery.parameter.values, discovery.parameter_label.values)}
    last = discovery.search_mean.isel(generation=-1)
    figure, (axes,) = panels(1, width=8, height=3.6)
    for index, (name, label) in enumerate(labels.items()):
        dropped = float(last.sel(parameter=name)) == 0
        axes.plot(g, discovery.search_mean.sel(parameter=name), markevery=every,
                  **LOOKS[index % len(LOOKS)] | ({"color": "0.7"} if dropped else {}),
                  label=f"{label} (dropped)" if dropped else label)
    axes.axhline(0, **DASHED)
    axes.set(xlabel=outer_step, xlim=span, ylabel="coefficient")
    legend(figure)
    save(figure, "coefficients")

    figure, (axes,) = panels(1, width=8, height=3)
    for index, (name, label) in enumerate(labels.items()):
        course(axes, np.abs(discovery.meta_gradient.sel(parameter=name).values), index, label)
    axes.set(xlabel=outer_step, xlim=span, ylabel="|gradient of the meta-loss|", yscale="log")
    legend(figure)
    save(figure, "meta-gradient")
    """#

  static let searchAlignment = """
    figure, (axes,) = panels(1, width=8, height=3.4)
    for index, name in enumerate(discovery.layer.values):
        angle = discovery.alignment_angle.sel(layer=name).values
        if np.nanmax(np.abs(angle), initial=0) > 0:  # that of the readout is 0 by construction
            course(axes, angle, index, name)
    axes.axhline(90, **DASHED, label="90 degrees")
    axes.set(xlabel=outer_step, xlim=span, ylabel=quantity(discovery.alignment_angle))
    legend(figure)
    save(figure, "search-alignment")
    """

  static let searchOrthonormality = """
    figure, (axes,) = panels(1, width=8, height=3.4)
    for index, name in enumerate(discovery.layer.values):
        residual = discovery.orthonormality.sel(layer=name).values
        if np.isfinite(residual).any():
            course(axes, residual, index, name)
    axes.set(xlabel=outer_step, xlim=span, ylabel=quantity(discovery.orthonormality), yscale="log")
    legend(figure)
    save(figure, "search-orthonormality")
    """
}
