"""Small circuits of both dialects, made where a test wants them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike

SWC = "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 50 0 1 2\n"


@dataclass(frozen=True)
class Enumerated:
    """Values kept as codes into a library."""

    codes: Sequence[int]
    texts: Sequence[str]


def write_nodes(
    path: Path,
    population: str,
    groups: Mapping[int, Mapping[str, Any]],
    *,
    type_ids: ArrayLike,
    group_ids: ArrayLike | None = None,
    group_index: ArrayLike | None = None,
) -> Path:
    """A file of nodes: attributes by group; names may lead into `dynamics_params/`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "a") as file:
        root = file.create_group(f"nodes/{population}")
        root["node_type_id"] = np.asarray(type_ids, dtype=np.int64)
        if group_ids is not None:
            root["node_group_id"] = np.asarray(group_ids, dtype=np.uint32)
        if group_index is not None:
            root["node_group_index"] = np.asarray(group_index, dtype=np.uint64)
        for number, attributes in groups.items():
            group = root.create_group(str(number))
            for name, values in attributes.items():
                write_attribute(group, name, values)
    return path


def write_attribute(group: h5py.Group, name: str, values: ArrayLike | Enumerated) -> None:
    """One attribute of a group, with its library if it has one."""
    if isinstance(values, Enumerated):
        group[name] = np.asarray(values.codes, dtype=np.uint32)
        write_attribute(group, f"@library/{name}", list(values.texts))
        return
    array = np.asarray(values)
    if array.dtype.kind in "UO":
        group.create_dataset(name, data=array.astype(object), dtype=h5py.string_dtype())
    else:
        group[name] = array


def write_edges(path: Path, name: str, source: str, target: str, pairs: Sequence[tuple[int, int]]) -> Path:
    """A file of edges (source node, target node) with a conductance each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "a") as file:
        root = file.create_group(f"edges/{name}")
        for end, population, index in (("source", source, 0), ("target", target, 1)):
            root[f"{end}_node_id"] = np.array([pair[index] for pair in pairs], dtype=np.uint64)
            root[f"{end}_node_id"].attrs["node_population"] = population
        root["edge_type_id"] = np.full(len(pairs), -1)
        root["0/conductance"] = np.linspace(0.1, 1, len(pairs))
    return path


def write_types(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A table of types, separated by spaces; what a row lacks is NULL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = [" ".join(header), *(" ".join(str(row.get(key, "NULL")) for key in header) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_json(path: Path, content: Any) -> Path:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def write_text(path: Path, content: str) -> Path:
    """A text file, in folders made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def obi_circuit(folder: Path) -> Path:
    """Five biophysical cells and three virtual ones in the OBI dialect; returns the circuit configuration."""
    columns: dict[str, Any] = {
        "x": [0.0, 10, 20, 30, 40],
        "y": [0.0, -10, -20, -30, -40],
        "z": [1.0, 1, 1, 1, 1],
        "layer": Enumerated([0, 1, 1, 0, 1], ["2", "5"]),
        "mtype": Enumerated([1, 0, 0, 1, 2], ["L5_TPC:A", "L2_IPC", "L5_BC"]),
        "model_type": Enumerated([0] * 5, ["biophysical"]),
        "model_template": ["hoc:pyramidal"] * 4 + ["hoc:basket"],
        "morphology": ["first", "second.v1", "first", "third", "lost"],
        "exc-mini_frequency": [0.5] * 5,
        "dynamics_params/threshold_current": [0.1, 0.2, 0.3, 0.4, np.nan],
        "dynamics_params/holding_current": [-0.01, -0.02, -0.03, -0.04, -0.05],
        "dynamics_params/input_resistance": [100.0, 90, 80, 70, 60],
    }
    write_nodes(folder / "nodes.h5", "cortex", {0: columns}, type_ids=[-1] * 5)
    virtual = {"model_type": Enumerated([0] * 3, ["virtual"]), "layer": Enumerated([0, 0, 0], ["4"])}
    write_nodes(folder / "nodes.h5", "thalamus", {0: virtual}, type_ids=[-1] * 3)
    write_edges(folder / "edges.h5", "thalamus__cortex", "thalamus", "cortex", [(0, 0), (1, 0), (2, 3)])
    write_text(folder / "components/hoc/pyramidal.hoc", "begintemplate pyramidal\nendtemplate pyramidal\n")
    for place in (
        "swc/first.swc",
        "swc/second.v1.swc",
        "swc/third.swc",
        "asc/first.asc",
        "asc/second.v1.asc",
    ):
        write_text(folder / "components/morphologies" / place, SWC)
    write_json(folder / "node_sets.json", {"Excitatory": {"mtype": ["L5_TPC:A", "L2_IPC"]}})
    return write_json(folder / "circuit_config.json", obi_config())


