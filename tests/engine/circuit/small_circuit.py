"""A circuit of one population and no more than a test needs."""

import json
from pathlib import Path

import h5py
import numpy as np


def write_small_circuit(folder: Path, cells: int = 2, **components: str) -> Path:
    """An OBI circuit of biophysical cells with the template hoc:Cell; returns its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / "nodes.h5", "w") as file:
        file["nodes/A/node_type_id"] = np.full(cells, -1)
        for name, value in {
            "model_type": "biophysical",
            "model_template": "hoc:Cell",
            "morphology": "stick",
        }.items():
            file[f"nodes/A/0/{name}"] = [value.encode()] * cells
    node = {"nodes_file": "nodes.h5", "populations": {"A": {"type": "biophysical", **components}}}
    config = folder / "circuit_config.json"
    config.write_text(
        json.dumps({"version": 2.3, "networks": {"nodes": [node], "edges": []}}), encoding="utf-8"
    )
    return config
