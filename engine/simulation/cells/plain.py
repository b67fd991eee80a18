"""Cells without a template: a morphology, or a single compartment, with a textbook membrane."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from typing_extensions import override

from engine.circuit.cells import CellDescription
from engine.simulation.cells.cell import Cell, Parts
from engine.simulation.cells.describing import lacking, place
from engine.simulation.cells.imported import imported_cell
from engine.simulation.cells.membrane import insert
from engine.simulation.cells.morphologies import importable_morphology
from engine.simulation.cells.sections import sections_by_name
from engine.simulation.host import explaining, h, need_standard_run

_LAMBDA_FREQUENCY: Final = 100.0  # Hz
_LAMBDA_FRACTION: Final = 0.1


@dataclass(frozen=True, slots=True)
class PlainMembrane:
    """A membrane of NEURON's built-in mechanisms, the same everywhere.

    `kind`: "passive" or "hh", the squid axon's sodium, potassium and leak. `conductance` (S/cm²) and
    `reversal` (mV) are the leak's; None keeps NEURON's. `capacitance` µF/cm², `axial_resistivity` Ω·cm.
    """

    kind: Literal["passive", "hh"] = "passive"
    conductance: float | None = None
    reversal: float | None = None
    capacitance: float = 1.0
    axial_resistivity: float = 100.0

    @property
    def mechanism(self) -> str:
        """NEURON's name of the mechanism."""
        return "hh" if self.kind == "hh" else "pas"

    def values(self) -> dict[str, float]:
        """The variables of a section to set, by their names in NEURON."""
        leak, reversal = ("gl_hh", "el_hh") if self.kind == "hh" else ("g_pas", "e_pas")
        given = {leak: self.conductance, reversal: self.reversal}
        leaks = {name: value for name, value in given.items() if value is not None}
        return {"cm": self.capacitance, "Ra": self.axial_resistivity, **leaks}

    def put_into(self, sections: Iterable[Any], where: str) -> None:
        """Insert the mechanism and set its values."""
        members = list(sections)
        insert(members, self.mechanism, where)
        for section in members:
            for name, value in self.values().items():
                setattr(section, name, value)


PASSIVE: Final = PlainMembrane(conductance=1 / 30000, reversal=-70.0)
SQUID: Final = PlainMembrane("hh", axial_resistivity=35.4)


class Owner:
    """Gives sections made in Python the name of their cell."""

    def __init__(self, name: str) -> None:
        self._name = name

    @override
    def __str__(self) -> str:
        return self._name


def build_plain_cell(description: CellDescription, membrane: PlainMembrane = PASSIVE) -> Cell:
    """Build a cell of a circuit that has a morphology and no template."""
    with importable_morphology(description) as morphology:
        if morphology is None:
            raise lacking(description, "The cell has neither a template nor a morphology.")
        body = imported_cell(morphology)
    return _plain(description.population, description.node_id, body, membrane, place(description))


def build_morphology(path: Path, membrane: PlainMembrane = PASSIVE, *, name: str = "morphology") -> Cell:
    """Build a cell of an SWC, ASC or H5 file."""
    description = CellDescription(
        name, 0, "obi", "biophysical", morphology_path=path, morphology_name=path.stem
    )
    return build_plain_cell(description, membrane)


def _plain(population: str, node_id: int, body: Any, membrane: PlainMembrane, where: str) -> Cell:
    sections = sections_by_name(body.all)
    membrane.put_into(sections.values(), where)
    cut_by_length_constant(sections.values())
    return Cell(population, node_id, "obi", Parts(sections=sections, hoc_object=body))


def build_single_compartment(
    population: str,
    node_id: int,
    membrane: PlainMembrane = SQUID,
    *,
    length: float = 20.0,
    diameter: float = 20.0,
) -> Cell:
    """One cylinder, `length` × `diameter` µm."""
    owner = Owner(f"{population}:{node_id}")
    soma = h.Section(name="soma[0]", cell=owner)
    soma.L, soma.diam = length, diameter
    membrane.put_into([soma], str(owner))
    return Cell(population, node_id, "obi", Parts(sections={"soma[0]": soma}))


def cut_by_length_constant(sections: Iterable[Any]) -> None:
    """Segments of at most a tenth of the length constant at 100 Hz, an odd number per section."""
    need_standard_run()
    with explaining("choosing numbers of segments"):
        for section in sections:
            longest = _LAMBDA_FRACTION * h.lambda_f(_LAMBDA_FREQUENCY, sec=section)
            section.nseg = 2 * int((section.L / longest + 0.9) / 2) + 1
