#!/usr/bin/env python3
"""Measures the reference works, beside other programs that do the same, and writes docs/benchmarks.md.

Rounds are interleaved: in each, every work is timed once with ours and once with each peer, so that whatever else the
machine does falls on all of them. What counts is the median over the rounds.

METAPLAST_PEERS_BENCH   the folder of peer_jax_lif.py, peer_torch_lif.py and peer_jax_rate_metagrad.py; without it only
                        our own figures are written
METAPLAST_PEERS_PYTHON  the Python that has JAX (default .venv-bench/bin/python)
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import benchmarks_gradient
from benchmarks_common import METAPLAST, ROOT, peers, pinned, python, run, spread

SAMPLES, STEPS = 250, 20
POPULATIONS = [1, 2, 4, 8, 16]
# A network for which nothing was tuned: its hidden layers, and ten classes of 25 samples each, which are 250 as well.
TEN_WAYS = ["task.ways=10", "task.shots=25", "task.query=10"]


class Work:
    """One thing to do: a rule on a network, and the peer's arguments for the same."""

    def __init__(self, key, title, rule, sets=(), terms=None, layers=None):
        self.key, self.title, self.rule, self.sets = key, title, rule, list(sets)
        self.terms, self.layers = terms, layers

    def ours(self, workers, seconds):
        command = [str(METAPLAST), "bench", "--rule", self.rule]
        for change in self.sets:
            command += ["--set", change]
        return pinned(workers, command + ["--workers", str(workers), "--seconds", f"{seconds:g}", "--json"])

    def jax(self, population):
        command = [python(), str(peers() / "peer_jax_lif.py"), str(population), str(SAMPLES), str(STEPS)]
        return command + [str(self.terms), self.layers]


def works(folder):
    """The reference works; `folder` receives the rule that is applied once a sample."""
    page = (ROOT / "rules/error-hebb-oja.yaml").read_text(encoding="utf-8")
    page, count = re.subn(r"^every: step\b.*$", "every: sample", page, flags=re.M)
    page = re.sub(r"^rule: .*$", "rule: error-hebb-oja-each-sample", page, flags=re.M)
    assert count == 1, "rules/error-hebb-oja.yaml has no line every: step"
    each_sample = pathlib.Path(folder) / "error-hebb-oja-each-sample.yaml"
    each_sample.write_text(page, encoding="utf-8")
    s5, wide, shallow = "784-170-130-100-70-5", "784-400-400-10", "784-200-10"
    rules = [("three-term", "error-hebb-oja", 3), ("feedback-alignment", "feedback-alignment", 1)]
    found = []
    for name, rule, terms in rules:
        found.append(Work(f"s5-{name}", f"S5, {s5}, {rule}", rule, terms=terms, layers=s5))
    found.append(Work("s5-each-sample", f"S5, error-hebb-oja, `every: sample`", str(each_sample)))
    for layers, hidden in [(wide, "[400,400]"), (shallow, "[200]")]:
        for name, rule, terms in rules:
            sets = [f"network.hidden={hidden}", *TEN_WAYS]
            found.append(Work(f"{layers}-{name}", f"{layers}, {rule}", rule, sets, terms, layers))
    return found


def missing_peers():
    """Why there are no peers, in one sentence; None when there are."""
    if peers() is None:
        return "METAPLAST_PEERS_BENCH does not name the folder of peer_jax_lif.py"
    if not (peers() / "peer_jax_lif.py").is_file():
        return f"no peer_jax_lif.py in {peers()}"
    if subprocess.run([python(), "-c", "import jax"], capture_output=True).returncode != 0:
        return f"{python()} has no JAX: make .venv-bench/installed, or set METAPLAST_PEERS_PYTHON"
    return None


def our_rate(command):
    answer = json.loads(run(command).splitlines()[-1])
    assert answer["checked"], "bench did not check its answer"
    return answer["episodes_per_second"]


def printed_rate(text):
    return float(re.findall(r"= ([0-9.]+) episodes/s", text)[-1])


