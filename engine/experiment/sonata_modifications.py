"""The `modifications` of SONATA's conditions and our manipulations, in both directions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import DocumentError, UnknownNameError
from engine.experiment.assignments import Style, format_assignments, parse_assignments
from engine.experiment.manipulations import (
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Manipulation,
)
from engine.experiment.sonata_entry import Entry
from engine.experiment.sonata_names import unique


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


def manipulations_of(conditions: Entry) -> tuple[Manipulation, ...]:
    """The modifications that the conditions list, in their order."""
    listed = conditions.get("modifications", [])
    if not isinstance(listed, list):
        raise conditions.refusal("'modifications' should be a list")
    entries = [
        Entry(raw, f"Modification {_name_of(raw, number)}", conditions.where)
        for number, raw in enumerate(listed, start=1)
    ]
    return tuple(map(_manipulation, entries))


def modifications_of(manipulations: Iterable[Manipulation]) -> list[dict[str, str]]:
    """What stands in the conditions: those that are switched on."""
    said: dict[str, dict[str, str]] = {}
    for each in manipulations:
        if not each.enabled:
            continue
        kind = next(kind for kind in _TYPES if kind.model is type(each))
        name = unique(each.name or each.kind, said)
        entry = {"name": name, "type": kind.name, kind.place: getattr(each, kind.place)}
        if not isinstance(each, BlockSodium):
            assert kind.style is not None, "every change of variables has its style"
            selector = getattr(each, kind.selector) if kind.selector else ""
            entry["section_configure"] = format_assignments(each.assignments, kind.style, selector)
        said[name] = entry
    return list(said.values())


def _manipulation(entry: Entry) -> Manipulation:
    kind = {each.name: each for each in _TYPES}.get(entry.text("type"))
    if kind is None:
        known = [each.name for each in _TYPES]
        raise UnknownNameError(f"type (of {entry.name})", entry.text("type"), known, where=entry.where)
    fields: dict[str, Any] = {"name": entry.text("name"), kind.place: entry.text(kind.place)}
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
