"""Pictures of what happens within networks while they learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .episodes import chosen
from .estimate import estimate
from .record import Record, RecordError, group, name_of, need, reading, seed_of
from .style import COLOURS, DASHED, legend, look, panels, quantity

# The readout's own error is 0 degrees from itself.
_OWN = ("alignment_angle", "sample_angle")


def plot_layers(
    record: Record, measure: str, *, task: str | None = None, shot: int | None = None,
    rules: Sequence[str] | None = None,
) -> Figure:
    """Draw a measure of the layers over the examples seen: a panel a layer, mean and 95 % interval over episodes.

    What was measured at the end of episodes alone is drawn against the layer, in one panel. Angles have a line at
    90 degrees.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    measure
        The variable, such as ``firing_rate``, ``weight_norm``, ``silent_share``.
    task
        The task; the first by default.
    shot
        Examples per class; the largest number by default.
    rules
        Which to draw; all by default.

    Examples
    --------
    >>> figure = plot_layers("data/example-evaluation.h5", "weight_norm")
    >>> [ax.get_title() for ax in figure.axes]
    ['hidden_1', 'hidden_2', 'readout']
    """
    with reading(record) as tree:
        data = group(tree, "evaluation", f"{measure} to plot")
        if "layer" not in need(tree, data, measure, f"{measure} to plot").dims:
            raise RecordError(f"{measure} is no measure of layers")
        names = chosen(tree, data, "rule", rules)
        task = chosen(tree, data, "task", None if task is None else [task])[0]
        shot = chosen(tree, data, "shot", None if shot is None else [shot])[-1]
        part = data[measure].sel(task=task, shot=shot).transpose("layer", "rule", "step", "seed")
        look_of = {name: look(index) for index, name in enumerate(data["rule"].values.tolist())}
        curves: dict[str, dict[str, tuple[Any, Any]]] = {}
        for layer in part["layer"].values.tolist():
            if layer == "readout" and measure in _OWN:
                continue
            for name in names:
                values = part.sel(layer=layer, rule=name).values
                known = np.isfinite(values).any(axis=1)
                if known.any():
                    rows = np.array([estimate(row, seed=seed_of(tree), resamples=500) for row in values[known]])
                    curves.setdefault(layer, {})[name] = part["step"].values[known], rows.T
        if not curves:
            raise RecordError(f"{name_of(tree)} has no {measure} of {task} with {shot} examples a class")
        if max(len(x) for found in curves.values() for x, _ in found.values()) > 1:
            figure, grid = panels(len(curves), width=3.2, height=2.8, share_y=True)
            for ax, (layer, found) in zip(grid, curves.items(), strict=True):
                for name, (x, (_, mean, lower, upper)) in found.items():
                    ax.plot(1 + x, mean, **look_of[name], label=name)
                    ax.fill_between(1 + x, lower, upper, alpha=0.15, color=look_of[name]["color"], linewidth=0)
                ax.set(xscale="log", xlabel="1 + examples seen")
                ax.set_title(layer, fontsize="medium")
        else:
            figure, grid = panels(1, width=6)
            for index, name in enumerate(names):
                ends = [(place, *found[name][1][1:, 0]) for place, found in enumerate(curves.values()) if name in found]
                if ends:
                    place, mean, lower, upper = np.array(ends, dtype=float).T
                    place = place + 0.4 * (index / max(len(names) - 1, 1) - 0.5)
                    style = look_of[name] | {"linestyle": ""}
                    grid[0].errorbar(place, mean, np.array([mean - lower, upper - mean]), **style, label=name)
            grid[0].set_xticks(range(len(curves)), list(curves))
        for ax in grid:
            if measure.endswith("angle"):
                ax.axhline(90, **DASHED, label="90 degrees")
            if measure == "orthonormality":
                ax.set_yscale("log")
            if measure.endswith("share"):
                ax.set_ylim(0, max(0.1, ax.get_ylim()[1]))
        grid[0].set_ylabel(quantity(data[measure]))
        figure.suptitle(f"{task}, {shot} a class", fontsize="medium")
        legend(figure, below=True)
        return figure


def plot_alignment(
    record: Record, *, task: str | None = None, shot: int | None = None, rules: Sequence[str] | None = None
) -> Figure:
    """Draw the angle between the error delivered to each layer and the gradient; below 90 degrees it descends.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    task, shot, rules
        As for `plot_layers`.

    Examples
    --------
    >>> figure = plot_alignment("data/example-evaluation.h5", task="yin-yang")
    >>> figure.axes[0].get_ylabel()
    'angle to the gradient (degree)'
    """
    return plot_layers(record, "alignment_angle", task=task, shot=shot, rules=rules)


def plot_rates(
    record: Record, *, task: str | None = None, shot: int | None = None, rules: Sequence[str] | None = None
) -> Figure:
    """Draw the firing rate of each layer.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    task, shot, rules
        As for `plot_layers`.

    Examples
    --------
    >>> figure = plot_rates("data/example-discovery.h5")
    >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
    ['hidden_1', 'hidden_2']
    """
    return plot_layers(record, "firing_rate", task=task, shot=shot, rules=rules)


def plot_weights(
    record: Record, *, rule: str | None = None, task: str | None = None, shot: int | None = None
) -> Figure:
    """Draw histograms of the weights before and after learning: a panel a projection, all kept episodes together.

    Parameters
    ----------
    record
        A path, or what `open_run` returned; an evaluation that kept weights.
    rule
        The rule; the first with weights by default.
    task
        The task; the first by default.
    shot
        Examples per class; the largest number by default.

    Examples
    --------
    >>> figure = plot_weights("data/example-weights.h5")
    >>> [ax.get_title() for ax in figure.axes]
    ['projection 1', 'projection 2', 'projection 3']
    """
    with reading(record) as tree:
        data = group(tree, "evaluation/weights", "weight to plot")
        names = chosen(tree, data, "rule", None if rule is None else [rule])
        task = chosen(tree, data, "task", None if task is None else [task])[0]
        shot = chosen(tree, data, "shot", None if shot is None else [shot])[-1]
        count = 0
        while f"initial_{count + 1}" in data and f"final_{count + 1}" in data:
            count += 1
        for name in names:
            place = {"rule": name, "task": task, "shot": shot}
            pairs = []
            for k in range(1, count + 1):
                pair = [data[f"{when}_{k}"].sel(place).values.ravel() for when in ("initial", "final")]
                pairs.append([values[np.isfinite(values)] for values in pair])
            if pairs and all(len(values) for pair in pairs for values in pair):
                break
        else:
            raise RecordError(
                f"{name_of(tree)} has no weights of {rule or 'any rule'} on {task} with {shot} examples a class")
        figure, grid = panels(count, height=2.6)
        for k, (ax, (before, after)) in enumerate(zip(grid, pairs, strict=True), 1):
            bins = np.linspace(min(before.min(), after.min()), max(before.max(), after.max()), 42).tolist()
            ax.hist(before, bins, color="0.75", label="initial")
            ax.hist(after, bins, histtype="step", color=COLOURS[1], linewidth=1.5, label="final")
            ax.set(yscale="log", xlabel="weight")
            ax.set_title(f"projection {k}", fontsize="medium")
        grid[0].set_ylabel("synapses")
        figure.suptitle(f"{name}: {task}, {shot} a class", fontsize="medium")
        legend(figure, below=True)
        return figure
