"""Backpropagation through time with a surrogate gradient, by JAX, and Adam, by optax, for ThroughTimePeerTests.

usage: through_time.py WORK.json ANSWERS.json
Each item of the work is a small spiking network with its samples; each answer holds the loss and the gradient of every
sample at the initial weights, and the weights after one pass in batches.
"""
import functools
import json
import sys

import jax
import jax.numpy as jnp
import numpy
import optax

jax.config.update("jax_enable_x64", True)


def spike_function(kind, width):
    @jax.custom_jvp
    def spike(u):
        return (u > 0).astype(u.dtype)

    @spike.defjvp
    def spike_jvp(values, tangents):
        (u,), (du,) = values, tangents
        if kind == "fast-sigmoid":
            slope = 1 / (1 + width * jnp.abs(u)) ** 2
        elif kind == "arctan":
            slope = width / 2 / (1 + (jnp.pi / 2 * width * u) ** 2)
        else:
            slope = width * jax.nn.sigmoid(width * u) * jax.nn.sigmoid(-width * u)
        return spike(u), slope * du

    return spike


def sample_loss(weights, inputs, label, work):
    spike = spike_function(work["surrogate"], work["width"])
    sizes, top = work["sizes"], len(work["sizes"]) - 1
    potential, spikes, adaptation, current = ([jnp.zeros(n) for n in sizes] for _ in range(4))
    losses = []
    for row in inputs:
        spikes[0] = row
        for level in range(1, top + 1):
            current[level] = work["synapseDecay"] * current[level] + weights[level - 1] @ spikes[level - 1]
            if level == top:
                potential[top] = work["readoutLeak"] * potential[top] + (1 - work["readoutLeak"]) * current[top]
                continue
            threshold = work["threshold"] + (work["adaptationStrength"] if work["adaptive"] else 0) * adaptation[level]
            fired = spikes[level] if work["throughReset"] else jax.lax.stop_gradient(spikes[level])
            kept = work["leak"] * potential[level]
            if work["reset"] == "zero":
                kept = kept * (1 - fired)
            elif work["reset"] == "subtract":
                kept = kept - threshold * fired
            potential[level] = kept + current[level]
            spikes[level] = spike(potential[level] - threshold)
            adaptation[level] = work["adaptationDecay"] * adaptation[level] + spikes[level]
        losses.append(-jax.nn.log_softmax(potential[top])[label])
    return sum(losses) / len(losses) if work["everyStep"] else losses[-1]


def answer(work):
    sizes = work["sizes"]
    weights = [jnp.array(w).reshape(post, pre) for w, pre, post in zip(work["weights"], sizes, sizes[1:])]
    inputs, labels = jnp.array(work["inputs"]), work["labels"]
    gradient = jax.value_and_grad(functools.partial(sample_loss, work=work))
    each = [gradient(weights, x, label) for x, label in zip(inputs, labels)]

    adam = optax.adam(work["rate"], b1=work["beta1"], b2=work["beta2"], eps=work["epsilon"])
    state = adam.init(weights)
    trained = weights
    for first in range(0, len(labels), work["batch"]):
        places = range(first, min(first + work["batch"], len(labels)))
        parts = [gradient(trained, inputs[k], labels[k])[1] for k in places]
        mean = jax.tree.map(lambda *g: sum(g) / len(g), *parts)
        change, state = adam.update(mean, state, trained)
        trained = optax.apply_updates(trained, change)

    def flat(matrices):
        return [numpy.asarray(m).ravel().tolist() for m in matrices]

    return {"losses": [float(loss) for loss, _ in each], "gradients": [flat(g) for _, g in each],
            "trained": flat(trained)}


with open(sys.argv[1], encoding="utf-8") as file:
    work = json.load(file)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump([answer(item) for item in work], file)
