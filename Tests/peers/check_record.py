#!/usr/bin/env python3
"""Opens a record with the tools of its readers and checks what they see.

usage: check_record.py FILE

h5py, xarray (engines h5netcdf and netcdf4, each group and the whole tree, warnings as errors) and ncdump. The last line
is "N passed, M failed"; the exit code is 1 when something failed.
"""
import re
import shutil
import subprocess
import sys
import warnings

import h5py
import numpy as np
import xarray as xr

DIMENSIONS = {
    "discovery/population": ("generation", "candidate", "parameter"),
    "discovery/fitness": ("generation", "candidate"),
    "discovery/candidate_status": ("generation", "candidate"),
    "discovery/incumbent_parameter": ("generation", "parameter"),
    "discovery/parameter_fixed": ("parameter",),
    "discovery/query_loss": ("generation", "candidate"),
    "discovery/episodes_skipped": ("generation", "candidate"),
    "discovery/meta_gradient": ("generation", "parameter"),
    "discovery/alignment_angle": ("generation", "layer"),
    "discovery/orthonormality": ("generation", "layer"),
    "discovery/archive/archive_parameter": ("rank", "parameter"),
    "discovery/state/covariance": ("parameter", "parameter_col"),
    "discovery/state/adam_m": ("parameter",),
    "rules/coefficient": ("rule", "term"),
    "evaluation/accuracy": ("rule", "task", "shot", "seed", "step"),
    "evaluation/alignment_angle": ("rule", "task", "shot", "seed", "step", "layer"),
    "evaluation/run_status": ("rule", "task", "shot", "seed"),
    "evaluation/weights/final_1": ("rule", "task", "shot", "kept", "post_1", "pre_1"),
    "evaluation/weights/initial_2": ("rule", "task", "shot", "kept", "post_2", "pre_2"),
    "provenance/started": ("session",),
    "provenance/library_version": ("library",),
}
STATUS = "pending ok failed timeout diverged worker_lost silent saturated stopped"


class Checks:
    """Counts what holds and prints what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}")

    def run(self, what, body):
        """Counts `body` as passed when it raises nothing, warnings included."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                result = body()
            self.passed += 1
            return result
        except Exception as error:  # a peer may raise anything
            self.failed += 1
            print(f"FAILED: {what}: {type(error).__name__}: {error}")
            return None


def groups_of(path):
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Group) else None)
    return found


def check_h5py(path, checks):
    with h5py.File(path) as file:
        for name in ("schema_name", "schema_version", "kind", "status", "uuid", "title", "history"):
            checks.that(isinstance(file.attrs.get(name), str), f"h5py: root attribute {name} is a str")
        checks.that(file.attrs["schema_name"] == "plasticity-log", "h5py: schema_name")
        for name, dimensions in DIMENSIONS.items():
            if name not in file:
                continue
            labels = tuple(file[name].dims[axis][0].name.rsplit("/", 1)[1] for axis in range(file[name].ndim))
            checks.that(labels == dimensions, f"h5py: dimensions of {name} are {labels}")
        text = file["provenance/config_text"].asstr()[()]
        checks.that(isinstance(text, str), "h5py: config_text is a str")
        checks.that(file["provenance/master_seed"].dtype == np.uint64, "h5py: master_seed is a uint64")

        def every(name, item):
            if isinstance(item, h5py.Dataset):
                checks.that(item.size == 0 or item[()] is not None, f"h5py: {name} is read")

        file.visititems(every)


def check_xarray(path, engine, checks):
    names = [name for name in groups_of(path)]
    for name in [None] + names:
        data = checks.run(
            f"xarray {engine}: group {name or '/'}", lambda: xr.open_dataset(path, group=name, engine=engine).load()
        )
        if data is None:
            continue
        for variable in data.variables:
            dims = data[variable].dims
            checks.that(not any("phony" in dim for dim in dims), f"xarray {engine}: {name}/{variable} has {dims}")
            full = f"{name}/{variable}"
            if full in DIMENSIONS:
                checks.that(dims == DIMENSIONS[full], f"xarray {engine}: dimensions of {full} are {dims}")
            if h5_is_text(path, full):
                values = data[variable].values.ravel()
                checks.that(all(isinstance(value, str) for value in values), f"xarray {engine}: {full} is text")
        check_decoding(name, data, engine, checks)
    tree = checks.run(f"xarray {engine}: open_datatree", lambda: xr.open_datatree(path, engine=engine).load())
    if tree is not None:
        groups = {node.path.strip("/") for node in tree.subtree}
        checks.that(set(names) <= groups, f"xarray {engine}: the tree holds {groups}")
        tree.close()


def h5_is_text(path, name):
    with h5py.File(path) as file:
        return name in file and h5py.check_string_dtype(file[name].dtype) is not None


def check_decoding(name, data, engine, checks):
    if name == "discovery":
        checks.that(data["parameter_fixed"].dtype == bool, f"xarray {engine}: parameter_fixed is bool")
        checks.that(data["evaluation_seed"].dtype == np.uint64, f"xarray {engine}: evaluation_seed is uint64")
        checks.that(data["generation"].dtype == np.int64, f"xarray {engine}: generation is int64")
        checks.that(data["candidate_status"].dtype == np.int8, f"xarray {engine}: candidate_status is int8")
        checks.that(data["candidate_status"].attrs["flag_meanings"] == STATUS, f"xarray {engine}: flag_meanings")
        for time in ("evaluation_time", "wall_time"):
            checks.that(data[time].dtype.kind == "f", f"xarray {engine}: {time} stays a float")
        checks.that(all("long_name" in data[v].attrs for v in data.data_vars), f"xarray {engine}: long_name everywhere")
        checks.run(f"xarray {engine}: to_dataframe", lambda: data["fitness"].to_dataframe())
    if name == "evaluation":
        checks.that("rule" in data.coords and "seed" in data.coords, f"xarray {engine}: coordinates of evaluation")
        if data.sizes["rule"] > 1 and data.sizes["seed"] > 0:
            first = str(data["rule"].values[0])
            checks.run(
                f"xarray {engine}: paired difference",
                lambda: (data["accuracy"].sel(rule=first) - data["accuracy"].isel(rule=1, drop=True)).mean("seed"),
            )


def check_ncdump(path, checks):
    if shutil.which("ncdump") is None:
        print("skipped: ncdump is not installed")
        return
    done = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True)
    checks.that(done.returncode == 0, f"ncdump -h: {done.stderr.strip()}")
    checks.that("phony_dim" not in done.stdout, "ncdump: no phony_dim")
    checks.that(not done.stderr.strip(), f"ncdump: silent on stderr ({done.stderr.strip()[:200]})")
    for name, dimensions in DIMENSIONS.items():
        with h5py.File(path) as file:
            if name not in file:
                continue
        variable = name.rsplit("/", 1)[1]
        pattern = rf"\b{variable}\({', '.join(dimensions)}\)"
        checks.that(re.search(pattern, done.stdout) is not None, f"ncdump: {variable}({', '.join(dimensions)})")
    full = subprocess.run(["ncdump", path], capture_output=True, text=True)
    checks.that(full.returncode == 0, f"ncdump of all values: {full.stderr.strip()[:200]}")


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 64
    path = sys.argv[1]
    checks = Checks()
    check_h5py(path, checks)
    for engine in ("h5netcdf", "netcdf4"):
        check_xarray(path, engine, checks)
    check_ncdump(path, checks)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
