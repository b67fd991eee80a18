"""How manipulations of one cell are said to simulators that know whole sections only."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.experiment.cell_changes import Change
from engine.experiment.experiment import CircuitReference, CompartmentSet, Experiment, ListedCells, Spot
from engine.experiment.manipulations import (
    Assignment,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSectionList,
    Drug,
    Manipulation,
    Operator,
)
from engine.experiment.sonata_export import Exported, to_simulation_config
from engine.experiment.sonata_export_modifications import ChangedSection
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference

CELL = CellReference("A", 4)
NUMBERS = {"soma[0]": 0, "apic[1]": 7}
SOMA = ChangedSection("soma[0]", has_number=True, positions=(0.5,), is_even=True)
APICAL = ChangedSection("apic[1]", has_number=True, positions=(0.25, 0.75), is_even=False)
STUB = ChangedSection("axon[0]", has_number=False, positions=(0.5,), is_even=True)


def change(operator: Operator = "*=", variable: str = "gIhbar_Ih", value: float = 0.5) -> ChangeAllSections:
    assignment = Assignment(variable=variable, operator=operator, value=value)
    return ChangeAllSections(cell=CELL, name="less", assignments=(assignment,))


def written(
    folder: Path, *manipulations: Manipulation, sections: Sequence[ChangedSection] | None = None
) -> tuple[list[dict[str, str]], dict[str, Any], Exported]:
    """The modifications, the compartment sets, and what is told."""

    def changed(cell: CellReference, _change: Change) -> Sequence[ChangedSection]:
        assert cell == CELL
        assert sections is not None
        return sections

    made = Experiment(
        circuit=CircuitReference(path="circuit.json"),
        cells=ListedCells(cells=(CELL,)),
        connections=Connections(enabled=True),
        manipulations=manipulations,
        compartment_sets={"mine": CompartmentSet(population="A", spots=(Spot(node_id=4, section=0, x=0.5),))},
    )
    done = to_simulation_config(
        made,
        folder / "circuit.json",
        folder,
        section_number=lambda _, name: NUMBERS[name],
        changed_sections=None if sections is None else changed,
    )
    conditions = json.loads(done.path.read_text(encoding="utf-8"))["conditions"]
    sets = json.loads((folder / "compartment_sets.json").read_text(encoding="utf-8"))
    return conditions["modifications"], sets, done


def test_that_an_even_density_is_a_change_of_whole_sections(tmp_path: Path) -> None:
    (said,), _, done = written(tmp_path, change(), sections=(SOMA, STUB))
    assert said["type"] == "configure_all_sections"
    assert said["section_configure"] == "%s.gIhbar_Ih *= 0.5"
    assert said["node_set"] == "cell_A_4"
    assert done.problems == ()


def test_that_a_density_that_varies_is_changed_segment_by_segment(tmp_path: Path) -> None:
    (segments, stub), sets, done = written(tmp_path, change(), sections=(SOMA, APICAL, STUB))
    assert segments == {
        "name": "less",
        "type": "compartment_set",
        "compartment_set": "segments_cell_A_4",
        "section_configure": "gIhbar_Ih *= 0.5",
    }
    spots = [[4, 0, 0.5], [4, 7, 0.25], [4, 7, 0.75]]
    assert sets["segments_cell_A_4"] == {"population": "A", "compartment_set": spots}
    assert (stub["type"], stub["section_configure"]) == ("section", "axon[0].gIhbar_Ih *= 0.5")
    assert done.problems == ()


def test_that_each_conductance_of_a_drug_has_a_set_of_its_own(tmp_path: Path) -> None:
    drug = Drug(cell=CELL, name="TTX", percent=25, variables=("a", "b"))
    said, sets, _ = written(tmp_path, drug, sections=(APICAL,))
    assert [each["section_configure"] for each in said] == ["a *= 0.75", "b *= 0.75"]
    assert {each["compartment_set"] for each in said} == sets.keys() - {"mine"}
    assert [each["name"] for each in said] == ["TTX a", "TTX b"]


def test_that_values_need_no_cell_and_others_warn_without_one(tmp_path: Path) -> None:
    values = ChangeSectionList(cell=CELL, section_list="apic", assignments=change("=").assignments)
    _, _, done = written(tmp_path, change("="), values)
    assert done.problems == ()
    (said,), _, done = written(tmp_path, change("+="))
    assert said["type"] == "configure_all_sections"
    assert ["all along each section" in each.what for each in done.problems] == [True]


def test_that_what_was_changed_spot_by_spot_before_warns(tmp_path: Path) -> None:
    spots = ChangeCompartments(compartment_set="mine", assignments=change().assignments)
    said, _, done = written(tmp_path, spots, change(), sections=(SOMA,))
    assert [each["type"] for each in said] == ["compartment_set", "configure_all_sections"]
    assert len(done.problems) == 1
