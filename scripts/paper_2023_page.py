"""The tables of docs/paper-2023.md, written between its markers."""
import re

import numpy as np

import paper_2023_beyond as beyond
from paper_2023_runs import ROOT, RULES, SEEDS, Search, rules, search_command, shown

PAGE = ROOT / "docs/paper-2023.md"
# What an independent program got on digits: two seeds (the pool: one), 50 shots, images drawn anew for each episode.
REFERENCE = {
    "bp": ("0.785, 0.800", "0 0 0 0", "θ0 0.028"),
    "fa": ("0.235, 0.254", "88 84 84 86", "θ0 0.018–0.023"),
    "ehebb": ("0.785, 0.806", "72 52 35 21", "θ0 0.03–0.04, θ2 −0.13 to −0.12"),
    "oja": ("0.671, 0.691", "64 59 55 53", "θ0 0.05, θ9 0.044"),
    "bio": ("0.859, 0.866", "68 50 34 21", "θ0 0.033, θ2 −0.135, θ9 0.013"),
    "pool": ("0.863", "81 73 62 42", "θ0 0.0216, θ2 −0.0434, θ9 0.0104, θ1 0.0027, θ3 −0.0024, θ4 0.0029, others < 8e-4"),
    "pool-scaled": ("", "", ""),
    "pool-free": ("diverges within 100 episodes", "", ""),
}


def number(value, digits=3):
    return f"{value:.{digits}f}".replace("-", "−")


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def code(*commands):
    return "\n".join(["```", *commands, "```"])


def searches(setting):
    """Accuracy and angles of every rule, then the coefficients."""
    with_reference = setting == "digits"
    header = ["rule", "seed 1", "seed 2", "seed 3", "mean"] + ["reference"] * with_reference
    header += ["angles α1 … α4"] + ["reference"] * with_reference + ["no gradient"]
    rows, thetas = [], []
    for rule in rules(setting):
        found = [Search.read(setting, rule, seed) for seed in SEEDS]
        accuracies = [one.last_accuracy for one in found]
        is_pool = rule.key in ("pool", "pool-free")             # where episodes explode, means of angles say nothing
        angles = [] if is_pool else np.mean([one.last_angles for one in found], axis=0)
        row = [rule.title, *map(number, accuracies), number(np.mean(accuracies))]
        reference = REFERENCE[rule.key]
        row += [reference[0]] * with_reference + [" ".join(f"{angle:.0f}" for angle in angles)]
        row += [reference[1]] * with_reference + [", ".join(str(int(one.skipped.sum())) for one in found)]
        rows.append(row)
        if rule.key != "pool-free":
            final = np.array([one.final for one in found])
            values = ", ".join(
                f"θ{r} {number(np.mean(final[:, k]), 4)}" + (
                    f" ({number(final[:, k].min(), 4)} to {number(final[:, k].max(), 4)})" if len(rule.indices) < 4
                    else "")
                for k, r in enumerate(rule.indices))
            thetas.append([rule.title, values] + [reference[2]] * with_reference)
    bio = next(rule for rule in RULES if rule.key == "bio")
    return "\n\n".join([
        code(shown(search_command(setting, bio, 1))), table(header, rows),
        table(["rule", "coefficients after the last episode: mean of three seeds (least to greatest)"]
              + ["reference"] * with_reference, thetas)])


