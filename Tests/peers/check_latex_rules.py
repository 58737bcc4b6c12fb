"""Draws exported equations with matplotlib's mathtext. usage: check_latex_rules.py FOLDER"""
import pathlib
import re
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib.mathtext import MathTextParser  # noqa: E402


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(folder.glob("*.tex"))
    assert files, f"no *.tex in {folder}"
    parser = MathTextParser("agg")
    drawn = 0
    for file in files:
        text = "\n".join(line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("%"))
        equations = re.findall(r"^\\\[ (.*) \\\]$", text, flags=re.MULTILINE)
        cells = re.findall(r"\$([^$]+)\$", text)
        assert equations and equations[0].startswith(r"\Delta w_{ij} = "), f"{file.name} has no equation for dw"
        for formula in equations + cells:
            try:
                picture = parser.parse(f"${formula}$")
            except ValueError as error:
                raise AssertionError(f"{file.name}: {formula}: {error}") from error
            assert picture.width > 0 and picture.height > 0, f"{file.name}: {formula} draws nothing"
            drawn += 1
    print(f"  {len(files)} rules, {drawn} formulas drawn")


main()
