#!/usr/bin/env python3
"""Reads exported networks with `nir` and compares every number with the record that they came from.

usage: check_nir.py RECORD.h5 ROW NET.nir DROPPED.nir DATA.h5

NET.nir is of ROW's first kept episode, DROPPED.nir the same without its readout, DATA.h5 what its neurons did.
"""
import json
import pathlib
import sys
import tempfile

import h5py
import nir
import numpy as np

DT = 1e-4


def expected(record, row):
    """The weights after learning, and the network's page."""
    with h5py.File(record) as file:
        network = json.loads(file["provenance/config_resolved"].asstr()[()])["network"]
        rule = list(file["evaluation/rule"].asstr()[:]).index(row)
        group = file["evaluation/weights"]
        count = sum(name.startswith("final_") for name in group)
        weights = [group[f"final_{k + 1}"][rule, 0, 0, 0] for k in range(count)]
        accuracy = file["evaluation/accuracy"][rule, 0, 0, 0, -1]
    return network, weights, accuracy


def kept(share):
    """A share that is kept per step, in the single precision in which networks are simulated."""
    return np.float64(np.float32(share))


def same(found, wanted, what):
    found, wanted = np.asarray(found), np.asarray(wanted, dtype=np.float32)
    assert found.dtype == np.float32 and found.shape == wanted.shape, f"{what}: {found.dtype} {found.shape}"
    # One rounding each of our division and numpy's.
    assert np.allclose(found, wanted, rtol=2e-7, atol=0), f"{what}: {np.abs(found - wanted).max()}"


def check_graph(path, network, weights, readout):
    graph = nir.read(path)
    assert nir.serialization.read_version(path) == "1.0.8"
    hidden = network["hidden"]
    names = ["input"]
    for k in range(len(hidden)):
        names += [f"fc_{k}", f"lif_{k}"]
    names += [f"fc_{len(hidden)}"] + (["readout"] if readout else []) + ["output"]
    assert set(graph.nodes) == set(names), sorted(graph.nodes)
    assert set(graph.edges) == set(zip(names, names[1:])), graph.edges
    leak, out = kept(network["leak"]), kept(network["readout_leak"])
    synapse = kept(network.get("synapse_decay") or 0)
    current = dict(tau_syn=DT / (1 - synapse), w_in=1 / (1 - synapse))  # of synapses that filter
    for k, weight in enumerate(weights):
        node, last = graph.nodes[f"fc_{k}"], k == len(hidden)
        assert type(node) is nir.Affine
        same(node.weight, weight if last or synapse else weight / (1 - leak), f"weights of fc_{k}")
        assert not node.bias.any() and node.bias.shape == weight.shape[:1]
    for k, count in enumerate(hidden):
        node = graph.nodes[f"lif_{k}"]
        assert type(node) is (nir.CubaLIF if synapse else nir.LIF)
        values = dict(v_leak=0, v_threshold=network["threshold"], v_reset=0)
        tau = DT / (1 - leak)
        values |= dict(tau_mem=tau, r=tau / DT, **current) if synapse else dict(tau=tau, r=1)
        for name, value in values.items():
            same(getattr(node, name), np.full(count, value), f"{name} of lif_{k}")
    outputs = weights[-1].shape[0]
    if readout:
        node = graph.nodes["readout"]
        assert type(node) is (nir.CubaLI if synapse else nir.LI)
        tau = DT / (1 - out)
        values = dict(v_leak=0, r=1) | (dict(tau_mem=tau, **current) if synapse else dict(tau=tau))
        for name, value in values.items():
            same(getattr(node, name), np.full(outputs, value), f"{name} of the readout")
    assert graph.nodes["input"].input_type["input"].tolist() == [weights[0].shape[1]]
    assert graph.nodes["output"].output_type["output"].tolist() == [outputs]
    assert graph.metadata["dt"] == 1e-3 and graph.metadata["nir_dt"] == DT and graph.metadata["leak"] == network["leak"]
    # What nir writes of it, nir reads again.
    with tempfile.TemporaryDirectory() as folder:
        again = pathlib.Path(folder) / "again.nir"
        nir.write(again, graph)
        assert set(nir.read(again).nodes) == set(graph.nodes)
    return graph


def check_data(path, graph, network, weights, accuracy):
    data = nir.read_data(path)
    recorded = {name: node.observables for name, node in data.nodes.items()}
    assert set(recorded) <= set(graph.nodes), f"{set(recorded) - set(graph.nodes)} are no nodes"
    drive = recorded["input"].get("spikes") or recorded["input"]["current"]
    assert drive.data.dtype == (bool if "spikes" in recorded["input"] else np.float32) and drive.dt == DT
    samples, steps, _ = drive.shape
    for k, count in enumerate(network["hidden"]):
        assert recorded[f"lif_{k}"]["spikes"].shape == (samples, steps, count)
        assert (recorded[f"lif_{k}"]["spikes"].data == (recorded[f"lif_{k}"]["v"].data > network["threshold"])).all()
    with h5py.File(path) as file:
        labels = file["labels"][:]
    # The accuracy of the record follows from the readout at the last step.
    answers = recorded["readout"]["v"].data[:, -1].argmax(1)
    assert np.float32((answers == labels).mean()) == accuracy, (answers == labels).mean()
    # So do the potentials of the readout from the spikes below it.
    below = recorded[f"lif_{len(network['hidden']) - 1}"]["spikes"].data.astype(np.float64)
    current = np.zeros((samples, weights[-1].shape[0]))
    v, leak, synapse = np.zeros_like(current), kept(network["readout_leak"]), kept(network.get("synapse_decay") or 0)
    for t in range(steps):
        current = synapse * current + below[:, t] @ weights[-1].T.astype(np.float64)
        v = leak * v + (1 - leak) * current
        # Single precision: a few roundings of numbers of this size a step.
        assert np.allclose(v, recorded["readout"]["v"].data[:, t], atol=1e-5 * max(1, np.abs(v).max()))
    hidden = recorded["lif_0"]["spikes"]
    assert hidden.to_event(int(hidden.data.sum((1, 2)).max())).n_neurons == network["hidden"][0]
    print(f"  {samples} samples of {steps} steps")


def main():
    record, row, net, dropped, recording = sys.argv[1:]
    network, weights, accuracy = expected(record, row)
    graph = check_graph(net, network, weights, readout=True)
    check_graph(dropped, network, weights, readout=False)
    check_data(recording, graph, network, weights, accuracy)
    print(f"  {row}: {len(graph.nodes)} nodes, every parameter as in the record")


main()