def jax_rate(work, workers, setting):
    """The rate of one process on all the cores, or of as many processes as cores, each on its own."""
    processes, population = setting
    command = work.jax(population)
    if processes == 1:
        return printed_rate(run(pinned(workers, command)))
    commands = [pinned(1, command, first=core) for core in range(processes)]
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True, cwd=ROOT) for c in commands]
    texts = [process.communicate(timeout=900)[0] for process in running]
    if any(process.returncode for process in running):
        sys.exit(f"error: {shlex.join(command)} failed as one of {processes}")
    return sum(map(printed_rate, texts))


def evict():
    """Asks the system to forget the program and its libraries; what other programs hold stays in memory."""
    text = subprocess.run(["ldd", str(METAPLAST)], capture_output=True, text=True).stdout
    for path in [str(METAPLAST), *re.findall(r"=> (/\S+)", text)]:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def start_up(repetitions, prepare=lambda: None):
    """Milliseconds from start to end of `metaplast rules show`, least and median."""
    command = [str(METAPLAST), "rules", "show", "error-hebb-oja"]
    times = []
    for _ in range(repetitions):
        prepare()
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
        times.append(1000 * (time.perf_counter() - began))
    return min(times), statistics.median(times)


class Series:
    """Rates of one work with one number of workers, round by round; the peer's by (processes, population)."""

    def __init__(self):
        self.ours, self.jax = [], {}

    @property
    def median(self):
        return statistics.median(self.ours)

    def fastest(self, processes, count):
        """The settings of so many processes that were fastest so far."""
        settings = [setting for setting in self.jax if setting[0] == processes]
        return sorted(settings, key=lambda setting: -statistics.median(self.jax[setting]))[:count]

    def best(self, processes):
        """The fastest setting among those timed most often; None when there is none."""
        settings = self.fastest(processes, len(self.jax))
        most = max((len(self.jax[setting]) for setting in settings), default=0)
        return next((setting for setting in settings if len(self.jax[setting]) == most), None)


def measure(todo, workers, options, with_peers, say):
    table = {(work.key, n): Series() for work in todo for n in workers}
    for number in range(options.rounds):
        for work in todo:
            for n in workers:
                series = table[work.key, n]
                series.ours.append(our_rate(work.ours(n, options.seconds)))
                told = f"round {number + 1}/{options.rounds}, {work.key}, workers {n}: {series.ours[-1]:.2f} episodes/s"
                if with_peers and work.terms:
                    # The first round finds the peer's best settings, the others repeat the two best of each kind.
                    for processes in sorted({1, n} if options.processes == "both" else {1}):
                        settings = [(processes, population) for population in options.populations]
                        for setting in settings if number == 0 else series.fastest(processes, 2):
                            rate = jax_rate(work, n, setting)
                            series.jax.setdefault(setting, []).append(rate)
                            told += f", JAX {processes}x{setting[1]}: {rate:.2f}"
                say(told)
    return table


def torch_rates(say):
    """Rates of the PyTorch peers, three terms on all cores: {kind: (population, rate)}; empty without torch."""
    script = peers() / "peer_torch_lif.py"
    found, samples, cores = {}, 10, len(os.sched_getaffinity(0))
    for kind, module in [("plain", "torch"), ("snntorch", "snntorch")]:
        if not script.is_file() or subprocess.run([python(), "-c", f"import {module}"], capture_output=True).returncode:
            continue
        for population in POPULATIONS:
            arguments = [population, samples, STEPS, kind, cores]
            rate = printed_rate(run([python(), str(script), *map(str, arguments)])) * samples / SAMPLES
            say(f"torch, {kind}, population {population}: {rate:.2f} episodes/s")
            if kind not in found or rate > found[kind][1]:
                found[kind] = (population, rate)
    return found


