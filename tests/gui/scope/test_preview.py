"""What the stimuli will play, drawn while they are edited."""

import time

import numpy as np
import pytest
from pytestqt.exceptions import TimeoutError as QtTimeoutError

from engine.circuit.circuit import open_circuit
from engine.experiment import edits, properties, stimuli
from engine.experiment.base import changed
from engine.experiment.targets import NodeSetTarget
from engine.experiment.waveforms import CellProperties
from engine.resources import resources_folder
from gui.settings import settings
from tests.gui.scope.conftest import SOMA


def put(session, *wanted):
    experiment = changed(session.document.experiment, stimuli=wanted, recordings=())
    session.document.change(experiment, "Change stimuli")


@pytest.fixture
def with_circuit(session):
    session.circuit = open_circuit(resources_folder() / "circuits" / "squid_axon" / "circuit_config.json")
    session.circuit_opened.emit(session.circuit)
    yield session
    session.circuit.close()


def test_that_the_preview_is_what_the_simulation_plays(scope, session):
    step = session.document.experiment.stimuli[0]
    waveform = step.waveform(CellProperties(0), session.document.experiment.conditions)
    preview = scope.previewer.previews[0]
    np.testing.assert_array_equal(preview.time, waveform.time)
    np.testing.assert_array_equal(preview.amplitude, waveform.amplitude)
    (times, values), *_ = scope.strip.rows[0].drawn()
    assert [0.02 if 5 < time < 6 else 0.0 for time in (1, 5.5, 7)] == np.interp(
        [1, 5.5, 7], times, values
    ).tolist()


def test_that_it_follows_an_edit_at_once(scope, session):
    took_s = []
    for amplitude in (0.1, 0.2, 0.3, 0.4, 0.5):
        pulse = changed(session.document.experiment.stimuli[0], amplitude=amplitude)
        began = time.thread_time()
        session.document.change(edits.with_stimulus(session.document.experiment, pulse), "Amplitude")
        scope.stack.draw()
        took_s.append(time.thread_time() - began)
        assert scope.strip.rows[0].drawn()[0][1].max() == amplitude
    assert min(took_s) < 0.05


def test_that_disabled_stimuli_are_not_drawn(scope, session):
    session.document.change(edits.switched(session.document.experiment, "pulse", enabled=False), "Disable")
    scope.stack.draw()
    assert scope.strip.rows == []


def test_that_clamps_and_currents_have_axes_of_their_own(scope, session):
    put(session, stimuli.Step(target=SOMA), stimuli.VoltageClamp(target=SOMA, duration=10))
    assert [row.title for row in scope.strip.rows] == ["Stimulus (nA)", "Clamp (mV)"]


def test_that_what_comes_after_the_run_is_apart_and_told(scope, session):
    put(session, stimuli.Step(target=SOMA, name="Late", delay=100.0, duration=50.0, amplitude=0.3))
    scope.stack.draw()
    assert "Late starts at 100 ms, after the end of the run at 40 ms." in scope.remarks.text()
    row = scope.strip.rows[0]
    row.vb.setXRange(0, 200, padding=0)
    inside, after, _ = row._curves[0]
    assert inside.getData()[0].max() == 40.0
    assert after.getData()[1].max() == 0.3
    assert row._after.isVisible()


def test_that_the_selected_stimulus_is_drawn_bold_and_on_top(scope, session):
    first, second = stimuli.Step(target=SOMA), stimuli.Ramp(target=SOMA)
    put(session, first, second)
    session.selection.select_element(first.id)
    widths = [(signal.pen.widthF(), signal.is_on_top) for _, _, signal in scope.strip.rows[0]._curves]
    assert widths == [(2.0, True), (1.0, False)]


def test_that_a_relative_stimulus_is_previewed_with_the_threshold_of_the_circuit(scope, with_circuit, qtbot):
    put(with_circuit, stimuli.RelativeStep(target=SOMA, percent=50))
    qtbot.waitUntil(lambda: any(each.time.size for each in scope.previewer.previews))
    threshold = with_circuit.circuit.cell("axon", 0).threshold_current
    assert scope.previewer.previews[0].amplitude.max() == threshold * 0.5


def test_that_a_stimulus_whose_threshold_nobody_knows_says_so(scope, with_circuit, qtbot, monkeypatch):
    monkeypatch.setattr(properties, "properties_of", lambda _circuit, cell, _c: CellProperties(cell.node_id))
    put(with_circuit, stimuli.RelativeStep(target=SOMA, name="Relative"))
    qtbot.waitUntil(lambda: "threshold current" in scope.remarks.text())
    assert scope.remarks.text().startswith("Relative: The threshold current of cell 0 is not known")


def test_that_a_node_set_is_previewed_for_its_first_cell(scope, with_circuit, qtbot):
    put(with_circuit, stimuli.Step(target=NodeSetTarget(node_set="axon")))
    qtbot.waitUntil(lambda: bool(scope.previewer.previews))
    assert scope.previewer.previews[0].amplitude.max() == 0.1


def test_that_an_unknown_node_set_is_told(scope, with_circuit, qtbot):
    put(with_circuit, stimuli.Step(target=NodeSetTarget(node_set="nowhere")))
    qtbot.waitUntil(lambda: "no node set named 'nowhere'" in scope.remarks.text())


def test_that_of_long_random_stimuli_the_newest_wins(scope, with_circuit, qtbot):
    noise = stimuli.OrnsteinUhlenbeck(target=SOMA, duration=20_000.0)
    began = time.thread_time()
    for sigma in (0.1, 0.2, 0.3):
        put(with_circuit, changed(noise, sigma=sigma))
    assert time.thread_time() - began < 0.2
    qtbot.waitUntil(lambda: any(each.time.size for each in scope.previewer.previews))
    preview = scope.previewer.previews[0]
    assert preview.stimulus.sigma == 0.3
    expected = preview.stimulus.waveform(CellProperties(0), with_circuit.document.experiment.conditions)
    np.testing.assert_array_equal(preview.amplitude, expected.amplitude)
    with pytest.raises(QtTimeoutError), qtbot.waitSignal(scope.previewer.changed, timeout=200):
        pass


def test_that_the_strip_can_be_below_the_traces(scope, feed):
    feed()
    settings().change(preview_position="below")
    scope.stack.draw()
    assert scope.stack.rows == (*scope.trace_plots, *scope.strip.rows)


def test_that_the_strip_can_be_hidden(scope):
    scope.toggle_preview()
    scope.stack.draw()
    assert scope.strip.rows == []
    scope.toggle_preview()
    assert len(scope.strip.rows) == 1
