"""A SONATA circuit small enough to be spoilt two hundred times: three cells, a virtual population, edges."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

CIRCUIT = "circuit_config.json"
SIMULATION = "simulation_config.json"
EXPERIMENT = "small.somascope.json"

_TEMPLATE = """\
{load_file("import3d.hoc")}
begintemplate smallcell
  public init, soma, dend, all, somatic, basal, apical, axonal, CellRef, getCell
  create soma[1], dend[1]
  objref this, CellRef, all, somatic, basal, apical, axonal
  proc init() { localobj reader, import
    all = new SectionList()
    somatic = new SectionList()
    basal = new SectionList()
    apical = new SectionList()
    axonal = new SectionList()
    CellRef = this
    reader = new Import3d_SWC_read()
    reader.quiet = 1
    strdef path
    sprint(path, "%s/%s", $s2, $s3)
    reader.input(path)
    import = new Import3d_GUI(reader, 0)
    import.instantiate(this)
    forsec all { insert pas }
    forsec somatic { insert hh }
  }
  obfunc getCell() { return this }
endtemplate smallcell
"""
_MORPHOLOGY = (
    "1 1 0 0 0 6 -1\n2 1 0 6 0 6 1\n3 1 0 -6 0 6 1\n4 3 0 6 0 1 1\n5 3 0 60 0 1 4\n6 3 0 120 0 0.5 5\n"
)


def make_small_circuit(folder: Path) -> None:
    """Write the circuit, a simulation of it and an experiment, all in `folder`."""
    for name, text in (("hoc/smallcell.hoc", _TEMPLATE), ("swc/tiny.swc", _MORPHOLOGY)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    _write_nodes(folder)
    _write_edges(folder / "edges.h5")
    with h5py.File(folder / "input_spikes.h5", "w") as file:
        file["spikes/outside/timestamps"] = np.array([0.5, 1.0])
        file["spikes/outside/node_ids"] = np.array([0, 1], np.uint64)
    for name, content in (
        (CIRCUIT, circuit_config()),
        (SIMULATION, simulation_config()),
        (EXPERIMENT, experiment()),
        ("node_sets.json", node_sets()),
        ("compartment_sets.json", compartment_sets()),
    ):
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def circuit_config() -> dict[str, Any]:
    """The circuit's own configuration."""
    cells = {
        "type": "biophysical",
        "morphologies_dir": "$HERE/swc",
        "biophysical_neuron_models_dir": "$HERE/hoc",
    }
    return {
        "version": 2,
        "manifest": {"$HERE": "."},
        "node_sets_file": "$HERE/node_sets.json",
        "networks": {
            "nodes": [
                {"nodes_file": "$HERE/nodes.h5", "populations": {"cells": cells}},
                {"nodes_file": "$HERE/outside.h5", "populations": {"outside": {"type": "virtual"}}},
            ],
            "edges": [
                {
                    "edges_file": "$HERE/edges.h5",
                    "populations": {"outside__cells__chemical": {"type": "Exp2Syn_synapse"}},
                }
            ],
        },
    }


def simulation_config() -> dict[str, Any]:
    """A simulation that plays every kind of input for a millisecond or two."""
    clamp = {"input_type": "current_clamp", "delay": 0.1, "duration": 1.0, "node_set": "Cells"}
    return {
        "version": 2,
        "manifest": {"$OUT": "./results"},
        "network": "circuit_config.json",
        "node_set": "Cells",
        "compartment_sets_file": "compartment_sets.json",
        "run": {"tstop": 2.0, "dt": 0.025, "random_seed": 1},
        "conditions": {"celsius": 30.0, "v_init": -65.0, "spike_location": "soma"},
        "output": {"output_dir": "$OUT", "spikes_file": "spikes.h5", "spikes_sort_order": "by_time"},
        "inputs": {
            "step": {**clamp, "module": "linear", "amp_start": 0.1, "amp_end": 0.2},
            "pulses": {**clamp, "module": "pulse", "amp_start": 0.1, "width": 0.1, "frequency": 2000.0},
            "sine": {**clamp, "module": "sinusoidal", "amp_start": 0.1, "frequency": 100.0},
            "noise": {**clamp, "module": "noise", "mean": 0.1, "variance": 0.01},
            "wandering": {**clamp, "module": "ornstein_uhlenbeck", "tau": 1.0, "mean": 0.1, "sigma": 0.05},
            "shots": {
                **clamp,
                "module": "shot_noise",
                "rise_time": 0.1,
                "decay_time": 1.0,
                "rate": 1000,
                "amp_mean": 0.01,
                "amp_var": 0.0001,
            },
            "percent": {**clamp, "module": "relative_linear", "percent_start": 50.0},
            "replay": {
                "module": "synapse_replay",
                "input_type": "spikes",
                "delay": 0.0,
                "duration": 2.0,
                "node_set": "Cells",
                "spike_file": "input_spikes.h5",
            },
        },
        "reports": {
            "soma": {
                "type": "compartment",
                "cells": "Cells",
                "variable_name": "v",
                "dt": 0.1,
                "start_time": 0.0,
                "end_time": 2.0,
            },
            "spots": {
                "type": "compartment_set",
                "compartment_set": "Tips",
                "variable_name": "v",
                "dt": 0.1,
                "start_time": 0.0,
                "end_time": 2.0,
            },
        },
    }


