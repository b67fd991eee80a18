"""The `modifications` of SONATA's conditions and our manipulations, in both directions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.errors import DocumentError, UnknownNameError
from engine.experiment.assignments import Style, format_assignments, parse_assignments
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
)
from engine.experiment.sonata_entry import Entry
from engine.experiment.sonata_names import unique
from engine.experiment.targets import CellReference


@dataclass(frozen=True, slots=True)
class _Type:
    """One type of modification. `selector` is the field that holds what the text selects."""

    name: str
    model: type[Manipulation]
    place: str = "node_set"
    style: Style | None = None
    selector: str = ""


_TYPES: Final = (
    _Type("ttx", BlockSodium),
    _Type("configure_all_sections", ChangeAllSections, style="all_sections"),
    _Type("section_list", ChangeSectionList, style="section_list", selector="section_list"),
    _Type("section", ChangeSection, style="section", selector="section"),
    _Type("compartment_set", ChangeCompartments, place="compartment_set", style="compartment_set"),
)


@dataclass(slots=True)
class Modifications:
    """What stands in the conditions, and what could not be said."""

    entries: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


_SonataChange = BlockSodium | ChangeAllSections | ChangeSectionList | ChangeSection | ChangeCompartments
_OF_WHOLE_SECTIONS: Final = Problem(
    "A simulator of SONATA that multiplies a density makes it the same all along each section.",
    hint="Where a density varies within a section, export a script to have it as it is here.",
    severity="warning",
)


def manipulations_of(
    conditions: Entry, only_cell: Callable[[str], CellReference | None]
) -> tuple[Manipulation, ...]:
    """The modifications that the conditions list, in their order.

    `only_cell` tells which cell a node set stands for, if it is one that an export made for a cell.
    """
    listed = conditions.get("modifications", [])
    if not isinstance(listed, list):
        raise conditions.refusal("'modifications' should be a list")
    entries = [
        Entry(raw, f"Modification {_name_of(raw, number)}", conditions.where)
        for number, raw in enumerate(listed, start=1)
    ]
    return tuple(_manipulation(entry, only_cell) for entry in entries)


def modifications_of(
    manipulations: Iterable[Manipulation], node_set_of: Callable[[CellReference], str]
) -> Modifications:
    """What is switched on. `node_set_of` gives the name of a node set that holds one cell."""
    said: dict[str, dict[str, str]] = {}
    found = Modifications()
    for each in manipulations:
        if not each.enabled:
            continue
        if isinstance(each, Drug) and (each.wash_in > 0 or each.wash_out is not None):
            found.problems.append(_in_the_middle(each))
            continue
        for change in _without_drugs(each):
            entry = _entry(change, node_set_of)
            entry["name"] = unique(entry["name"], said)
            said[entry["name"]] = entry
            if _scales_sections(change) and _OF_WHOLE_SECTIONS not in found.problems:
                found.problems.append(_OF_WHOLE_SECTIONS)
    found.entries += said.values()
    return found


def _in_the_middle(drug: Drug) -> Problem:
    return Problem(
        f"{drug.name or drug.title!r} was left out: SONATA has no changes in the middle of a run.",
        hint="Let it be there from the start, or export a script.",
    )


def _scales_sections(change: _SonataChange) -> bool:
    return not isinstance(change, BlockSodium | ChangeCompartments) and any(
        each.operator != "=" for each in change.assignments
    )


def _without_drugs(manipulation: Manipulation) -> Iterator[_SonataChange]:
    """SONATA has no drugs: they are changes of all sections, one for each conductance that they block."""
    if not isinstance(manipulation, Drug):
        yield manipulation
        return
    for variable in manipulation.variables:
        name = manipulation.name or manipulation.title
        yield ChangeAllSections(
            name=f"{name} {variable}" if len(manipulation.variables) > 1 else name,
            node_set=manipulation.node_set,
            cell=manipulation.cell,
            assignments=(Assignment(variable=variable, operator="*=", value=manipulation.factor),),
        )


def _entry(change: _SonataChange, node_set_of: Callable[[CellReference], str]) -> dict[str, str]:
    if isinstance(change, ChangeSectionList) and change.section_list == "all":
        change = ChangeAllSections(
            name=change.name, node_set=change.node_set, cell=change.cell, assignments=change.assignments
        )
    kind = next(kind for kind in _TYPES if kind.model is type(change))
    cell = getattr(change, "cell", None)
    place = node_set_of(cell) if cell is not None else getattr(change, kind.place)
    entry = {"name": change.name or change.kind, "type": kind.name, kind.place: place}
    if not isinstance(change, BlockSodium):
        assert kind.style is not None, "every change of variables has its style"
        selector = getattr(change, kind.selector) if kind.selector else ""
        if kind.style == "section" and not selector.endswith("]"):
            selector = f"{selector}[0]"
        entry["section_configure"] = format_assignments(change.assignments, kind.style, selector)
    return entry


def _manipulation(entry: Entry, only_cell: Callable[[str], CellReference | None]) -> Manipulation:
    kind = {each.name: each for each in _TYPES}.get(entry.text("type"))
    if kind is None:
        known = [each.name for each in _TYPES]
        raise UnknownNameError(f"type (of {entry.name})", entry.text("type"), known, where=entry.where)
    fields: dict[str, Any] = {"name": entry.text("name"), kind.place: entry.text(kind.place)}
    if kind.place == "node_set" and (cell := only_cell(fields["node_set"])) is not None:
        fields |= {"node_set": None, "cell": cell}
    if kind.style is not None:
        fields |= _changes(entry, kind, kind.style)
    return entry.build(kind.model, fields, {})


def _changes(entry: Entry, kind: _Type, style: Style) -> dict[str, object]:
    try:
        found = parse_assignments(entry.text("section_configure"), style)
    except DocumentError as error:
        what = error.what.removesuffix(".")
        raise entry.refusal(f"'section_configure' cannot be understood: {what}", error.hint) from error
    selected = {kind.selector: found.selector} if kind.selector else {}
    return {"assignments": found.assignments, **selected}


def _name_of(raw: object, number: int) -> str:
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return repr(name) if isinstance(name, str) else str(number)
