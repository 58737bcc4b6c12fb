#!/usr/bin/env python3
"""Recomputes the findings of an evaluation's record with scipy.

usage: check_statistics.py FILE

p values of up to 13 episodes are enumerated by scipy and must agree to 1e-10; so must means and detectable differences.
"""
import sys

import h5py
import numpy as np
from scipy import stats

TOLERANCE = 1e-10


def main():
    with h5py.File(sys.argv[1]) as file:
        scores, found = file["evaluation"], file["findings"]
        answers = int(scores.attrs["ways"]) * int(scores.attrs["queries_per_class"])
        names = list(scores["rule"].asstr()[:])
        accuracy = np.round(scores["accuracy"][:, 0, 0, :, 0].astype(float) * answers) / answers
        column = {name: found[name][:, 0, 0] for name in found if found[name].ndim == 3}
        base = names.index(found.attrs["baseline"])
    checked = 0
    for row in range(len(names)):
        assert abs(column["accuracy_mean"][row] - accuracy[row].mean()) < TOLERANCE, names[row]
        if row == base:
            continue
        differences = accuracy[row] - accuracy[base]
        n = len(differences)
        factor = stats.t.ppf(0.975, n - 1) + stats.t.ppf(0.8, n - 1)
        assert abs(column["gap_to_baseline"][row] - differences.mean()) < TOLERANCE, names[row]
        assert abs(column["detectable_difference"][row] - factor * stats.sem(differences)) < TOLERANCE, names[row]
        if n > 13:
            continue
        test = stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided")
        assert abs(column["p_value"][row] - test.pvalue) < TOLERANCE, (names[row], column["p_value"][row], test.pvalue)
        checked += 1
    print(f"  {len(names)} rows, {checked} p values agree with scipy")
    return 0


if __name__ == "__main__":
    sys.exit(main())
