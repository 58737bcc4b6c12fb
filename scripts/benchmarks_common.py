"""What the benchmarks share: where things are, and how a command is run and pinned."""
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
METAPLAST = ROOT / ".build/release/metaplast"


def pinned(workers, command, first=0):
    """The command on as many cores as it has workers, from the first on; all cores need no pinning."""
    cores = sorted(os.sched_getaffinity(0))
    if not shutil.which("taskset") or workers >= len(cores):
        return command
    return ["taskset", "-c", ",".join(map(str, cores[first:first + workers])), *command]


def peers():
    folder = os.environ.get("METAPLAST_PEERS_BENCH", "")
    return pathlib.Path(folder).resolve() if folder else None


def python():
    return os.environ.get("METAPLAST_PEERS_PYTHON") or str(ROOT / ".venv-bench/bin/python")


def run(command, timeout=900):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=timeout)
    if done.returncode != 0:
        sys.exit(f"error: {shlex.join(command)} ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def spread(rates):
    return f"{statistics.median(rates):.2f} ({min(rates):.2f}–{max(rates):.2f})"