def experiment() -> dict[str, Any]:
    """The same circuit in a document of ours."""
    cell = {"population": "cells", "node_id": 0}
    soma = {"kind": "site", "cell": cell, "section": "soma[0]", "x": 0.5}
    return {
        "schema_version": 1,
        "title": "small",
        "circuit": {"path": CIRCUIT},
        "cells": {"kind": "cells", "cells": [cell]},
        "stimuli": [
            {"kind": "step", "id": "step", "target": soma, "delay": 0.1, "duration": 1.0, "amplitude": 0.1}
        ],
        "recordings": [{"kind": "site", "id": "trace", "site": soma, "variable": "v"}],
        "conditions": {"tstop": 2.0, "dt": 0.025, "celsius": 30.0, "v_init": -65.0},
    }


def node_sets() -> dict[str, Any]:
    """One set that matters and one of names."""
    return {
        "Cells": {"population": "cells"},
        "First": {"population": "cells", "node_id": [0]},
        "Both": ["Cells", "First"],
    }


def compartment_sets() -> dict[str, Any]:
    """Spots on two of the cells."""
    return {"Tips": {"population": "cells", "compartment_set": [[0, 0, 0.5], [1, 1, 0.9]]}}


def _write_nodes(folder: Path) -> None:
    texts = {
        "model_type": "biophysical",
        "model_template": "hoc:smallcell",
        "morphology": "tiny",
        "mtype": "L1_X",
    }
    with h5py.File(folder / "nodes.h5", "w") as file:
        population = file.create_group("nodes/cells")
        population["node_type_id"] = np.zeros(3, np.int64)
        group = population.create_group("0")
        for name, text in texts.items():
            group.create_dataset(name, data=[text] * 3, dtype=h5py.string_dtype())
        for name in ("x", "y", "z"):
            group[name] = np.arange(3.0)
        group["dynamics_params/threshold_current"] = np.full(3, 0.2)
        group["dynamics_params/holding_current"] = np.full(3, -0.01)
    with h5py.File(folder / "outside.h5", "w") as file:
        population = file.create_group("nodes/outside")
        population["node_type_id"] = np.zeros(2, np.int64)
        population.create_group("0").create_dataset(
            "model_type", data=["virtual"] * 2, dtype=h5py.string_dtype()
        )


def _write_edges(path: Path) -> None:
    with h5py.File(path, "w") as file:
        population = file.create_group("edges/outside__cells__chemical")
        for name, ids, nodes in (("source", [0, 1], "outside"), ("target", [0, 1], "cells")):
            population[f"{name}_node_id"] = np.array(ids, np.uint64)
            population[f"{name}_node_id"].attrs["node_population"] = nodes
        population["edge_type_id"] = np.zeros(2, np.int64)
        group = population.create_group("0")
        group["afferent_section_id"] = np.array([1, 0], np.uint32)
        for name, value in (
            ("afferent_section_pos", 0.5),
            ("conductance", 0.001),
            ("delay", 0.5),
            ("tau1", 0.5),
            ("tau2", 2.0),
            ("erev", 0.0),
        ):
            group[name] = np.full(2, value)
