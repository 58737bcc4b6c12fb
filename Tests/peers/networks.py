"""Networks exported as NIR: read back by `nir`, and run by the simulators that import it."""
import sys

import environments
from environments import METAPLAST, PEERS, ROOT, run

# What is put over the small experiment for each network that is exported: nothing, synapses that filter, currents as
# input.
NETWORKS = {"plain": [], "filtered": ["network.synapse_decay=0.5"], "driven": ["encoder={kind: current, gain: 1}"]}
ROW = "error-hebb-oja"


def exported(workshop):
    """For each network: the record, the graph, the graph without readout, and what the neurons did."""
    for name, changes in NETWORKS.items():
        folder = workshop.folder / f"nir-{name}"
        record, net, dropped, data = (folder / file for file in ("weights.h5", "net.nir", "dropped.nir", "data.h5"))
        if not folder.exists():
            folder.mkdir()
            changed = [part for change in changes for part in ("--set", change)]
            run(METAPLAST, "evaluate", ROW, "--experiment", ROOT / "experiments" / "quick.yaml", "--episodes", 2,
                "--weights", 1, "--out", record, "-q", *changed)
            run(METAPLAST, "export", "nir", record, "--out", net, "--spikes", data)
            run(METAPLAST, "export", "nir", record, "--out", dropped, "--nir-readout", "drop")
        yield record, net, dropped, data


def networks_are_read_by_nir(workshop):
    for record, net, dropped, data in exported(workshop):
        run(METAPLAST, "log", "check", record)
        print(run(sys.executable, "-W", "error", PEERS / "check_record.py", record), end="")
        print(run(sys.executable, PEERS / "check_nir.py", record, ROW, net, dropped, data), end="")


def importers_of_networks_spike_as_we_do(workshop):
    python = environments.torch()
    for _, net, dropped, data in exported(workshop):
        print(run(python, PEERS / "nir_importers.py", net, dropped, data), end="")
