"""Point cells: IntFire and other artificial cells, and point processes that act as a cell of their own."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError, UnknownNameError
from engine.simulation.cells.cell import Cell, Parts
from engine.simulation.cells.describing import place
from engine.simulation.cells.plain import Owner
from engine.simulation.host import explaining, h
from engine.simulation.mechanisms import artificial_cells, point_processes

_MS_PER_S: Final = 1000.0
_IN_SECONDS: Final = {"IntFire1": ("tau", "refrac")}  # in Allen's files; everything else is in NEURON's units


def build_point_cell(description: CellDescription) -> Cell:
    """Build a cell of `model_template` "nrn:NAME" with its dynamics_params, from the file or the node."""
    kind = description.model_template.partition(":")[2]
    values = _parameters(description)
    seconds = _IN_SECONDS.get(kind, ())
    in_neurons_units = {
        name: value * _MS_PER_S if name in seconds else value for name, value in values.items()
    }
    return build_point(description.population, description.node_id, kind, in_neurons_units)


def build_point(population: str, node_id: int, kind: str, values: Mapping[str, float]) -> Cell:
    """Build an artificial cell, or a point process in a section of its own, by its name in NEURON.

    `values`: its parameters, in the units that NEURON has them in (ms).
    """
    where = f"cell {population}:{node_id}"
    if kind not in point_processes():
        raise UnknownNameError("point process", kind, point_processes(), where=where)
    sections: dict[str, Any] = {}
    with explaining(f"making a {kind}", where=where):
        if kind in artificial_cells():
            process = getattr(h, kind)()
        else:
            sections["soma[0]"] = h.Section(name="soma[0]", cell=Owner(f"{population}:{node_id}"))
            process = getattr(h, kind)(sections["soma[0]"](0.5))
    for name, value in values.items():
        if not hasattr(process, name):
            raise UnknownNameError(f"parameter of {kind}", name, _parameter_names(process), where=where)
        with explaining(f"setting {name} of a {kind}", where=where):
            setattr(process, name, value)
    return Cell(population, node_id, "obi", Parts(sections=sections, netcon_target=process))


def _parameter_names(process: Any) -> list[str]:
    return [name for name in dir(process) if not name.startswith("_")]


def _parameters(description: CellDescription) -> Mapping[str, float]:
    if description.dynamics_params_path is None:
        return description.dynamics_params
    return {**_read(description.dynamics_params_path, place(description)), **description.dynamics_params}


def _read(path: Path, where: str) -> dict[str, float]:
    """The numbers of an Allen point model; it also has a text `type`, which the template says already."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SimulationError(f"The parameters {path.name} cannot be read: {error}.", where=where) from error
    if not isinstance(raw, dict):
        raise SimulationError(
            f"The parameters {path.name} should be an object of names and numbers.", where=where
        )
    values = {name: value for name, value in raw.items() if not isinstance(value, str)}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise SimulationError(f"{name} in {path.name} is not a number: {value!r}.", where=where)
    return values
