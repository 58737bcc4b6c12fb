"""Checks of notebooks and of the Python reader: valid, run without a warning, and no plot is empty."""
import base64
import io
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from environments import METAPLAST, ROOT, run

FOLDER = ROOT / "notebooks-export"
SVG = "{http://www.w3.org/2000/svg}"


def marks_of(axes):
    """How many marks of data one axes of matplotlib's SVG shows: its own furniture and dashed lines left out."""
    count, patches = 0, 0
    for part in axes:
        name = part.get("id", "")
        # A path with a name is only defined there; it is drawn where it is used.
        drawn = [mark for mark in part.iter() if mark.tag == SVG + "use"
                 or mark.tag == SVG + "path" and mark.get("d", "").strip() and not mark.get("id")]
        if any(mark.tag == SVG + "image" for mark in part.iter()):
            count += 1
        elif "Collection_" in name:
            count += len(drawn)
        elif name.startswith("line2d"):
            compares = any("stroke-dasharray" in mark.get("style", "") and "#808080" in mark.get("style", "")
                           for mark in drawn)
            count += 0 if compares else len(drawn)
        elif name.startswith("patch"):
            patches += 1
    # The background and four spines are patches too; what is more are bars.
    return count + max(0, patches - 5)


def axes_of(picture):
    """Every axes of a picture by matplotlib, colour bars left out, with the marks that it shows."""
    groups = [part for part in ElementTree.parse(picture).iter(SVG + "g") if part.get("id", "").startswith("axes_")]
    bars = [group for group in groups if any(part.get("id", "").startswith("QuadMesh") for part in group)]
    return [(group.get("id"), marks_of(group)) for group in groups if group not in bars]


