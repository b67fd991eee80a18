"""What can be picked on a cell, from its description: sections, distances, variables."""

from typing import Final

from engine.messages.events import Description, SectionDescription
from engine.messages.places_in_words import SECTION_TYPES, section_named, type_in_words
from gui.forms.picking import Choice

_EVERYWHERE: Final = (
    Choice("v", "v (mV), voltage"),
    Choice("i_membrane", "i_membrane (nA), membrane current"),
)


def section_choices(description: Description | None) -> tuple[Choice, ...]:
    """Return all sections, under headings of their types."""
    if description is None:
        return ()
    by_type: dict[str, list[SectionDescription]] = {name: [] for name in SECTION_TYPES}
    for section in description.sections:
        by_type.setdefault(section.section_type, []).append(section)
    found: list[Choice] = []
    for kind, sections in by_type.items():
        if sections:
            found.append(Choice("", type_in_words(kind)))
            found += [Choice(each.name, f"{each.name}{_far(each)}") for each in sections]
    return tuple(found)


def variable_choices(description: Description | None, section_name: str | None) -> tuple[Choice, ...]:
    """Return what can be recorded in a section, or with None anywhere in the cell, with units."""
    if description is None:
        return ()
    present: set[str] | None = None
    if section_name is not None:
        section = section_named(description, section_name)
        if section is None:
            return ()
        present = {each.name for each in section.mechanisms}
    found = list(_EVERYWHERE)
    for mechanism in description.mechanisms:
        if present is None or mechanism.name in present:
            found.append(Choice("", mechanism.name))
            for variable in mechanism.variables:
                unit = f" ({variable.unit})" if variable.unit else ""
                found.append(Choice(variable.name, f"{variable.name}{unit}"))
    return tuple(dict.fromkeys(found))


def _far(section: SectionDescription) -> str:
    return "" if section.section_type == "soma" else f"  {section.distance_from_soma:.0f} µm"
