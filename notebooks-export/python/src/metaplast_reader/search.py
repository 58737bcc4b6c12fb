"""Pictures of a search."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .record import Record, RecordError, group, name_of, need, reading
from .style import COLOURS, DASHED, GREY, legend, look, panels, single


def _search(tree: xr.DataTree, purpose: str) -> xr.Dataset:
    data = group(tree, "discovery", purpose)
    if data.sizes.get("generation", 0) == 0:
        raise RecordError(f"{name_of(tree)} has no generation yet, so there is no {purpose}")
    return data


def _is_descent(data: xr.Dataset) -> bool:
    return data.attrs.get("search") == "meta-gradient"


def _step(data: xr.Dataset) -> str:
    return str(data.attrs.get("outer_step", "generation"))


def _labels(data: xr.Dataset) -> dict[str, str]:
    """What pictures call each parameter: its LaTeX where it has one."""
    names = [str(name) for name in data["parameter"].values]
    if "parameter_label" not in data:
        return dict(zip(names, names, strict=True))
    labels = [str(label) for label in data["parameter_label"].values]
    return {name: name if label in ("", name) else f"${label}$" for name, label in zip(names, labels, strict=True)}


def _course(data: xr.Dataset) -> xr.DataArray:
    """The coefficients over the search: of a descent where it stands, else the best so far."""
    return data["search_mean"] if _is_descent(data) and "search_mean" in data else data["incumbent_parameter"]


def plot_fitness(record: Record, ax: Axes | None = None) -> Axes:
    """Draw the fitness of every candidate, the median and quartiles of each generation, and the best so far.

    Candidates that failed may lie far off; the axis holds the middle half and a margin. Of a search that is minimised
    the axis is logarithmic.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    ax
        Where to draw; a new figure by default.

    Examples
    --------
    >>> ax = plot_fitness("data/example-discovery.h5")
    >>> ax.get_xlabel()
    'generation'
    """
    with reading(record) as tree:
        data = _search(tree, "fitness to plot")
        ax = single(ax)
        g, fitness = data["generation"].values, data["fitness"].values
        rises = data.attrs.get("direction", "maximize") == "maximize"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # generations in which all candidates failed
            lower, middle, upper = np.nanquantile(fitness, [0.25, 0.5, 0.75], axis=1)
        ax.scatter(np.repeat(g, fitness.shape[1]), fitness.ravel(), s=8, alpha=0.4, color=COLOURS[5], linewidths=0,
                   label="candidate")
        ax.fill_between(g, lower, upper, alpha=0.2, color=COLOURS[0], linewidth=0, label="quartiles")
        every = max(1, len(g) // 12)
        ax.plot(g, middle, **look(0), markevery=every, label="median")
        core = [lower, middle, upper]
        if "incumbent_fitness" in data and not _is_descent(data):
            core.append(data["incumbent_fitness"].values)
            ax.plot(g, core[-1], **look(1), markevery=every, label="best so far")
        known = np.concatenate(core)
        known = known[np.isfinite(known)]
        if not rises and known.size and fitness[np.isfinite(fitness)].min() > 0:
            ax.set_yscale("log")
        elif known.size and np.ptp(known) > 0:
            reach = np.ptp(known) / 2
            bottom, top = ax.get_ylim()
            ax.set_ylim(max(bottom, known.min() - reach), min(top, known.max() + reach))
        ax.set(xlabel=_step(data), ylabel=f"fitness ({'higher' if rises else 'lower'} is better)")
        ax.legend(fontsize="small")
        return ax


def plot_coefficients(record: Record) -> Figure:
    """Draw the coefficients over the search, a panel each; those that ended at exactly 0 are grey, they were dropped.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.

    Examples
    --------
    >>> figure = plot_coefficients("data/example-discovery.h5")
    >>> [ax.get_title() for ax in figure.axes]
    ['eta = 0.0571', 'hebb = -0.0182', 'oja = 0.00282', 'decay: dropped', 'mixed = 0.013']
    """
    with reading(record) as tree:
        data = _search(tree, "coefficients to plot")
        labels, course, g = _labels(data), _course(data), data["generation"].values
        figure, grid = panels(len(labels), width=3, height=2.1)
        every = max(1, len(g) // 12)
        for ax, (name, label) in zip(grid, labels.items(), strict=True):
            part = data.sel(parameter=name)
            final = float(course.sel(parameter=name).values[-1])
            dropped = final == 0
            lines = [("search_mean", "mean of the search"), ("incumbent_parameter", "best so far")]
            for index, (variable, meaning) in enumerate(lines):
                if variable in part and not (_is_descent(data) and variable != course.name):
                    style = look(index) | ({"color": GREY} if dropped else {})
                    ax.plot(g, part[variable].values, **style, markevery=every,
                            label="_nolegend_" if dropped else meaning)
            if "parameter_initial" in part:
                ax.axhline(float(part["parameter_initial"]), **DASHED, label="start")
            if "parameter_lower" in part and "parameter_upper" in part:
                low, high = float(part["parameter_lower"]), float(part["parameter_upper"])
                if low > 0 and high / low >= 100:
                    ax.set_yscale("log")
            ax.set_title(f"{label}: dropped" if dropped else f"{label} = {final:.3g}", fontsize="medium",
                         color=GREY if dropped else "black")
        figure.supxlabel(_step(data), fontsize="medium")
        legend(figure)
        return figure


def plot_final_coefficients(record: Record, ax: Axes | None = None) -> Axes:
    """Draw the last coefficients on an axis that is logarithmic away from 0; those that are exactly 0 are grey.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    ax
        Where to draw; a new figure by default.

    Examples
    --------
    >>> ax = plot_final_coefficients("data/example-discovery.h5")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['eta', 'hebb', 'oja', 'decay', 'mixed']
    """
    with reading(record) as tree:
        data = _search(tree, "coefficients to plot")
        names, values = list(_labels(data).values()), _course(data).values[-1]
        ax = single(ax, height=0.6 + 0.32 * len(names))
        for row, value in enumerate(values.tolist()):
            colour = GREY if value == 0 else COLOURS[1] if value < 0 else COLOURS[0]
            ax.hlines(row, 0, value, colors=colour, linewidth=2.5)
            ax.plot([value], [row], marker="s" if value < 0 else "o", color=colour, markersize=4)
            ax.annotate("dropped" if value == 0 else f"{value:.3g}", (value, row), (-6 if value < 0 else 6, 0),
                        textcoords="offset points", ha="right" if value < 0 else "left", va="center",
                        fontsize="small", color=GREY if value == 0 else "black")
        ax.axvline(0, **DASHED)
        known = values[np.isfinite(values)]
        largest = float(np.abs(known).max(initial=0))
        if largest > 0:
            decades = largest * 10.0 ** np.array([-2, -1, 0])
            below = bool((known < 0).any())
            ax.set_xscale("symlog", linthresh=largest / 1000)
            ax.set_xlim(-12 * largest if below else -largest / 1000, 12 * largest)
            ax.set_xticks([*-decades[::-1], 0, *decades] if below else [0, *decades], minor=False)
            ax.set_xticks([], minor=True)
            ax.xaxis.set_major_formatter(lambda value, place: f"{value:.1g}")
        ax.set_yticks(range(len(names)), names)
        ax.set(xlabel="final value", ylim=(len(names) - 0.4, -0.6))
        return ax


def plot_front(record: Record, ax: Axes | None = None) -> Axes:
    """Draw complexity against fitness: the hall of fame of a search, its front, and behind them every candidate.

    On the front lies what is better than everything that is as simple or simpler.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    ax
        Where to draw; a new figure by default.

    Examples
    --------
    >>> ax = plot_front("data/example-discovery.h5")
    >>> front = ax.lines[0].get_xydata()
    >>> [float(complexity) for complexity, fitness in front]
    [15.0, 21.0, 28.0, 30.0]
    """
    with reading(record) as tree:
        data = _search(tree, "front to plot")
        archive = group(tree, "discovery/archive", "front to plot")
        known = np.isfinite(archive["archive_fitness"].values) & np.isfinite(archive["archive_complexity"].values)
        if not known.any():
            raise RecordError(f"{name_of(tree)} has an empty archive, so there is no front to plot")
        ax = single(ax)
        complexity, fitness = archive["archive_complexity"].values[known], archive["archive_fitness"].values[known]
        sign = 1 if data.attrs.get("direction", "maximize") == "maximize" else -1
        score = sign * fitness
        order = np.lexsort((-score, complexity))
        front = [place for rank, place in enumerate(order) if (score[place] > score[order[:rank]]).all()]
        if "complexity" in data:
            ax.scatter(data["complexity"].values.ravel(), data["fitness"].values.ravel(), s=10, alpha=0.5, color="0.6",
                       linewidths=0, label="every candidate")
            reach = np.ptp(score) if np.ptp(score) > 0 else 1
            ends = sorted((sign * (score.min() - reach), sign * (score.max() + reach / 4)))
            ax.set_ylim(ends[0], ends[1])
        ax.scatter(complexity, fitness, s=18, color=COLOURS[0], linewidths=0, label="archive")
        ax.step(complexity[front], fitness[front], **look(1) | {"markersize": 7}, where="post", label="front")
        ax.set(xlabel="complexity", ylabel="fitness, penalties included")
        # The front leaves this corner free.
        ax.legend(fontsize="small", loc="upper left" if sign > 0 else "lower left")
        return ax
