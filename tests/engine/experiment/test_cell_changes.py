"""What the channel table and the drugs do to an experiment."""

import json

import pytest

from engine.experiment import cell_changes as c
from engine.experiment import edits
from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
)
from engine.experiment.summaries import manipulations_in_words, summary
from engine.experiment.targets import CellReference

CELL, OTHER = CellReference("column", 7), CellReference("column", 8)
SODIUM = "gnabar_hh"
LISTS = {"all": ("soma[0]", "dend[0]", "dend[1]"), "soma": ("soma[0]",), "dend": ("dend[0]", "dend[1]")}
EMPTY = Experiment(circuit=CircuitReference(path="circuit.json"))
WITH_CELL = changed(EMPTY, cells=ListedCells(cells=(CELL,)))


@pytest.mark.parametrize(
    ("sections", "kind"),
    [("all", ChangeAllSections), ("apic", ChangeSectionList), ("dend[3]", ChangeSection)],
)
def test_that_a_factor_makes_one_change_and_later_ones_take_its_place(sections, kind):
    half = c.with_factor(EMPTY, CELL, sections, SODIUM, 0.5)
    change = c.change_of(half, CELL, sections, SODIUM)
    assert half.manipulations == (change,)
    assert isinstance(change, kind)
    assert c.sections_in(change) == sections
    fixed = c.with_value(half, CELL, sections, SODIUM, 0.07)
    later = c.change_of(fixed, CELL, sections, SODIUM)
    assert fixed.manipulations == (later,)
    assert later is not None
    assert later.id == change.id
    assert later.assignments == (Assignment(variable=SODIUM, operator="=", value=0.07),)
    assert c.without_change(fixed, CELL, sections, SODIUM) == changed(EMPTY, cells=half.cells)


def test_that_who_is_changed_takes_part():
    assert c.with_factor(EMPTY, CELL, "all", SODIUM, 2).cells == ListedCells(cells=(CELL,))
    assert c.with_drug(EMPTY, CELL, "TTX", (SODIUM,)).cells == ListedCells(cells=(CELL,))
    of_set = changed(EMPTY, cells=NodeSetOfCells(node_set="all"))
    assert c.with_factor(of_set, CELL, "all", SODIUM, 2).cells == of_set.cells


def test_that_changes_of_other_places_and_other_kinds_are_left_alone():
    twice = (Assignment(variable=SODIUM, value=1), Assignment(variable="cm", value=2))
    made = changed(
        WITH_CELL,
        manipulations=(
            ChangeAllSections(cell=CELL, assignments=twice),
            ChangeAllSections(cell=OTHER, assignments=twice[:1]),
            ChangeAllSections(node_set="all", assignments=twice[:1]),
            ChangeAllSections(cell=CELL, assignments=(Assignment(variable=SODIUM, operator="+=", value=1),)),
            ChangeCompartments(compartment_set="spots", assignments=twice[:1]),
        ),
    )
    assert c.change_of(made, CELL, "all", SODIUM) is None
    after = c.with_factor(made, CELL, "soma", SODIUM, 0.1)
    assert after.manipulations[:-1] == made.manipulations
    assert c.without_changes(after, CELL).manipulations == (
        made.manipulations[1],
        made.manipulations[2],
        made.manipulations[4],
    )


def test_that_a_change_that_was_switched_off_counts_again_when_it_is_edited():
    made = c.with_factor(WITH_CELL, CELL, "all", SODIUM, 0.5)
    off = edits.switched(made, made.manipulations[0].id, enabled=False)
    assert c.with_factor(off, CELL, "all", SODIUM, 0.6).manipulations[0].enabled


def test_that_a_drug_is_found_by_its_name_and_changed_in_place():
    made = c.with_drug(WITH_CELL, CELL, "TTX", (SODIUM,))
    assert c.drug_on(made, CELL, "ttx") == made.manipulations[0]
    assert c.drug_on(made, OTHER, "TTX") is None
    later = c.with_drug(made, CELL, "TTX", ("other",), percent=30.0, wash_in=5.0)
    assert later.manipulations == (changed(made.manipulations[0], percent=30.0, wash_in=5.0),)


