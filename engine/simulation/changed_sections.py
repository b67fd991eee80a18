"""Which sections of a built cell a change is about, and whether what it multiplies varies within them."""

from collections.abc import Iterable
from typing import Any

from engine.experiment.cell_changes import Change
from engine.experiment.manipulations import ChangeAllSections, ChangeSection, ChangeSectionList
from engine.experiment.sonata_export_modifications import ChangedSection
from engine.simulation.cells.cell import Cell
from engine.simulation.cells.sections import section_name
from engine.simulation.manipulate import OF_WHOLE_SECTIONS
from engine.simulation.variables import Vocabulary


def changed_sections(cell: Cell, change: Change) -> tuple[ChangedSection, ...]:
    """Those that have all of its variables, in the order of the cell; the cell must be as it was built."""
    variables = {each.variable for each in change.assignments} - OF_WHOLE_SECTIONS
    multiplied = {each.variable for each in change.assignments if each.operator != "="} - OF_WHOLE_SECTIONS
    vocabulary = Vocabulary()
    return tuple(
        ChangedSection(
            name=section_name(section),
            has_number=section_name(section) in cell.numbering.numbers,
            positions=tuple(segment.x for segment in section),
            is_even=all(_is_even(section, variable) for variable in multiplied),
        )
        for section in _sections(cell, change)
        if all(vocabulary.has(section(0.5), variable) for variable in variables)
    )


def _sections(cell: Cell, change: Change) -> Iterable[Any]:
    match change:
        case ChangeAllSections():
            return cell.lists["all"]
        case ChangeSectionList():
            return cell.lists[change.section_list]
        case ChangeSection():
            return [cell.section(change.section)]


def _is_even(section: Any, variable: str) -> bool:
    return len({getattr(segment, variable) for segment in section}) == 1
