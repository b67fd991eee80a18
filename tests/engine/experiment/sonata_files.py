"""Configurations for the tests of import and export."""

import copy
import json
from pathlib import Path
from typing import Any

STEP = {
    "module": "linear",
    "input_type": "current_clamp",
    "delay": 10.0,
    "duration": 20.0,
    "amp_start": 0.3,
    "node_set": "Mosaic",
}
CONFIG: dict[str, Any] = {
    "run": {"tstop": 50.0, "dt": 0.025, "random_seed": 7},
    "conditions": {"celsius": 35.0, "v_init": -75.0},
    "network": "circuit.json",
    "node_set": "Mosaic",
    "inputs": {},
    "reports": {},
}
REPORT = {
    "type": "compartment",
    "cells": "Mosaic",
    "variable_name": "v",
    "dt": 0.1,
    "start_time": 0.0,
    "end_time": 20.0,
}


def config(**changes: Any) -> dict[str, Any]:
    """An OBI simulation configuration."""
    return {**copy.deepcopy(CONFIG), **changes}


def written(folder: Path, raw: object, name: str = "simulation_config.json") -> Path:
    """A JSON file."""
    path = folder / name
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path
