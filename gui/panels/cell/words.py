"""What the panel says of a spot on the cell."""

from collections.abc import Iterable
from typing import Final

from engine.experiment.targets import CellReference
from engine.messages.anatomy import Anatomy
from engine.messages.events import SectionDescription
from gui.plots.cell.colours import OTHER_TYPE, TYPE_NAMES
from gui.plots.cell.picking import Pick

_NOT_TOLD: Final = ("capacitance",)  # in every section
_MOST_MECHANISMS: Final = 8


def whole(cell: CellReference, anatomy: Anatomy, others: int = 0) -> str:
    """In one line: which cell it is, how many parts it has, and how many others are drawn beside it."""
    sections = len(anatomy.description.sections)
    parts = (
        f"{sections:,} section" + "s" * (sections != 1),
        f"{anatomy.segments:,} segment" + "s" * (anatomy.segments != 1),
    )
    beside = f" · beside it {others} more" if others else ""
    return f"{cell} · {' · '.join(parts)}{beside}"


def spot(pick: Pick, anatomy: Anatomy, value: str = "") -> str:
    """In one line: where it is, what value it has now, how thick it is and what is in it."""
    return " · ".join(filter(None, _parts(pick, anatomy, value, _MOST_MECHANISMS)))


def spot_in_lines(pick: Pick, anatomy: Anatomy, value: str = "") -> str:
    """The same, one thing a line."""
    return "\n".join(filter(None, _parts(pick, anatomy, value, None)))


def _parts(pick: Pick, anatomy: Anatomy, value: str, most: int | None) -> Iterable[str]:
    section = anatomy.section(pick.segment)
    kind = TYPE_NAMES.get(section.section_type, OTHER_TYPE).lower()
    count = len(section.diameters)
    names = [each.name for each in section.mechanisms if each.name not in _NOT_TOLD]
    listed = ", ".join(names[:most]) + (" …" if most is not None and len(names) > most else "")
    return (
        f"{pick.section}({pick.x:.3g})",
        kind,
        value,
        f"{_distance(pick, section):.4g} µm from the soma",
        f"diameter {anatomy.diameters[pick.segment]:.3g} µm",
        f"{count} segments" if count != 1 else "1 segment",
        listed or "no mechanisms",
    )


def _distance(pick: Pick, section: SectionDescription) -> float:
    """µm along the path from the middle of the soma to the very spot."""
    if section.section_type == "soma":
        return abs(pick.x - 0.5) * section.length
    return section.distance_from_soma + pick.x * section.length