def checks():
    """The findings to reproduce, with our figures."""
    found = {rule.key: [Search.read("digits", rule, seed) for seed in SEEDS] for rule in RULES}

    def each(key, value, digits=3):
        return ", ".join(number(value(one), digits) for one in found[key])

    def verdict(held):
        return "yes" if all(held) else "**no**"

    def greatest(key):
        """Whether L1 leaves terms 0, 2 and 9."""
        sizes = [np.abs(one.final) for one in found[key]]
        others = [np.delete(size, [0, 2, 9]).max() / size[2] for size in sizes]
        title = TITLES[key]
        return [
            [f"{title}: the three greatest \\|θ\\| are 0, 2, 9",
             "; ".join(" ".join(str(r) for r in np.argsort(-size)[:3]) for size in sizes),
             verdict(set(np.argsort(-size)[:3]) == {0, 2, 9} for size in sizes)],
            [f"{title}: every other is below 0.2 \\|θ2\\|",
             ", ".join(number(ratio, 2) for ratio in others) + " of it", verdict(ratio < 0.2 for ratio in others)]]

    bio, bp, fa = (found[key] for key in ("bio", "bp", "fa"))
    rows = [
        ["bio reaches 0.82", each("bio", lambda s: s.last_accuracy), verdict(s.last_accuracy >= 0.82 for s in bio)],
        ["BP lies in 0.74 to 0.84", each("bp", lambda s: s.last_accuracy),
         verdict(0.74 <= s.last_accuracy <= 0.84 for s in bp)],
        ["FA stays below 0.35", each("fa", lambda s: s.last_accuracy), verdict(s.last_accuracy <= 0.35 for s in fa)],
        ["θ2 of bio is negative", each("bio", lambda s: s.final[1], 4), verdict(s.final[1] < 0 for s in bio)],
        ["θ9 of bio is positive", each("bio", lambda s: s.final[2], 4), verdict(s.final[2] > 0 for s in bio)],
        ["α3 of bio is below 45°", each("bio", lambda s: s.last_angles[2], 1),
         verdict(s.last_angles[2] < 45 for s in bio)],
        ["α3 of FA is above 75°", each("fa", lambda s: s.last_angles[2], 1),
         verdict(s.last_angles[2] > 75 for s in fa)],
        *greatest("pool"), *greatest("pool-scaled"),
    ]
    return table(["what", "seeds 1, 2, 3", "holds"], rows)


TITLES = {rule.key: rule.title for rule in RULES} | {"bio": "bio, found on EMNIST", "s5": "found on S5"}


def cell(row):
    text = f"{number(row['accuracy'])} [{number(row['interval'][0])}, {number(row['interval'][1])}]"
    if row["failed"]:
        text += f", {row['failed']} failed"
    return text


def conditions(chosen, measured, form, titles):
    """One column a condition, one row a rule that all of them have."""
    keys = [key for key in TITLES if all(key in measured[c.key] for c in chosen)]
    rows = []
    for key in keys:
        row = [TITLES[key]]
        for condition in chosen:
            found = measured[condition.key][key][form]
            text = cell(found) + (f", ×{found['scale']:g}" if form == "tuned" else "")
            row.append(text)
        rows.append(row)
    return table(["rule", *titles], rows)


def beyond_part(chosen, measured, titles=None):
    titles = titles or [c.title for c in chosen]
    return "\n\n".join([
        code(*[beyond.command(condition) for condition in chosen]), "Coefficients as they are:",
        conditions(chosen, measured, "as_is", titles), "Ratios kept, overall rate tuned on the selection pool:",
        conditions(chosen, measured, "tuned", titles)])


def write(measured):
    """Puts every table between its markers."""
    parts = {
        "digits": searches("digits"), "emnist": searches("emnist"), "checks": checks(),
        "spiking": beyond_part([beyond.S5, beyond.BASE, beyond.FASHION], measured),
        "depth": beyond_part(beyond.DEPTHS, measured, [f"{count} hidden" for count in range(2, 9)]),
        "shots": "\n\n".join([
            beyond_part(beyond.SHOTS, measured, [f"EMNIST, {k}" for k in (1, 5, 10, 50)]),
            beyond_part(beyond.SHOTS_MNIST, measured, [f"MNIST, {k}" for k in (1, 5, 10, 50, 200)])]),
        "transfer": beyond_part(beyond.TRANSFER, measured),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts.items():
        pattern = rf"(<!-- begin {name} -->\n).*?(\n?<!-- end {name} -->)"
        text, count = re.subn(pattern, lambda m: m[1] + part + "\n" + m[2].lstrip("\n"), text, flags=re.S)
        assert count == 1, f"{PAGE} has no part {name}"
    PAGE.write_text(text, encoding="utf-8")