def test_that_a_cell_that_leaves_takes_its_own_changes_with_it():
    made = c.with_drug(c.with_factor(WITH_CELL, CELL, "all", "cm", 2), CELL, "TTX", (SODIUM,))
    made = changed(made, manipulations=(*made.manipulations, BlockSodium(node_set="all")))
    left = edits.without_cell(made, CELL).manipulations
    assert [each.kind for each in left] == ["ttx"]


def test_that_the_value_at_the_start_is_what_all_changes_make_of_it():
    made = c.with_factor(WITH_CELL, CELL, "all", SODIUM, 2)
    made = c.with_value(made, CELL, "soma", SODIUM, 0.3)
    made = c.with_factor(made, CELL, "dend[1]", SODIUM, 5)
    made = c.with_drug(made, CELL, "TTX", (SODIUM,), percent=75.0)
    made = c.with_drug(made, CELL, "late", (SODIUM,), wash_in=1.0)
    values = {}
    for section in LISTS["all"]:
        found = c.changing(made, CELL, SODIUM, (section,), LISTS)
        values[section] = c.value_at_start(found, SODIUM, section, 0.1, LISTS)
    assert values == {"soma[0]": 0.3 * 0.25, "dend[0]": 0.1 * 2 * 0.25, "dend[1]": 0.1 * 2 * 5 * 0.25}
    assert len(c.changing(made, CELL, SODIUM, LISTS["all"], LISTS)) == 5
    assert c.changing(made, CELL, "cm", LISTS["all"], LISTS) == ()


DOUBLED = Assignment(variable="cm", operator="*=", value=2)
HALVED = Assignment(variable="cm", operator="/=", value=2)
TOLD = (
    (
        ChangeSectionList(cell=CELL, section_list="apic", assignments=(DOUBLED,)),
        "cm × 2 in apical sections",
    ),
    (ChangeSection(cell=OTHER, section="dend[3]", assignments=(HALVED,)), "cm ÷ 2 in dend[3] of column:8"),
    (Drug(cell=CELL, variables=("a", "b", "d")), "100 % of a, b and 1 more blocked in the cell"),
    (
        Drug(node_set="all", percent=5, variables=("a",), wash_in=10),
        "5 % of a blocked in all, from 10 ms on",
    ),
    (
        Drug(cell=CELL, variables=("a",), wash_in=1, wash_out=2.5),
        "100 % of a blocked in the cell, 1–2.5 ms",
    ),
)


@pytest.mark.parametrize(("change", "words"), TOLD)
def test_that_changes_are_told_in_words(change, words):
    assert summary(WITH_CELL, change) == words


def test_that_what_a_run_is_told_is_what_is_another():
    made = c.with_drug(c.with_factor(WITH_CELL, CELL, "all", "cm", 2), CELL, "TTX", (SODIUM,))
    told = manipulations_in_words(made, WITH_CELL.manipulations, made.manipulations)
    assert told == "cm × 2 in all sections; TTX: 100 % of gnabar_hh blocked in the cell"
    less = c.without_change(made, CELL, "all", "cm")
    assert manipulations_in_words(made, made.manipulations, less.manipulations) == (
        "cm × 2 in all sections: taken back"
    )


def test_that_files_from_before_there_were_single_cells_are_read():
    raw = {"kind": "section_list", "id": "a", "node_set": "L5", "section_list": "dend"}
    assignments = [{"variable": "cm", "operator": "*=", "value": 2.0}]
    old = {"circuit": {"path": "c"}, "manipulations": [{**raw, "assignments": assignments}]}
    (change,) = Experiment.model_validate_json(json.dumps(old), strict=True).manipulations
    assert isinstance(change, ChangeSectionList)
    assert (change.node_set, change.cell) == ("L5", None)
