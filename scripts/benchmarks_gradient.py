"""The rate network of the 2023 paper: an episode's loss, and its loss with the gradient, beside the same in JAX."""
import json
import os
import re
import shlex
import statistics
import subprocess

from benchmarks_common import METAPLAST, peers, pinned, python, run, spread

KEY = "r5-gradient"
EXPERIMENT = "experiments/paper-2023-emnist.yaml"
RULE = "error-hebb-oja"
WORKS = {"loss": "loss", "gradient": "loss+metagradient"}


def our_command(seconds):
    """Ours, on one worker; on Fashion-MNIST where there is no EMNIST."""
    command = [str(METAPLAST), "bench", "--meta-gradient", EXPERIMENT, "--rule", RULE]
    if subprocess.run([str(METAPLAST), "tasks", "info", "emnist"], capture_output=True).returncode:
        command += ["--set", "task.data=fashion-mnist"]
    return pinned(1, command + ["--seconds", f"{seconds:g}", "--json"])


def jax_command(episodes):
    return [python(), str(peers() / "peer_jax_rate_metagrad.py"), str(episodes)]


def jax_times(command):
    """Milliseconds by work."""
    told = dict(re.findall(r"jax (\S+): ([0-9.]+) ms/episode", run(command)))
    return {work: float(told[name]) for work, name in WORKS.items()}


class Gradient:
    """Milliseconds an episode, round by round: ours on one worker, the peer's by how many cores it had."""

    def __init__(self, ours, jax):
        self.command, self.jax_command = ours, jax
        self.ours = {work: [] for work in WORKS}
        self.jax = {}
        self.memory = []

    def note(self, seconds_told, say, number, rounds):
        answer = json.loads(run(self.command).splitlines()[-1])
        assert answer["checked"], "bench did not check its answer"
        self.ours["loss"].append(answer["loss_milliseconds"])
        self.ours["gradient"].append(answer["gradient_milliseconds"])
        if answer["peak_memory_bytes"]:
            self.memory.append(answer["peak_memory_bytes"] / 1e6)
        told = ", ".join(f"{work} {times[-1]:.2f} ms" for work, times in self.ours.items())
        for cores in sorted({1, len(os.sched_getaffinity(0))}) if self.jax_command else []:
            times = jax_times(pinned(cores, self.jax_command))
            for work, time in times.items():
                self.jax.setdefault((work, cores), []).append(time)
            told += f"; JAX on {cores}: " + ", ".join(f"{work} {time:.1f} ms" for work, time in times.items())
        say(f"round {number + 1}/{rounds}, {KEY}: {told}")

    def section(self):
        cores = sorted({cores for _, cores in self.jax})
        out = [
            "## The gradient of an episode", "",
            f"The rate network 784-170-130-100-70-47 with softplus neurons, 250 samples learned one by one with {RULE},",
            "50 queries: milliseconds of an episode for its loss alone, and for the loss with its derivative through all",
            "250 updates with respect to the three coefficients. Ours has one worker, and reads samples of a data set; the",
            "peer draws random inputs, all of them above 0, and compiles the whole episode before it is timed. A ratio is",
            "theirs to ours.", "",
            "| work | metaplast, ms |" + "".join(f" JAX on {n} core{'s' * (n > 1)}, ms | ratio |" for n in cores),
            "|---" * (2 + 2 * len(cores)) + "|",
        ]
        for work, title in [("loss", "loss alone"), ("gradient", "loss and gradient")]:
            cells = [title, spread(self.ours[work])]
            for n in cores:
                times = self.jax[work, n]
                cells += [spread(times), f"{statistics.median(times) / statistics.median(self.ours[work]):.1f}"]
            out.append(f"| {' | '.join(cells)} |")
        if self.memory:
            out += ["", f"Our process had at most {max(self.memory):.0f} MB of memory, the data set included."]
        shown = shlex.join(self.command).replace(str(METAPLAST), ".build/release/metaplast")
        out += ["", "```", shown]
        if self.jax_command:
            out.append(shlex.join(self.jax_command).replace(f"{python()} {peers()}", "python $METAPLAST_PEERS_BENCH"))
        return out + ["```", ""]


def measure(options, with_peers, say):
    """Rounds of ours and of the peer in turns."""
    has_peer = with_peers and (peers() / "peer_jax_rate_metagrad.py").is_file()
    found = Gradient(our_command(options.seconds), jax_command(2 if options.quick else 10) if has_peer else None)
    for number in range(options.rounds):
        found.note(options.seconds, say, number, options.rounds)
    return found
