"""The two circuits of one cell: a patch of squid axon, and a ball with a stick."""

from pathlib import Path
from typing import Any, Final

import numpy as np

from resources.circuits.make.growth import BASAL, Tree, to_swc
from resources.circuits.make.measure import SQUID, measure
from resources.circuits.make.sonata_files import write_json, write_nodes
from resources.circuits.make.templates import ball_and_stick_template, squid_template

_PATCH_AREA_UM2: Final = 100.0
_STICK_LENGTH_UM: Final = 1000.0
_STICK_DIAMETER_UM: Final = 2.0
_BALL_DIAMETER_UM: Final = 20.0
CONDITIONS: Final = {"celsius": SQUID.celsius, "v_init": SQUID.v_init_mv, "spike_location": "soma"}


def make_squid_axon(folder: Path) -> None:
    """One compartment with the channels of Hodgkin and Huxley."""
    tree = Tree()
    tree.add_soma(float(np.sqrt(_PATCH_AREA_UM2 / np.pi)))
    _write_text(_swc(folder, "patch"), to_swc(tree, "a ball with the area of the patch"))
    _write_text(_hoc(folder, "SquidPatch"), squid_template())
    _write_cell(folder, "axon", "SquidPatch", "patch", -1e-4)
    _write_simulation(folder, "axon", {"delay": 5.0, "duration": 1.0, "amp_start": 0.02}, tstop_ms=40.0)


def make_ball_and_stick(folder: Path) -> None:
    """A spherical soma with a straight passive dendrite of one length constant (2 µm thick, 20 kΩ cm²)."""
    tree = Tree()
    tree.add_soma(_BALL_DIAMETER_UM)
    start = _BALL_DIAMETER_UM / 2
    parent = 0
    for x in np.linspace(start, start + _STICK_LENGTH_UM, 21):
        parent = tree.add(BASAL, np.array([float(x), 0.0, 0.0]), _STICK_DIAMETER_UM, parent)
    _write_text(_swc(folder, "ball_and_stick"), to_swc(tree, "a ball with a stick"))
    _write_text(_hoc(folder, "BallAndStick"), ball_and_stick_template())
    _write_cell(folder, "cell", "BallAndStick", "ball_and_stick", -0.02)
    step = {"delay": 20.0, "duration": 60.0, "amp_start": 0.5}
    _write_simulation(folder, "cell", step, tstop_ms=120.0)


def _write_cell(folder: Path, population: str, template: str, morphology: str, probe_na: float) -> None:
    swc, hoc = _swc(folder, morphology), _hoc(folder, template)
    measured = measure(hoc, swc, SQUID, probe_na)
    write_nodes(
        folder / "nodes.h5",
        population,
        {
            **{axis: np.zeros(1) for axis in ("x", "y", "z")},
            **{f"orientation_{axis}": np.array([float(axis == "w")]) for axis in "wxyz"},
            "morphology": [morphology],
            "model_template": [f"hoc:{template}"],
            "model_type": ["biophysical"],
            "mtype": [morphology],
            "etype": ["HH"],
            "synapse_class": ["EXC"],
        },
        measured.dynamics(),
    )
    write_json(folder / "node_sets.json", {"All": {"population": population}})
    components = {
        "morphologies_dir": "$BASE_DIR/morphologies",
        "biophysical_neuron_models_dir": "$BASE_DIR/hoc",
    }
    nodes = {
        "nodes_file": "$BASE_DIR/nodes.h5",
        "populations": {population: {"type": "biophysical", **components}},
    }
    write_json(
        folder / "circuit_config.json",
        {
            "version": 2.3,
            "manifest": {"$BASE_DIR": "."},
            "target_simulator": "NEURON",
            "node_sets_file": "$BASE_DIR/node_sets.json",
            "networks": {"nodes": [nodes], "edges": []},
        },
    )


def _swc(folder: Path, morphology: str) -> Path:
    return folder / "morphologies" / f"{morphology}.swc"


def _hoc(folder: Path, template: str) -> Path:
    return folder / "hoc" / f"{template}.hoc"


def _write_text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _write_simulation(folder: Path, population: str, step: dict[str, float], *, tstop_ms: float) -> None:
    common: dict[str, Any] = {"module": "linear", "input_type": "current_clamp", "node_set": "All"}
    report = {"type": "compartment", "cells": "All", "sections": "soma", "compartments": "center"}
    write_json(
        folder / "simulation_config.json",
        {
            "version": 2.4,
            "network": "circuit_config.json",
            "target_simulator": "NEURON",
            "node_set": "All",
            "run": {"tstop": tstop_ms, "dt": 0.025, "random_seed": 1, "spike_threshold": -20.0},
            "conditions": CONDITIONS,
            "output": {"output_dir": "output", "spikes_file": "spikes.h5"},
            "inputs": {"Step": {**common, **step, "represents_physical_electrode": True}},
            "reports": {
                "soma": {
                    **report,
                    "variable_name": "v",
                    "unit": "mV",
                    "dt": 0.025,
                    "start_time": 0.0,
                    "end_time": tstop_ms,
                }
            },
            "metadata": {"population": population},
        },
    )
