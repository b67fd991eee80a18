"""A built cell in words: its sections as NEURON has them, what is inserted, placed, recorded where."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.simulation.catalogue import Declared, Role, carried_ions_of, is_free, variables_of
from engine.simulation.cells.cell import Cell
from engine.simulation.cells.sections import kind_of, section_name
from engine.simulation.host import explaining, h
from engine.simulation.mechanisms import artificial_cells, point_processes
from engine.simulation.variables import unit_of

_NOT_DESCRIBED = frozenset({"morphology"})  # its only variable is the diameter
_CAPACITANCE = "capacitance"  # in every section; NEURON does not list it
_PYTHON_NAMES = {"del": "delay"}  # NEURON's Python cannot say `clamp.del`
_NOT_TO_PLACE = frozenset({"PointProcessMark"})


Value = Callable[[Any, str], float]  # of a variable of a segment, or of a section


def _present(owner: Any, variable: str) -> float:
    return float(getattr(owner, variable))


def describe(cell: Cell, request_id: str, value: Value = _present) -> tuple[e.Description, bytes]:
    """The description of a cell, and its 3-D points: float64, points × (x, y, z, diameter) in µm.

    `value` says what a variable is, where that is not what it is at the moment.
    """
    with explaining(f"describing cell {cell}"):
        points = {name: _points(section) for name, section in cell.sections.items()}
        firsts = np.cumsum([0, *(len(each) for each in points.values())]).tolist()
        inserted = _inserted(cell)
        sections = tuple(
            _section(cell, name, inserted, value, (e_first, len(points[name])))
            for name, e_first in zip(cell.sections, firsts, strict=False)
        )
        description = e.Description(
            request_id=request_id,
            cell=CellReference(cell.population, cell.node_id),
            sections=sections,
            section_lists=_lists(cell),
            mechanisms=tuple(inserted.values()),
            point_processes=tuple(_point_process(name) for name in _placeable()),
        )
    body = np.concatenate([np.empty((0, 4)), *points.values()])
    return description, body.tobytes()


def _points(section: Any) -> Any:
    rows = [(section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i)) for i in range(section.n3d())]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _inserted(cell: Cell) -> dict[str, e.MechanismKind]:
    """Kinds of all that is in a cell, in alphabetical order; of an artificial cell, its own."""
    if cell.is_point:
        name = str(cell.netcon_target.hname()).partition("[")[0]
        return {name: _point_process(name)}
    names = {name for section in cell.sections.values() for name in _names_at(section(0.5))}
    return {name: _density_mechanism(name, cell) for name in sorted(names, key=str.casefold)}


def _density_mechanism(mechanism: str, cell: Cell) -> e.MechanismKind:
    suffix = f"_{mechanism}"
    variables = [
        e.VariableKind(
            name=_recorded_name(each.hoc_name, mechanism, suffix),
            hoc_name=each.hoc_name,
            unit=unit_of(each.hoc_name),
            role=_role(mechanism, each, cell),
        )
        for each in variables_of(mechanism)
        if mechanism != _CAPACITANCE or each.role == "parameter"
    ]
    return e.MechanismKind(name=mechanism, variables=tuple(variables), carries=carried_ions_of(mechanism))


def _role(mechanism: str, variable: Declared, cell: Cell) -> Role:
    """NEURON computes the reversal potentials of some ions, in some sections."""
    if variable.hoc_name != f"e{mechanism.removesuffix('_ion')}":
        return variable.role
    having = [section for section in cell.sections.values() if section.has_membrane(mechanism)]
    keeps = all(is_free(section, mechanism, variable.hoc_name) for section in having)
    return variable.role if keeps else "assigned"


def _recorded_name(hoc_name: str, mechanism: str, suffix: str) -> str:
    return f"{mechanism}.{hoc_name.removesuffix(suffix)}" if hoc_name.endswith(suffix) else hoc_name


def _names_at(segment: Any) -> list[str]:
    found = [_CAPACITANCE, *(str(mechanism.name()) for mechanism in segment)]
    return [name for name in found if name not in _NOT_DESCRIBED]


def _point_process(name: str) -> e.MechanismKind:
    variables = []
    for each in variables_of(name):
        own = _PYTHON_NAMES.get(each.hoc_name, each.hoc_name)
        unit = unit_of(f"{name}.{each.hoc_name}")
        variables.append(e.VariableKind(name=f"{name}.{own}", hoc_name=own, unit=unit, role=each.role))
    return e.MechanismKind(name=name, variables=tuple(variables))


def _placeable() -> list[str]:
    return sorted(point_processes() - artificial_cells() - _NOT_TO_PLACE, key=str.casefold)


def _section(
    cell: Cell, name: str, kinds: dict[str, e.MechanismKind], value: Value, points: tuple[int, int]
) -> e.SectionDescription:
    section = cell.sections[name]
    parent = section.parentseg()
    return e.SectionDescription(
        name=name,
        section_type=kind_of(name),
        number=cell.numbering.numbers.get(name),
        parent=None if parent is None else section_name(parent.sec),
        parent_x=0.0 if parent is None else float(parent.x),
        length=float(section.L),
        axial_resistance=value(section, "Ra"),
        distance_from_soma=distance_from_soma(cell, section),
        diameters=tuple(float(segment.diam) for segment in section),
        first_point=points[0],
        points=points[1],
        mechanisms=tuple(_values(section(0.5), kinds, value)),
    )


def _values(segment: Any, kinds: dict[str, e.MechanismKind], value: Value) -> Iterable[e.InsertedMechanism]:
    for name in _names_at(segment):
        values = [value(segment, variable.hoc_name) for variable in kinds[name].variables]
        finite = tuple(each if math.isfinite(each) else None for each in values)
        yield e.InsertedMechanism(name=name, values=finite)


def distance_from_soma(cell: Cell, section: Any) -> float:
    """µm along the path from the middle of the soma, or of the first section, to the near end."""
    soma = (cell.lists["soma"] or cell.lists["all"])[0]
    return 0.0 if section == soma else float(h.distance(soma(0.5), section(0)))


def _lists(cell: Cell) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(section_name(section) for section in sections) for name, sections in cell.lists.items()
    }
