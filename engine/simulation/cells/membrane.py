"""What the membrane of a cell is made of, for each kind of section, and putting it in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.simulation.cells.sections import kind_of
from engine.simulation.host import explaining, h

KINDS: Final = ("soma", "axon", "dend", "apic")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A range variable (`gbar_Ih`, `cm`) of the sections of one kind, and the mechanism that it comes with.

    `mechanism` is "" for a variable that every section has. The value is in NEURON's unit of the variable.
    """

    kind: str
    mechanism: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Reversal:
    """The reversal potential of an ion in the sections of one kind, where anything there uses the ion."""

    kind: str
    ion: str
    millivolts: float


@dataclass(frozen=True, slots=True)
class Membrane:
    """Mechanisms and values, in the order in which they are put in.

    `everywhere`: mechanisms of all sections. `parameters`, then `reversals`, hold for sections of their kind.
    """

    everywhere: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    reversals: tuple[Reversal, ...] = field(default=())

    def put_into(self, sections: Mapping[str, Any], where: str) -> None:
        """Insert and set all of it. Raises SimulationError naming what NEURON does not know."""
        for mechanism in self.everywhere:
            insert(sections.values(), mechanism, where)
        for parameter in self.parameters:
            members = _of_kind(sections, parameter.kind)
            if parameter.mechanism:
                insert(members, parameter.mechanism, where)
            with explaining(f"setting {parameter.name} of {parameter.kind}", where=where):
                for section in members:
                    setattr(section, parameter.name, parameter.value)
        for reversal in self.reversals:
            for section in _of_kind(sections, reversal.kind):
                if h.ismembrane(f"{reversal.ion}_ion", sec=section):
                    setattr(section, f"e{reversal.ion}", reversal.millivolts)


def insert(sections: Iterable[Any], mechanism: str, where: str) -> None:
    """Insert a density mechanism into sections."""
    hint = f"Is a mod file that declares {mechanism} among those of the circuit?"
    with explaining(f"inserting the mechanism {mechanism}", where=where, hint=hint):
        for section in sections:
            section.insert(mechanism)


def _of_kind(sections: Mapping[str, Any], kind: str) -> list[Any]:
    return [section for name, section in sections.items() if kind_of(name) == kind]
