"""Descriptions of cells that nobody built."""

from engine.experiment.targets import CellReference
from engine.messages import events as e

CELL = CellReference("column", 105)
HH = e.MechanismKind(
    name="hh",
    variables=(
        e.VariableKind(name="hh.gnabar", hoc_name="gnabar_hh", unit="S/cm²", role="parameter"),
        e.VariableKind(name="hh.m", hoc_name="m_hh", unit="", role="state"),
        e.VariableKind(name="hh.gna", hoc_name="gna_hh", unit="S/cm²", role="assigned"),
    ),
)
SODIUM = e.MechanismKind(
    name="na_ion",
    variables=(
        e.VariableKind(name="ena", hoc_name="ena", unit="mV", role="parameter"),
        e.VariableKind(name="ina", hoc_name="ina", unit="mA/cm²", role="assigned"),
    ),
)
_ALL = (
    e.InsertedMechanism(name="hh", values=(0.12, 0.05, 1e-3)),
    e.InsertedMechanism(name="na_ion", values=(None, 0.0)),
)


def described(cell: CellReference = CELL, dendrites: int = 2, apical: int = 4) -> e.Description:
    """A soma with `hh`, and dendrites that hang on it one behind the other, each 100 µm of 4 segments."""
    soma = {"distance_from_soma": 0.0, "length": 20.0, "diameters": (4.0,), "mechanisms": _ALL}
    sections = [_section("soma[0]", None, **soma)]
    for kind, count in (("dend", dendrites), ("apic", apical)):
        sections += [
            _section(
                f"{kind}[{number}]",
                f"{kind}[{number - 1}]" if number else "soma[0]",
                distance_from_soma=10.0 + 100 * number,
                length=100.0,
                diameters=(4.0 / (number + 1),) * 4,
                mechanisms=_ALL[1:],
            )
            for number in range(count)
        ]
    return e.Description(
        request_id="",
        cell=cell,
        sections=tuple(sections),
        section_lists={},
        mechanisms=(HH, SODIUM),
        point_processes=(),
    )


def _section(name: str, parent: str | None, **what: object) -> e.SectionDescription:
    usual = {
        "name": name,
        "section_type": name.partition("[")[0],
        "number": None,
        "parent": parent,
        "parent_x": 1.0 if parent else 0.0,
        "axial_resistance": 100.0,
        "first_point": 0,
        "points": 0,
    }
    return e.SectionDescription.model_validate({**usual, **what})
