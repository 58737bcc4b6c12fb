"""The searches behind docs/paper-2023.md: which there are, how one is run, and what its record says."""
import concurrent.futures
import dataclasses
import os
import pathlib
import shlex
import subprocess
import sys
import time

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
METAPLAST = ROOT / ".build/release/metaplast"
RUNS = pathlib.Path("runs/paper-2023")          # below ROOT, where every command runs
SEEDS = [1, 2, 3]
LAST = 100                                      # episodes that the tables take means over


@dataclasses.dataclass(frozen=True)
class Rule:
    key: str
    title: str
    page: str
    coefficients: tuple
    indices: tuple                              # numbers of its terms in the paper's pool
    l1: float = 0.0
    sets: tuple = ()


POOL = tuple(f"theta_{r}" for r in range(10))
RULES = [
    Rule("bp", "BP", "backprop", ("eta",), (0,)),
    Rule("fa", "FA", "feedback-alignment", ("eta",), (0,)),
    Rule("ehebb", "FA + eHebb", "error-hebb", ("eta", "hebb"), (0, 2)),
    Rule("oja", "FA + Oja", "oja", ("eta", "oja"), (0, 9)),
    Rule("bio", "bio", "error-hebb-oja", ("eta", "hebb", "oja"), (0, 2, 9)),
    Rule("pool", "pool, L1 1.5", "pool", POOL, tuple(range(10)), 1.5),
    Rule("pool-scaled", "pool, L1 1.5, scaled axes", "pool", POOL, tuple(range(10)), 1.5,
         ("optimizer.axes=scaled", "optimizer.learning_rate=0.1", "optimizer.warm_up=100")),
    Rule("pool-free", "pool, L1 0", "pool", POOL, tuple(range(10))),
]
SETTINGS = {
    "digits": ("experiments/paper-2023-digits.yaml", "digits, 64-170-130-100-70-10"),
    "emnist": ("experiments/paper-2023-emnist.yaml", "EMNIST, 784-170-130-100-70-47"),
}


def rules(setting):
    """What is searched: the pool on digits alone, where its episodes are cheap."""
    return RULES if setting == "digits" else [rule for rule in RULES if rule.page != "pool"]


def record(setting, rule, seed):
    return RUNS / f"{setting}-{rule.key}-{seed}.h5"


def search_command(setting, rule, seed):
    """One search alone: the choice of a finalist, the baselines and the test are as small as the page allows."""
    start = ", ".join(f"{name}: {'1.0e-3' if k == 0 else '0'}" for k, name in enumerate(rule.coefficients))
    sets = [f"rule={rule.page}", f"optimizer.start={{{start}}}", f"optimizer.l1={rule.l1:g}", "selection.episodes=1",
            "test.episodes=2", "baselines.generations=0", *rule.sets]
    if setting == "emnist":
        sets.append("optimizer.clip=10")
    command = ["discover", SETTINGS[setting][0], "--out", str(record(setting, rule, seed)), "--force", "--seed",
               str(seed), "--workers", "1", "--no-report", "--quiet"]
    return command + [word for change in sets for word in ("--set", change)]


def metaplast(arguments):
    """What the program prints; a failure ends everything with its message."""
    done = subprocess.run([str(METAPLAST), *arguments], capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise SystemExit(f"error: {shown(arguments)} ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def shown(arguments):
    return shlex.join(["metaplast", *map(str, arguments)])


def side_by_side(jobs, title):
    """Calls each job, as many at a time as there are cores; results in the order of the jobs."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max(1, len(os.sched_getaffinity(0)))) as threads:
        waiting = [threads.submit(job) for job in jobs]
        try:
            for done, _ in enumerate(concurrent.futures.as_completed(waiting), 1):
                _.result()
                print(f"{title}: {done} of {len(jobs)}, {time.monotonic() - began:.0f} s", file=sys.stderr)
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in waiting]


def search_all(keep):
    """Runs every search that has no complete record, or all of them."""
    (ROOT / RUNS).mkdir(parents=True, exist_ok=True)
    jobs = []
    # What takes longest goes first.
    for setting in ("emnist", "digits"):
        for rule in reversed(rules(setting)):
            for seed in SEEDS:
                if not (keep and complete(ROOT / record(setting, rule, seed))):
                    jobs.append(lambda c=search_command(setting, rule, seed): metaplast(c))
    side_by_side(jobs, "searches")


def complete(path):
    try:
        with h5py.File(path) as run:
            return run.attrs["status"] in ("complete", b"complete")
    except OSError:
        return False


@dataclasses.dataclass
class Search:
    """What one record says. `theta` is [episode][coefficient] before each step, `angles` [episode][hidden group]."""

    accuracy: np.ndarray
    theta: np.ndarray
    final: np.ndarray
    angles: np.ndarray
    skipped: np.ndarray

    @classmethod
    def read(cls, setting, rule, seed):
        with h5py.File(ROOT / record(setting, rule, seed)) as run:
            found = run["discovery"]
            return cls(
                accuracy=found["task_score"][:, 0, 0], theta=found["population"][:, 0, :],
                final=found["search_mean"][-1], angles=found["alignment_angle"][:, 1:-1],
                skipped=found["episodes_skipped"][:, 0])

    @property
    def last_accuracy(self):
        return float(self.accuracy[-LAST:].mean())

    @property
    def last_angles(self):
        angles = self.angles[-LAST:]
        return np.array([column[np.isfinite(column)].mean() if np.isfinite(column).any() else np.nan
                         for column in angles.T])

    @property
    def last_theta(self):
        return self.theta[-LAST:].mean(axis=0)
