"""What a click on a cell does to the experiment, and what dragging an electrode does."""

import pytest

from engine.errors import EngineError, UnknownNameError
from engine.experiment.base import changed
from engine.experiment.edits import with_stimulus
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.placing import (
    clamp_at,
    inject_at,
    moved_to,
    record_at,
    site_of,
    synapse_at,
    voltage_recording_at,
)
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import PlacedSynapse, Step, VoltageClamp
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties

CELL = CellReference("cells", 4)
TUFT = Site(cell=CELL, section="apic[12]", x=0.42)
TRUNK = Site(cell=CELL, section="apic[0]", x=0.5)
KNOWN = CellProperties(gid=4, threshold_current=0.2)
EMPTY = Experiment(circuit=CircuitReference(path="circuit.json"))


def test_that_an_injection_brings_its_cell_a_recording_and_time_enough() -> None:
    made = inject_at(EMPTY, TUFT, KNOWN)
    (step,), (recording,) = made.stimuli, made.recordings
    assert isinstance(step, Step) and step.target == TUFT and step.amplitude == pytest.approx(0.3)
    assert recording == SiteRecording(id=recording.id, site=TUFT)
    assert made.cells == ListedCells(cells=(CELL,))
    assert made.conditions.tstop >= step.end


def test_that_a_place_is_recorded_once() -> None:
    made = synapse_at(inject_at(EMPTY, TUFT, KNOWN), TUFT, KNOWN)
    assert [type(each) for each in made.stimuli] == [Step, PlacedSynapse]
    assert len(made.recordings) == 1
    assert record_at(made, TUFT) is made
    assert voltage_recording_at(made, TUFT) is made.recordings[0]
    assert voltage_recording_at(made, TRUNK) is None


def test_that_a_recording_that_is_off_or_of_something_else_does_not_count() -> None:
    others = (
        SiteRecording(site=TUFT, enabled=False),
        SiteRecording(site=TUFT, variable="ina"),
        SiteRecording(site=changed(TUFT, x=0.5)),
        Report(target=TUFT),
    )
    made = record_at(changed(EMPTY, recordings=others), TUFT)
    assert len(made.recordings) == 5


def test_that_a_clamp_records_its_own_current() -> None:
    made = clamp_at(EMPTY, TUFT, KNOWN)
    (clamp,), (recording,) = made.stimuli, made.recordings
    assert isinstance(clamp, VoltageClamp) and clamp.target == TUFT
    assert isinstance(recording, StimulusRecording) and recording.stimulus == clamp.id


def test_that_a_node_set_of_cells_stays_one() -> None:
    made = inject_at(changed(EMPTY, cells=NodeSetOfCells(node_set="all")), TUFT, KNOWN)
    assert made.cells == NodeSetOfCells(node_set="all")


def test_that_a_moved_stimulus_takes_what_records_there_with_it() -> None:
    made = record_at(inject_at(EMPTY, TUFT, KNOWN), TRUNK)
    moved = moved_to(made, made.stimuli[0].id, Site(cell=CELL, section="dend[3]", x=0.1))
    there = Site(cell=CELL, section="dend[3]", x=0.1)
    assert site_of(moved.stimuli[0]) == site_of(moved.recordings[0]) == there
    assert moved.recordings[1] == made.recordings[1]
    assert [each.id for each in moved.recordings] == [each.id for each in made.recordings]


def test_that_the_recording_stays_with_another_stimulus_at_its_place() -> None:
    made = with_stimulus(inject_at(EMPTY, TUFT, KNOWN), PlacedSynapse(id="synapse", target=TUFT))
    moved = moved_to(made, "synapse", TRUNK)
    assert [each.target for each in moved.stimuli] == [TUFT, TRUNK]
    assert moved.recordings == made.recordings


def test_that_a_recording_moves_alone() -> None:
    made = inject_at(EMPTY, TUFT, KNOWN)
    moved = moved_to(made, made.recordings[0].id, TRUNK)
    assert moved.stimuli == made.stimuli
    assert site_of(moved.recordings[0]) == TRUNK


def test_that_what_is_at_many_places_or_nowhere_cannot_be_moved() -> None:
    everywhere = Step(id="step", target=NodeSetTarget(node_set="all"))
    made = changed(
        EMPTY, stimuli=(everywhere,), recordings=(StimulusRecording(id="current", stimulus="step"),)
    )
    for element_id in ("step", "current"):
        with pytest.raises(EngineError, match="not at one place of one cell"):
            moved_to(made, element_id, TUFT)
    with pytest.raises(UnknownNameError):
        moved_to(made, "gone", TUFT)
