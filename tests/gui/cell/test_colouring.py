"""What the colours show: types before a run, voltages while it runs and at the playhead; else the choice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.messages.watch import Watch
from engine.resources import example_file
from gui.background import wait_for_all
from gui.panels.cell.panel import CellPanel
from gui.panels.cell.range_dialog import RangeDialog
from gui.panels.cell.ranges import fitting, usual_range
from gui.panels.cell.variables import TYPES, Choice, built_values, choices_of
from gui.plots.cell.colours import scale_colours
from gui.plots.cell.shapes import Shape
from gui.session.frames import Frames
from gui.session.run import Run
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from gui.settings import settings
from tests.gui.accessibility import nameless_controls
from tests.gui.cell.cells import CELL, Branch
from tests.gui.cell.small_session import SmallSession

STICK = (
    Branch("soma[0]", diameter=60.0, length=60.0),
    Branch("dend[0]", "soma[0]", length=100.0, diameter=20.0, segments=4, distance=10.0),
)
SEGMENTS = 5


@pytest.fixture
def session() -> Iterator[SmallSession]:
    yield SmallSession()
    wait_for_all()
    settings().change(colour_ranges={})


@pytest.fixture
def panel(session: SmallSession, qtbot: QtBot) -> CellPanel:
    """The only cell of the experiment is drawn."""
    made = CellPanel(cast("Session", session))
    qtbot.addWidget(made)
    made.resize(600, 400)
    with qtbot.waitExposed(made):
        made.show()
    session.rig.build(CELL, *STICK)
    session.document.put(experiment())
    qtbot.waitUntil(made.has_shape)
    return made


def experiment() -> Experiment:
    return Experiment(circuit=CircuitReference(path="/nowhere.json"), cells=ListedCells(cells=(CELL,)))


def run_with(session: SmallSession, *voltages: float, variable: str = "v") -> Run:
    """A run whose frames, 1 ms apart, have one value each in all segments."""
    run = Run(f"run-{len(session.runs)}", session.runs.next_number(), experiment(), datetime.now(UTC))
    session.runs.add(run)
    run.state = "running"
    run.frames = Frames(CELL, variable, "mV", SEGMENTS, interval=1.0)
    run.frames.append(np.repeat(np.array(voltages, np.float32)[:, None], SEGMENTS, axis=1))
    session.runs.tell_advanced(run)
    return run


def soma_colour(panel: CellPanel) -> tuple[int, int, int]:
    """Of the pixel in the middle of the soma."""
    place = panel.view.place_of(0, 0.5)
    assert place is not None
    image = panel.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colour = image.pixelColor(place.toPoint())
    return colour.red(), colour.green(), colour.blue()


def is_drawn(panel: CellPanel, fraction: float) -> bool:
    """Whether the soma has the colour that is so far up the scale."""
    expected = scale_colours()[round(fraction * 255)].astype(int)
    return bool(np.abs(np.array(soma_colour(panel)) - expected).max() <= 2)


def test_that_types_are_shown_before_a_run_and_voltages_while_it_runs(panel, session, qtbot) -> None:
    assert panel.colouring.choice == TYPES and panel.head.colours.currentText() == "Section type"
    run = run_with(session, -80.0)
    qtbot.waitUntil(lambda: panel.head.colours.currentText() == "Voltage (mV)")
    qtbot.waitUntil(lambda: is_drawn(panel, 0.0))
    assert run.frames is not None
    run.frames.append(np.full((1, SEGMENTS), 40.0, np.float32))
    session.runs.tell_advanced(run)
    qtbot.waitUntil(lambda: is_drawn(panel, 1.0))
    assert panel.view.note == "1 ms"


def test_that_who_wants_types_keeps_them(panel, session, qtbot) -> None:
    panel.colouring.choose("")
    run_with(session, -80.0)
    panel.colouring.draw()
    assert panel.head.colours.currentText() == "Section type"
    assert session.rig.watched == Watch(cell=CELL, variable="v")  # other views show it


def test_that_the_cell_is_coloured_as_it_was_at_the_playhead(panel, session, qtbot) -> None:
    run_with(session, -80.0, -20.0, 40.0)
    qtbot.waitUntil(lambda: is_drawn(panel, 1.0))
    for time, fraction in ((0.0, 0.0), (1.2, 0.5), (None, 1.0)):
        session.playhead.move(time)
        qtbot.waitUntil(lambda fraction=fraction: is_drawn(panel, fraction))
    session.playhead.move(1.2)
    qtbot.waitUntil(lambda: panel.view.note == "1 ms")


def test_that_what_is_chosen_is_streamed_by_the_next_run(panel, session, qtbot) -> None:
    assert session.rig.watched == Watch(cell=CELL, variable="v")
    panel.colouring.choose("i_membrane")
    assert session.rig.watched == Watch(cell=CELL, variable="i_membrane")
    session.selection.select_cell(CELL)
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere.json")))
    assert not session.rig.watched  # no run would have it
    session.document.put(experiment())
    assert session.rig.watched == Watch(cell=CELL, variable="i_membrane")
    session.rig.watch(None)  # as the rig forgets it with its circuit
    session.circuit_opened.emit(None)
    assert session.rig.watched == Watch(cell=CELL, variable="i_membrane")


def test_that_it_says_why_a_cell_is_grey(panel, session, qtbot) -> None:
    panel.colouring.choose("i_membrane")
    assert panel.view.note == "Membrane current: seen when it runs."
    run = run_with(session, -65.0)
    run.state = "finished"
    session.runs.tell_ended(run)
    qtbot.waitUntil(lambda: panel.view.note.startswith("Membrane current was not kept"))
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere.json")))
    session.selection.select_cell(CELL)
    qtbot.waitUntil(lambda: "takes no part" in panel.view.note)


def test_that_frames_of_another_cell_or_another_build_are_not_shown(panel, session, qtbot) -> None:
    panel.colouring.choose("v")
    run = run_with(session, -80.0)
    qtbot.waitUntil(lambda: is_drawn(panel, 0.0))
    run.frames = Frames(CELL, "v", "mV", SEGMENTS + 1, interval=1.0)
    run.frames.append(np.full((1, SEGMENTS + 1), -80.0, np.float32))
    session.runs.tell_advanced(run)
    qtbot.waitUntil(lambda: not is_drawn(panel, 0.0))


def test_that_the_line_below_tells_the_value(panel, session, qtbot) -> None:
    run_with(session, -64.25)
    qtbot.waitUntil(lambda: panel.colouring.text_of(0) == "-64.25 mV")
    assert panel.colouring.text_of(SEGMENTS) == ""


def test_that_a_range_is_remembered_for_its_variable(panel, session, qtbot) -> None:
    run_with(session, -60.0)
    qtbot.waitUntil(lambda: panel.colouring.choice.key == "v")
    assert panel.colouring.span == (-80.0, 40.0)
    panel.colouring.choose_span((-70.0, -60.0))
    assert settings().value.colour_ranges == {"v": (-70.0, -60.0)}
    assert is_drawn(panel, 1.0)
    panel.colouring.choose("i_membrane")
    assert panel.colouring.span != (-70.0, -60.0)
    panel.colouring.choose("v")
    assert panel.colouring.span == (-70.0, -60.0)
    panel.colouring.choose_span(None)
    assert panel.colouring.span == (-80.0, 40.0) and settings().value.colour_ranges == {}


def test_that_the_window_of_the_range_sets_it_at_once(panel, session, qtbot) -> None:
    run_with(session, -61.3, -58.9)
    qtbot.waitUntil(lambda: panel.colouring.choice.key == "v")
    panel.ask_for_range()
    (dialog,) = panel.findChildren(RangeDialog)
    assert nameless_controls(dialog) == []
    assert (dialog.low.value, dialog.high.value) == (-80.0, 40.0)
    dialog.fit.click()
    low, high = panel.colouring.span
    assert -61.5 <= low <= -61.3 and -58.9 <= high <= -58.7
    dialog.low.selectAll()
    qtbot.keyClicks(dialog.low, "-50\r")
    assert panel.colouring.span == (low, high)
    assert dialog.problem.isVisible() and "begin below" in dialog.problem.text()
    qtbot.keyClicks(dialog.high, "")
    dialog.usual.click()
    assert panel.colouring.span == (-80.0, 40.0)
    dialog.balance.click()
    assert panel.colouring.span == (-80.0, 80.0)
    assert next(each.text() for each in dialog.findChildren(QLabel)) == "Voltage (mV)"


def test_that_a_real_cell_offers_its_variables_each_once(thick_tufted: Shape) -> None:
    choices = choices_of(thick_tufted.anatomy.description)
    keys = [each.key for each in choices]
    assert keys[:3] == ["", "v", "i_membrane"]
    assert len(set(keys)) == len(keys) > 10
    live = {each.key for each in choices if each.role == "live"}
    kinds = thick_tufted.anatomy.description.mechanisms
    states = {each.name for kind in kinds for each in kind.variables if each.role == "state"}
    assert states and states <= live


def test_that_parameters_are_those_of_the_sections(thick_tufted: Shape) -> None:
    anatomy = thick_tufted.anatomy
    built = [each for each in choices_of(anatomy.description) if each.role == "built"]
    assert built
    for choice in built:
        values = built_values(anatomy, choice.key)
        assert values.shape == (anatomy.segments,)
        for segment in range(0, anatomy.segments, 17):
            there = {
                kind.name: each.values[number]
                for each in anatomy.section(segment).mechanisms
                for kind in anatomy.description.mechanisms
                if kind.name == each.name
                for number, variable in enumerate(kind.variables)
                if variable.name == choice.key
            }
            expected = next(iter(there.values()), None)
            assert values[segment] == expected if expected is not None else np.isnan(values[segment])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, (0.0, 1.0)),
        ((-0.013, 0.4), (-0.4, 0.4)),
        ((-61.3, -58.9), (-61.4, -58.8)),
        ((3.0, 3.0), (1.5, 4.5)),
        ((0.0, 0.0), (-1.0, 1.0)),
        ((1e-5, 7.7e-5), (1e-5, 8e-5)),
    ],
)
def test_that_a_range_has_round_ends_around_what_there_is(data, expected) -> None:
    assert fitting(data) == pytest.approx(expected, rel=0.05)
    if data is not None:
        low, high = fitting(data)
        assert low <= data[0] and high >= data[1]


def test_that_gates_go_from_0_to_1_and_voltages_from_rest_to_spike() -> None:
    gate = Choice("hh.m", "hh.m", "", "live")
    assert usual_range(gate, (0.05, 0.9)) == (0.0, 1.0)
    assert usual_range(gate, (0.05, 12.0))[1] >= 12.0
    assert usual_range(Choice("v", "Voltage", "mV", "live"), (-61.0, -60.0)) == (-80.0, 40.0)


def test_that_a_real_run_colours_the_cell_with_what_neuron_computes(qtbot: QtBot) -> None:
    pool = WorkerPool(cores=1)
    session = Session(pool)
    panel = CellPanel(session)
    qtbot.addWidget(panel)
    panel.resize(500, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    try:
        session.open_path(example_file("squid-axon"))
        qtbot.waitUntil(panel.has_shape, timeout=60_000)
        qtbot.waitUntil(session.rig.can_run, timeout=60_000)
        session.rig.run()
        qtbot.waitUntil(lambda: session.runs.latest is not None, timeout=60_000)
        run = session.runs.latest
        assert run is not None
        qtbot.waitUntil(lambda: run.is_over, timeout=60_000)
        assert run.frames is not None
        voltages = run.traces.column([each.id for each in run.heads].index("voltage"))
        peak = int(np.argmax(run.frames.values[:, 0]))
        time = float(run.frames.times()[peak])
        session.playhead.move(time)
        voltage = np.float32(voltages[run.traces.index_at(time)])
        qtbot.waitUntil(lambda: panel.colouring.text_of(0) == f"{voltage:.4g} mV")
        assert voltage > 0
        assert panel.view.scene.scale is not None
    finally:
        session.shutdown()
