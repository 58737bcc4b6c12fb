"""Reads event files with TensorBoard's own reader and compares every value with the record's.

usage: python Tests/peers/check_events.py RECORD.h5 FOLDER
"""
import logging
import sys

import h5py
import numpy

logging.disable(logging.WARNING)
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: E402


def main():
    record, folder = sys.argv[1:]
    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    found = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}

    with h5py.File(record) as file:
        search = file["discovery"]
        columns = {"fitness/best": search["incumbent_fitness"][:], "fitness/median": search["median_fitness"][:]}
        theta = search["search_mean" if "search_mean" in search else "incumbent_parameter"][:]
        missing = ~numpy.isfinite(theta).any(axis=1)
        theta[missing] = search["incumbent_parameter"][:][missing]
        for place, name in enumerate(search["parameter"].asstr()[:]):
            columns[f"theta/{name}"] = theta[:, place]
        if "alignment_angle" in search:
            for place, name in enumerate(search["layer"].asstr()[:]):
                columns[f"angle/{name}"] = search["alignment_angle"][:, place]
        expected = {}
        for tag, values in columns.items():
            known = [(step, float(numpy.float32(value))) for step, value in enumerate(values) if numpy.isfinite(value)]
            if known:
                expected[tag] = known
    assert expected.keys() == found.keys(), f"tags {sorted(found)} and not {sorted(expected)}"
    for tag, values in expected.items():
        assert found[tag] == values, f"{tag}: {found[tag][:3]} … and not {values[:3]} …"
    steps = len(next(iter(expected.values())))
    assert steps > 1
    print(f"  TensorBoard reads {len(found)} curves of {steps} steps, all as in the record")


main()
