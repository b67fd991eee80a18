"""The layer 5 pyramidal cell of BluePyOpt as a SONATA circuit of one cell."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.engine.acceptance.bluecellulab import clean_environment

POPULATION = "L5"
MORPHOLOGY = "C060114A7"
THRESHOLD_CURRENT_NA = 0.35
HOLDING_CURRENT_NA = -0.05
INPUT_RESISTANCE_MOHM = 45.0
APICAL_SECTION = "apic[36]"  # at the end of the trunk, where the tuft begins

_WRITE_TEMPLATE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import generate_hoc, l5pc_model
text = l5pc_model.create().create_hoc(generate_hoc.param_values)
pathlib.Path(sys.argv[2]).write_text(text, encoding="utf-8")
"""


@dataclass(frozen=True, slots=True)
class Circuit:
    """Where the parts of the circuit are."""

    folder: Path
    config: Path
    template: Path
    morphology: Path
    mechanisms: Path


def make_circuit(folder: Path, files: Path, bluepyopt_python: Path) -> Circuit:
    """One cell in the OBI dialect. Its template is BluePyOpt's, with the constructor that circuits use.

    Circuits construct their cells from (gid, folder, file name) and look for `getCell`; BluePyOpt writes a
    constructor of (folder, file name) and keeps `getCell` private. Nothing else is changed.
    """
    components = folder / "components"
    (components / "hoc").mkdir(parents=True)
    (components / "swc").mkdir()
    shutil.copytree(files / "morphology", components / "asc")
    shutil.copytree(files / "mechanisms", components / "mechanisms")
    written = components / "bluepyopt.hoc"
    command = [str(bluepyopt_python), "-c", _WRITE_TEMPLATE, str(files), str(written)]
    subprocess.run(command, check=True, env=clean_environment(), stdout=subprocess.PIPE)
    template = components / "hoc" / "l5pc.hoc"
    template.write_text(_with_circuit_constructor(written.read_text(encoding="utf-8")), encoding="utf-8")
    _write_nodes(folder / "nodes.h5")
    (folder / "node_sets.json").write_text(json.dumps({"All": {"population": POPULATION}}))
    config = folder / "circuit_config.json"
    config.write_text(json.dumps(_circuit_config(), indent=2))
    return Circuit(
        folder, config, template, components / "asc" / f"{MORPHOLOGY}.asc", components / "mechanisms"
    )


def _with_circuit_constructor(text: str) -> str:
    changed = (
        text.replace("public init, morphology,", "public init, getCell, CellRef, morphology,")
        .replace("if(numarg() >= 2) {", "if(numarg() >= 3) {")
        .replace("load_morphology($s1, $s2)", "load_morphology($s2, $s3)")
        .replace('load_morphology($s1, "', 'load_morphology($s2, "')
    )
    assert changed.count("load_morphology($s2, $s3)") == 1
    return changed


def _write_nodes(path: Path) -> None:
    with h5py.File(path, "w") as file:
        population = file.create_group(f"nodes/{POPULATION}")
        population["node_type_id"] = np.zeros(1, np.int64)
        group = population.create_group("0")
        for name, text in _TEXT_COLUMNS.items():
            group.create_dataset(name, data=[text], dtype=h5py.string_dtype())
        for name in ("x", "y", "z", "rotation_angle_xaxis", "rotation_angle_yaxis", "rotation_angle_zaxis"):
            group[name] = np.zeros(1)
        group["dynamics_params/threshold_current"] = np.array([THRESHOLD_CURRENT_NA])
        group["dynamics_params/holding_current"] = np.array([HOLDING_CURRENT_NA])
        group["dynamics_params/input_resistance"] = np.array([INPUT_RESISTANCE_MOHM])


_TEXT_COLUMNS = {
    "model_type": "biophysical",
    "model_template": "hoc:l5pc",
    "morphology": MORPHOLOGY,
    "mtype": "L5_TTPC1",
    "etype": "cADpyr",
    "morph_class": "PYR",
    "synapse_class": "EXC",
    "layer": "5",
    "region": "S1",
}


def _circuit_config() -> dict[str, Any]:
    components = {
        "type": "biophysical",
        "morphologies_dir": "components/swc",
        "alternate_morphologies": {"neurolucida-asc": "components/asc"},
        "biophysical_neuron_models_dir": "components/hoc",
        "mechanisms_dir": "components/mechanisms",
    }
    nodes = [{"nodes_file": "nodes.h5", "populations": {POPULATION: components}}]
    return {"version": 2, "node_sets_file": "node_sets.json", "networks": {"nodes": nodes, "edges": []}}
