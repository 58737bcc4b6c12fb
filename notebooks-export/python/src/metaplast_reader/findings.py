"""Pictures of findings."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .episodes import chosen
from .record import Record, RecordError, group, name_of, need, reading
from .style import COLOURS, DASHED, GREY, heading, panels, quantity, single


def plot_gaps(record: Record) -> Figure:
    """Draw by how much each rule is better than the baseline on the same episodes, with its 95 % interval.

    Parameters
    ----------
    record
        A path, or what `open_run` returned; findings, or an evaluation that has some.

    Examples
    --------
    >>> figure = plot_gaps("data/example-findings.h5")
    >>> figure.axes[0].get_xlabel()
    'accuracy − that of feedback-alignment'
    """
    with reading(record) as tree:
        data = group(tree, "findings", "difference to plot")
        gap = need(tree, data, "gap_to_baseline", "difference to plot")
        rules = [name for name in data["rule"].values.tolist() if np.isfinite(gap.sel(rule=name)).any()]
        places = [(task, shot) for task in data["task"].values.tolist() for shot in data["shot"].values.tolist()
                  if np.isfinite(gap.sel(task=task, shot=shot)).any()]
        if not places:
            raise RecordError(f"{name_of(tree)} compares no rule with a baseline")
        figure, grid = panels(len(places), height=0.8 + 0.3 * len(rules), share_y=True)
        for ax, (task, shot) in zip(grid, places, strict=True):
            for row, name in enumerate(rules):
                part = data.sel(rule=name, task=task, shot=shot)
                if "gap_ci_low" in part and "gap_ci_high" in part:
                    ax.hlines(row, float(part["gap_ci_low"]), float(part["gap_ci_high"]), colors=COLOURS[0],
                              linewidth=2)
                ax.plot([float(part["gap_to_baseline"])], [row], marker="o", color=COLOURS[0], markersize=5)
            ax.axvline(0, **DASHED)
            ax.set_yticks(range(len(rules)), rules)
            ax.set(xlabel=f"accuracy − that of {data.attrs.get('baseline', 'the baseline')}",
                   ylim=(len(rules) - 0.5, -0.5))
            heading(ax, f"{task}, {shot} a class")
        return figure


def plot_importance(record: Record, rule: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what a rule loses when one of its terms is taken away and nothing is tuned again.

    Parameters
    ----------
    record
        A path, or what `open_run` returned; findings with ``term_importance``.
    rule
        The rule; the first whose terms were taken away by default.
    ax
        Where to draw; a new figure by default.

    Examples
    --------
    >>> ax = plot_importance("data/example-findings.h5")
    >>> len(ax.patches) > 1
    True
    """
    with reading(record) as tree:
        data = group(tree, "findings", "importance of terms to plot")
        importance = need(tree, data, "term_importance", "importance of terms to plot")
        names = [name for name in chosen(tree, data, "rule", None if rule is None else [rule])
                 if np.isfinite(importance.sel(rule=name)).any()]
        if not names:
            raise RecordError(f"{name_of(tree)} has no importance of the terms of {rule or 'any rule'}")
        part = data.sel(rule=names[0])
        part = part.isel(term=np.isfinite(part["term_importance"].values)).sortby("term_importance", ascending=False)
        drop = part["term_importance"].values
        ax = single(ax, height=0.8 + 0.32 * len(drop))
        ax.barh(np.arange(len(drop)), drop, height=0.6, color=[COLOURS[0] if value > 0 else GREY for value in drop])
        if "term_importance_ci_low" in part and "term_importance_ci_high" in part:
            ax.hlines(np.arange(len(drop)), part["term_importance_ci_low"].values,
                      part["term_importance_ci_high"].values, colors="black", linewidth=1.5)
        ax.axvline(0, **DASHED)
        ax.set_yticks(range(len(drop)), [str(term) for term in part["term"].values], fontsize="small")
        ax.set(xlabel=quantity(importance), title=names[0], ylim=(len(drop) - 0.4, -0.6))
        return ax
