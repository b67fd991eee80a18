"""A cell as NEURON has it: its sections by name and by number, and what can be asked of it as a whole."""

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from typing_extensions import override

from engine.errors import SimulationError, UnknownNameError
from engine.simulation.cells.sections import Numbering, lists_by_kind, numbered_in_order
from engine.simulation.host import explaining, h

Dialect = Literal["obi", "allen"]
SpikeLocation = Literal["soma", "AIS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a builder made. `lists` and `numbering`, not given, follow from the sections' names and order."""

    sections: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    numbering: Numbering | None = None
    hoc_object: Any = None
    netcon_target: Any = None


class Cell:
    """Owns the sections (or the artificial cell) of one node; when it goes, they go.

    `sections`: "soma[0]", "apic[12]", … to `h.Section`. `lists`: "soma", "axon", "dend", "apic", "myelin"
    and "all" to lists of sections. `hoc_object`: the instance of a template, else None.
    `netcon_target`: of a point cell, what a NetCon can have as source and target.
    Keep the cell as long as you keep anything of it: a section does not outlive its cell.
    """

    def __init__(self, population: str, node_id: int, dialect: Dialect, parts: Parts) -> None:
        self.population = population
        self.node_id = node_id
        self.dialect: Dialect = dialect
        self.sections: Mapping[str, Any] = dict(parts.sections)
        by_kind = lists_by_kind(self.sections)
        self.lists: Mapping[str, list[Any]] = by_kind | {name: [*each] for name, each in parts.lists.items()}
        self.numbering = parts.numbering or numbered_in_order(self.sections)
        self.hoc_object = parts.hoc_object
        self.netcon_target = parts.netcon_target
        if parts.hoc_object is not None:
            weakref.finalize(self, _untie, parts.hoc_object).atexit = False

    @override
    def __str__(self) -> str:
        return f"{self.population}:{self.node_id}"

    @property
    def is_point(self) -> bool:
        """Has no sections: an IntFire or another artificial cell."""
        return self.netcon_target is not None

    def section(self, name_or_number: str | int) -> Any:
        """A section by its name, or by its SONATA section number as the dialect of the circuit counts.

        Raises SimulationError for a number without a section (an axon that was replaced),
        UnknownNameError for an unknown name.
        """
        if isinstance(name_or_number, int):
            return self.sections[self.numbering.name(name_or_number, f"cell {self}")]
        for name in (name_or_number, f"{name_or_number}[0]"):
            if name in self.sections:
                return self.sections[name]
        raise UnknownNameError("section", name_or_number, self.sections, where=f"cell {self}")

    def section_number(self, name: str) -> int:
        """The SONATA section number of a section; SimulationError if it has none."""
        if name not in self.numbering.numbers:
            raise SimulationError(f"Section {name} has no SONATA number.", where=f"cell {self}")
        return self.numbering.numbers[name]

    def segment(self, section: str | int, x: float) -> Any:
        """The segment at `x` (0 to 1) of a section."""
        if not 0 <= x <= 1:
            raise SimulationError(
                f"The position {x:g} is not on section {section}.",
                where=f"cell {self}",
                hint="It runs from 0 to 1.",
            )
        return self.section(section)(x)

    def spike_segment(self, location: SpikeLocation = "soma") -> Any:
        """Where spikes are detected: `soma[0](1)` or `axon[1](0.5)`; in the Allen dialect `soma[0](0.5)`."""
        if self.is_point:
            raise SimulationError(
                "A point cell has no membrane to watch.",
                where=f"cell {self}",
                hint="It sends its own spikes.",
            )
        if self.dialect == "allen":
            return self.segment("soma[0]", 0.5)
        if location == "soma":
            return self.segment("soma[0]", 1)
        if "axon[1]" not in self.sections:
            raise SimulationError(
                "Spikes cannot be detected at the axon initial segment: the cell has no axon[1].",
                where=f"cell {self}",
                hint="Set the spike location to soma.",
            )
        return self.segment("axon[1]", 0.5)

    def reseed(self, ionchannel_seed: int) -> None:
        """Seed stochastic channels again, where the template has them. Call it before each run."""
        if self.hoc_object is not None and hasattr(self.hoc_object, "re_init_rng"):
            with explaining(f"seeding the ion channels of cell {self}"):
                self.hoc_object.re_init_rng(ionchannel_seed)


def _untie(hoc_object: Any) -> None:
    """Break the circle of BBP templates (`CellRef = this`), which NEURON's reference counts never free."""
    h.execute1("CellRef = new List()", hoc_object, 0)
