"""Tables agree with the numbers of the file."""

from pathlib import Path
from typing import Any, get_args

import h5py
import numpy as np
import pandas as pd
import pytest

from metaplast_reader import RecordError, Table, open_run, to_tidy

DISCOVERY, EVALUATION, FINDINGS = (Path(f"data/example-{kind}.h5") for kind in ("discovery", "evaluation", "findings"))


def rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def test_candidates_have_a_row_each() -> None:
    table = to_tidy(DISCOVERY)
    with h5py.File(DISCOVERY) as file:
        fitness, population = file["discovery/fitness"][:], file["discovery/population"][:]
        names = file["discovery/parameter"].asstr()[:]
        task = file["discovery/task"].asstr()[0]
    assert len(table) == fitness.size
    assert table[["generation", "candidate"]].drop_duplicates().shape[0] == fitness.size
    (row,) = rows(table[(table.generation == 3) & (table.candidate == 5)])
    assert row["fitness"] == fitness[3, 5]
    assert [row[f"parameter_{name}"] for name in names] == population[3, 5].tolist()
    assert f"task_score_{task}" in table
    assert set(table.status) <= {"ok", "failed", "timeout", "diverged", "silent", "saturated", "stopped"}


def test_scores_have_a_row_for_each_score_that_was_taken() -> None:
    table = to_tidy(EVALUATION)
    with h5py.File(EVALUATION) as file:
        accuracy, loss = file["evaluation/accuracy"][:], file["evaluation/loss"][:]
        rules, tasks = file["evaluation/rule"].asstr()[:].tolist(), file["evaluation/task"].asstr()[:].tolist()
        shots, seeds, steps = (file[f"evaluation/{name}"][:].tolist() for name in ("shot", "seed", "step"))
    assert np.isfinite(accuracy).sum() == np.isfinite(table.accuracy).sum()
    assert np.isfinite(loss).sum() == np.isfinite(table.loss).sum()
    for row in rows(table.iloc[::37]):
        place = tuple(labels.index(row[name]) for labels, name in zip(
            (rules, tasks, shots, seeds, steps), ("rule", "task", "shot", "seed", "step"), strict=True))
        assert np.array_equal([row["accuracy"], row["loss"]], [accuracy[place], loss[place]], equal_nan=True)
    runs = table.groupby(["rule", "task", "shot", "seed"])
    assert (runs.final.sum() == 1).all()
    last = table[table.final].set_index(["rule", "task", "shot", "seed"])["step"]
    assert runs.step.max().to_dict() == last.to_dict()
    assert (table[table.final].status == "ok").all()
    assert table.chance_level.between(0.3, 0.4).all()


def test_layers_have_a_row_for_each_layer_that_was_measured() -> None:
    table = to_tidy(EVALUATION, "layers")
    with h5py.File(EVALUATION) as file:
        for name in ("alignment_angle", "firing_rate", "weight_norm"):
            values = file[f"evaluation/{name}"][:].astype(float)
            assert np.isclose(np.nansum(values), table[name].astype(float).sum(), rtol=1e-6)
    assert table.columns[:6].tolist() == ["rule", "task", "shot", "seed", "step", "layer"]


def test_terms_lack_what_a_rule_lacks() -> None:
    table = to_tidy(DISCOVERY, "terms")
    assert table[table.rule == "start"].term.tolist() == ["e_post*y_pre"]
    assert np.isfinite(table.coefficient).all()
    assert set(table[table.rule == "discovered"].origin) == {"discovered"}


def test_findings_agree_with_the_scores_they_are_from() -> None:
    table = to_tidy(FINDINGS)
    means: dict[tuple[str, str, int], float] = {}
    for source in ("evaluation", "ablation"):
        scores = to_tidy(f"data/example-{source}.h5")
        for row in rows(scores[scores.final].groupby(["rule", "task", "shot"]).accuracy.mean().reset_index()):
            # Tasks of one name that are not the same have their record's name behind an @.
            for task in (row["task"], f"{row['task']}@example-{source}"):
                means[row["rule"], task, row["shot"]] = row["accuracy"]
    for row in rows(table):
        place = row["rule"], row["task"], row["shot"]
        assert row["accuracy_mean"] == pytest.approx(means[place], abs=1e-6)
        assert row["accuracy_ci_low"] <= row["accuracy_mean"] <= row["accuracy_ci_high"]


def test_importance_has_a_row_for_each_term_taken_away() -> None:
    table = to_tidy(FINDINGS, "importance")
    assert len(table) > 1 and np.isfinite(table.term_importance).all()


def test_paths_and_opened_records_give_the_same() -> None:
    run = open_run(EVALUATION)
    pd.testing.assert_frame_equal(to_tidy(run), to_tidy(str(EVALUATION)))
    run.close()


def test_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(RecordError, match=f"no table 'x'; there are {', '.join(get_args(Table))}"):
        to_tidy(DISCOVERY, "x")  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="no group /findings"):
        to_tidy(DISCOVERY, "findings")