def obi_config() -> dict[str, Any]:
    """The configuration of `obi_circuit`."""
    of_cortex = {
        "type": "biophysical",
        "biophysical_neuron_models_dir": "$COMPONENTS/hoc",
        "morphologies_dir": "$COMPONENTS/morphologies/swc",
        "alternate_morphologies": {"neurolucida-asc": "${COMPONENTS}/morphologies/asc"},
    }
    populations = {"cortex": of_cortex, "thalamus": {"type": "virtual"}}
    return {
        "version": 2.4,
        "manifest": {"$BASE": ".", "$COMPONENTS": "$BASE/components"},
        "node_sets_file": "$BASE/node_sets.json",
        "networks": {
            "nodes": [{"nodes_file": "$BASE/nodes.h5", "populations": populations}],
            "edges": [
                {"edges_file": "$BASE/edges.h5", "populations": {"thalamus__cortex": {"type": "chemical"}}}
            ],
        },
    }


def allen_circuit(folder: Path) -> Path:
    """Six nodes of three types in two groups, and four virtual ones, in Allen's dialect.

    Returns config.json, which names the circuit and the simulation configuration.
    """
    groups = {
        0: {"positions": np.arange(12.0).reshape(4, 3), "tuning_angle": [0.0, 90, 180, 270]},
        1: {"positions": -np.arange(6.0).reshape(2, 3), "morphology": ["own_b", "own_a"]},
    }
    write_nodes(
        folder / "network/v1_nodes.h5",
        "v1",
        groups,
        type_ids=[100, 101, 100, 101, 102, 102],
        group_ids=[0, 0, 1, 1, 0, 0],
        group_index=[3, 1, 1, 0, 0, 2],
    )
    write_types(
        folder / "network/v1_node_types.csv",
        [
            {
                "node_type_id": 100,
                "ei": "e",
                "model_type": "biophysical",
                "model_template": "nml:nml/E.cell.nml",
            }
            | {"morphology": "shared.swc", "dynamics_params": "NONE", "model_processing": "aibs_perisomatic"},
            {"node_type_id": 101, "ei": "i", "model_type": "biophysical", "dynamics_params": "fit.json"}
            | {"model_template": "ctdb:Biophys1.hoc", "morphology": "shared"},
            {"node_type_id": 102, "ei": "i", "model_type": "point_neuron", "model_template": "nrn:IntFire1"}
            | {"dynamics_params": "fire.json"},
        ],
    )
    write_nodes(folder / "network/lgn_nodes.h5", "lgn", {0: {}}, type_ids=[7] * 4)
    write_types(folder / "network/lgn_node_types.csv", [{"node_type_id": 7, "model_type": "virtual"}])
    for place in ("morphologies/shared.swc", "morphologies/own_a.swc", "models/deeper/E.cell.nml"):
        write_text(folder / "components" / place, SWC)
    write_json(folder / "components/models/fit.json", {})
    write_json(folder / "components/point_models/fire.json", {"tau": 0.024, "refrac": 0.003})
    write_json(folder / "node_sets.json", {"inhibitory": {"ei": "i"}, "recorded": {"gids": [0, 2]}})
    write_json(folder / "circuit_config.json", allen_config())
    write_json(folder / "simulation_config.json", allen_simulation())
    return write_json(
        folder / "config.json", {"network": "./circuit_config.json", "simulation": "./simulation_config.json"}
    )


def allen_config() -> dict[str, Any]:
    """The circuit configuration of `allen_circuit`."""
    return {
        "manifest": {"$NETWORK": "${configdir}/network", "$PARTS": "./components"},
        "components": {
            "morphologies_dir": "$PARTS/morphologies",
            "biophysical_neuron_models_dir": "$PARTS/models",
            "point_neuron_models_dir": "$PARTS/point_models",
        },
        "networks": {
            "nodes": [
                {"nodes_file": "$NETWORK/v1_nodes.h5", "node_types_file": "$NETWORK/v1_node_types.csv"},
                {"nodes_file": "$NETWORK/lgn_nodes.h5", "node_types_file": "$NETWORK/lgn_node_types.csv"},
            ]
        },
    }


def allen_simulation() -> dict[str, Any]:
    """The simulation configuration of `allen_circuit`; like Allen's own, it does not name the circuit."""
    return {"run": {"tstop": 100.0, "dt": 0.1}, "node_sets_file": "${configdir}/node_sets.json"}
