"""The pictures of docs/paper-2023.md."""
import matplotlib
import numpy as np

from paper_2023_runs import ROOT, RULES, SEEDS, SETTINGS, Search

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)

FOLDER = ROOT / "docs/paper-2023"
# Okabe & Ito's colours, which people with any colour vision tell apart.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#999999")
WINDOW = 25                                     # episodes of a running mean
plt.rcParams.update({
    "svg.hashsalt": "paper-2023", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
    "figure.facecolor": "white", "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#e6e6e6", "axes.axisbelow": True, "legend.frameon": False, "path.simplify_threshold": 0.5,
})


def save(figure, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / name, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)


def running(values):
    """The mean of the last WINDOW finite values along the first axis; fewer at the beginning."""
    values = np.asarray(values, dtype=float)
    finite = np.isfinite(values)
    def sums(x):
        total = np.cumsum(x, axis=0)
        total[WINDOW:] = total[WINDOW:] - total[:-WINDOW]
        return total
    count = sums(finite.astype(float))
    return np.divide(sums(np.where(finite, values, 0)), count, out=np.full_like(values, np.nan), where=count > 0)


def lines(axes, series, colour, label):
    """Thin lines for the seeds, a thick one for their median."""
    for one in series:
        axes.plot(np.arange(0, len(one), 4), one[::4], color=colour, lw=0.6, alpha=0.5)
    middle = np.median(series, axis=0)
    axes.plot(np.arange(0, len(middle), 4), middle[::4], color=colour, lw=2, label=label)


def draw_theta(setting):
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True, layout="constrained")
    colours = {0: BLUE, 2: RED, 9: GREEN}
    for axes, key in zip(panels, ("ehebb", "oja", "bio")):
        rule = next(r for r in RULES if r.key == key)
        found = [Search.read(setting, rule, seed).theta for seed in SEEDS]
        for k, r in enumerate(rule.indices):
            lines(axes, [theta[:, k] for theta in found], colours[r], f"$\\theta_{r}$")
        axes.set(xlabel="episode", title=rule.title)
        axes.axhline(0, color="#666666", lw=0.8)
    panels[0].set_ylabel("coefficient")
    panels[2].legend(loc="lower left", fontsize=9)
    save(figure, f"theta-{setting}.svg")


def draw_angles(setting):
    rules = [rule for rule in RULES if rule.key in ("fa", "ehebb", "oja", "bio")]
    figure, panels = plt.subplots(1, len(rules), figsize=(11, 3.2), sharey=True, layout="constrained")
    for axes, rule in zip(panels, rules):
        found = [running(Search.read(setting, rule, seed).angles) for seed in SEEDS]
        for k, colour in enumerate((BLUE, GREEN, ORANGE, RED)):
            lines(axes, [angles[:, k] for angles in found], colour, f"$\\alpha_{k + 1}$")
        axes.set(xlabel="episode", title=rule.title, ylim=(0, 100), yticks=[0, 30, 60, 90])
    panels[0].set_ylabel("angle to W's error, degrees")
    panels[0].legend(loc="lower left", ncols=2, fontsize=9)
    save(figure, f"angles-{setting}.svg")


def draw_accuracy(setting):
    figure, axes = plt.subplots(figsize=(7.5, 4), layout="constrained")
    colours = {"bp": BLACK, "fa": GREY, "ehebb": ORANGE, "oja": SKY, "bio": RED}
    for rule in RULES:
        if rule.key in colours:
            found = [running(Search.read(setting, rule, seed).accuracy) for seed in SEEDS]
            lines(axes, found, colours[rule.key], rule.title)
    axes.set(xlabel="episode", ylabel=f"query accuracy, mean of {WINDOW} episodes", ylim=(0, 1))
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    save(figure, f"accuracy-{setting}.svg")


def draw_sweep(name, conditions, measured, xlabel, xs, log=False):
    """Accuracy as they are (left) and with rates tuned (right), with intervals."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True, layout="constrained")
    colours = {"bp": BLACK, "fa": GREY, "ehebb": ORANGE, "oja": SKY, "bio": RED}
    marks = {"bp": "o", "fa": "s", "ehebb": "^", "oja": "v", "bio": "D"}
    for axes, form, title in zip(panels, ("as_is", "tuned"), ("coefficients as found", "overall rate tuned")):
        for rule in RULES:
            if rule.key not in colours:
                continue
            rows = [measured[c.key][rule.key][form] for c in conditions]
            mean = np.array([row["accuracy"] for row in rows])
            ends = np.array([row["interval"] for row in rows]).T
            axes.errorbar(xs, mean, yerr=[mean - ends[0], ends[1] - mean], color=colours[rule.key], lw=1.5,
                          marker=marks[rule.key], ms=5, capsize=2, label=rule.title)
        axes.set(xlabel=xlabel, title=title, ylim=(0, 1))
        if log:
            axes.set_xscale("log")
        axes.set_xticks(xs, [str(x) for x in xs])
        axes.minorticks_off()
    panels[0].set_ylabel("accuracy on the test pool")
    panels[1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    save(figure, f"{name}.svg")


def draw_searches():
    for setting in SETTINGS:
        draw_theta(setting)
        draw_angles(setting)
        draw_accuracy(setting)
