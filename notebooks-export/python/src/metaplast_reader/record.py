"""Opening a record."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import h5py
import xarray as xr

#: A record: its path, or the tree that `open_run` made of it.
Record: TypeAlias = str | os.PathLike[str] | xr.DataTree

_SCHEMA = "plasticity-log"
_MAJOR = 1


class RecordError(ValueError):
    """A file that is no record, is of another schema, or does not hold what was asked for."""


def open_run(path: str | os.PathLike[str]) -> xr.DataTree:
    """Open a record.

    Numbers are read when they are used, so large records open at once; ``close()`` the tree, or use it in a ``with``
    statement of `contextlib.closing`, when it is not needed any more. Groups that the program keeps for itself, such
    as the state of a search, are left out. Groups, variables and attributes that this reader does not know are kept as
    they are.

    Parameters
    ----------
    path
        The record, an HDF5 file.

    Returns
    -------
    xarray.DataTree
        A node for every group, such as ``discovery``, ``rules`` or ``evaluation``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordError
        If the file is no record, is damaged, or was written by another major version of the schema.

    Examples
    --------
    >>> run = open_run("data/example-discovery.h5")
    >>> run.attrs["title"]
    'example, seed 4'
    >>> sorted(run.children)
    ['discovery', 'evaluation', 'provenance', 'rules']
    >>> run["discovery/fitness"].dims
    ('generation', 'candidate')
    >>> run.close()
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    private = _require_record(path)
    try:
        tree = xr.open_datatree(path, engine="h5netcdf", phony_dims="access")
    except Exception as error:
        # A reader of damaged files may fail in any way.
        raise RecordError(f"{path} cannot be read, it may be damaged ({type(error).__name__}: {error})") from error
    for name in private:
        parent, _, child = name.rpartition("/")
        with contextlib.suppress(KeyError):
            node = tree[parent] if parent else tree
            assert isinstance(node, xr.DataTree)
            del node[child]
    return tree


def _require_record(path: Path) -> list[str]:
    """Refuse a file that is no record of this major version; return the names of its private groups."""
    if not h5py.is_hdf5(path):
        raise RecordError(f"{path} is no record of Metaplast: it is not an HDF5 file")
    try:
        with h5py.File(path, "r") as file:
            name, version = file.attrs.get("schema_name"), file.attrs.get("schema_version")
            private: list[str] = []

            def note(name: str, item: object) -> None:
                if isinstance(item, h5py.Group) and item.attrs.get("private") == "true":
                    private.append(name)

            file.visititems(note)
    except (OSError, RuntimeError) as error:
        raise RecordError(f"{path} cannot be read, it may be damaged ({error})") from error
    if name != _SCHEMA:
        raise RecordError(f'{path} is no record of Metaplast: its attribute schema_name is not "{_SCHEMA}"')
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+(\.\d+)?", version):
        raise RecordError(f"{path} has {version!r} for schema_version, not a version such as {_MAJOR}.0.0")
    major, minor = version.split(".")[:2]
    if int(major) != _MAJOR:
        raise RecordError(
            f"{path} was written by schema {major}.{minor}; this reads {_MAJOR}.x: install another version of "
            "metaplast-reader, or run `metaplast log migrate`"
        )
    return private


@contextlib.contextmanager
def reading(record: Record) -> Iterator[xr.DataTree]:
    """Yield the tree of a record, and close it again if it was opened here."""
    if isinstance(record, xr.DataTree):
        yield record
    else:
        tree = open_run(record)
        try:
            yield tree
        finally:
            tree.close()


def name_of(tree: xr.DataTree) -> str:
    """What messages call a record."""
    title = tree.attrs.get("title")
    return f'the record "{title}"' if title else "the record"


def group(tree: xr.DataTree, path: str, purpose: str) -> xr.Dataset:
    """One group with the coordinates of its parents."""
    try:
        node = tree[path]
    except KeyError:
        node = None
    if not isinstance(node, xr.DataTree):
        raise RecordError(f"{name_of(tree)} has no group /{path}, so there is no {purpose}")
    return node.to_dataset()


def need(tree: xr.DataTree, data: xr.Dataset, variable: str, purpose: str) -> xr.DataArray:
    """One variable that a schema makes optional."""
    if variable not in data.variables:
        raise RecordError(f"{name_of(tree)} has no {variable}, so there is no {purpose}")
    return data[variable]


def seed_of(tree: xr.DataTree) -> int:
    """The master seed, or 0."""
    try:
        return int(tree["provenance/master_seed"].item())
    except KeyError:
        return 0
