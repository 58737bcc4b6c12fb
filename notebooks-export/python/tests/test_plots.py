"""Pictures hold what the record holds."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import metaplast_reader as reader
from metaplast_reader import RecordError

KINDS = ("discovery", "evaluation", "weights", "findings")
DISCOVERY, EVALUATION, WEIGHTS, FINDINGS = (Path(f"data/example-{kind}.h5") for kind in KINDS)

PICTURES: list[tuple[Callable[..., Axes | Figure], Path]] = [
    (reader.plot_fitness, DISCOVERY), (reader.plot_coefficients, DISCOVERY),
    (reader.plot_final_coefficients, DISCOVERY), (reader.plot_front, DISCOVERY), (reader.plot_accuracy, DISCOVERY),
    (reader.plot_rates, DISCOVERY), (reader.plot_accuracy, EVALUATION), (reader.plot_learning_curves, EVALUATION),
    (reader.plot_low_data, EVALUATION), (reader.plot_alignment, EVALUATION), (reader.plot_rates, EVALUATION),
    (reader.plot_weights, WEIGHTS), (reader.plot_accuracy, FINDINGS), (reader.plot_low_data, FINDINGS),
    (reader.plot_gaps, FINDINGS), (reader.plot_importance, FINDINGS),
]


def marks(axes: Axes) -> int:
    """How many finite points of data an axes shows, lines to compare with left out."""
    count = sum(int(np.isfinite(np.asarray(line.get_ydata(), dtype=float)).sum())
                for line in axes.lines if line.get_linestyle() != "--" or line.get_marker() != "None")
    count += sum(len(collection.get_paths()) for collection in axes.collections)
    return count + len(axes.patches)


@pytest.mark.parametrize(("plot", "record"), PICTURES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_no_axes_is_empty(plot: Callable[..., Axes | Figure], record: Path, tmp_path: Path) -> None:
    made = plot(record)
    figure = made.get_figure(root=True) if isinstance(made, Axes) else made
    assert isinstance(figure, Figure) and figure.axes
    for axes in figure.axes:
        assert marks(axes) > 0, axes.get_title()
        assert axes.has_data()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(tmp_path / "picture.png")


def points(axes: Axes, label: str) -> tuple[list[float], list[float]]:
    found = [line for line in axes.lines if line.get_label() == label]
    assert len(found) == 1
    x, y = found[0].get_data()
    return np.asarray(x, dtype=float).tolist(), np.asarray(y, dtype=float).tolist()


def test_fitness_shows_the_numbers_of_the_record() -> None:
    axes = reader.plot_fitness(DISCOVERY)
    with h5py.File(DISCOVERY) as file:
        assert points(axes, "best so far") == (file["discovery/generation"][:].tolist(),
                                               file["discovery/incumbent_fitness"][:].tolist())
        assert points(axes, "median")[1] == np.median(file["discovery/fitness"][:], axis=1).tolist()


def test_learning_curves_show_the_means_of_the_record() -> None:
    figure = reader.plot_learning_curves(EVALUATION, rules=["backprop"])
    with h5py.File(EVALUATION) as file:
        rule = file["evaluation/rule"].asstr()[:].tolist().index("backprop")
        scores, steps = file["evaluation/accuracy"][rule, :, -1].astype(float), file["evaluation/step"][:]
    for axes, part in zip(figure.axes, scores, strict=True):
        known = np.isfinite(part).all(axis=0)
        x, y = points(axes, "backprop")
        assert x == steps[known].tolist()
        assert y == pytest.approx(part[:, known].mean(axis=0).tolist())
        chance = [line for line in axes.lines if line.get_label() == "chance"]
        assert len(chance) == 1


def test_low_data_curves_have_a_point_for_each_number_of_shots() -> None:
    figure = reader.plot_low_data(EVALUATION)
    scores = reader.to_tidy(EVALUATION)
    shots = sorted(set(scores["shot"]))
    for axes in figure.axes:
        assert axes.get_xscale() == "log"
        for bars in axes.containers:
            drawn: Any = bars
            assert drawn[0].get_xdata().tolist() == shots


def test_alignment_has_a_line_at_ninety_degrees_and_no_readout() -> None:
    figure = reader.plot_alignment(EVALUATION)
    assert [axes.get_title() for axes in figure.axes] == ["hidden_1", "hidden_2"]
    for axes in figure.axes:
        assert points(axes, "90 degrees")[1] == [90, 90]


def test_weights_are_all_counted() -> None:
    figure = reader.plot_weights(WEIGHTS, rule="feedback-alignment")
    with h5py.File(WEIGHTS) as file:
        rule = file["evaluation/rule"].asstr()[:].tolist().index("feedback-alignment")
        for k, axes in enumerate(figure.axes, 1):
            wanted = np.isfinite(file[f"evaluation/weights/initial_{k}"][rule, 0, -1]).sum()
            bars: Any = axes.containers[0]
            assert sum(bar.get_height() for bar in bars) == wanted


def test_pictures_are_drawn_where_they_are_asked_for() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    assert reader.plot_front(DISCOVERY, ax=axes) is axes


def test_labels_that_are_not_there_are_refused_with_those_that_are() -> None:
    with pytest.raises(RecordError, match="has no rule 'hebb'; there are .*backprop"):
        reader.plot_learning_curves(EVALUATION, rules=["hebb"])
    with pytest.raises(RecordError, match="has no shot 7; there are 2, 10, 60"):
        reader.plot_alignment(EVALUATION, shot=7)
    with pytest.raises(RecordError, match="at the end of episodes alone, so there is no learning curve"):
        reader.plot_learning_curves(DISCOVERY)
    with pytest.raises(RecordError, match="accuracy is no measure of layers"):
        reader.plot_layers(EVALUATION, "accuracy")


def test_a_search_without_a_generation_is_said_to_have_none(tmp_path: Path) -> None:
    copy = tmp_path / "young.h5"
    copy.write_bytes(DISCOVERY.read_bytes())
    with h5py.File(copy, "r+") as file:
        group = file["discovery"]
        growing = [name for name, item in group.items()
                   if isinstance(item, h5py.Dataset) and item.maxshape[:1] == (None,)]
        for name in growing:
            group[name].resize(0, axis=0)
    assert len(reader.to_tidy(copy)) == 0
    for plot in (reader.plot_fitness, reader.plot_coefficients, reader.plot_final_coefficients, reader.plot_front):
        with pytest.raises(RecordError, match="has no generation yet"):
            plot(copy)


def test_generations_in_which_everything_failed_are_drawn_without_a_warning(tmp_path: Path) -> None:
    copy = tmp_path / "failed.h5"
    copy.write_bytes(DISCOVERY.read_bytes())
    with h5py.File(copy, "r+") as file:
        file["discovery/fitness"][2] = np.nan
    assert marks(reader.plot_fitness(copy)) > 0
