"""Beyond the paper: the rules that the EMNIST searches found, on other networks and tasks, on the test pools."""
import dataclasses
import json
import re

import numpy as np

from paper_2023_runs import RULES, ROOT, RUNS, SEEDS, Search, metaplast, shown, side_by_side

EMNIST, DIGITS = "experiments/paper-2023-emnist.yaml", "experiments/paper-2023-digits.yaml"
SPIKING = "experiments/fashion-5way-50shot.yaml"
# One factor on all coefficients of a rule: their ratios stay.
SCALES = [2.0**k for k in range(-4, 5)]
TUNING, TESTING = 10, 100                       # episodes
ROWS = [rule for rule in RULES if not rule.key.startswith("pool")]
# The rule that `metaplast discover experiments/fashion-5way-50shot.yaml` finds with seed 1, as README.md prints it.
SPIKING_RULE = {"eta": 0.0195, "hebb": -6.44e-3, "oja": 7.65e-4, "corr": -9.81e-5, "decay": -1.12e-4, "mixed": -0.0375}


@dataclasses.dataclass(frozen=True)
class Condition:
    """A network and a task that the rules are tested on."""

    key: str
    title: str
    page: str
    sets: tuple = ()
    spiking_rule: bool = False

    def arguments(self, split, episodes):
        words = ["--experiment", self.page, "--split", split, "--episodes", str(episodes)]
        for change in self.sets:
            words += ["--set", change]
        return words


def hidden(count):
    """Sizes of as many hidden groups, falling evenly from 170 to 70, in tens; four are the paper's."""
    return [int((170 - 100 * k / (count - 1)) // 10 * 10) for k in range(count)]


def depth(count):
    sizes = ", ".join(map(str, hidden(count)))
    return Condition(f"depth-{count}", str(count), EMNIST, (f"network.hidden=[{sizes}]",))


BASE = Condition("emnist", "EMNIST", EMNIST, spiking_rule=True)
DEPTHS = [BASE if count == 4 else depth(count) for count in range(2, 9)]
SHOTS = [Condition(f"shots-{k}", f"EMNIST, {k}", EMNIST, (f"task.shots={k}",)) for k in (1, 5, 10)] + [BASE]
MNIST = Condition("mnist", "MNIST", EMNIST, ("task.data=mnist",))
SHOTS_MNIST = [
    Condition(f"mnist-{k}", f"MNIST, {k}", EMNIST, ("task.data=mnist", f"task.shots={k}")) for k in (1, 5, 10)
] + [MNIST, Condition("mnist-200", "MNIST, 200", EMNIST, ("task.data=mnist", "task.shots=200"))]
FASHION = Condition("fashion", "Fashion-MNIST", EMNIST, ("task.data=fashion-mnist",), spiking_rule=True)
TRANSFER = [BASE, MNIST, FASHION, Condition("digits", "digits", DIGITS)]
S5 = Condition("spiking", "S5, spiking", SPIKING, spiking_rule=True)
CONDITIONS = list({c.key: c for c in [S5, *DEPTHS, *SHOTS, *SHOTS_MNIST, *TRANSFER]}.values())


def coefficients(rule):
    """θ of a rule: the mean over the last episodes of each EMNIST search, of which the median over the seeds."""
    return np.median([Search.read("emnist", rule, seed).last_theta for seed in SEEDS], axis=0)


def write_page(name, page, values):
    """A copy of a rule's page under another name, with other start values, and ranges that hold them."""
    text = (ROOT / "rules" / f"{page}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^# yaml-language-server.*\n", "", text)
    text = re.sub(r"^rule: .*$", f"rule: {name}", text, flags=re.M)
    for coefficient, value in values.items():
        def line(match):
            wide = "[1.0e-12, 1.0e3], scale: log" if "scale: log" in match[0] else "[-1.0e3, 1.0e3], scale: 1.0"
            return f"  {coefficient}: {{start: {value:.9e}, range: {wide}}}"
        text, count = re.subn(rf"^  {coefficient}: .*$", line, text, flags=re.M)
        assert count == 1, f"rules/{page}.yaml has no coefficient {coefficient}"
    path = RUNS / "rules" / f"{name}.yaml"
    (ROOT / path).write_text(text, encoding="utf-8")
    return str(path)


def write_pages():
    """Every rule at every scale; [key][scale] → path."""
    (ROOT / RUNS / "rules").mkdir(parents=True, exist_ok=True)
    found = {rule.key: (rule.page, dict(zip(rule.coefficients, coefficients(rule)))) for rule in ROWS}
    found["s5"] = ("pool-local", SPIKING_RULE)
    return {
        key: {scale: write_page(f"{key}-x{scale:g}", page, {k: scale * v for k, v in values.items()})
              for scale in SCALES}
        for key, (page, values) in found.items()
    }


def evaluate(paths, condition, split, episodes):
    """Rows of `metaplast evaluate`, in the order of the paths."""
    command = ["evaluate", *paths, *condition.arguments(split, episodes), "--workers", "1", "--no-baselines", "--quiet",
               "--json"]
    return json.loads(metaplast(command).strip().split("\n")[-1])["rows"]


def measure(condition, pages, keep):
    """Accuracy of every rule as it is and with its rate tuned; also kept beside the records."""
    stored = ROOT / RUNS / f"beyond-{condition.key}.json"
    if keep and stored.exists():
        return json.loads(stored.read_text(encoding="utf-8"))
    keys = [key for key in pages if key != "s5" or condition.spiking_rule]
    paths = [pages[key][scale] for key in keys for scale in SCALES]
    rows = evaluate(paths, condition, "selection", TUNING)
    best = {}
    for n, key in enumerate(keys):
        accuracies = [row["accuracy"] for row in rows[n * len(SCALES):(n + 1) * len(SCALES)]]
        best[key] = SCALES[int(np.argmax(accuracies))]
    rows = evaluate([pages[key][1.0] for key in keys] + [pages[key][best[key]] for key in keys if best[key] != 1],
                    condition, "test", TESTING)
    tested = {row["name"]: row for row in rows}

    def result(key, scale):
        row = tested[f"{key}-x{scale:g}"]
        return {"scale": scale, "accuracy": row["accuracy"], "interval": row["accuracy_interval"],
                "failed": row["failed_episodes"]}

    found = {key: {"as_is": result(key, 1.0), "tuned": result(key, best[key])} for key in keys}
    stored.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return found


def measure_all(keep):
    """[condition key][rule key]["as_is" | "tuned"]."""
    pages = write_pages()
    jobs = [lambda c=condition: measure(c, pages, keep) for condition in CONDITIONS]
    return dict(zip([c.key for c in CONDITIONS], side_by_side(jobs, "beyond")))


def command(condition):
    """The command of a condition's row, for the page."""
    return shown(["evaluate", "RULE", *condition.arguments("test", TESTING)])
