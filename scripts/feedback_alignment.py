"""Runs the supervised experiments of docs/feedback-alignment.md: the feedback-alignment family on MNIST, and learned
feedback on digits. Learning rates are chosen on the selection pool by seed 1, for each rule alone; the test pool is
answered once, by seeds 1 to 3. Everything is written to docs/feedback-alignment/*.csv; the figure is drawn from these.

    python3 scripts/feedback_alignment.py run mnist digits
    python3 scripts/feedback_alignment.py draw table
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/feedback-alignment"
TOOL = os.environ.get("METAPLAST", ROOT / ".build/release/metaplast")
SEEDS = (1, 2, 3)
FAMILY = {
    "backprop": "BP", "sign-symmetry": "uSF", "sign-symmetry-resampled": "brSF", "sign-symmetry-fixed": "frSF",
    "feedback-alignment": "FA", "direct-feedback-alignment": "DFA",
}
# Coefficients of the alignment beside eta, per sample, in the ratios of the pages: SA follows within tens of samples, WM
# within a thousand; IA, which squares what a layer makes of its input, is a tenth of its page's.
LEARNED = {
    "kolen-pollack": ("KP", {"decay": 1e-4}),
    "weight-mirror-noise": ("WM", {"mirror": 1e-3, "decay": 5e-4}),
    "symmetric-alignment": ("SA", {"mirror": 5e-2, "decay": 2.5e-2}),
    "information-alignment": ("IA", {"mirror": 2e-4, "null": 1e-4, "decay": 1e-4}),
    "activation-alignment": ("AA", {"mirror": 2e-3, "sparse": 1e-3}),
}
SELECTION = {"mnist": 1, "digits": 3}             # episodes on which a learning rate is chosen
EXPERIMENTS = {
    "mnist": ("feedback-family-mnist", {name: (label, {}) for name, label in FAMILY.items()},
              (1e-3, 2.5e-3, 5e-3, 1e-2)),
    "digits": ("alignment-digits", {**{name: (label, {}) for name, label in FAMILY.items()}, **LEARNED},
               (1e-3, 2.5e-3, 5e-3, 1e-2)),
}


def page(name, values, folder):
    """A copy of a shipped rule with other start values, under a name that states them."""
    text = (ROOT / "rules" / f"{name}.yaml").read_text()
    for key, value in values.items():
        text, count = re.subn(rf"(\n  {key}: +\{{start: )[^,]+", rf"\g<1>{value:.6e}", text)
        assert count == 1, f"{name} has no coefficient {key}"
    called = f"{name}-{values['eta']:g}"
    text = text.replace(f"rule: {name}\n", f"rule: {called}\n")
    path = Path(folder) / f"{called}.yaml"
    path.write_text(text)
    return str(path)


def accuracy(experiment, pages, split, seed, episodes):
    """Accuracy and loss of every page, in order."""
    command = [str(TOOL), "evaluate", *pages, "--experiment", str(ROOT / "experiments" / f"{experiment}.yaml"),
               "--split", split, "--seed", str(seed), "--episodes", str(episodes), "--no-baselines", "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = next(json.loads(line) for line in lines if '"rows"' in line)["rows"]
    return [(row["accuracy"], row["loss"]) for row in rows]


def run(setting):
    experiment, rules, rates = EXPERIMENTS[setting]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open(FOLDER / f"{setting}.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["rule", "eta", "split", "seed", "accuracy", "loss"])
        chosen = []
        for name, (_, values) in rules.items():
            pages = [page(name, {**values, "eta": rate}, folder) for rate in rates]
            scores = accuracy(experiment, pages, "selection", 1, SELECTION[setting])
            for rate, score in zip(rates, scores):
                table.writerow([name, rate, "selection", 1, *score])
            best = max(range(len(rates)), key=lambda k: scores[k][0])
            chosen.append((name, rates[best], pages[best]))
            print(name, rates[best], scores, flush=True)
        for seed in SEEDS:
            scores = accuracy(experiment, [path for _, _, path in chosen], "test", seed, 1)
            for (name, rate, _), score in zip(chosen, scores):
                table.writerow([name, rate, "test", seed, *score])
                print(seed, name, rate, score, flush=True)


def draw():
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({
        "svg.hashsalt": "feedback-alignment", "svg.fonttype": "none", "font.size": 10, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "grid.color": "#e6e6e6", "axes.axisbelow": True})
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for axes, (setting, (_, rules, _)) in zip(panels, EXPERIMENTS.items()):
        with open(FOLDER / f"{setting}.csv") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
        for place, (name, (label, _)) in enumerate(rules.items()):
            errors = [100 * (1 - float(row["accuracy"])) for row in rows if row["rule"] == name]
            axes.plot([place] * len(errors), errors, "o", color="#0072B2", alpha=0.6, ms=4)
            axes.plot([place - 0.3, place + 0.3], [sum(errors) / len(errors)] * 2, color="#000000", lw=2)
        axes.set(xticks=range(len(rules)), xticklabels=[label for label, _ in rules.values()], title=setting,
                 ylabel="test error, %")
        axes.set_ylim(bottom=0)
    figure.savefig(FOLDER / "errors.svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")


def table():
    """The rows of the page's tables."""
    for setting, (_, rules, _) in EXPERIMENTS.items():
        with open(FOLDER / f"{setting}.csv") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
        print(setting)
        for name, (label, _) in rules.items():
            mine = [row for row in rows if row["rule"] == name]
            scores = [100 * float(row["accuracy"]) for row in mine]
            mean = sum(scores) / len(scores)
            each = ", ".join(f"{score:.2f}" for score in scores)
            print(f"| {label} | `{name}` | {float(mine[0]['eta']):g} | {mean:.2f} | {each} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        for one in sys.argv[2:]:
            run(one)
    for verb in sys.argv[1:]:
        {"draw": draw, "table": table}.get(verb, lambda: None)()
