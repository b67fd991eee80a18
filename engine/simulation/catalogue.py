"""What the mechanisms of this process declare: variables, and whether NEURON sees all of their state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from engine.circuit.mod_files import carried_ions
from engine.simulation.host import h
from engine.simulation.mechanisms import density_mechanisms

Role = Literal["parameter", "assigned", "state"]
_ROLES: Final[Mapping[int, Role]] = {
    1: "parameter",
    2: "assigned",
    3: "state",
}  # as h.MechanismStandard counts
_ALL: Final = 0
_DENSITY: Final = 0  # for h.MechanismType
_ION: Final = "_ion"
_GIVEN: Final = 1  # h.ion_style: a parameter, neither computed nor a state
_SHAPE: Final = "morphology"  # its diameter changes the cell, not a channel


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable of a mechanism, as hoc calls it: `m_hh`, `ena`; `tau1` of a point process."""

    hoc_name: str
    role: Role


def variables_of(mechanism: str) -> tuple[Declared, ...]:
    """The variables of a mechanism that are single numbers, parameters first."""
    if mechanism.endswith(_ION):
        return tuple(_variables_of_ion(mechanism))
    return tuple(
        Declared(name, role)
        for number, role in _ROLES.items()
        for name, size in _standard(mechanism, number)
        if size == 1 and not name.endswith("_")
    )


def range_parameters() -> dict[str, str]:
    """The parameters of density mechanisms and ions (`gnabar_hh`, `ena`, `cm`), and whose they are."""
    return {
        variable.hoc_name: mechanism
        for mechanism in sorted(density_mechanisms() - {_SHAPE})
        for variable in variables_of(mechanism)
        if variable.role == "parameter"
    }


def is_free(section: Any, mechanism: str, hoc_name: str) -> bool:
    """Whether a parameter keeps what it is given: NEURON computes the potentials of some ions."""
    if not mechanism.endswith(_ION):
        return True
    style = int(h.ion_style(mechanism, sec=section))
    return (style >> 3 if hoc_name.startswith("e") else style) & 3 == _GIVEN


def carried_ions_of(mechanism: str) -> tuple[str, ...]:
    """The ions whose current a mechanism carries, as its source says; () where NEURON does not know that."""
    kinds, name = h.MechanismType(_DENSITY), h.ref("")
    for index in range(int(kinds.count())):
        kinds.select(index)
        kinds.selected(name)
        if name[0] == mechanism:
            return carried_ions(str(kinds.code()))
    return ()


def has_hidden_state(mechanism: str) -> bool:
    """Whether a mechanism keeps something elsewhere: a random stream, or what a POINTER points to."""
    if mechanism.endswith(_ION):
        return False
    declared = sum(1 for number in _ROLES for _ in _standard(mechanism, number))
    return sum(1 for _ in _standard(mechanism, _ALL)) > declared


def _variables_of_ion(ion: str) -> Iterator[Declared]:
    """Potential, concentrations, current. What mechanisms read of an ion, NEURON lists nowhere else."""
    for name, _ in _standard(ion, _ALL):
        if not name.endswith("_"):
            yield Declared(name, "assigned" if name == f"i{ion.removesuffix(_ION)}" else "parameter")


def _standard(mechanism: str, kind: int) -> Iterator[tuple[str, int]]:
    variables = h.MechanismStandard(mechanism, kind)
    name = h.ref("")
    for index in range(int(variables.count())):
        size = int(variables.name(name, index))
        yield str(name[0]), size
