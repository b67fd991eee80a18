"""What can be changed of a described cell: channel densities, passive properties, potentials."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from engine.experiment.channels import FAMILIES, Family, family_of, in_words, is_conductance
from engine.experiment.drugs import KnownDrug
from engine.messages.events import Description, MechanismKind, SectionDescription, VariableKind

Group = Literal["channels", "passive", "potentials", "others"]

AXIAL_RESISTANCE: Final = "Ra"
_OHM_CM: Final = "Ω cm"
_PASSIVE: Final = ("cm", AXIAL_RESISTANCE, "g_pas", "e_pas")
_ION: Final = "_ion"
_FAMILIES: Final = tuple(FAMILIES)
_Inserted = tuple[str, tuple[float | None, ...]]  # the name of a section, and the values there
_GROUPS: Final[tuple[Group, ...]] = get_args(Group)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in some sections of a cell, and what it was built with in their middles.

    `variable` is its hoc name, `mechanism` whose it is ("" for Ra); `values`: by the names of the sections
    that have it, in `unit`. `family`: which channel it is the conductance of, if its channel is known.
    """

    variable: str
    mechanism: str
    words: str
    unit: str
    group: Group
    values: dict[str, float]
    is_conductance: bool = False
    family: Family | None = None

    @property
    def low(self) -> float:
        """The smallest of the values."""
        return min(self.values.values())

    @property
    def high(self) -> float:
        """The largest."""
        return max(self.values.values())

    @property
    def is_uniform(self) -> bool:
        """Whether it is the same in all of these sections."""
        return self.low == self.high


def sections_of(description: Description, sections: str) -> tuple[str, ...]:
    """The names of the sections that "all", a list such as "apic", or a section's name stands for."""
    return description.section_lists.get(sections, (sections,))


def parameters_of(description: Description, sections: str = "all") -> tuple[Parameter, ...]:
    """All that can be changed in these sections, group by group; nothing that they do not have."""
    wanted = set(sections_of(description, sections))
    there = [each for each in description.sections if each.name in wanted]
    having = _by_mechanism(there)
    found = [
        _parameter(kind, variable, values)
        for kind in description.mechanisms
        for number, variable in enumerate(kind.variables)
        if _can_be_changed(kind, variable) and (values := _values(having.get(kind.name, []), number))
    ]
    if there:
        resistances = {each.name: each.axial_resistance for each in there}
        words = in_words("", AXIAL_RESISTANCE)
        found.append(Parameter(AXIAL_RESISTANCE, "", words, _OHM_CM, "passive", resistances))
    return tuple(sorted(found, key=_place))


def blocked_by(drug: KnownDrug, parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """The conductances that a drug blocks, among these parameters of a cell."""
    return tuple(each.variable for each in parameters if each.is_conductance and each.family in drug.blocks)


def _can_be_changed(kind: MechanismKind, variable: VariableKind) -> bool:
    if variable.role != "parameter":
        return False
    return not kind.name.endswith(_ION) or variable.hoc_name == f"e{kind.name.removesuffix(_ION)}"


def _by_mechanism(sections: Iterable[SectionDescription]) -> dict[str, list[_Inserted]]:
    """Which sections have each mechanism, and its values there."""
    having: dict[str, list[_Inserted]] = {}
    for section in sections:
        for inserted in section.mechanisms:
            having.setdefault(inserted.name, []).append((section.name, inserted.values))
    return having


def _values(having: Iterable[_Inserted], number: int) -> dict[str, float]:
    return {name: value for name, values in having if (value := values[number]) is not None}


def _parameter(kind: MechanismKind, variable: VariableKind, values: dict[str, float]) -> Parameter:
    name, unit = variable.hoc_name, variable.unit
    conducts = is_conductance(kind.name, name, unit)
    family = family_of(kind.name, name, kind.carries) if conducts else None
    if name in _PASSIVE or family == "leak":
        group: Group = "passive"
    elif conducts:
        group = "channels"
    else:
        group = "potentials" if unit == "mV" and name.startswith("e") else "others"
    return Parameter(
        name, kind.name, in_words(kind.name, name, family), unit, group, values, conducts, family
    )


def _place(parameter: Parameter) -> tuple[int, int, str]:
    """Groups in their order; in them channels by family, passive properties as everybody lists them."""
    group = _GROUPS.index(parameter.group)
    if parameter.group == "passive":
        names = _PASSIVE
        rank = names.index(parameter.variable) if parameter.variable in names else len(names)
    else:
        rank = _FAMILIES.index(parameter.family) if parameter.family else len(_FAMILIES)
    return group, rank, f"{parameter.mechanism} {parameter.variable}".casefold()
