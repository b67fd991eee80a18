"""Which section a SONATA section number means; the two dialects count differently."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from engine.errors import SimulationError

ListName = str
LIST_NAMES: Final = ("soma", "axon", "dend", "apic", "myelin")
_ORDER_IN_FILE: Final = ("soma", "axon", "dend", "apic")
_UNNUMBERED: Final = -1


def section_name(section: Any) -> str:
    """`soma[0]` of `Template[3].soma[0]`; a lone `soma` is `soma[0]` too."""
    name = str(section.name()).rpartition(".")[2]
    return name if name.endswith("]") else f"{name}[0]"


def kind_of(name: str) -> str:
    """`apic` of `apic[12]`."""
    return name.partition("[")[0]


def sections_by_name(sections: Iterable[Any]) -> dict[str, Any]:
    """The sections under their names, in the order given."""
    return {section_name(section): section for section in sections}


def lists_by_kind(sections: Mapping[str, Any]) -> dict[ListName, list[Any]]:
    """The sections of each kind, by the first part of their names, and `all`."""
    lists: dict[ListName, list[Any]] = {kind: [] for kind in LIST_NAMES}
    for name, section in sections.items():
        if kind_of(name) in lists:
            lists[kind_of(name)].append(section)
    return {**lists, "all": list(sections.values())}


class Numbering:
    """The names of a cell's sections by SONATA section number.

    `numbers` is called once, when a number is first asked for: some formats need the morphology file again.
    """

    def __init__(self, numbers: Callable[[], Mapping[int, str]], *, somata: int = 1) -> None:
        self._find = numbers
        self._somata = somata

    @functools.cached_property
    def names(self) -> Mapping[int, str]:
        """Section number to section name, ascending."""
        found = self._find()
        return {number: found[number] for number in sorted(found)}

    @functools.cached_property
    def numbers(self) -> Mapping[str, int]:
        """Section name to section number."""
        return {name: number for number, name in self.names.items()}

    def name(self, number: int, cell: str) -> str:
        """Raises SimulationError for a number that no section has, naming the section if it was removed."""
        if number in self.names:
            return self.names[number]
        highest = max(self.names, default=_UNNUMBERED)
        if self._somata <= number < highest:
            raise SimulationError(
                f"Section {number} of the cell does not exist: it was axon[{number - self._somata}] of the "
                "morphology, and building the cell replaced its axon by a stub.",
                where=cell,
                hint="Choose a section that was kept; synapses on the lost axon cannot be placed.",
            )
        raise SimulationError(
            f"Section {number} of the cell does not exist: its sections are numbered 0 to {highest}.",
            where=cell,
        )


def numbered_in_order(sections: Mapping[str, Any]) -> Numbering:
    """Number the sections as they come: BMTK's rule, where the stub of the axon comes last."""
    names = dict(enumerate(sections))
    return Numbering(lambda: names, somata=_somata(sections))


def numbered_by_voltage(sections: Mapping[str, Any]) -> Numbering | None:
    """Take the numbers that BBP templates leave in `v(0.0001)`; None when these are no numbers.

    Call this before anything initialises the cell.
    """
    voltages = [section(0.0001).v for section in sections.values()]
    numbers = [int(voltage) for voltage in voltages if voltage >= 0 and voltage == int(voltage)]
    if len(set(numbers)) != len(sections) or 0 not in numbers:
        return None
    names = dict(zip(numbers, sections, strict=True))
    return Numbering(lambda: names, somata=_somata(sections))


def numbered_by_kind(sections: Mapping[str, Any], axons_in_file: Callable[[], int]) -> Numbering:
    """Number soma, axon, dend and apic in this order, leaving room for the axon of the morphology.

    The stub takes the first numbers of the axon that it replaced, and a myelin section the next.
    `axons_in_file` counts the axon sections of the morphology; it is called only when a number is needed.
    """

    def numbers() -> Mapping[int, str]:
        lists = {kind: [name for name in sections if kind_of(name) == kind] for kind in LIST_NAMES}
        axon = lists["axon"] + lists["myelin"]
        room = max(axons_in_file(), len(axon))
        parts: Sequence[Sequence[str | None]] = (
            lists["soma"],
            axon + [None] * (room - len(axon)),
            lists["dend"],
            lists["apic"],
        )
        placed = [name for part in parts for name in part]
        others = [name for name in sections if kind_of(name) not in LIST_NAMES]
        return {number: name for number, name in enumerate([*placed, *others]) if name is not None}

    return Numbering(numbers, somata=_somata(sections))


def _somata(sections: Mapping[str, Any]) -> int:
    return sum(kind_of(name) == "soma" for name in sections)
