"""Octave's netcdf package reads the numbers of a record, axes reversed."""
import shutil
import subprocess

import h5py
import numpy as np

from environments import ROOT, Skip

COLUMNS = ["/discovery/fitness", "/discovery/population", "/discovery/candidate_status", "/evaluation/accuracy",
           "/evaluation/run_time", "/rules/coefficient"]


def octave_reads_the_numbers(workshop):
    octave = shutil.which("octave-cli")
    if octave is None:
        raise Skip("there is no octave-cli; apt-get install octave octave-netcdf")
    for record in workshop.records():
        lines = ["pkg load netcdf"]
        for column in COLUMNS:
            lines += [f'x = double(ncread("{record}", "{column}"));', 'printf("shape"); printf(" %d", size(x));',
                      'printf("\\n"); printf("%.17g\\n", x(:)); printf("end\\n");']
        script = workshop.folder / "numbers.m"
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run([octave, "--quiet", "--no-history", "--norc", str(script)], cwd=ROOT, text=True,
                              capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        parts = done.stdout.split("end\n")
        with h5py.File(record) as file:
            for column, part in zip(COLUMNS, parts):
                head, *numbers = part.split("\n")
                shape = [int(word) for word in head.split()[1:]]
                wanted = file[column][()]
                # Trailing axes of length 1 vanish in Octave, and no array has fewer than two axes.
                ours = list(wanted.shape[::-1])
                assert [n for n in shape if n != 1] == [n for n in ours if n != 1], (column, shape, ours)
                got = np.array([float(number.replace("NA", "nan")) for number in numbers if number])
                assert np.array_equal(got, wanted.astype(float).ravel(), equal_nan=True), column
        print(f"  {record.name}: {len(COLUMNS)} columns, every number")
