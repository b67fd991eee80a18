"""Two passive spheres with a gap junction, in a process of their own: NEURON keeps what is compiled."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference
from engine.simulation.cell_store import CellStore
from engine.simulation.mechanisms import load_mechanisms
from engine.simulation.simulation import Simulation
from engine.simulation.stand_ins import compile_for
from tests.engine.simulation.bench_circuit import REST_MV, _template, experiment, step, voltage

CELLS = CellReference("cells", 0), CellReference("cells", 1)
DIAMETERS_UM, LEAKS = (20.0, 30.0), (5e-5, 1e-4)  # S/cm²
JUNCTION_NS = 0.4
AMPLITUDE_NA = 0.002
LEAKS_NS = tuple(
    leak * np.pi * (diameter * 1e-4) ** 2 * 1e9 for leak, diameter in zip(LEAKS, DIAMETERS_UM, strict=True)
)


def make_pair(folder: Path, *, lonely: bool = False) -> Circuit:
    """The circuit; `lonely`: with an edge whose other side is missing."""
    (folder / "hoc").mkdir()
    for number, (diameter, leak) in enumerate(zip(DIAMETERS_UM, LEAKS, strict=True)):
        body = f"L = {diameter} diam = {diameter} cm = 1 insert pas g_pas = {leak} e_pas = {REST_MV}"
        (folder / "hoc" / f"sphere{number}.hoc").write_text(_template(f"sphere{number}", body))
    with h5py.File(folder / "nodes.h5", "w") as file:
        nodes = file.create_group("nodes/cells")
        nodes["node_type_id"] = np.zeros(2, np.int64)
        nodes["0/model_template"] = ["hoc:sphere0", "hoc:sphere1"]
        nodes["0/model_type"] = ["biophysical"] * 2
        nodes["0/morphology"] = [""] * 2
    # rows of: source, target, number at the target, number at the source
    rows = np.array([(0, 1, 7, 5), (1, 0, 5, 7)] + [(0, 1, 9, 77)] * lonely)
    with h5py.File(folder / "edges.h5", "w") as file:
        edges = file.create_group("edges/cells__cells__gap")
        edges["edge_type_id"] = np.zeros(len(rows), np.int64)
        for side, ids in (("source", rows[:, 0]), ("target", rows[:, 1])):
            ends = edges.create_dataset(f"{side}_node_id", data=ids.astype(np.uint64))
            ends.attrs["node_population"] = "cells"
        edges["0/afferent_junction_id"], edges["0/efferent_junction_id"] = rows[:, 2], rows[:, 3]
        edges["0/afferent_section_id"] = np.zeros(len(rows), np.int64)
        edges["0/afferent_section_pos"] = np.full(len(rows), 0.5)
        edges["0/conductance"] = np.full(len(rows), JUNCTION_NS)
    cells = {"type": "biophysical", "biophysical_neuron_models_dir": "hoc"}
    networks = {
        "nodes": [{"nodes_file": "nodes.h5", "populations": {"cells": cells}}],
        "edges": [{"edges_file": "edges.h5", "populations": {"cells__cells__gap": {"type": "electrical"}}}],
    }
    config = folder / "circuit_config.json"
    config.write_text(json.dumps({"version": 2, "networks": networks}))
    return open_circuit(config)


def run_pair(folder: str) -> dict[str, Any]:
    """How far both cells are from rest, (2,) mV, while a current flows into one of them; and more runs."""
    with make_pair(Path(folder), lonely=True) as circuit:
        compiled = compile_for(circuit, None, print)
        load_mechanisms(compiled)
        store = CellStore(circuit)
        found: dict[str, Any] = {"mechanisms": sorted(compiled.mechanisms)}
        for name, into in (("into_first", 0), ("into_second", 1)):
            found[name], found["problems"] = _rise(store, into)
        found["variable_step"], _ = _rise(store, 0, variable_step=True)
        found["alone"], _ = _rise(store, 0, cells=CELLS[:1])
        found["apart"], _ = _rise(store, 0, connections=Connections())
        found["again"], _ = _rise(store, 0)
        return found


def _rise(
    store: CellStore,
    into: int,
    cells: tuple[CellReference, ...] = CELLS,
    connections: Connections = Connections(enabled=True),  # noqa: B008 - frozen
    **conditions: Any,
) -> tuple[list[float], list[str]]:
    wanted = experiment(
        *cells,
        stimuli=(step(CELLS[into], AMPLITUDE_NA, 0.0, 1000.0),),
        recordings=tuple(map(voltage, cells)),
        connections=connections,
        conditions={"tstop": 600.0, **conditions},
    )
    simulation = Simulation(wanted, store.circuit, store.circuit.config_path.parent, store)
    simulation.start()
    simulation.advance(600.0)
    return (simulation.fresh()[-1] - REST_MV).tolist(), [str(each) for each in simulation.problems]
