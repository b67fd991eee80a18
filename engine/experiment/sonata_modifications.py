"""The `modifications` of SONATA's conditions: their types, and what they become here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import DocumentError, UnknownNameError
from engine.experiment.assignments import Style, parse_assignments
from engine.experiment.manipulations import (
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Manipulation,
)
from engine.experiment.sonata_entry import Entry
from engine.experiment.targets import CellReference


@dataclass(frozen=True, slots=True)
class ModificationType:
    """One type of modification. `selector` is the field that holds what the text selects."""

    name: str
    model: type[Manipulation]
    place: str = "node_set"
    style: Style | None = None
    selector: str = ""


MODIFICATION_TYPES: Final = (
    ModificationType("ttx", BlockSodium),
    ModificationType("configure_all_sections", ChangeAllSections, style="all_sections"),
    ModificationType("section_list", ChangeSectionList, style="section_list", selector="section_list"),
    ModificationType("section", ChangeSection, style="section", selector="section"),
    ModificationType("compartment_set", ChangeCompartments, place="compartment_set", style="compartment_set"),
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


def _manipulation(entry: Entry, only_cell: Callable[[str], CellReference | None]) -> Manipulation:
    kind = {each.name: each for each in MODIFICATION_TYPES}.get(entry.text("type"))
    if kind is None:
        known = [each.name for each in MODIFICATION_TYPES]
        raise UnknownNameError(f"type (of {entry.name})", entry.text("type"), known, where=entry.where)
    fields: dict[str, Any] = {"name": entry.text("name"), kind.place: entry.text(kind.place)}
    if kind.place == "node_set" and (cell := only_cell(fields["node_set"])) is not None:
        fields |= {"node_set": None, "cell": cell}
    if kind.style is not None:
        fields |= _changes(entry, kind, kind.style)
    return entry.build(kind.model, fields, {})


def _changes(entry: Entry, kind: ModificationType, style: Style) -> dict[str, object]:
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