def versions(with_peers):
    ours = json.loads(run([str(METAPLAST), "--version", "--json"]))
    lines = [
        f"- {ours['cpu']}, {len(os.sched_getaffinity(0))} cores; {ours['os']}",
        f"- metaplast {ours['metaplast']}, {ours['compiler']}, git {ours['git_revision'][:12]}",
    ]
    if with_peers:
        script = ("import platform\nfrom importlib import metadata as m\n"
                  "out = ['Python ' + platform.python_version()]\n"
                  "for n in ('jax', 'jaxlib', 'numpy', 'torch', 'snntorch'):\n"
                  "    try: out.append(n + ' ' + m.version(n))\n    except m.PackageNotFoundError: pass\n"
                  "print(', '.join(out))")
        lines.append("- peers: " + run([python(), "-c", script]).strip())
    return lines


def shown(command):
    """A command as a reader would type it."""
    text = shlex.join(command).replace(str(METAPLAST), ".build/release/metaplast")
    if peers():
        text = text.replace(f"{python()} {peers()}", "python $METAPLAST_PEERS_BENCH")
    return re.sub(r"\S*/error-hebb-oja-each-sample.yaml", "error-hebb-oja-each-sample.yaml", text)


def page(todo, workers, table, gradient, start, fresh, torch, why_not, options, load):
    machine = run([str(METAPLAST), "bench", "machine"]).rstrip()
    out = [
        "# Benchmarks", "",
        f"Written by `make bench` on {datetime.date.today()}: episodes per second, the median of rounds, of which",
        f"there were {options.rounds}, the least and the greatest. Rounds are interleaved: ours and peers take turns.",
        f"The machine's load before the first was {load:.2f}.", "",
        *versions(why_not is None), "", "```", machine, "```", "",
    ]
    if not todo:
        return "\n".join(out + gradient.section())
    out += [
        "## The same work", "",
        f"An episode is {SAMPLES} samples of {STEPS} steps, each seen once, with a change of all weights after every",
        "step, in single precision. Before a work is timed its answer is checked: two learners agree bit for bit, and",
        "with double precision on average. A coefficient that is 0 is set to a thousandth of its step, so that its",
        "term is computed.", "",
        "- Ours also answers the 100 queries of the episode; the peer's work is training only.",
        "- Ours learns from the third step of a sample on, as the experiment says, the peer from the first.",
        "- Ours reads encoded samples, made once for all candidates of a generation and not timed; the peer draws its",
        "  inputs at the same density while it runs, once for its whole population.", "",
    ]
    if why_not:
        out += [f"Peers were skipped: {why_not}.", ""]
    else:
        out += ["JAX runs as one process on all the cores, and as one process on each core, their rates added; in",
                "brackets the population that was fastest. A ratio is ours to theirs.", ""]
    out += ["| work | workers | metaplast | JAX, one process | ratio | JAX, one a core | ratio |", "|---" * 7 + "|"]
    for work in todo:
        for n in workers:
            series = table[work.key, n]
            cells = [work.title, str(n), spread(series.ours)]
            for processes in (1, n if n > 1 else None):
                setting = series.best(processes)
                if setting:
                    rates = series.jax[setting]
                    cells += [f"{spread(rates)} [{setting[1]}]", f"{series.median / statistics.median(rates):.1f}"]
                else:
                    cells += ["", ""]
            out.append(f"| {' | '.join(cells)} |")
    out.append("")
    for kind, (population, rate) in torch.items():
        three = table.get(("s5-three-term", max(workers)))
        ratio = f", a ratio of {three.median / rate:.0f}" if three else ""
        name = "PyTorch" if kind == "plain" else "snnTorch"
        out += [
            f"{name}, S5 with three terms on all cores: {rate:.2f} episodes/s at population {population}{ratio}.", ""]

    out += gradient.section() if gradient else []
    out += ["## Ratios among ours", ""]
    step, sample = ("s5-three-term", "s5-each-sample")
    for n in workers:
        if (step, n) in table and (sample, n) in table:
            ratio = table[sample, n].median / table[step, n].median
            out.append(f"- `every: sample` is {ratio:.2f} times as fast as `every: step` on {n} worker{'s' * (n > 1)}.")
    if 1 in workers and 2 in workers:
        gains = ", ".join(f"{table[w.key, 2].median / table[w.key, 1].median:.2f} ({w.key})" for w in todo)
        out.append(f"- Two workers against one: {gains}.")
    out += [
        "- `metaplast rules show error-hebb-oja`, from start to end of the process with its files in memory: "
        f"{start[0]:.1f} ms at least,",
        f"  {start[1]:.1f} ms in the middle of {options.starts}; with its files dropped from memory, so that they come",
        f"  from the disk, {fresh[1]:.0f} ms.", "",
        "## Commands", ""]
    if why_not is None:
        populations = ", ".join(map(str, options.populations))
        out += [f"The peer ran with populations {populations}; the two best of the first round ran again.",
                ""]
    out.append("```")
    for work in todo:
        out.append(shown(work.ours(min(workers), options.seconds)))
        series = table[work.key, min(workers)]
        if series.jax:
            out.append(shown(pinned(min(workers), work.jax(series.best(1)[1]))))
    out += ["```", "", "`error-hebb-oja-each-sample.yaml` is `rules/error-hebb-oja.yaml` with `every: sample`.", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description="Measures the reference works and writes docs/benchmarks.md.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each work is timed (default 5)")
    parser.add_argument("--seconds", type=float, default=4, help="least time of one of our timings (default 4)")
    parser.add_argument("--starts", type=int, default=50, help="how often `rules show` is started (default 50)")
    parser.add_argument("--workers", default=None, help="numbers of workers (default: 1,2, or 1 on a single core)")
    parser.add_argument("--works", default="", help="only works whose key contains one of these words, such as s5,200")
    parser.add_argument("--populations", default=",".join(map(str, POPULATIONS)), help="the peer's populations")
    parser.add_argument("--processes", choices=["one", "both"], default="both",
                        help="the peer as one process on all cores, or also as one process a core (default both)")
    parser.add_argument("--out", help="the page to write (default docs/benchmarks.md)")
    parser.add_argument(
        "--quick", action="store_true",
        help="a look whether all runs: short, one round, one population; the page goes to standard output")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.starts, options.populations = 1, 0.3, 10, "2"
    if options.rounds < 1 or options.seconds <= 0 or options.starts < 1:
        parser.error("--rounds, --seconds and --starts must be positive")
    try:
        options.populations = [int(p) for p in options.populations.split(",")]
        cores = len(os.sched_getaffinity(0))
        workers = [int(n) for n in options.workers.split(",")] if options.workers else sorted({1, min(2, cores)})
    except ValueError:
        parser.error("--workers and --populations are numbers with commas between them")
    if not METAPLAST.is_file():
        sys.exit(f"error: no {METAPLAST}: run make build first")

    def say(text):
        print(text, file=sys.stderr, flush=True)

    why_not = missing_peers()
    if why_not:
        say(f"peers skipped: {why_not}")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        words = [word for word in options.works.split(",") if word]
        todo = [work for work in works(folder) if not words or any(word in work.key for word in words)]
        takes_gradient = not words or any(word in benchmarks_gradient.KEY for word in words)
        if not todo and not takes_gradient:
            parser.error(f"no work is called {options.works}")
        gradient = benchmarks_gradient.measure(options, why_not is None, say) if takes_gradient else None
        table = measure(todo, workers, options, why_not is None, say)
        torch = torch_rates(say) if todo and why_not is None and not options.quick else {}
        start = start_up(options.starts)
        fresh = start_up(min(options.starts, 7), evict)
        text = page(todo, workers, table, gradient, start, fresh, torch, why_not, options, load)
    if options.quick and not options.out:
        print(text, end="")
        return
    out = pathlib.Path(options.out) if options.out else ROOT / "docs/benchmarks.md"
    out.write_text(text, encoding="utf-8")
    say(f"wrote {out}")


if __name__ == "__main__":
    main()
