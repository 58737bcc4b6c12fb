#!/usr/bin/env python3
"""Makes broken copies of a sound record, one for each layout rule a foreign writer may break.

usage: break_record.py RECORD FOLDER

Writes FOLDER/<rule>-<what>.h5; <rule> is what a checker must name: 1 to 20, root or table.
"""
import os
import shutil
import sys

import h5py
import numpy as np

TEXT = h5py.string_dtype("utf-8")


def attach(file, path, *scales):
    for axis, scale in enumerate(scales):
        file[path].dims[axis].attach_scale(file[scale])


def quantity(group, name, data, **options):
    """A float dataset that keeps every rule but those about axes."""
    made = group.create_dataset(name, data=data, fillvalue=np.nan, track_times=False, **options)
    made.attrs["units"] = "1"
    made.attrs["long_name"] = name
    made.attrs.create("_FillValue", np.array([np.nan], made.dtype))
    return made


def replaced(file, path, data, **options):
    """Puts other data in the place of a dataset, attributes and scales kept."""
    old = file[path]
    kept = {name: old.attrs[name] for name in old.attrs if name not in ("DIMENSION_LIST", "REFERENCE_LIST")}
    scales = [[scale.name for scale in old.dims[axis].values()] for axis in range(old.ndim)]
    for axis in range(old.ndim):
        for scale in list(old.dims[axis].values()):
            old.dims[axis].detach_scale(scale)
    del file[path]
    made = file.create_dataset(path, data=data, track_times=False, **options)
    for name, value in kept.items():
        made.attrs[name] = value
    for axis, names in enumerate(scales):
        for name in names:
            made.dims[axis].attach_scale(file[name])
    return made


def sibling_scale(file):
    quantity(file["rules"], "score", np.zeros(file["evaluation/seed"].shape))
    attach(file, "rules/score", "evaluation/seed")


def bare_axis(file):
    quantity(file["discovery"], "extra", np.zeros((4, 2)))
    file["discovery/extra"].dims[0].attach_scale(file["discovery/candidate"])


def no_scale(file):
    quantity(file["discovery"], "extra", np.zeros(4))


def scale_name(file):
    made = file["discovery"].create_dataset("animal", data=np.arange(4), track_times=False)
    made.make_scale("beast")


def pure_name(file):
    made = file["discovery"].create_dataset("size", shape=(3,), dtype="i1", track_times=False)
    made.make_scale("This is a netCDF dimension but not a netCDF variable. 3")


def twice_the_same(file):
    quantity(file["discovery"], "square", np.zeros((3, 3)))
    attach(file, "discovery/square", "discovery/parameter", "discovery/parameter")


def fixed_text(file):
    file["discovery"].create_dataset("words", data=np.array([b"a", b"b", b"c"]), track_times=False)
    attach(file, "discovery/words", "discovery/parameter")


def fixed_attribute(file):
    file["discovery"].attrs["note"] = np.bytes_(b"fixed")


def enum_bool(file):
    file["discovery"].create_dataset("done", data=np.array([True, False, True]), track_times=False)
    attach(file, "discovery/done", "discovery/parameter")


def bool_of_two(file):
    file["discovery/parameter_fixed"][0] = 2


def complex_values(file):
    file["discovery"].create_dataset("waves", data=np.zeros(3, complex), track_times=False)
    attach(file, "discovery/waves", "discovery/parameter")


def big_endian(file):
    quantity(file["discovery"], "foreign", np.zeros(3, ">f8"))
    attach(file, "discovery/foreign", "discovery/parameter")


def stray_code(file):
    file["discovery/candidate_status"][0, 0] = 99


def no_meanings(file):
    del file["discovery/candidate_status"].attrs["flag_meanings"]


def zero_fill(file):
    made = file["discovery"].create_dataset("filled", data=np.zeros(3), track_times=False)
    made.attrs["units"], made.attrs["long_name"] = "1", "filled"
    made.attrs.create("_FillValue", np.array([np.nan]))
    attach(file, "discovery/filled", "discovery/parameter")


def no_fill_attribute(file):
    del file["discovery/fitness"].attrs["_FillValue"]


