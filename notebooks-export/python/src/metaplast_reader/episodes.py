"""Pictures of the scores of rules on held-out episodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .estimate import Estimate, estimate
from .record import Record, RecordError, group, name_of, need, reading, seed_of
from .style import COLOURS, DASHED, heading, legend, look, panels, quantity


def final(values: xr.DataArray) -> xr.DataArray:
    """The last measured value along ``step``; NaN where there is none."""
    numbers = values.transpose(..., "step").values
    known = np.isfinite(numbers)
    last = numbers.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
    numbers = np.take_along_axis(numbers, last[..., None], axis=-1)[..., 0]
    axes = [name for name in values.dims if name != "step"]
    return xr.DataArray(numbers, dims=axes, coords={name: values[name] for name in axes}, attrs=values.attrs)


def chosen(
    tree: xr.DataTree, data: xr.Dataset, axis: str, wanted: Sequence[Any] | None
) -> list[Any]:
    """The labels along an axis, or those of them that were asked for."""
    there: list[Any] = data[axis].values.tolist()
    for label in wanted or ():
        if label not in there:
            listed = ", ".join(map(str, there))
            raise RecordError(f"{name_of(tree)} has no {axis} {label!r}; there are {listed}")
    return list(wanted) if wanted is not None else there


def chance(data: xr.Dataset, task: str) -> float:
    """The accuracy of guessing; NaN when it is not known."""
    return float(data["chance_level"].sel(task=task)) if "chance_level" in data else float("nan")


def _scores(tree: xr.DataTree, purpose: str) -> dict[tuple[str, str, int], Estimate]:
    """Final accuracy by rule, task and shot: estimated from episodes, or as findings say it."""
    found: dict[tuple[str, str, int], Estimate] = {}
    if "evaluation" in tree.children:
        data = group(tree, "evaluation", purpose)
        accuracy = final(need(tree, data, "accuracy", purpose))
        for rule in data["rule"].values.tolist():
            for task in data["task"].values.tolist():
                for shot in data["shot"].values.tolist():
                    values = accuracy.sel(rule=rule, task=task, shot=shot).values
                    found[rule, task, shot] = estimate(values, seed=seed_of(tree))
    elif "findings" in tree.children:
        data = group(tree, "findings", purpose)
        columns = [need(tree, data, f"accuracy_{end}", purpose) for end in ("mean", "ci_low", "ci_high")]
        counts = need(tree, data, "n_seeds", purpose)
        for rule in data["rule"].values.tolist():
            for task in data["task"].values.tolist():
                for shot in data["shot"].values.tolist():
                    place = {"rule": rule, "task": task, "shot": shot}
                    mean, lower, upper = (float(column.sel(place)) for column in columns)
                    found[rule, task, shot] = Estimate(int(counts.sel(place)), mean, lower, upper)
    else:
        raise RecordError(f"{name_of(tree)} has neither /evaluation nor /findings, so there is no {purpose}")
    found = {place: row for place, row in found.items() if row.n > 0 and np.isfinite(row.mean)}
    if not found:
        raise RecordError(f"{name_of(tree)} has no score yet, so there is no {purpose}")
    return found


def _source(tree: xr.DataTree) -> xr.Dataset:
    return tree["evaluation" if "evaluation" in tree.children else "findings"].to_dataset()


def plot_accuracy(record: Record, *, tasks: Sequence[str] | None = None, shots: Sequence[int] | None = None) -> Figure:
    """Draw the final accuracy of every rule with its 95 % interval, a panel for each task and number of shots.

    Intervals of an evaluation are bootstrap intervals over its episodes; findings have theirs written down.

    Parameters
    ----------
    record
        A path, or what `open_run` returned; an evaluation, a discovery, or findings.
    tasks, shots
        Which to draw; all by default.

    Examples
    --------
    >>> figure = plot_accuracy("data/example-evaluation.h5", tasks=["yin-yang"], shots=[10, 60])
    >>> [ax.get_title() for ax in figure.axes]
    ['yin-yang, 10 a class', 'yin-yang, 60 a class']
    """
    with reading(record) as tree:
        scores, data = _scores(tree, "accuracy to plot"), _source(tree)
        rules = list(dict.fromkeys(rule for rule, _, _ in scores))
        places = [(task, shot) for task in chosen(tree, data, "task", tasks)
                  for shot in chosen(tree, data, "shot", shots)
                  if any((rule, task, shot) in scores for rule in rules)]
        if not places:
            raise RecordError(f"{name_of(tree)} has no score of these tasks and shots")
        figure, grid = panels(len(places), height=0.8 + 0.3 * len(rules), share_y=True)
        for ax, (task, shot) in zip(grid, places, strict=True):
            for row, rule in enumerate(rules):
                found = scores.get((rule, task, shot))
                if found is not None:
                    ax.hlines(row, found.lower, found.upper, colors=COLOURS[0], linewidth=2)
                    ax.plot([found.mean], [row], marker="o", color=COLOURS[0], markersize=5)
            level = chance(data, task)
            if np.isfinite(level):
                ax.axvline(level, **DASHED, label="chance")
            ax.set_yticks(range(len(rules)), rules)
            ax.set(xlabel="accuracy", ylim=(len(rules) - 0.5, -0.5))
            heading(ax, f"{task}, {shot} a class")
        legend(figure)
        return figure


def plot_learning_curves(
    record: Record, *, shot: int | None = None, rules: Sequence[str] | None = None
) -> Figure:
    """Draw accuracy against the examples seen: a panel a task, mean and 95 % interval over episodes, chance dashed.

    A rule that was scored at the end alone, such as one without a network, is a mark there.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    shot
        Examples per class; the largest number by default.
    rules
        Which to draw; all by default.

    Examples
    --------
    >>> figure = plot_learning_curves("data/example-evaluation.h5", rules=["backprop", "feedback-alignment"])
    >>> [ax.get_title() for ax in figure.axes]
    ['gaussian-prototypes, 60 a class', 'yin-yang, 60 a class']
    """
    with reading(record) as tree:
        data = group(tree, "evaluation", "learning curve")
        accuracy, seed = need(tree, data, "accuracy", "learning curve"), seed_of(tree)
        names = chosen(tree, data, "rule", rules)
        shot = chosen(tree, data, "shot", None if shot is None else [shot])[-1]
        look_of = {name: look(index) for index, name in enumerate(data["rule"].values.tolist())}
        curves: dict[str, dict[str, tuple[Any, Any]]] = {}
        for task in data["task"].values.tolist():
            for name in names:
                part = accuracy.sel(rule=name, task=task, shot=shot).transpose("step", "seed").values
                known = np.isfinite(part).any(axis=1)
                if known.any():
                    rows = np.array([estimate(row, seed=seed) for row in part[known]])
                    curves.setdefault(task, {})[name] = data["step"].values[known], rows.T
        curves = {task: found for task, found in curves.items() if max(len(x) for x, _ in found.values()) > 1}
        if not curves:
            raise RecordError(
                f"{name_of(tree)} has scores of {shot} examples a class at the end of episodes alone, so there is no "
                "learning curve; `metaplast evaluate --curve` measures some"
            )
        figure, grid = panels(len(curves), height=3.2, share_y=True)
        for ax, (task, found) in zip(grid, curves.items(), strict=True):
            for name, (x, (_, mean, lower, upper)) in found.items():
                if len(x) > 1:
                    ax.plot(x, mean, **look_of[name], label=name)
                    ax.fill_between(x, lower, upper, alpha=0.15, color=look_of[name]["color"], linewidth=0)
                else:
                    style = look_of[name] | {"linestyle": ""}
                    ax.errorbar(x, mean, np.array([mean - lower, upper - mean]), **style, label=name)
            level = chance(data, task)
            if np.isfinite(level):
                ax.axhline(level, **DASHED, label="chance")
            ax.set_xlabel(quantity(data["step"]))
            heading(ax, f"{task}, {shot} a class")
        grid[0].set_ylabel(quantity(accuracy))
        legend(figure)
        return figure


def plot_low_data(record: Record, *, rules: Sequence[str] | None = None) -> Figure:
    """Draw the final accuracy against the examples per class, on a logarithmic axis: a panel a task, 95 % intervals.

    Parameters
    ----------
    record
        A path, or what `open_run` returned; an evaluation, or findings.
    rules
        Which to draw; all by default.

    Examples
    --------
    >>> figure = plot_low_data("data/example-evaluation.h5")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    with reading(record) as tree:
        scores, data = _scores(tree, "low-data curve"), _source(tree)
        names = chosen(tree, data, "rule", rules)
        shots = chosen(tree, data, "shot", None)
        tasks = [task for task in chosen(tree, data, "task", None)
                 if any((name, task, shot) in scores for name in names for shot in shots)]
        if not tasks:
            raise RecordError(f"{name_of(tree)} has no score of these rules")
        figure, grid = panels(len(tasks), height=3.2, share_y=True)
        look_of = {name: look(index) for index, name in enumerate(data["rule"].values.tolist())}
        for ax, task in zip(grid, tasks, strict=True):
            for name in names:
                x = [shot for shot in shots if (name, task, shot) in scores]
                if x:
                    rows = np.array([scores[name, task, shot] for shot in x])
                    _, mean, lower, upper = rows.T
                    ax.errorbar(x, mean, np.array([mean - lower, upper - mean]), **look_of[name], label=name)
            level = chance(data, task)
            if np.isfinite(level):
                ax.axhline(level, **DASHED, label="chance")
            ax.set(xscale="log", xlabel=quantity(data["shot"]))
            heading(ax, task)
            ax.set_xticks(shots, [str(shot) for shot in shots])
            ax.set_xticks([], minor=True)
        grid[0].set_ylabel("accuracy")
        legend(figure)
        return figure
