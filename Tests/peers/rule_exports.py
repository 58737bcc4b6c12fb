"""Checks of rules that were exported to other tools: each tool takes what was written for it."""
import csv
import re
import sys

import environments
from environments import METAPLAST, PEERS, ROOT, run


def exported(workshop):
    """A folder with every shipped rule, exported to every target that takes it; made once."""
    folder = workshop.folder / "rules"
    if not folder.exists():
        folder.mkdir()
        pages = sorted((ROOT / "rules").glob("*.yaml"))
        for page in pages:
            run(METAPLAST, "rules", "export", page.stem, "--to", "all", "--out", folder)
        for page in pages + [PEERS / "every-word.yaml"]:
            export_with_all_terms(folder, page)
    return folder


def export_with_all_terms(folder, page):
    """The rule once more with no coefficient at 0, where its page has such: 0 hides what a term does."""
    text = page.read_text(encoding="utf-8")
    changed = re.sub(r"start: 0\.0, range: \[(.*?)\], scale: ([^},]*)", r"start: \2, range: [\1], scale: \2", text)
    if changed != text or page.parent == PEERS:
        name = f"{page.stem}-all-terms"
        source = folder / "pages" / f"{name}.yaml"
        source.parent.mkdir(exist_ok=True)
        source.write_text(changed.replace(f"rule: {page.stem}\n", f"rule: {name}\n"), encoding="utf-8")
        run(METAPLAST, "rules", "export", source, "--to", "all", "--out", folder)


def exported_pages_are_rules(workshop):
    """The canonical page loads, follows its schema, and exports to the same bytes again."""
    folder = exported(workshop)
    pages = sorted(folder.glob("*.yaml"))
    assert len(pages) >= len(list((ROOT / "rules").glob("*.yaml")))
    run(METAPLAST, "rules", "check", *pages)
    run(sys.executable, "-m", "check_jsonschema", "--schemafile", ROOT / "rules" / "rule.schema.json", *pages)
    for page in pages:
        again = run(METAPLAST, "rules", "export", page, "--to", "yaml")
        body = "\n".join(line for line in again.splitlines() if "page sha256" not in line)
        first = "\n".join(line for line in page.read_text(encoding="utf-8").splitlines() if "page sha256" not in line)
        assert body == first, f"{page.name} exports to another page"


def exported_tables_open_in_csv_readers(workshop):
    for file in sorted(exported(workshop).glob("*.csv")):
        if file.name.endswith((".projection.csv", ".network.csv")):
            continue
        with open(file, encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
        kinds = {row["kind"] for row in rows}
        assert {"coefficient", "term"} <= kinds and all(None not in row for row in rows), file.name
        for row in rows:
            if row["kind"] == "coefficient":
                assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), f"{file.name}: {row}"
            if row["kind"] == "term":
                assert row["drive"] in ("event", "clock", "layer"), f"{file.name}: {row}"


def mathtext_draws_exported_equations(workshop):
    print(run(sys.executable, PEERS / "check_latex_rules.py", exported(workshop)), end="")


def brian2_learns_what_exported_rules_say(workshop):
    python = environments.brian2()
    print(run(python, PEERS / "check_brian2_rules.py", exported(workshop), timeout=1800), end="")


def nestml_takes_exported_rules(workshop):
    python = environments.brian2()
    print(run(python, PEERS / "check_nestml_rules.py", exported(workshop)), end="")


def pytorch_computes_exported_rules(workshop):
    python = environments.torch()
    print(run(python, PEERS / "check_torch_rules.py", exported(workshop)), end="")


CHECKS = [
    exported_pages_are_rules, exported_tables_open_in_csv_readers, mathtext_draws_exported_equations,
    brian2_learns_what_exported_rules_say, nestml_takes_exported_rules,
]
SLOW = [pytorch_computes_exported_rules]
