"""Makes a big record out of a small one, to see what exports of it need.

usage: .venv/bin/python scripts/big_record.py SMALL.h5 BIG.h5 [--megabytes 1024]

The big record has the small one's columns, attributes and scales; its generations, or its test episodes where it has no
search, are as many as fill the size, with random numbers around the small one's in place of measured ones. It keeps the
schema (`metaplast log check`), but no run ever made it.
"""
import argparse

import h5py
import numpy as np

OWN = ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates")


def width(group, axis):
    """Bytes that one more place on the axis takes."""
    total = 0
    for name, column in group.items():
        if isinstance(column, h5py.Dataset) and axis in axes(column):
            shape = [length for length, label in zip(column.shape, axes(column)) if label != axis]
            total += int(np.prod(shape, dtype=np.int64)) * column.dtype.itemsize
    return total


def axes(column):
    """Names of a column's axes; a scale labels its own."""
    if column.is_scale:
        return [column.name.split("/")[-1]]
    return [column.dims[k][0].name.split("/")[-1] if len(column.dims[k]) else "" for k in range(column.ndim)]


def describe(old, new):
    """The attributes that are not the library's own."""
    for name, value in old.attrs.items():
        if name not in OWN:
            new.attrs.create(name, value, dtype=old.attrs.get_id(name).dtype, shape=old.attrs.get_id(name).shape)


def values(column, part, axis, rng):
    """Values for places `part` of the axis: labels count on, floats scatter around the old ones, the rest repeats."""
    name = column.name.split("/")[-1]
    where = axes(column).index(axis)
    if column.is_scale:
        return part.astype(column.dtype)
    old = np.take(column[()], part % column.shape[where], axis=where)
    if column.dtype.kind == "f":
        old = np.where(np.isfinite(old), old, 0)
        spread = 0.1 * (1 + np.abs(old))
        return (old + spread * rng.standard_normal(old.shape)).astype(column.dtype)
    if name == "evaluations":
        return 1 + part.astype(column.dtype)
    return old


def scale(group, label):
    """The scale of that name in the group or the nearest group above."""
    while label not in group:
        group = group.parent
    return group[label]


def enlarge(old, new, axis, length, rng):
    """A group with one of its axes made longer, filled block by block."""
    describe(old, new)
    names = list(old)
    for name in names:
        column = old[name]
        if isinstance(column, h5py.Group):
            continue
        labels = axes(column)
        shape = tuple(length if label == axis else size for label, size in zip(labels, column.shape))
        grows = axis in labels
        chunks, maximum = column.chunks, column.maxshape
        if grows:
            rest = max(1, int(np.prod([size for label, size in zip(labels, shape) if label != axis])))
            rows = max(1, min(length, (1 << 18) // (rest * max(1, column.dtype.itemsize))))
            chunks = tuple(rows if label == axis else max(1, size) for label, size in zip(labels, shape))
            maximum = tuple(None if column.maxshape[k] is None else size for k, size in enumerate(shape))
        if maximum == shape:
            maximum = None
        packed = dict(shuffle=True, compression="gzip", compression_opts=4) if grows and column.dtype.kind != "O" else {}
        made = new.create_dataset(name, shape, column.dtype, chunks=chunks, maxshape=maximum, track_times=False,
                                  fillvalue=column.fillvalue if column.dtype.kind == "f" else None, **packed)
        describe(column, made)
        if not grows:
            made[...] = column[...]
            continue
        where = labels.index(axis)
        block = max(1, (1 << 24) // max(1, int(np.prod(shape)) * column.dtype.itemsize // length))
        for first in range(0, length, block):
            part = np.arange(first, min(first + block, length))
            place = tuple(slice(first, first + len(part)) if k == where else slice(None) for k in range(len(shape)))
            made[place] = values(column, part, axis, rng)
    for name in names:
        if isinstance(old[name], h5py.Dataset) and old[name].is_scale:
            new[name].make_scale(name)
    for name in names:
        if isinstance(old[name], h5py.Dataset) and not old[name].is_scale:
            for k, label in enumerate(axes(old[name])):
                new[name].dims[k].attach_scale(scale(new, label))
    for name in names:
        if isinstance(old[name], h5py.Group):
            enlarge(old[name], new.create_group(name, track_order=True), None, 1, rng)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("small")
    parser.add_argument("big")
    parser.add_argument("--megabytes", type=int, default=1024)
    wish = parser.parse_args()
    with h5py.File(wish.small) as old, h5py.File(wish.big, "w", track_order=True, libver=("earliest", "v108")) as new:
        describe(old, new)
        group, axis = ("discovery", "generation") if "discovery" in old else ("evaluation", "seed")
        length = max(1, (wish.megabytes << 20) // width(old[group], axis))
        rng = np.random.default_rng(1)
        for name in old:
            enlarge(old[name], new.create_group(name, track_order=True), axis if name == group else None, length, rng)
        if "discovery/state/next_generation" in new:
            new["discovery/state/next_generation"][...] = length
        print(f"{wish.big}: {length} entries of {axis}")


main()
