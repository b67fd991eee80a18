"""Spots and sections of a described cell, as people say them."""

from typing import Final

from engine.messages.events import Description, SectionDescription

SECTION_TYPES: Final = {
    "soma": "Soma",
    "axon": "Axon",
    "dend": "Basal dendrites",
    "apic": "Apical dendrites",
    "myelin": "Myelin",
}


def type_in_words(section_type: str) -> str:
    """What the sections of a type are called together."""
    return SECTION_TYPES.get(section_type, section_type.capitalize())


def place_in_words(description: Description, name: str, x: float) -> str:
    """How far from the soma a spot is; "" if there is no such section."""
    section = section_named(description, name)
    if section is None:
        return ""
    if section.section_type == "soma":
        return "in the soma"
    return f"{section.distance_from_soma + x * section.length:.0f} µm from the soma"


def spot_in_words(description: Description, name: str, x: float) -> str:
    """Which spot, and how far from the soma: "apic[12](0.42), 318 µm from the soma"."""
    return ", ".join(filter(None, (f"{name}({x:.3g})", place_in_words(description, name, x))))


def section_named(description: Description, name: str) -> SectionDescription | None:
    """The section of that name, or the first of several if the name has no number."""
    wanted = (name, f"{name}[0]")
    return next((each for each in description.sections if each.name in wanted), None)
