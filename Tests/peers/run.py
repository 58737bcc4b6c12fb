"""Runs every check that other people's tools make of ours, and counts.

usage: python Tests/peers/run.py [--slow] [name …]     (from `make test` or `make peers`; needs .build/release/metaplast)

Each check is a function below or in a file beside this one; a name on the command line selects the checks whose name
contains it, `--slow` (`make peers-slow`) those that need PyTorch. A check fails by
raising, is skipped by raising `Skip`, and prints what it did. The last line is `N passed, N failed, N skipped`.
"""
import json
import pathlib
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as ElementTree

import networks
import notebooks
import reports
import rule_exports
from environments import METAPLAST, PEERS, ROOT, Skip, run
from octave import octave_reads_the_numbers

EXPERIMENT = ROOT / "experiments" / "quick.yaml"


# The small records that several checks read, and what is put over the experiment's page for each.
RECORDS = {
    "quick": [],
    "descent": ["optimizer.kind=meta-gradient", "optimizer.generations=12", "optimizer.l1=0.1",
                "optimizer.restart_every=8"],
}


class Workshop:
    """A folder for one run, and the small records; each is made at most once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._records = {}

    def record(self, name):
        if name not in self._records:
            if not METAPLAST.exists():
                raise AssertionError(f"no {METAPLAST}: build first")
            record = self.folder / f"{name}.h5"
            changes = [part for change in RECORDS[name] for part in ("--set", change)]
            run(METAPLAST, "discover", EXPERIMENT, "--out", record, "--no-report", *changes)
            assert record.exists(), f"metaplast discover left no {record.name}"
            self._records[name] = record
        return self._records[name]

    def records(self):
        return [self.record(name) for name in RECORDS]

    def export(self, kind, suffix):
        found = []
        for record in self.records():
            out = self.folder / f"{kind}-{record.stem}"
            out.mkdir(exist_ok=True)
            run(METAPLAST, "export", kind, record, "--out", out)
            files = sorted(out.rglob(f"*{suffix}"))
            assert files, f"metaplast export {kind} wrote no {suffix} file for {record.name}"
            found += files
        return found


def schema(*arguments):
    return run(sys.executable, "-m", "check_jsonschema", *arguments)


def experiments_follow_their_schema(workshop):
    files = sorted((ROOT / "experiments").glob("*.yaml"))
    grids = [file for file in files if file.name.endswith("-grid.yaml")]
    trainings = [file for file in files if "\ntraining: " in file.read_text()]
    experiments = [file for file in files if file not in grids and file not in trainings]
    assert grids and trainings and experiments, "no experiments/*.yaml"
    schema("--schemafile", ROOT / "experiments" / "experiment.schema.json", *experiments)
    schema("--schemafile", ROOT / "experiments" / "grid.schema.json", *grids)
    schema("--schemafile", ROOT / "experiments" / "training.schema.json", *trainings)


def rules_follow_their_schema(workshop):
    files = sorted((ROOT / "rules").glob("*.yaml"))
    assert files, "no rules/*.yaml"
    schema("--schemafile", ROOT / "rules" / "rule.schema.json", *files)


def schemas_refuse_an_unknown_key(workshop):
    for name in ("experiments/experiment", "rules/rule"):
        page = sorted((ROOT / name).parent.glob("*.yaml"))[0]
        broken = workshop.folder / f"broken-{page.name}"
        broken.write_text(page.read_text(encoding="utf-8") + "\nno_such_key: 1\n", encoding="utf-8")
        try:
            schema("--schemafile", ROOT / f"{name}.schema.json", broken)
        except AssertionError:
            continue
        raise AssertionError(f"{name}.schema.json lets a page with an unknown key pass")


def printed_schemas_equal_the_shipped_ones(workshop):
    for kind in ("experiment", "rule"):
        shipped = (ROOT / f"{kind}s" / f"{kind}.schema.json").read_text(encoding="utf-8")
        printed = run(METAPLAST, "config", "schema", kind)
        assert json.loads(printed) == json.loads(shipped), f"{kind}s/{kind}.schema.json is stale"


def citation_follows_its_schema(workshop):
    schema("--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff")


def record_opens_in_other_readers(workshop):
    script = PEERS / "check_record.py"
    for record in workshop.records():
        print(run(sys.executable, "-W", "error", script, record), end="")


def findings_are_those_of_scipy(workshop):
    for episodes in (11, 48):
        record = workshop.folder / f"evaluation-{episodes}.h5"
        run(METAPLAST, "evaluate", "feedback-alignment", "backprop", "pool-local", "--experiment", EXPERIMENT,
            "--episodes", episodes, "--out", record, "-q")
        run(METAPLAST, "log", "check", record)
        print(run(sys.executable, PEERS / "check_statistics.py", record), end="")
        print(run(sys.executable, "-W", "error", PEERS / "check_record.py", record), end="")


def report_is_one_well_formed_file(workshop):
    for page in workshop.export("html", ".html"):
        text = page.read_text(encoding="utf-8")
        body = text[text.index("<html"):]
        tree = ElementTree.fromstring(body)
        svg = "{http://www.w3.org/2000/svg}svg"
        figures = list(tree.iter(svg))
        assert figures, "the report has no figure"
        for figure in figures:
            marks = sum(1 for part in figure.iter() if "mark" in part.get("class", "").split())
            assert marks > 0, f"figure {figure.get('aria-label')!r} has no mark"
        names = {part.tag.rsplit('}')[-1] for part in tree.iter()}
        assert not names & {"script", "link", "iframe", "img"}, f"the report is not self-contained: {names}"
        assert "http://" not in text.replace("http://www.w3.org/", "") and "https://" not in text, "a link outside"
        print(f"  {page.name}: {len(text)} characters, {len(figures)} figures")


CHECKS = [
    experiments_follow_their_schema, rules_follow_their_schema, schemas_refuse_an_unknown_key,
    printed_schemas_equal_the_shipped_ones, citation_follows_its_schema, record_opens_in_other_readers, octave_reads_the_numbers,
    findings_are_those_of_scipy,
    report_is_one_well_formed_file, *reports.CHECKS, *notebooks.CHECKS,
    networks.networks_are_read_by_nir,
    *rule_exports.CHECKS,
]

# Checks that need PyTorch: its environment is large, so `make test` makes it only with METAPLAST_PEERS=required.
SLOW = [networks.importers_of_networks_spike_as_we_do, *rule_exports.SLOW]


def main():
    names = [name for name in sys.argv[1:] if name != "--slow"]
    wanted = [check for check in (SLOW if "--slow" in sys.argv else CHECKS + SLOW)
              if not names or any(part in check.__name__ for part in names)]
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(folder)
        for check in wanted:
            title = check.__name__.replace("_", " ")
            print(f"- {title}", flush=True)
            began = time.monotonic()
            try:
                check(workshop)
                passed += 1
                print(f"  ok ({time.monotonic() - began:.1f} s)", flush=True)
            except Skip as reason:
                skipped += 1
                print(f"  skipped: {title}: {reason}", flush=True)
            except Exception as error:  # each check is judged on its own
                failed += 1
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
                print(f"  FAILED: {title}: {error}", flush=True)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


sys.exit(main())