def look(page, wanted_pictures):
    """Runs a notebook and looks at everything it shows; returns how many pictures there were."""
    import matplotlib.image
    import nbformat

    notebook = nbformat.read(page, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert all(cell.get("outputs", []) == [] for cell in notebook.cells), "a committed output"
    run(sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb", page)
    executed = nbformat.read(page.parent / "executed.ipynb", as_version=4)
    outputs = [(cell.id, output) for cell in executed.cells for output in cell.get("outputs", [])]
    for cell, output in outputs:
        assert output.get("name") != "stderr", f"{page.name}, cell {cell}, warns: {output['text']}"
    pictures = [(cell, output.data["image/png"]) for cell, output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= wanted_pictures, f"the executed {page.name} shows {len(pictures)} pictures"
    for cell, picture in pictures:
        pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(picture)), format="png")[..., :3]
        inked = (pixels < 0.97).any(axis=-1).mean()
        assert inked > 0.005, f"{page.name}, cell {cell}: a picture with {inked:.2%} of ink"
    folders = [folder for folder in page.parent.glob("*-output")]
    saved = sorted(path for folder in folders for path in folder.glob("*.svg"))
    assert len(saved) == len(pictures), f"{len(pictures)} pictures shown, {len(saved)} saved as SVG"
    for picture in saved:
        found = axes_of(picture)
        assert found and all(count > 0 for _, count in found), f"{picture.name} has empty axes: {found}"
    tables = sorted(path.name for folder in folders for path in folder.glob("*.csv"))
    print(f"  {page.name}: {len(notebook.cells)} cells, {len(pictures)} pictures, "
          f"{sum(len(axes_of(picture)) for picture in saved)} axes, tables {', '.join(tables) or 'none'}")
    return saved


def an_empty_plot_is_noticed(workshop):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "metaplast"
    nan = float("nan")
    drawings = {
        "nothing": (lambda axes: None, False),
        "a line to compare with": (lambda axes: axes.axhline(90, color="0.5", linestyle="--"), False),
        "unknown numbers": (lambda axes: axes.plot([1, 2], [nan, nan], marker="o"), False),
        "unknown marks": (lambda axes: axes.scatter([1, 2], [nan, nan]), False),
        "a line": (lambda axes: axes.plot([1, 2], [3, 4]), True),
        "one mark": (lambda axes: axes.plot([1], [3], marker="o", linestyle=""), True),
        "marks": (lambda axes: axes.scatter([1, 2], [3, 4]), True),
        "bars": (lambda axes: axes.hist([1, 2, 2]), True),
        "an image": (lambda axes: axes.imshow([[1, 2]]), True),
        "intervals": (lambda axes: axes.hlines([0, 1], [1, 2], [3, 4]), True),
    }
    for name, (draw, shows) in drawings.items():
        figure, axes = plt.subplots()
        draw(axes)
        picture = workshop.folder / "drawing.svg"
        figure.savefig(picture)
        plt.close(figure)
        ((_, count),) = axes_of(picture)
        assert (count > 0) == shows, f"{name}: {count} marks counted"


def notebook_is_valid_and_runs(workshop):
    for page in workshop.export("notebook", ".ipynb"):
        look(page, 5)


def shipped_notebooks_run_as_cloned(workshop):
    wanted = {
        "discovery": ["fitness", "coefficients", "final-coefficients", "front", "accuracy-1", "firing-rate"],
        "evaluation": ["learning-curves-60", "low-data", "alignment-angle", "firing-rate", "accuracy-2"],
        "findings": ["findings-accuracy-1", "gap-1", "findings-low-data", "importance-1"],
    }
    clone = workshop.folder / "clone"
    for kind, pictures in wanted.items():
        folder = clone / kind
        (folder / "data").mkdir(parents=True)
        # What git holds, and nothing else.
        for name in (f"{kind}.ipynb", f"data/example-{kind}.h5"):
            assert run("git", "ls-files", f"notebooks-export/{name}"), f"git does not hold notebooks-export/{name}"
            shutil.copy(FOLDER / name, folder / name)
        saved = {picture.stem for picture in look(folder / f"{kind}.ipynb", len(pictures))}
        assert saved.issuperset(pictures), f"{kind}.ipynb does not show {sorted(set(pictures) - saved)}"
        run(METAPLAST, "export", "notebook", FOLDER / "data" / f"example-{kind}.h5", "--out", folder / "again")
        written, shipped = (json.loads((place / f"{kind}.ipynb").read_text(encoding="utf-8"))
                            for place in (folder / "again", FOLDER))
        for notebook in (written, shipped):
            (parameters,) = [cell for cell in notebook["cells"] if cell["id"] == "parameters"]
            parameters["source"] = []  # the path alone differs
        assert written == shipped, f"notebooks-export/{kind}.ipynb is stale"


def notebook_of_kept_weights_draws_them(workshop):
    out = workshop.folder / "weights"
    run(METAPLAST, "export", "notebook", FOLDER / "data" / "example-weights.h5", "--out", out)
    saved = {picture.stem for picture in look(out / "evaluation.ipynb", 3)}
    assert "weights" in saved, saved


def notebook_tables_hold_the_scores(workshop):
    import csv

    import h5py
    import numpy as np

    table = workshop.folder / "clone" / "evaluation" / "evaluation-output" / "scores.csv"
    if not table.exists():
        shipped_notebooks_run_as_cloned(workshop)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    with h5py.File(FOLDER / "data" / "example-evaluation.h5") as file:
        group = file["evaluation"]
        rules, tasks = (group[name].asstr()[:].tolist() for name in ("rule", "task"))
        shots, accuracy = group["shot"][:].tolist(), group["accuracy"][:].astype(float)
    assert len(rows) == len(rules) * len(tasks) * len(shots)
    for row in rows:
        runs = accuracy[rules.index(row["rule"]), tasks.index(row["task"]), shots.index(int(row["shot"]))]
        last = [run[np.isfinite(run)][-1] for run in runs]
        assert abs(np.mean(last) - float(row["accuracy"])) < 1e-12 and int(row["n"]) == len(last)
        assert float(row["lower"]) <= float(row["accuracy"]) <= float(row["upper"])


def notebook_export_runs_it_when_asked(workshop):
    import nbformat

    record = FOLDER / "data" / "example-findings.h5"
    out = workshop.folder / "run-it"
    search = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    command = [str(METAPLAST), "export", "notebook", str(record), "--out", str(out), "--execute"]
    done = subprocess.run(command, text=True, capture_output=True, env={**os.environ, "PATH": search}, timeout=300)
    assert done.returncode == 0, done.stderr
    page = out / "findings.ipynb"
    assert done.stdout == f"{page}\n", done.stdout
    notebook = nbformat.read(page, as_version=4)
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
    # Without Jupyter it says how to get it; with a Jupyter that fails it passes on why.
    nowhere = workshop.folder / "nowhere"
    nowhere.mkdir()
    done = subprocess.run(command, text=True, capture_output=True, env={**os.environ, "PATH": str(nowhere)}, timeout=60)
    assert done.returncode == 69 and "there is no jupyter" in done.stderr and "pip install" in done.stderr, done
    assert done.stderr.count("\n") == 1, done.stderr
    program = nowhere / "jupyter"
    program.write_text("#!/bin/sh\necho trouble >&2\nexit 3\n")
    program.chmod(0o755)
    done = subprocess.run(command, text=True, capture_output=True, env={**os.environ, "PATH": f"{nowhere}:/bin"},
                          timeout=60)
    assert done.returncode == 69 and "could not run it: trouble" in done.stderr, done


def python_reader_installs_and_passes_its_tests(workshop):
    """What is tested is the installed package, in a folder of its own beside the packages of this environment."""
    package = workshop.folder / "reader"
    shutil.copytree(FOLDER / "python", package / "python", ignore=shutil.ignore_patterns("*.egg-info", "build", ".*"))
    shutil.copytree(FOLDER / "data", package / "data")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--target", workshop.folder / "site", package / "python")
    environment = {**os.environ, "PYTHONPATH": str(workshop.folder / "site"), "MPLBACKEND": "Agg"}
    shutil.rmtree(package / "python" / "build", ignore_errors=True)
    installed = workshop.folder / "site" / "metaplast_reader"
    assert (installed / "py.typed").exists(), "the installed package has no py.typed"
    shutil.rmtree(package / "python" / "src")  # what is tested is what was installed
    for name, command in {
        "pytest": ["pytest", "-q", "-p", "no:cacheprovider", "tests", "README.md", str(installed)],
        "mypy": ["mypy", "--strict", "--config-file", "pyproject.toml", "tests", str(installed)],
    }.items():
        done = subprocess.run([sys.executable, "-m", *command], cwd=package / "python", env=environment, text=True,
                              capture_output=True, timeout=600)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        print(f"  {name}: {done.stdout.strip().splitlines()[-1]}")


CHECKS = [
    an_empty_plot_is_noticed, notebook_is_valid_and_runs, shipped_notebooks_run_as_cloned,
    notebook_of_kept_weights_draws_them, notebook_tables_hold_the_scores, notebook_export_runs_it_when_asked,
    python_reader_installs_and_passes_its_tests,
]
