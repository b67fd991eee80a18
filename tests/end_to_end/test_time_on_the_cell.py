"""A moment of the run, chosen on the traces, on the cell, along a path and in a film: all show the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit

from gui import theme
from gui.session.frames import Frames
from gui.session.run import Run
from gui.settings import SettingsStore
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.end_to_end.test_journeys import COLUMN, finished


def spike_of_a_thick_tufted_cell(rig: Rig, hand: Hand) -> Run:
    """The built-in layer 5 cell, stimulated at its soma, with the cell in view."""
    session = rig.bench.session
    hand.press(rig.window.welcome.recent_buttons[0])
    rig.until_open()
    table = rig.table
    rig.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and table.model().rowCount() > 0)
    everything = table.model().rowCount()
    hand.type("L5_TTPC")
    rig.until(lambda: 0 < table.model().rowCount() < everything)
    hand.press_row(table, 0, 1)
    rig.until(lambda: session.selection.current is not None)
    hand.press(rig.button("Stimulate soma"))
    rig.until(lambda: bool(session.document.experiment and session.document.experiment.stimuli))
    rig.until(lambda: bool(rig.bench.panels["cell"].view.shapes))  # type: ignore[attr-defined]
    rig.until(session.rig.can_run)
    hand.press(rig.bench.tool_bar.widgetForAction(rig.bench.actions.widget("run.start")))
    run = finished(rig)
    assert run.frames is not None and run.frames.cell == session.selection.current
    return run


def spike_time(run: Run) -> float:
    """ms of the greatest voltage of the soma."""
    return float(run.traces.times()[np.argmax(run.traces.column(0))])


def pixel(rig: Rig, time: float) -> QPoint:
    """Where a time is in the first plot of the traces."""
    scope = rig.bench.panels["scope"]
    plot = scope.trace_plots[0]  # type: ignore[attr-defined]
    height = plot.vb.viewRect().center().y()
    place = scope.stack.mapFromScene(plot.vb.mapViewToScene(QPointF(time, height)))  # type: ignore[attr-defined]
    assert isinstance(place, QPoint)
    return place


def drag(rig: Rig, first: float, last: float) -> None:
    """With the left button, along the time of the traces."""
    view = rig.bench.panels["scope"].stack.viewport()  # type: ignore[attr-defined]
    begin, end = pixel(rig, first), pixel(rig, last)

    def move(where: QPoint, buttons: Qt.MouseButton) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(where),
            QPointF(view.mapToGlobal(where)),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, event)

    move(begin, Qt.MouseButton.NoButton)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
    for share in (0.3, 0.7, 1.0):
        move(begin + QPoint(round((end - begin).x() * share), 0), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def cell_shows(rig: Rig, frames: Frames) -> bool:
    """Whether the cell is coloured by the frame of the moment that is shown."""
    values = rig.bench.panels["cell"].view.scene.values  # type: ignore[attr-defined]
    wanted = frames.at(rig.bench.session.playhead.time)
    assert wanted is not None
    return values is not None and np.array_equal(values, wanted)


def test_that_a_moment_on_the_traces_is_that_on_the_cell_and_along_the_path(
    launch: Callable[..., Rig], store: SettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # it drops moves that come so fast
    store.remember_file(COLUMN)
    rig, hand = launch(), Hand()
    session = rig.bench.session
    run = spike_of_a_thick_tufted_cell(rig, hand)
    frames = run.frames
    assert frames is not None
    QTest.mouseClick(
        rig.bench.panels["scope"].stack.viewport(),  # type: ignore[attr-defined]
        Qt.MouseButton.LeftButton,
        pos=pixel(rig, 20.0),
    )
    clicked = session.playhead.time
    assert clicked is not None and clicked == pytest.approx(20.0, abs=2.0)
    assert clicked in run.traces.times()
    drag(rig, clicked, spike_time(run))
    time = session.playhead.time
    assert time is not None and time in run.traces.times()
    at_time = frames.at(time)
    assert at_time is not None
    rig.until(lambda: cell_shows(rig, frames))
    rig.shot("30-moment-on-the-cell")
    space = rig.bench.panels["space"]
    rig.window.arrangement.docks["space"].raise_()
    rig.until(space.isVisible)
    rig.until(lambda: np.array_equal(space.path.plot.drawn()[0], at_time[space.way.segments]))  # type: ignore[attr-defined]
    rig.shot("31-space-plot")
    space.tabs.setCurrentIndex(1)  # type: ignore[attr-defined]
    rig.until(lambda: bool(space.attenuation.parts))  # type: ignore[attr-defined]
    apical = {part.section_type: part for part in space.attenuation.parts}["apic"]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(
        apical.amplitudes,
        (frames.highest.astype(np.float64) - frames.values[0].astype(np.float64))[apical.segments],
    )
    assert apical.fit is not None and apical.fit.length > 0
    rig.shot("32-attenuation")
    theme.apply("dark", 100)
    rig.shot("33-attenuation-dark")
    space.tabs.setCurrentIndex(0)  # type: ignore[attr-defined]
    rig.until(space.path.isVisible)  # type: ignore[attr-defined]
    rig.shot("34-space-plot-dark")
    hand.key(Qt.Key.Key_End, Qt.KeyboardModifier.AltModifier, rig.window)
    assert session.playhead.time is None
    session.document.undo_stack.setClean()
    rig.close()


def test_that_playing_moves_all_views_and_a_film_is_made_while_the_window_works(
    launch: Callable[..., Rig], store: SettingsStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store.remember_file(COLUMN)
    rig, hand = launch(), Hand()
    session = rig.bench.session
    run = spike_of_a_thick_tufted_cell(rig, hand)
    cell = rig.bench.panels["cell"]
    frames = run.frames
    assert frames is not None
    player = cell.player  # type: ignore[attr-defined]
    rig.until(player.play.isEnabled)
    moments: list[float | None] = []
    session.playhead.moved.connect(moments.append)
    hand.press(player.play)
    rig.until(lambda: len(moments) > 3)
    hand.press(player.play)
    assert not player.player.is_playing
    rig.until(lambda: cell_shows(rig, frames))
    rig.shot("35-player")
    path = tmp_path / "cell.gif"
    monkeypatch.setattr("gui.panels.cell.filming.ask_for_file", lambda *_: path)
    cell.filming.ask()  # type: ignore[attr-defined]
    dialog = cell.filming.dialog  # type: ignore[attr-defined]
    dialog.last.show_value(frames.times()[0] + 50.0)
    dialog.last.edited.emit()
    dialog.speed.setCurrentIndex(dialog.speed.findData(50))
    rig.shot("36-film-dialog", dialog)
    watchdog = rig.watchdog
    watchdog.start()
    save = dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    with rig.qtbot.waitSignal(dialog.accepted, timeout=60_000):
        hand.press(save)
    watchdog.stop()
    print(f"\nstumbles over 16 ms while filming: {[round(gap) for gap in watchdog.stumbles[:20]]}")
    assert watchdog.stalls == [], "the window stood still"
    with Image.open(path) as film:
        count = getattr(film, "n_frames", 1)
        shown = 0
        for number in range(count):
            film.seek(number)
            shown += int(film.info["duration"])
    assert film.size == (640, 480)
    assert 0 < count <= 26 and shown == 26 * 40
    session.document.undo_stack.setClean()
    rig.close()
