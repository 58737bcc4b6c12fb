"""Runs exported PyTorch functions against the expected weights. usage: check_torch_rules.py FOLDER

FOLDER holds RULE.torch.py and RULE.projection.csv. Every row of the table is a step: the functions get what is given in
it, and traces, eligibility, changes and weights must agree to 1e-12 in float64. The same steps as one batch must agree too.
"""
import csv
import importlib.util
import inspect
import pathlib
import sys

import torch

TOLERANCE = 1e-12
torch.set_num_threads(1)


def load(path):
    spec = importlib.util.spec_from_file_location(path.name.split(".")[0].replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def value(row, name):
    """The tensor of a quantity: name, name_1 …, or name_1_1 …; numbers of the whole projection have no axis."""
    if name in row:
        return torch.tensor(float(row[name]), dtype=torch.float64)
    keys = [key for key in row if key.startswith(name + "_") and key[len(name) + 1:].replace("_", "").isdigit()]
    if not keys:
        raise KeyError(name)
    flat = torch.tensor([float(row[key]) for key in keys], dtype=torch.float64)
    last = [int(part) for part in keys[-1][len(name) + 1:].split("_")]
    return flat.reshape(last)


def call(function, row, state):
    """Calls a function with what its arguments are named after; a Python keyword's stand-in has an underscore."""
    arguments = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            continue
        if name in state:
            arguments[name] = state[name]
        elif name in ("n_in", "n_out"):
            arguments[name] = state["w"].shape[-1 if name == "n_in" else -2]
        else:
            arguments[name] = value(row, name)
    return function(**arguments)


def check(module, rows):
    largest, kept = 0.0, {}

    def compare(got, row, name):
        nonlocal largest
        want = value(row, name)
        assert got.shape == want.shape, f"{name} has shape {tuple(got.shape)}, expected {tuple(want.shape)}"
        difference = (got - want).abs().max().item() / max(1.0, want.abs().max().item())
        assert difference <= TOLERANCE, f"{name} differs by {difference:.3g} in sample {row['sample']}, step {row['t']}"
        largest = max(largest, difference)

    advancing = [name for name in vars(module) if name.startswith("advance_")]
    per_sample = any("dw is summed over the steps" in line for line in module.__header__)
    learnt, batches = 0, {}
    for row in rows:
        equation = row["equation"]
        if row["phase"] == "start":
            kept = {"w": value(row, "w")}
            if any(key.startswith("b_1") for key in row):
                kept["b"] = value(row, "b")
            waiting = {name: torch.zeros_like(kept["w"]) for name in "wb"}
            continue
        clip_w = getattr(module, "clip_w", lambda w: w)
        clip_b = getattr(module, "clip_b", lambda b: b)
        if row["phase"] == "mirror":
            db = call(module.delta_b, row, kept)
            compare(db, row, "db")
            kept["b"] = clip_b(kept["b"] + db)
            compare(kept["b"], row, "b")
            continue
        if row["t"] == "0":
            for name in advancing:
                trace = name.removeprefix("advance_")
                kept[trace] = torch.zeros_like(value(row, trace))
        for name in advancing:
            trace = name.removeprefix("advance_")
            kept[trace] = call(getattr(module, name), row, kept)
            compare(kept[trace], row, trace)
        function = getattr(module, "delta_w" if equation == "dw" else f"delta_w_{equation}")
        batches.setdefault(equation, (function, []))[1].append((row, dict(kept)))
        dw = call(function, row, kept)
        compare(dw, row, "dw")
        has_db = hasattr(module, "delta_b") and any(float(row[key]) != 0 for key in row if key.startswith("db_"))
        db = call(module.delta_b, row, kept) if has_db else None
        if db is not None:
            compare(db, row, "db")
        for name, change, clip in (("w", dw, clip_w), ("b", db, clip_b)):
            if change is None:
                continue
            if per_sample:
                waiting[name] = waiting[name] + change
            if not per_sample or row["t"] == "9":
                kept[name] = clip(kept[name] + (waiting[name] if per_sample else change))
                waiting[name] = torch.zeros_like(change)
        compare(kept["w"], row, "w")
        if db is not None:
            compare(kept["b"], row, "b")
        learnt += 1
    for equation, (function, calls) in batches.items():
        batched(function, calls, compare)
    return largest, learnt


def batched(function, calls, compare):
    """All steps of an equation at once, each with its own weights, as a batch in front."""
    names = [name for name, p in inspect.signature(function).parameters.items() if p.kind is not p.KEYWORD_ONLY]
    stacked = {}
    for name in names:
        stacked[name] = torch.stack([state[name] if name in state else value(row, name) for row, state in calls])
    for got, (row, _) in zip(function(**stacked), calls):
        compare(got, row, "dw")


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(folder.glob("*.torch.py"))
    assert files, f"no *.torch.py in {folder}"
    steps, worst = 0, 0.0
    for file in files:
        stem = file.name.removesuffix(".torch.py")
        module = load(file)
        module.__header__ = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        imports = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(("import", "from"))]
        assert imports == ["import torch"], f"{file.name} imports {imports}"
        try:
            largest, learnt = check(module, read(folder / f"{stem}.projection.csv"))
        except Exception as error:
            raise AssertionError(f"{file.name}: {type(error).__name__}: {error}") from error
        assert learnt >= 40, f"{file.name}: only {learnt} steps"
        steps, worst = steps + learnt, max(worst, largest)
    print(f"  {len(files)} rules, {steps} steps, largest difference {worst:.3g} in float64")


main()
