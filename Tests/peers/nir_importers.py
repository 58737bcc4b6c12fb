#!/usr/bin/env python3
"""Drives imported networks with the spikes that drove ours, and compares every hidden spike.

usage: nir_importers.py NET.nir DROPPED.nir DATA.h5       (with the Python of .venv-torch)

snnTorch, Norse and SpikingJelly each import a graph and get the input spikes of DATA.h5, step by step. All of them
compute in single precision, but add and multiply in another order than we do, so a potential within a few roundings of
the threshold may fall on its other side. A spike that differs is excused only where our own potential in DATA.h5 lies
that close to it, and only in one sample of a thousand; what follows from it in the same sample is left out.
"""
import contextlib
import io
import sys
import warnings

import nir
import numpy as np
import torch

# A sum of some hundred single-precision terms of size 1: far more than their roundings, far less than what matters.
NEAR = 1e-5


def snntorch(net, dropped):
    from snntorch.import_nir import import_from_nir
    return import_from_nir(nir.read(dropped))  # knows no LI


def norse(net, dropped):
    import norse.torch
    return norse.torch.from_nir(nir.read(net), dt=1e-4)


def spikingjelly(net, dropped):
    from spikingjelly.activation_based.nir_exchange import import_from_nir
    return import_from_nir(dropped, dt=1e-4)  # knows no LI


def listen(model, names):
    """What the modules of these names put out, a tensor a step."""
    heard = {name: [] for name in names}
    for path, module in model.named_modules():
        name = path.split(".")[-1]
        if name in heard:
            module.register_forward_hook(
                lambda _, __, out, name=name: heard[name].append((out[0] if isinstance(out, tuple) else out).numpy()))
    return heard


def check(importer, net, dropped, data, threshold):
    (drive,) = [observable.data for observable in data["input"].values()]  # spikes, or currents
    names = [name for name in data if name.startswith("lif_")]
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():  # they tell much of what they do
        warnings.simplefilter("ignore")
        model = importer(net, dropped)
    heard = listen(model, names)
    state = None
    with torch.no_grad():
        for t in range(drive.shape[1]):
            _, state = model(torch.from_numpy(drive[:, t].astype(np.float32)), state)
    alive = np.ones(drive.shape[0], dtype=bool)  # samples in which all was the same so far
    compared = excused = 0
    for t in range(drive.shape[1]):
        for name in names:
            assert len(heard[name]) == drive.shape[1], f"{name} was heard {len(heard[name])} times"
            ours, theirs = data[name]["spikes"].data[:, t], heard[name][t] > 0
            assert ours.shape == theirs.shape, f"{name}: {theirs.shape}, not {ours.shape}"
            different = (ours != theirs) & alive[:, None]
            near = np.abs(data[name]["v"].data[:, t] - threshold) < NEAR
            assert not (different & ~near).any(), (
                f"{importer.__name__}: step {t} of {name}: {int((different & ~near).sum())} spikes differ")
            alive &= ~different.any(1)
            compared += int(alive.sum()) * ours.shape[1]
    excused = int((~alive).sum())
    assert excused <= len(alive) / 1000, f"{importer.__name__}: {excused} of {len(alive)} samples touch the threshold"
    spikes = sum(int(data[name]["spikes"].data.sum()) for name in names)
    assert spikes > 1000, f"only {spikes} spikes: a silent network proves nothing"
    print(f"  {importer.__name__}: {compared} neuron-steps, {spikes} spikes, the same; "
          f"{excused} of {len(alive)} samples left out at the threshold", flush=True)


def main():
    net, dropped, recording = sys.argv[1:]
    threshold = float(nir.read(net).metadata["threshold"])
    data = {name: node.observables for name, node in nir.read_data(recording).nodes.items()}
    for importer in (snntorch, norse, spikingjelly):
        check(importer, net, dropped, data, threshold)


main()
