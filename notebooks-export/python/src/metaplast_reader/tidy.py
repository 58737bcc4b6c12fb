"""Records as tables: one row an observation."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
import xarray as xr

from .record import Record, RecordError, group, name_of, need, reading

#: What `to_tidy` can make a table of.
Table: TypeAlias = Literal["candidates", "scores", "layers", "terms", "findings", "importance"]

_RUN = ("rule", "task", "shot", "seed")


def to_tidy(record: Record, table: Table | None = None) -> pd.DataFrame:
    """Make a table of a record, one row an observation.

    ``candidates``
        One row for each candidate of each generation of a search: ``generation``, ``candidate``, then all that is known
        of it (``fitness``, ``status``, ``complexity``, ...), ``task_score_<task>`` and ``parameter_<name>``.
    ``scores``
        One row for each score of an episode: ``rule``, ``task``, ``shot``, ``seed``, ``step`` (examples seen), the
        scores (``accuracy``, ``loss``, ...), ``status``, what is known of the task, ``axis_<name>`` for the axes of a
        grid, and ``final``, true for the last score of an episode. What was not measured has no row.
    ``layers``
        One row for each layer in which something was measured: angles, firing rates, norms.
    ``terms``
        One row for each term of each rule, with its ``coefficient``.
    ``findings``
        One row for each rule, task and number of shots: means, intervals, p values.
    ``importance``
        One row for each term that was taken away from a rule: the accuracy lost.

    Parameters
    ----------
    record
        A path, or what `open_run` returned.
    table
        Which table; by default ``candidates`` of a discovery, ``scores`` of an evaluation, ``findings`` of findings.

    Raises
    ------
    RecordError
        If the record does not hold it.

    Examples
    --------
    >>> to_tidy("data/example-discovery.h5")[["generation", "candidate", "status", "parameter_eta"]].head(2).round(3)
       generation  candidate status  parameter_eta
    0           0          0     ok          0.020
    1           0          1     ok          0.029
    >>> scores = to_tidy("data/example-evaluation.h5")
    >>> scores[scores.final].groupby("rule").accuracy.mean().idxmax()
    'nearest-class-mean'
    """
    with reading(record) as tree:
        if table is None:
            table = _default(tree)
        if table not in get_args(Table):
            raise RecordError(f"there is no table {table!r}; there are {', '.join(get_args(Table))}")
        return _MAKERS[table](tree)


def _default(tree: xr.DataTree) -> Table:
    kind = tree.attrs.get("kind")
    if kind == "findings":
        return "findings"
    return "scores" if kind == "evaluation" or "discovery" not in tree.children else "candidates"


def _words(flags: xr.DataArray) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """The meanings of flags; a number that has none stays as it is."""
    values = np.atleast_1d(flags.attrs.get("flag_values", ())).tolist()
    meanings = dict(zip(values, str(flags.attrs.get("flag_meanings", "")).split(), strict=False))
    return np.array([meanings.get(value, str(value)) for value in flags.values.ravel().tolist()], dtype=object)


def _candidates(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "discovery", "candidates")
    axes = ("generation", "candidate")
    columns: dict[str, object] = {}
    shape = data.sizes["generation"], data.sizes["candidate"]
    columns["generation"] = np.repeat(data["generation"].values, shape[1])
    columns["candidate"] = np.tile(data["candidate"].values, shape[0])
    for name, variable in data.data_vars.items():
        if variable.dims == axes:
            is_status = name == "candidate_status"
            columns["status" if is_status else str(name)] = _words(variable) if is_status else variable.values.ravel()
    if "expression_id" in data and "expression" in data:
        pool, places = data["expression"].values, data["expression_id"].values.ravel()
        columns["expression"] = [pool[place] if 0 <= place < len(pool) else "" for place in places.tolist()]
    for source, prefix, axis in (("task_score", "task_score", "task"), ("population", "parameter", "parameter")):
        if source in data:
            values = data[source].transpose(*axes, axis).values.reshape(-1, data.sizes[axis])
            for place, label in enumerate(data[axis].values.tolist()):
                columns[f"{prefix}_{label}"] = values[:, place]
    return pd.DataFrame(columns)


def _scores(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "evaluation", "scores")
    need(tree, data, "accuracy", "table of scores")
    measured = [str(name) for name, variable in data.data_vars.items() if set(variable.dims) == {*_RUN, "step"}]
    table = _rows(data, (*_RUN, "step"), measured)
    # Rows lie in the order of the runs and, within each, of the steps.
    known = table[np.isfinite(table["accuracy"])]
    table["final"] = table.index.isin(known.drop_duplicates(list(_RUN), keep="last").index)
    return table


def _layers(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "evaluation", "layers")
    axes = (*_RUN, "step", "layer")
    measured = [str(name) for name, variable in data.data_vars.items() if set(variable.dims) == set(axes)]
    if not measured:
        raise RecordError(f"{name_of(tree)} has no measure of layers")
    return _rows(data[measured], axes, measured)


def _rows(data: xr.Dataset, axes: tuple[str, ...], measured: list[str]) -> pd.DataFrame:
    """One row for each place along `axes` in which one of `measured` is known, with all that depends on them."""
    if "axis_value" in data and "axis" in data.coords:
        for label in data["axis"].values.tolist():
            data = data.assign({f"axis_{label}": data["axis_value"].sel(axis=label, drop=True)})
    fits = [name for name, variable in data.data_vars.items() if set(variable.dims) <= set(axes)]
    data = data[fits].drop_vars([name for name in data.coords if name not in axes], errors="ignore")
    if "run_status" in data:
        status = data["run_status"].copy(data=_words(data["run_status"]).reshape(data["run_status"].shape))
        data = data.assign(status=status).drop_vars("run_status")
    table = data.to_dataframe(dim_order=list(axes)).dropna(how="all", subset=measured).reset_index()
    # Scores first, then what is known of the run and the task.
    return table[[*axes, *measured, *[name for name in table.columns if name not in (*axes, *measured)]]]


def _terms(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "rules", "terms")
    table = need(tree, data, "coefficient", "table of terms").to_dataframe().dropna().reset_index()
    if "origin" in data:
        origins = dict(zip(data["rule"].values.tolist(), data["origin"].values.tolist(), strict=True))
        table["origin"] = table["rule"].map(origins)
    return table


def _findings(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "findings", "table of findings")
    axes = ("rule", "task", "shot")
    fits = [name for name, variable in data.data_vars.items() if variable.dims and set(variable.dims) <= set(axes)]
    others = [name for name in data.coords if name not in axes]
    table = data[fits].drop_vars(others, errors="ignore").to_dataframe(dim_order=list(axes)).reset_index()
    return table[table["n_seeds"] > 0].reset_index(drop=True) if "n_seeds" in table else table


def _importance(tree: xr.DataTree) -> pd.DataFrame:
    data = group(tree, "findings", "importance of terms")
    need(tree, data, "term_importance", "importance of terms")
    names = [name for name, variable in data.data_vars.items() if set(variable.dims) == {"rule", "term"}]
    table = data[names].to_dataframe(dim_order=["rule", "term"])
    return table.dropna(subset=["term_importance"]).reset_index()


_MAKERS = {
    "candidates": _candidates,
    "scores": _scores,
    "layers": _layers,
    "terms": _terms,
    "findings": _findings,
    "importance": _importance,
}
