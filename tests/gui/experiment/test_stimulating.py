"""One press on "Stimulate soma", and everything is there that a first run needs."""

from functools import partial
from pathlib import Path

import h5py
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.presets import stimulate_soma
from engine.experiment.properties import properties_of
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Holding, RelativeStep, Step
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from tests.engine.simulation.bench_circuit import PATCH, REST_MV, make_bench
from tests.gui.experiment.conftest import COLUMN, PYRAMIDAL, Bench, Open

_SQUID = Conditions(celsius=6.3, v_init=REST_MV)


def _press(qtbot: QtBot, bench: Bench, text: str) -> None:
    (button,) = [each for each in bench.panel.findChildren(QPushButton) if each.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_one_press_stimulates_holds_and_records_a_pyramidal_cell(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench()
    before = bench.experiment
    bench.session.selection.select_cell(PYRAMIDAL)
    _press(qtbot, bench, "Stimulate soma")
    qtbot.waitUntil(lambda: bool(bench.experiment.stimuli))
    experiment = bench.experiment
    site = Site(cell=PYRAMIDAL)
    step, holding = experiment.stimuli
    assert isinstance(step, RelativeStep) and isinstance(holding, Holding)
    assert (step.percent, step.delay, step.duration) == (100.0, 100.0, 400.0)
    assert step.target == holding.target == site
    (recording,) = experiment.recordings
    assert isinstance(recording, SiteRecording) and (recording.site, recording.variable) == (site, "v")
    assert experiment.cells == ListedCells(cells=(PYRAMIDAL,))
    qtbot.waitUntil(lambda: bench.session.selection.element == step.id)
    assert bench.session.document.undo_stack.undoText() == "Stimulate soma"
    bench.session.document.undo_stack.undo()
    assert bench.experiment is before
    assert bench.session.selection.element == ""


@pytest.mark.usefixtures("_nothing_known")
def test_that_a_cell_of_unknown_threshold_gets_a_step_in_nanoamperes(
    qtbot: QtBot, open_bench: Open, shared_data: Path
) -> None:
    circuit = shared_data / "allen" / "5_cells_iclamp" / "circuit_config.json"
    cell = CellReference(_population(circuit), 0)
    short = Experiment(circuit=CircuitReference(path=circuit.as_posix()), conditions=Conditions(tstop=50.0))
    bench = open_bench(circuit, short)
    bench.session.selection.select_cell(cell)
    qtbot.keyClick(bench.window, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: bool(bench.experiment.stimuli))
    (step,) = bench.experiment.stimuli
    assert isinstance(step, Step) and step.amplitude == 0.2
    assert bench.experiment.conditions.tstop == 600.0
    (recording,) = bench.experiment.recordings
    assert isinstance(recording, SiteRecording) and recording.site == Site(cell=cell)


@pytest.fixture
def textbook(tmp_path: Path, _nothing_known: None) -> Path:
    """A trusted circuit that says nothing of its cells."""
    make_bench(tmp_path).close()
    with h5py.File(tmp_path / "nodes.h5", "r+") as file:
        del file["nodes/cells/0/dynamics_params/threshold_current"]
    with open_circuit(tmp_path / "circuit_config.json") as circuit:
        trust(circuit)
    return tmp_path / "circuit_config.json"


def test_that_a_cell_of_unknown_threshold_is_tried_in_the_background(
    qtbot: QtBot, open_bench: Open, textbook: Path
) -> None:
    empty = Experiment(circuit=CircuitReference(path=textbook.as_posix()), conditions=_SQUID)
    bench = open_bench(textbook, empty)
    with qtbot.waitSignal(bench.session.rig.learnt, timeout=60_000) as learnt:
        bench.session.selection.select_cell(PATCH)
    assert learnt.args == [PATCH] and bench.session.circuit is not None
    found = properties_of(bench.session.circuit, PATCH, _SQUID).firing_current
    bench.panel.stimulate(PATCH)
    qtbot.waitUntil(lambda: bool(bench.experiment.stimuli))
    (step,) = bench.experiment.stimuli
    assert isinstance(step, Step) and step.amplitude == found
    with Client() as client:
        client.answer(client.load(textbook))
        data = client.collect(client.run(bench.experiment, textbook.parent))
    assert data.samples[:3999, 0].max() < -50 and data.samples[4000:, 0].max() > 0


def test_that_a_run_goes_before_the_search_for_what_makes_a_cell_fire(
    qtbot: QtBot, open_bench: Open, textbook: Path
) -> None:
    conditions = changed(_SQUID, celsius=7.0, tstop=5.0)
    empty = Experiment(circuit=CircuitReference(path=textbook.as_posix()), conditions=conditions)
    bench = open_bench(textbook, stimulate_soma(empty, PATCH, CellProperties(1)))
    session, rig = bench.session, bench.session.rig
    with qtbot.waitSignal(rig.described, timeout=60_000):
        session.selection.select_cell(PATCH)
    qtbot.waitUntil(lambda: rig._builder.firing._asked is not None)
    with qtbot.waitSignal(session.runs.ended, timeout=60_000):
        rig.run()
    assert session.runs.latest is not None and session.runs.latest.state == "finished"
    assert all(each.severity != "error" for each in bench.notices)
    if rig._builder.firing._settled:  # it was quicker
        return
    with qtbot.waitSignal(rig.learnt, timeout=60_000):  # once the cell is looked at again
        session.selection.clear()
        session.selection.select_cell(PATCH)


def test_that_a_second_press_neither_holds_nor_records_twice(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench()
    for count in (2, 3):
        bench.panel.stimulate(PYRAMIDAL)
        qtbot.waitUntil(partial(_has_stimuli, bench, count))
    assert [each.kind for each in bench.experiment.stimuli] == ["relative_step", "holding", "relative_step"]
    assert len(bench.experiment.recordings) == 1


def test_that_virtual_cells_and_point_neurons_are_refused_in_a_sentence(
    qtbot: QtBot, open_bench: Open, shared_data: Path
) -> None:
    column = open_bench()
    column.panel.stimulate(CellReference("thalamus", 3))
    qtbot.waitUntil(lambda: bool(column.notices))
    assert column.notices[0].what.startswith("The cell thalamus:3 is virtual")
    circuit = shared_data / "allen" / "300_intfire" / "circuit_config.json"
    intfire = open_bench(circuit)
    intfire.panel.stimulate(CellReference(_population(circuit), 0))
    qtbot.waitUntil(lambda: bool(intfire.notices))
    assert "is a point neuron (IntFire1)" in intfire.notices[0].what
    assert not column.experiment.stimuli and not intfire.experiment.stimuli


@pytest.mark.parametrize("node_id", [105, 150])
def test_that_the_first_run_makes_the_cell_fire(qtbot: QtBot, open_bench: Open, node_id: int) -> None:
    bench = open_bench()
    bench.panel.stimulate(CellReference("column", node_id))
    qtbot.waitUntil(lambda: bool(bench.experiment.stimuli))
    with Client() as client:
        client.answer(client.load(COLUMN))
        data = client.collect(client.run(bench.experiment, COLUMN.parent))
    voltage = data.samples[:, 0]
    assert voltage[:3000].max() < -50  # mV: silent while it is held
    assert voltage[4000:].max() > 0  # and an action potential during the step


def _has_stimuli(bench: Bench, count: int) -> bool:
    return len(bench.experiment.stimuli) == count


def _population(circuit: Path) -> str:
    with open_circuit(circuit) as opened:
        return next(name for name, nodes in opened.node_populations.items() if nodes.node_type != "virtual")
