"""A circuit of trees with so many segments, passive ones and active ones, which need no compiler."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import h5py
import numpy as np

_SEGMENTS_OF_SECTION: Final = 25
_CHANNELS: Final = {
    "passive": "insert pas g_pas = 5e-5 e_pas = -65",
    "active": "insert pas g_pas = 5e-5 e_pas = -65 insert hh",
}
_TEMPLATE: Final = """
begintemplate {name}
public init, soma, dend, all
create soma[1], dend[{sections}]
objref all
proc init() {{ local i
    all = new SectionList()
    soma[0] {{ L = 20 diam = 20 nseg = 1 {channels} all.append() }}
    for i = 0, {sections} - 1 dend[i] {{
        L = 100 diam = 1.5 nseg = {nseg} Ra = 100 {channels} all.append()
    }}
    connect dend[0](0), soma[0](1)
    for i = 1, {sections} - 1 connect dend[i](0), dend[int((i - 1) / 2)](1)
}}
endtemplate {name}
"""


def write_big_cells(folder: Path, segments: Sequence[int]) -> Path:
    """The configuration of a circuit with populations `passive` and `active`, a node for each size."""
    (folder / "hoc").mkdir()
    for population, channels in _CHANNELS.items():
        names = [f"{population}{number}" for number in segments]
        for name, number in zip(names, segments, strict=True):
            sections = number // _SEGMENTS_OF_SECTION
            text = _TEMPLATE.format(
                name=name, channels=channels, sections=sections, nseg=_SEGMENTS_OF_SECTION
            )
            (folder / "hoc" / f"{name}.hoc").write_text(text, encoding="utf-8")
        _write_nodes(folder / f"{population}.h5", population, names)
    cells = {"type": "biophysical", "biophysical_neuron_models_dir": "hoc"}
    nodes = [{"nodes_file": f"{name}.h5", "populations": {name: cells}} for name in _CHANNELS]
    config = folder / "circuit_config.json"
    config.write_text(json.dumps({"version": 2, "networks": {"nodes": nodes, "edges": []}}), encoding="utf-8")
    return config


def _write_nodes(path: Path, population: str, names: Sequence[str]) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.zeros(len(names), np.int64)
        group["0/model_template"] = [f"hoc:{name}" for name in names]
        group["0/model_type"] = ["biophysical"] * len(names)
        group["0/morphology"] = [""] * len(names)