def integer_fill(file):
    file["discovery/evaluations"].attrs["_FillValue"] = np.array([-1])


def seconds(file):
    file["discovery/wall_time"].attrs["units"] = "seconds"


def no_units(file):
    del file["discovery/fitness"].attrs["units"]


def no_long_name(file):
    del file["discovery/fitness"].attrs["long_name"]


def dotted_name(file):
    quantity(file["discovery"], "best.ever", np.zeros(3))
    attach(file, "discovery/best.ever", "discovery/parameter")


def untracked_group(file):
    file.create_group("extra", track_order=False)


def kept_times(file):
    file["discovery"].create_dataset("late", data=np.arange(3), track_times=True)
    attach(file, "discovery/late", "discovery/parameter")


def uncompressed(file):
    file["discovery"].create_dataset("many", data=np.arange(5000), track_times=False).make_scale("many")


def other_filter(file):
    file["discovery"].create_dataset(
        "many", data=np.arange(5000), compression="gzip", compression_opts=9, track_times=False
    ).make_scale("many")


def large_chunk(file):
    file["discovery"].create_dataset(
        "many", data=np.arange(300_000), compression="gzip", compression_opts=4, shuffle=True, chunks=(300_000,),
        track_times=False,
    ).make_scale("many")


def long_attribute(file):
    file["discovery"].attrs["note"] = "x" * 2000


def uneven_growth(file):
    file["discovery/fitness"].resize(1, axis=0)


def bad_uuid(file):
    file.attrs["uuid"] = "not one"


def bad_status(file):
    file.attrs["status"] = "asleep"


def no_title(file):
    del file.attrs["title"]


def bad_date(file):
    file.attrs["date_created"] = "31.1.2026"


def missing_column(file):
    del file["discovery/median_fitness"]


def other_type(file):
    replaced(file, "discovery/restart", file["discovery/restart"][:].astype("i8"), maxshape=(None,), chunks=(16,))


def other_dimensions(file):
    replaced(file, "rules/complexity", np.zeros(2), fillvalue=np.nan)
    file["rules/complexity"].dims[0].detach_scale(file["rules/rule"])
    attach(file, "rules/complexity", "rules/term")


def bad_direction(file):
    file["discovery"].attrs["direction"] = "sideways"


def bad_origin(file):
    file["rules/origin"][0] = "elsewhere"


def public_state(file):
    file["discovery/state"].attrs["private"] = "false"


def state_behind(file):
    file["discovery/state/next_generation"][()] = 1


def no_ways(file):
    del file["evaluation"].attrs["ways"]


def no_provenance(file):
    del file["provenance"]


BREAKS = {
    1: [sibling_scale], 2: [bare_axis, no_scale], 3: [scale_name], 4: [pure_name], 5: [twice_the_same],
    6: [fixed_text, fixed_attribute], 7: [enum_bool, bool_of_two], 8: [complex_values, big_endian],
    9: [stray_code, no_meanings], 10: [zero_fill, no_fill_attribute], 11: [integer_fill], 12: [seconds, no_units],
    13: [no_long_name], 14: [dotted_name], 15: [untracked_group], 16: [kept_times],
    18: [uncompressed, other_filter, large_chunk], 19: [long_attribute], 20: [uneven_growth],
    "root": [bad_uuid, bad_status, no_title, bad_date],
    "table": [
        missing_column, other_type, other_dimensions, bad_direction, bad_origin, public_state, state_behind, no_ways,
        no_provenance,
    ],
}


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 64
    record, folder = sys.argv[1:]
    for rule, breaks in BREAKS.items():
        for change in breaks:
            path = os.path.join(folder, f"{rule}-{change.__name__}.h5")
            shutil.copyfile(record, path)
            with h5py.File(path, "r+", libver=("earliest", "v108")) as file:
                change(file)
    # Rule 17 is about the whole file: the same objects in the newest format.
    path = os.path.join(folder, "17-newest_format.h5")
    with h5py.File(record) as old, h5py.File(path, "w", libver=("v110", "v110"), track_order=True) as new:
        for name, value in old.attrs.items():
            new.attrs[name] = value
    return 0


if __name__ == "__main__":
    sys.exit(main())
