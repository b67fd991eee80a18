"""A circuit of textbook cells, whose behaviour has closed forms, and experiments on it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site

SPHERE = CellReference("cells", 0)  # 20 µm, 5e-5 S/cm²: 1591.5 MΩ, 20 ms
PATCH = CellReference("cells", 1)  # 100 µm² of squid axon: 1 nA is 1 mA/cm²
CABLE = CellReference("cells", 2)  # one length constant long, sealed at both ends
COUNTER = CellReference("points", 0)  # IntFire1

SPHERE_AREA_CM2 = np.pi * 20e-4 * 20e-4
SPHERE_MEGAOHM = 1e-6 / (5e-5 * SPHERE_AREA_CM2)
SPHERE_TAU_MS = 20.0
REST_MV = -65.0


def _template(name: str, body: str) -> str:
    return f"""\
begintemplate {name}
  public init, soma, all
  create soma[1]
  objref all
  proc init() {{
    all = new SectionList()
    soma[0] {{ all.append() {body} }}
  }}
endtemplate {name}
"""


_TEMPLATES = {
    "benchsphere": "L = 20 diam = 20 cm = 1 insert pas g_pas = 5e-5 e_pas = -65",
    "benchpatch": "L = 10/PI diam = 10 insert hh",
    "benchcable": "L = 1000 diam = 2 nseg = 201 Ra = 100 insert pas g_pas = 5e-5 e_pas = -65",
}
_EDGES: dict[str, list[tuple[float, ...]]] = {
    # rows of: source, target, section, position, delay, weight, tau1, tau2, reversal
    "outside__cells": [
        (0, 0, 0, 0.5, 1.0, 0.0005, 0.5, 3.0, 0.0),
        (1, 0, 0, 0.5, 2.0126, 0.0002, 0.5, 3.0, 0.0),
    ],
    "cells__cells": [(1, 0, 0, 0.5, 1.0, 0.0005, 0.5, 3.0, 0.0)],
    "outside__points": [(0, 0, 0, 0.5, 2.0, 0.6, 0.0, 0.0, 0.0), (2, 0, 0, 0.5, 2.0, -0.5, 0.0, 0.0, 0.0)],
}
_EDGE_COLUMNS = (
    "afferent_section_id",
    "afferent_section_pos",
    "delay",
    "conductance",
    "tau1",
    "tau2",
    "erev",
)


def make_bench(folder: Path) -> Circuit:
    """Write the circuit into an empty folder and open it."""
    (folder / "hoc").mkdir()
    for name, body in _TEMPLATES.items():
        (folder / "hoc" / f"{name}.hoc").write_text(_template(name, body), encoding="utf-8")
    _write_nodes(folder)
    for name, rows in _EDGES.items():
        write_edges(folder / f"{name}.h5", name, rows)
    config = folder / "circuit_config.json"
    config.write_text(json.dumps(_config()), encoding="utf-8")
    return open_circuit(config)


def write_spikes_of_outside(path: Path, times: list[float], node_ids: list[int]) -> None:
    """A SONATA spike file of the virtual population."""
    with h5py.File(path, "w") as file:
        file["spikes/outside/timestamps"] = np.array(times)
        file["spikes/outside/node_ids"] = np.array(node_ids, np.uint64)


def experiment(*cells: CellReference, **parts: Any) -> Experiment:
    """An experiment on some of these cells: squid temperature, 100 ms, unless said otherwise."""
    conditions = {"celsius": 6.3, "v_init": REST_MV, "tstop": 100.0, **parts.pop("conditions", {})}
    return Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=cells),
        conditions=Conditions(**conditions),
        **parts,
    )


def step(
    cell: CellReference, amplitude: float, delay: float = 10.0, duration: float = 50.0, **where: Any
) -> Step:
    """A current step, in nA and ms."""
    target = Site(cell=cell, **where)
    return Step(
        id=f"step_{cell.population}_{cell.node_id}_{amplitude:g}_{delay:g}",
        target=target,
        amplitude=amplitude,
        delay=delay,
        duration=duration,
    )


def voltage(cell: CellReference, x: float = 0.5, variable: str = "v") -> SiteRecording:
    """A recording at the (only) section of a cell."""
    return SiteRecording(id=f"{variable}_{cell}_{x:g}", site=Site(cell=cell, x=x), variable=variable)


def _write_nodes(folder: Path) -> None:
    with h5py.File(folder / "nodes.h5", "w") as file:
        cells = file.create_group("nodes/cells")
        cells["node_type_id"] = np.zeros(3, np.int64)
        cells["0/model_template"] = [f"hoc:{name}" for name in _TEMPLATES]
        cells["0/model_type"] = ["biophysical"] * 3
        cells["0/morphology"] = [""] * 3
        cells["0/dynamics_params/threshold_current"] = np.array([0.02, 0.003, 0.05])
        points = file.create_group("nodes/points")
        points["node_type_id"] = np.zeros(1, np.int64)
        points["0/model_template"] = ["nrn:IntFire1"]
        points["0/model_type"] = ["point_process"]
        points["0/dynamics_params/tau"] = np.array([1e9])
        points["0/dynamics_params/refrac"] = np.array([1.0])
        outside = file.create_group("nodes/outside")
        outside["node_type_id"] = np.zeros(3, np.int64)
        outside["0/model_type"] = ["virtual"] * 3


def write_edges(path: Path, name: str, rows: Sequence[tuple[float, ...]]) -> None:
    """An edge population; its name says from where to where: see the rows above."""
    source, _, target = name.partition("__")
    table = np.array(rows)
    with h5py.File(path, "w") as file:
        edges = file.create_group(f"edges/{name}")
        edges["edge_type_id"] = np.zeros(len(rows), np.int64)
        for side, ids, end in (("source", table[:, 0], source), ("target", table[:, 1], target)):
            nodes = edges.create_dataset(f"{side}_node_id", data=ids.astype(np.uint64))
            nodes.attrs["node_population"] = end
        for column, values in zip(_EDGE_COLUMNS, table[:, 2:].T, strict=True):
            is_number = column == "afferent_section_id"
            edges[f"0/{column}"] = values.astype(np.int64) if is_number else values


def _config() -> dict[str, Any]:
    cells = {"type": "biophysical", "biophysical_neuron_models_dir": "hoc"}
    kinds = {"outside__points": "point_process"}
    return {
        "version": 2,
        "networks": {
            "nodes": [
                {
                    "nodes_file": "nodes.h5",
                    "populations": {
                        "cells": cells,
                        "points": {"type": "point_process"},
                        "outside": {"type": "virtual"},
                    },
                }
            ],
            "edges": [
                {
                    "edges_file": f"{name}.h5",
                    "populations": {name: {"type": kinds.get(name, "Exp2Syn_synapse")}},
                }
                for name in _EDGES
            ],
        },
    }
