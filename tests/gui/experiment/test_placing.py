"""What is put at places of a cell is one step, is selected, and can be undone."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from engine.experiment.experiment import ListedCells
from engine.experiment.placing import Placement
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import PlacedSynapse, Step, VoltageClamp
from engine.experiment.targets import CellReference, Site
from tests.gui.experiment.conftest import PYRAMIDAL, Bench

Open = Callable[..., Bench]
TUFT = Site(cell=PYRAMIDAL, section="apic[12]", x=0.42)
TRUNK = Site(cell=PYRAMIDAL, section="apic[0]", x=0.5)
LONG_MS = 20_000


def place(bench: Bench, qtbot: QtBot, placement: Placement, *sites: Site) -> None:
    before, selected = bench.experiment, bench.session.selection.element
    bench.panel.place(placement, sites)
    qtbot.waitUntil(lambda: bench.experiment is not before, timeout=LONG_MS)
    qtbot.waitUntil(lambda: bench.session.selection.element != selected)  # a turn later


def test_that_an_injection_is_one_step_and_its_form_is_shown(open_bench: Open, qtbot: QtBot) -> None:
    bench = open_bench()
    place(bench, qtbot, "inject", TUFT)
    (step,) = bench.experiment.stimuli
    assert isinstance(step, Step) and step.target == TUFT
    assert step.amplitude > 0.01, "what makes this very cell fire"
    assert bench.experiment.cells == ListedCells(cells=(PYRAMIDAL,))
    assert bench.session.selection.element == step.id
    stack = bench.session.document.undo_stack
    assert stack.count() == 1 and stack.undoText() == "Inject at apic[12](0.42)"
    stack.undo()
    assert not bench.experiment.stimuli and not bench.experiment.recordings


def test_that_several_places_are_one_step_too(open_bench: Open, qtbot: QtBot) -> None:
    bench = open_bench()
    place(bench, qtbot, "synapse", TUFT, TRUNK)
    assert [each.target for each in bench.experiment.stimuli] == [TUFT, TRUNK]
    assert all(isinstance(each, PlacedSynapse) for each in bench.experiment.stimuli)
    assert bench.session.document.undo_stack.count() == 1
    assert bench.session.document.undo_stack.undoText() == "Put synapse at 2 places"
    assert bench.session.selection.element == bench.experiment.stimuli[0].id


def test_that_what_is_recorded_already_is_selected(open_bench: Open, qtbot: QtBot) -> None:
    bench = open_bench()
    place(bench, qtbot, "record", TUFT)
    (recording,) = bench.experiment.recordings
    assert isinstance(recording, SiteRecording)
    bench.session.selection.select_element("")
    bench.panel.place("record", (TUFT,))
    assert bench.session.selection.element == recording.id
    assert bench.session.document.undo_stack.count() == 1


def test_that_a_clamp_comes_with_a_recording_of_its_current(open_bench: Open, qtbot: QtBot) -> None:
    bench = open_bench()
    place(bench, qtbot, "clamp", TUFT)
    (clamp,), (recording,) = bench.experiment.stimuli, bench.experiment.recordings
    assert isinstance(clamp, VoltageClamp) and recording.kind == "stimulus"


def test_that_a_cell_without_a_membrane_is_refused_in_words(open_bench: Open, qtbot: QtBot) -> None:
    bench = open_bench()
    virtual = Site(cell=CellReference("thalamus", 3))
    bench.panel.place("inject", (virtual,))
    qtbot.waitUntil(lambda: bool(bench.notices), timeout=LONG_MS)
    assert "virtual" in bench.notices[0].what
    assert not bench.experiment.stimuli
