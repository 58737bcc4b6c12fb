#!/usr/bin/env python3
"""Runs the system of Shervani-Tabar & Rosenbaum 2023 and what goes beyond it, and writes the tables and pictures of
docs/paper-2023.md. `make paper` builds first, and makes the Python environment.

Records and results are left in runs/paper-2023. --keep takes those that are there already.
"""
import argparse
import sys
import time

import paper_2023_beyond as beyond
import paper_2023_figures as figures
import paper_2023_page as page
import paper_2023_runs as runs


def main():
    parser = argparse.ArgumentParser(description="Runs what docs/paper-2023.md shows and writes its tables.")
    parser.add_argument("--keep", action="store_true", help="take what is in runs/paper-2023 already")
    keep = parser.parse_args().keep
    if not runs.METAPLAST.exists():
        sys.exit(f"error: {runs.METAPLAST} is missing: make build")
    began = time.monotonic()
    runs.search_all(keep)
    measured = beyond.measure_all(keep)
    figures.draw_searches()
    figures.draw_sweep("depth", beyond.DEPTHS, measured, "hidden groups", [2, 3, 4, 5, 6, 7, 8])
    figures.draw_sweep("shots", beyond.SHOTS_MNIST, measured, "shots, MNIST", [1, 5, 10, 50, 200], log=True)
    page.write(measured)
    print(f"wrote {page.PAGE.relative_to(runs.ROOT)} after {(time.monotonic() - began) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
