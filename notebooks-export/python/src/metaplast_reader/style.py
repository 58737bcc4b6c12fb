"""How pictures look: colours that are told apart by everybody, with a marker and a line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib.pyplot as plt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: The colours of Okabe & Ito.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", ":")
#: A line to compare with.
DASHED: dict[str, Any] = {"color": "0.5", "linestyle": "--", "linewidth": 1}
GREY = "0.65"


def look(index: int) -> dict[str, Any]:
    """Colour, marker and line of the series number `index`; 21 differ."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": LINES[index // len(COLOURS) % len(LINES)],
        "markersize": 4,
    }


def single(axes: Axes | None, width: float = 7, height: float = 3.6) -> Axes:
    """The given axes, or those of a new figure."""
    if axes is None:
        axes = plt.figure(figsize=(width, height), layout="constrained").add_subplot()
    axes.set_axisbelow(True)
    axes.grid(True, alpha=0.3)
    return axes


def panels(
    count: int, *, width: float = 3.6, height: float = 2.8, columns: int = 3, share_y: bool = False
) -> tuple[Figure, list[Axes]]:
    """A new figure with `count` axes, at most `columns` of them side by side."""
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    figure = plt.figure(figsize=(max(5.0, width * columns), height * rows + 0.4), layout="constrained")
    axes: list[Axes] = []
    for place in range(count):
        axes.append(figure.add_subplot(rows, columns, place + 1, sharey=axes[0] if share_y and axes else None))
        if share_y and place % columns:
            axes[-1].tick_params(labelleft=False)
        axes[-1].set_axisbelow(True)
        axes[-1].grid(True, alpha=0.3)
    return figure, axes


def legend(
    figure: Figure, last: Iterable[str] = ("start", "chance", "90 degrees"), *, below: bool = False
) -> None:
    """One legend above all axes of a figure, or below them, lines to compare with at its end."""
    handles: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    for label in last:
        if label in handles:
            handles[label] = handles.pop(label)
    if handles:
        figure.legend(
            list(handles.values()), list(handles), fontsize="small",
            loc="outside lower center" if below else "outside upper center",
            ncols=min(len(handles), max(2, int(figure.get_figwidth() / 1.9))),
        )


def quantity(variable: xr.DataArray) -> str:
    """What an axis of this variable is called: its long name and its units."""
    name = str(variable.attrs.get("long_name", variable.name))
    units = str(variable.attrs.get("units", "1"))
    return name if units == "1" else f"{name} ({units})"


def heading(axes: Axes, text: str) -> None:
    """The title of a panel, small when it is long."""
    axes.set_title(text, fontsize="medium" if len(text) <= 33 else "x-small")
