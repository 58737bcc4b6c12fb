#!/usr/bin/env python3
"""Rules found on Fashion-MNIST on other data, depths and neurons, and with fewer and more examples: runs the two grids
experiments/transfer-grid.yaml and experiments/low-data-grid.yaml, and writes docs/transfer.md and its pictures.

    .venv/bin/python scripts/transfer.py          # `make transfer`
    .venv/bin/python scripts/transfer.py --keep   # take the records in runs/transfer that are whole
"""
import argparse
import csv
import math
import pathlib
import subprocess
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / ".build/release/metaplast"
RUNS = ROOT / "runs/transfer"
PICTURES = ROOT / "docs/transfer"
# Okabe & Ito's colours, which people with any colour vision tell apart.
COLOURS = {
    "feedback-alignment": "#999999", "direct-feedback-alignment": "#CC79A7", "backprop": "#D55E00", "discovered-local": "#56B4E9", "discovered-direct": "#0072B2",
    "discovered-rate": "#009E73", "nearest-class-mean": "#000000", "ridge": "#E69F00",
}
plt.rcParams.update({
    "svg.hashsalt": "transfer", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
    "figure.facecolor": "white", "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "legend.frameon": False,
})


def table(name, keep):
    """The rows of a grid's table, run if need be."""
    record, sheet = RUNS / f"{name}.h5", RUNS / f"{name}.csv"
    if not (keep and sheet.exists()):
        RUNS.mkdir(parents=True, exist_ok=True)
        command = [TOOL, "evaluate", "--grid", ROOT / f"experiments/{name}.yaml", "--out", record, "--csv", sheet, "--force"]
        subprocess.run(list(map(str, command)), check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    with open(sheet, newline="") as file:
        return list(csv.DictReader(file))


def number(row, key):
    try:
        return float(row[key])
    except (KeyError, ValueError):
        return math.nan


def scored(rows):
    return [row for row in rows if row["status"] == "ok"]


def mean(row):
    return f"{number(row, 'accuracy'):.3f} [{number(row, 'accuracy_low'):.3f}, {number(row, 'accuracy_high'):.3f}]"


def difference(row):
    value = number(row, "difference")
    if math.isnan(value):
        return "-"
    text = f"{value:+.3f} [{number(row, 'difference_low'):+.3f}, {number(row, 'difference_high'):+.3f}]"
    sure = number(row, "difference_low") > 0 or number(row, "difference_high") < 0
    return f"**{text}**" if sure else text


def unique(values):
    return list(dict.fromkeys(values))


def matrix(rows, net, cell, rules):
    """Rules by data sets and depths, as Markdown."""
    here = [row for row in rows if row["net"] == net]
    lines = ["| images | layers | " + " | ".join(rules) + " |", "|---|---|" + "---|" * len(rules)]
    for images, layers in unique((row["images"], row["layers"]) for row in here):
        found = {row["rule"]: row for row in here if (row["images"], row["layers"]) == (images, layers)}
        lines.append(f"| {images} | {layers} | " + " | ".join(cell(found[r]) if r in found else "-" for r in rules) + " |")
    return "\n".join(lines)


def fullest(rows):
    """Of each data set the cells with the most shots that it has samples for."""
    most = {}
    for row in scored(rows):
        most[row["images"]] = max(most.get(row["images"], 0), int(row["shots"]))
    return [row for row in scored(rows) if int(row["shots"]) == most[row["images"]]]


def draw_matrix(rows, rules):
    """Accuracy of rules over data sets and depths, a panel for each neuron."""
    nets = unique(row["net"] for row in rows)
    figure, panels = plt.subplots(len(nets), 1, figsize=(11, 3.4 * len(nets)), layout="constrained", squeeze=False)
    for axes, net in zip(panels[:, 0], nets):
        here = [row for row in rows if row["net"] == net]
        columns = unique((row["images"], row["layers"]) for row in here)
        values = [[math.nan] * len(columns) for _ in rules]
        for row in here:
            if row["rule"] in rules:
                values[rules.index(row["rule"])][columns.index((row["images"], row["layers"]))] = number(row, "accuracy")
        image = axes.imshow(values, cmap="cividis", vmin=0.2, vmax=1, aspect="auto")
        for y, line in enumerate(values):
            for x, value in enumerate(line):
                if not math.isnan(value):
                    axes.text(x, y, f"{value:.2f}"[1:] if value < 1 else "1", ha="center", va="center", fontsize=8,
                              color="black" if value > 0.6 else "white")
        axes.set_xticks(range(len(columns)), [f"{layers}" for _, layers in columns])
        axes.set_yticks(range(len(rules)), rules)
        axes.set_xlabel("layers")
        axes.set_title(f"{net}: query accuracy", loc="left", pad=24)
        for first, images in [(i, c[0]) for i, c in enumerate(columns) if i == 0 or columns[i - 1][0] != c[0]]:
            axes.text(first - 0.4, -0.7, images, fontsize=9, va="bottom")
            if first:
                axes.axvline(first - 0.5, color="white", lw=3)
        figure.colorbar(image, ax=axes, shrink=0.8)
    figure.savefig(PICTURES / "matrix.svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)


def draw_low_data(rows):
    """Accuracy against shots, a panel for each data set."""
    data = unique(row["data"] for row in rows)
    figure, panels = plt.subplots(1, len(data), figsize=(5.5 * len(data), 3.8), sharey=True, layout="constrained")
    for axes, name in zip(panels, data):
        here = [row for row in rows if row["data"] == name]
        for rule in unique(row["rule"] for row in here):
            line = sorted((int(row["shots"]), row) for row in here if row["rule"] == rule)
            shots = [s for s, _ in line]
            colour = COLOURS.get(rule, "#666666")
            style = ":" if rule in ("nearest-class-mean", "ridge") else "-"
            axes.plot(shots, [number(r, "accuracy") for _, r in line], style, color=colour, marker="o", ms=3, label=rule)
            axes.fill_between(shots, [number(r, "accuracy_low") for _, r in line],
                              [number(r, "accuracy_high") for _, r in line], color=colour, alpha=0.15, lw=0)
        axes.set_xscale("log")
        ticks = unique(int(row["shots"]) for row in here)
        axes.set_xticks(ticks, [str(t) for t in ticks])
        axes.minorticks_off()
        axes.axhline(0.2, color="#bbbbbb", lw=0.8)
        axes.set(title=name, xlabel="examples a class, each seen once", ylim=(0.15, 1))
    panels[0].set_ylabel("query accuracy, 5 ways")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=8)
    figure.savefig(PICTURES / "low-data.svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)


def page(transfer, low, rules):
    nets = unique(row["net"] for row in transfer)
    failed = unique(row["reason"] for row in transfer if row["status"] == "failed")
    episodes = unique(row["episodes"] for row in scored(transfer))
    full = fullest(transfer)
    few = [row for row in scored(transfer) if row["shots"] == "10" and row not in full]
    text = [
        "# Rules elsewhere",
        "",
        "Rules found on Fashion-MNIST, in networks and on data that no search saw. Everything on this page is written by",
        "`make transfer`, which runs `metaplast evaluate --grid experiments/transfer-grid.yaml` and the same with",
        "`low-data-grid.yaml`, and takes minutes.",
        "",
        f"Each number is the mean over {' or '.join(episodes)} episodes of the test pool (seed 1) with a bootstrap 95 %",
        "interval. In a cell all rules meet the same samples, weights, feedback and spikes. Five ways, 50 shots and 10",
        "queries a class; 10 shots where the data have no more (`omniglot`, `n-mnist`). What is unlike the search: all data",
        "but `fashion-mnist`, all depths but 5 layers; `softplus` for the rules found with `lif`, and the other way round for",
        "`discovered-rate`. One layer is the delta rule, or what a discovered rule makes of it.",
        "",
        "- `discovered-local`, `discovered-direct`: found in the spiking network of",
        "  [fashion-5way-50shot](../experiments/fashion-5way-50shot.yaml); `discovered-rate`: found in a softplus network of the",
        "  same sizes. Their pages in [rules/](../rules) say by which command.",
        "- `feedback-alignment`, `backprop`: learning rates tuned in the spiking network, that of feedback alignment for",
        "  `direct-feedback-alignment`, too; `backprop-rate`: tuned in the softplus network.",
        "- `nearest-class-mean`, `ridge`: on the pixels, no network.",
        "",
        "![accuracy of rules over data sets, depths and neurons](transfer/matrix.svg)",
        "",
        "What the tables say:",
        "",
        "- In spiking networks `discovered-direct` holds on MNIST and EMNIST and at depths that it never met: there it stays",
        "  level with depth, where backprop and feedback alignment fall towards chance. Direct feedback alignment alone keeps",
        "  much of that, some ten points lower.",
        "- It is worse than the delta rule in a network of one layer, and worse than backprop from one or two examples a class.",
        "- It does not carry over to softplus networks, nor does `discovered-rate` to spiking ones as well as to its own kind:",
        "  a sample is one update there and eighteen here.",
        "- Ten shots of Omniglot are too few for deep networks with the other rules. On N-MNIST no rule of five layers is far from",
        "  chance, and differences there mean little.",
        "- `discovered-local` forgets when there are more samples than it was found with.",
    ]
    for net in nets:
        text += ["", f"## {net}", "", matrix(full, net, mean, rules), "",
                 "Less `backprop`, on the same episodes; bold where the interval does not hold 0:", "",
                 matrix(full, net, difference, [r for r in rules if r != "backprop"]), "",
                 "With 10 shots, less `backprop`:", "",
                 matrix(few, net, difference, [r for r in rules if r != "backprop"])]
    if failed:
        text += ["", "## Not scored", ""] + [f"- {reason}" for reason in failed]
    shots = unique(row["shots"] for row in low)
    text += ["", "## From one example to two hundred", "",
             "![accuracy against the number of examples](transfer/low-data.svg)"]
    for name in unique(row["data"] for row in low):
        text += ["", f"`{name}`, five layers, spiking; less `backprop` on the same episodes:", "",
                 "| shots | " + " | ".join(unique(r["rule"] for r in low if r["rule"] != "backprop")) + " |",
                 "|---|" + "---|" * len(unique(r["rule"] for r in low if r["rule"] != "backprop"))]
        for count in shots:
            found = {r["rule"]: r for r in scored(low) if (r["data"], r["shots"]) == (name, count)}
            cells = [difference(found[r]) if r in found else "-" for r in unique(x["rule"] for x in low) if r != "backprop"]
            text.append(f"| {count} | " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="take tables in runs/transfer that are there")
    keep = options.parse_args().keep
    transfer, low = table("transfer-grid", keep), table("low-data-grid", keep)
    rules = unique(row["rule"] for row in transfer)
    PICTURES.mkdir(parents=True, exist_ok=True)
    draw_matrix(fullest(transfer), rules)
    draw_low_data(scored(low))
    (ROOT / "docs/transfer.md").write_text(page(transfer, low, rules))
    print("written   docs/transfer.md and docs/transfer/*.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
