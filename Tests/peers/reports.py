"""Checks of what reports and event files look like to the programs they are for: Chromium and TensorBoard."""
import html
import json
import os
import shutil
import sys

from environments import METAPLAST, PEERS, ROOT, Skip, run

EXPERIMENT = ROOT / "experiments" / "quick.yaml"


def _need_chromium():
    for program, package in (("chromedriver", "chromium-driver"), ("chromium", "chromium")):
        if not shutil.which(program):
            reason = f"there is no {program}; on Debian: apt-get install {package}"
            if os.environ.get("METAPLAST_PEERS") == "required":
                raise AssertionError(reason)
            raise Skip(reason)


def _check(*pages):
    print(run(sys.executable, PEERS / "check_report.py", *pages), end="")


def reports_are_sound_in_chromium(workshop):
    _need_chromium()
    diagnosis, grid, ablation = (workshop.folder / f"{name}.h5" for name in ("diagnosis", "grid", "ablation"))
    run(METAPLAST, "evaluate", "feedback-alignment", "pool-local", "error-hebb-oja", "--experiment", EXPERIMENT,
        "--episodes", "8", "--diagnose", "--curve", "0,2,5,10", "--out", diagnosis, "-q")
    run(METAPLAST, "evaluate", "--grid", ROOT / "experiments" / "quick-grid.yaml", "--out", grid, "-q")
    made = [*workshop.records(), diagnosis, grid]
    if "--ablate" in run(METAPLAST, "evaluate", "--help"):
        run(METAPLAST, "evaluate", "pool-local", "--experiment", EXPERIMENT, "--episodes", "8", "--ablate", "--out",
            ablation, "-q")
        made.append(ablation)
    if "findings" in run(METAPLAST, "export", "--help"):
        found = workshop.folder / "findings.h5"
        run(METAPLAST, "export", "findings", diagnosis, grid, "-o", found)
        made.append(found)
    pages = []
    for record in made:
        out = workshop.folder / f"page-{record.stem}"
        run(METAPLAST, "export", "html", record, "--out", out)
        pages.append(out / "report.html")
    _check(*pages)


def every_rule_is_math_in_chromium(workshop):
    _need_chromium()
    parts = []
    for page in sorted((ROOT / "rules").glob("*.yaml")):
        equations = json.loads(run(METAPLAST, "rules", "show", page, "--json"))["mathml"]
        assert equations, f"{page.name} has no equation"
        lines = "".join(f"<p>{equation}</p>" for equation in equations)
        parts.append(f'<h2>{html.escape(page.stem)}</h2><div style="overflow-x: auto">{lines}</div>')
    folder = workshop.folder / "math"
    folder.mkdir()
    file = folder / "rules.html"
    file.write_text('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><title>Rules</title></head><body>'
                    + "".join(parts) + "</body></html>", encoding="utf-8")
    _check(file)


def event_files_are_read_by_tensorboard(workshop):
    script = PEERS / "check_events.py"
    for record in workshop.records():
        folder = workshop.folder / f"events-{record.stem}"
        run(METAPLAST, "export", "tensorboard", record, "-o", folder)
        print(run(sys.executable, script, record, folder), end="")
    # The same curves from a run that was stopped and resumed, written while it ran.
    whole, stopped, live = workshop.record("quick"), workshop.folder / "stopped.h5", workshop.folder / "live"
    arguments = ("--no-report", "--tensorboard", live, "-q")
    try:
        run(METAPLAST, "discover", EXPERIMENT, "--out", stopped, "--max-steps", "3", *arguments)
    except AssertionError as error:
        assert "exit 75" in str(error), error
    run(METAPLAST, "discover", "--resume", stopped, *arguments)
    folders = list(live.iterdir())
    assert len(folders) == 1 and len(list(folders[0].iterdir())) == 1, f"{live} holds {folders}"
    print(run(sys.executable, script, stopped, folders[0]), end="")
    print(run(sys.executable, script, whole, folders[0]), end="")


CHECKS = [reports_are_sound_in_chromium, every_rule_is_math_in_chromium, event_files_are_read_by_tensorboard]
