"""What a channel table does to an experiment: one change for each parameter, and drugs, of one cell.

Pure functions. A change of the table is a manipulation of one cell with a single assignment, which multiplies
or sets; others are left as they are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, get_args

from engine.experiment import edits
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import (
    Assignment,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
    SectionList,
)
from engine.experiment.presets import with_member
from engine.experiment.targets import CellReference

ALL: Final = "all"
_LISTS: Final[tuple[SectionList, ...]] = get_args(SectionList)

Change = ChangeAllSections | ChangeSectionList | ChangeSection
Lists = Mapping[str, Collection[str]]  # names of sections, by that of their list


def changes_of(experiment: Experiment, cell: CellReference) -> tuple[Manipulation, ...]:
    """All manipulations of this cell alone, in their order."""
    return tuple(each for each in experiment.manipulations if _cell_of(each) == cell)


def sections_in(change: Change) -> str:
    """Which sections it changes: "all", a list such as "apic", or one section's name."""
    match change:
        case ChangeAllSections():
            return ALL
        case ChangeSectionList():
            return change.section_list
        case ChangeSection():
            return change.section


def change_of(experiment: Experiment, cell: CellReference, sections: str, variable: str) -> Change | None:
    """The table's change of a parameter in "all" sections, a list such as "apic", or one section."""
    found = [
        each
        for each in changes_of(experiment, cell)
        if isinstance(each, Change)
        and sections_in(each) == sections
        and len(each.assignments) == 1
        and each.assignments[0].variable == variable
        and each.assignments[0].operator in ("=", "*=")
    ]
    return found[-1] if found else None


def with_factor(
    experiment: Experiment, cell: CellReference, sections: str, variable: str, factor: float
) -> Experiment:
    """Multiply a parameter, in the place of an earlier change of the table."""
    wanted = Assignment(variable=variable, operator="*=", value=factor)
    return _with_assignment(experiment, cell, sections, wanted)


def with_value(
    experiment: Experiment, cell: CellReference, sections: str, variable: str, value: float
) -> Experiment:
    """Give a parameter a value, in the place of an earlier change of the table."""
    wanted = Assignment(variable=variable, operator="=", value=value)
    return _with_assignment(experiment, cell, sections, wanted)


def without_change(experiment: Experiment, cell: CellReference, sections: str, variable: str) -> Experiment:
    """Take the table's change of a parameter back."""
    found = change_of(experiment, cell, sections, variable)
    return experiment if found is None else edits.without(experiment, found.id)


def without_changes(experiment: Experiment, cell: CellReference) -> Experiment:
    """Take all manipulations of this cell alone back, drugs too."""
    kept = tuple(each for each in experiment.manipulations if _cell_of(each) != cell)
    return changed(experiment, manipulations=kept)


def changing(
    experiment: Experiment, cell: CellReference, variable: str, sections: Collection[str], lists: Lists
) -> tuple[Manipulation, ...]:
    """The manipulations of this cell alone that change a parameter in some of these sections, in their order.

    `sections`: names; `lists`: those of the cell, by name.
    """
    return tuple(
        each
        for each in changes_of(experiment, cell)
        if each.enabled
        and variable in _variables(each)
        and any(name in sections for name in _sections_of(each, lists, sections))
    )


def value_at_start(
    manipulations: Sequence[Manipulation], variable: str, section: str, built: float, lists: Lists
) -> float:
    """What a run with these manipulations begins with, in one section, of what the cell was built with."""
    value = built
    for each in manipulations:
        if section not in _sections_of(each, lists, (section,)):
            continue
        if isinstance(each, Drug):
            value *= each.factor if each.wash_in == 0 else 1
        elif isinstance(each, Change):
            for assignment in each.assignments:
                value = assignment.of(value) if assignment.variable == variable else value
    return value


def drug_on(experiment: Experiment, cell: CellReference, name: str) -> Drug | None:
    """The drug of this name on this cell."""
    return next(
        (
            each
            for each in changes_of(experiment, cell)
            if isinstance(each, Drug) and each.name.casefold() == name.casefold()
        ),
        None,
    )


def with_drug(
    experiment: Experiment, cell: CellReference, name: str, blocks: Sequence[str], **changes: object
) -> Experiment:
    """Put a drug on a cell, or change fields of the one there; `blocks`: the variables of a new one."""
    variables = changes.get("variables", blocks)
    present = drug_on(experiment, cell, name) or Drug.model_validate(
        {"name": name, "cell": cell, "variables": variables}
    )
    return edits.with_manipulation(with_member(experiment, cell), changed(present, **changes))


def _variables(manipulation: Manipulation) -> tuple[str, ...]:
    if isinstance(manipulation, Drug):
        return manipulation.variables
    if isinstance(manipulation, Change):
        return tuple(each.variable for each in manipulation.assignments)
    return ()


def _sections_of(manipulation: Manipulation, lists: Lists, otherwise: Collection[str]) -> Collection[str]:
    """The names of the sections that are changed; `otherwise` stands for all of them."""
    if isinstance(manipulation, ChangeSection):
        return (manipulation.section, f"{manipulation.section}[0]")
    if isinstance(manipulation, ChangeSectionList):
        return lists.get(manipulation.section_list, ())
    return otherwise


def _with_assignment(
    experiment: Experiment, cell: CellReference, sections: str, assignment: Assignment
) -> Experiment:
    present = change_of(experiment, cell, sections, assignment.variable)
    wanted = (
        _new_change(cell, sections, assignment)
        if present is None
        else changed(present, assignments=(assignment,), enabled=True)
    )
    return edits.with_manipulation(with_member(experiment, cell), wanted)


def _new_change(cell: CellReference, sections: str, assignment: Assignment) -> Change:
    if sections == ALL:
        return ChangeAllSections(cell=cell, assignments=(assignment,))
    listed = next((each for each in _LISTS if each == sections), None)
    if listed is not None:
        return ChangeSectionList(cell=cell, section_list=listed, assignments=(assignment,))
    return ChangeSection(cell=cell, section=sections, assignments=(assignment,))


def _cell_of(manipulation: Manipulation) -> CellReference | None:
    return None if isinstance(manipulation, ChangeCompartments) else manipulation.cell
