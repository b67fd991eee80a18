"""Mechanisms that remember what they are told, under the names of the stochastic ones, and edges for them."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.circuit.circuit import Circuit, open_circuit
from engine.errors import SimulationError
from engine.experiment.recordings import SiteRecording
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import Site
from engine.simulation.host import h
from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    PATCH,
    SPHERE,
    experiment,
    make_bench,
    write_spikes_of_outside,
)

_OWN = {
    "ProbAMPANMDA_EMS": "tau_d_AMPA, NMDA_ratio",
    "ProbGABAAB_EMS": "tau_r_GABAA, tau_d_GABAA, GABAB_ratio",
}
_COMMON = "received, Use, Dep, Fac, Nrrp, synapseID, first, second, third"
_MOD = """NEURON {{ POINT_PROCESS {name} NONSPECIFIC_CURRENT i RANGE {variables} }}
PARAMETER {{ {parameters} }}
ASSIGNED {{ v (mV) i (nA) received }}
INITIAL {{ received = 0 }}
BREAKPOINT {{ SOLVE proceed i = 0 }}
PROCEDURE proceed() {{ }}
NET_RECEIVE(weight) {{ received = received + weight }}
PROCEDURE setRNG(a, b, c) {{ first = a second = b third = c }}
"""
EDGES: dict[str, list[float]] = {
    "afferent_section_id": [0, 0, 7, 0, 8],
    "afferent_section_pos": [0.0, 1.0, 0.5, 0.5, 0.5],
    "syn_type_id": [120, 99, 120, 100, 120],
    "u_syn": [0.5, 0.4, 0.5, 0.5, 0.5],
    "u_hill_coefficient": [2.79, 2.0, 2.79, 2.79, 2.79],
    "depression_time": [600.0, -700.0, 600.0, 600.0, 600.0],
    "facilitation_time": [20.0, 0.0, 20.0, 20.0, 20.0],
    "decay_time": [1.7, 8.0, 1.7, 1.7, 1.7],
    "n_rrp_vesicles": [3, -1, 3, 3, 3],
    "conductance_scale_factor": [0.6, -1.0, 0.6, 0.6, 0.6],
    "conductance": [0.3, 0.7, 0.3, 0.3, 0.3],
    "delay": [1.0, 2.0, 1.0, 1.0, 1.0],
}
_SOURCES, _TARGETS = [0, 1, 0, 2, 0], [0, 0, 0, 1, 0]


def write_stochastic_edges(folder: Path) -> None:
    """Make the edges from outside of the bench chemical ones: four onto the sphere, one onto the patch."""
    path = folder / "outside__cells.h5"
    with h5py.File(path, "w") as file:
        root = file.create_group("edges/outside__cells")
        for side, ids in (("source", _SOURCES), ("target", _TARGETS)):
            nodes = root.create_dataset(f"{side}_node_id", data=np.array(ids, np.uint64))
            nodes.attrs["node_population"] = "outside" if side == "source" else "cells"
        for name, values in EDGES.items():
            root[f"0/{name}"] = values
    config = folder / "circuit_config.json"
    written = json.loads(config.read_text(encoding="utf-8"))
    for network in written["networks"]["edges"]:
        if "outside__cells" in network["populations"]:
            network["populations"]["outside__cells"]["type"] = "chemical"
    config.write_text(json.dumps(written), encoding="utf-8")


def replaying(folder: Path, **conditions: Any) -> Any:
    """Both target cells, with spikes at 5 ms from nodes 0 and 1."""
    write_spikes_of_outside(folder / "spikes.h5", [5.0, 5.0], [0, 1])
    return experiment(
        SPHERE,
        PATCH,
        conditions={"tstop": 10.0, **conditions},
        replays=(SpikeReplay(id="r", spike_file="spikes.h5"),),
        recordings=(SiteRecording(id="v", site=Site(cell=SPHERE)),),
        connections=Connections(enabled=True),
    )


def built(folder: str, conditions: dict[str, Any]) -> dict[str, Any]:
    """Run them; what each synapse was told, where it is, and what was left out."""
    home = Path(folder)
    (home / "mod").mkdir()
    for name, own in _OWN.items():
        variables = f"{_COMMON}, {own}"
        parameters = " ".join(f"{each} = -7" for each in variables.split(", ")[1:])
        text = _MOD.format(name=name, variables=variables, parameters=parameters)
        (home / "mod" / f"{name}.mod").write_text(text, encoding="utf-8")
    load_mechanisms(compile_mechanisms([home / "mod"], print))
    (home / "bench").mkdir()
    make_bench(home / "bench").close()
    write_stochastic_edges(home / "bench")
    with open_circuit(home / "bench") as circuit:
        simulation = _started(circuit, home / "bench", conditions)
        simulation.advance(10.0)
        return {
            "synapses": [_told(each, name) for name in _OWN for each in h.List(name)],
            "problems": [problem.what for problem in simulation.problems],
            "with_variable_step": _refusal(circuit, home / "bench", {**conditions, "variable_step": True}),
        }


def _started(circuit: Circuit, folder: Path, conditions: dict[str, Any]) -> Simulation:
    simulation = Simulation(replaying(folder, **conditions), circuit, folder)
    simulation.start()
    return simulation


def _refusal(circuit: Circuit, folder: Path, conditions: dict[str, Any]) -> str:
    try:
        _started(circuit, folder, conditions)
    except SimulationError as refused:
        return str(refused)
    return ""


def _told(synapse: Any, name: str) -> dict[str, Any]:
    variables = [*_COMMON.split(", "), *_OWN[name].split(", ")]
    section = str(synapse.get_segment().sec).partition("[")[0]
    return {"of": name, "on": section, **{each: getattr(synapse, each) for each in variables}}
