"""The moment that all views show, in the scope."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from tests.gui.scope.test_scope import QMouseMove, middle


def lines(scope):
    """Of the time cursor: the row of each, and where it is."""
    return [(scope.stack.rows.index(plot), line.value()) for plot, line in scope.moment.cursor._lines]


def at(scope, time):
    """The pixel of a time in the first plot of traces."""
    plot = scope.trace_plots[0]
    height = plot.vb.viewRect().center().y()
    return scope.stack.mapFromScene(plot.vb.mapViewToScene(QPointF(time, height)))


@pytest.fixture
def drawn(scope, feed, monkeypatch):
    """The scope with a run of 401 samples every 0.1 ms."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)
    feed()
    scope.stack.draw()
    QApplication.processEvents()
    return scope


def test_that_a_click_shows_the_nearest_sample_in_all_plots(drawn, session):
    QTest.mouseClick(drawn.stack.viewport(), Qt.MouseButton.LeftButton, pos=at(drawn, 12.3))
    pixel = drawn.trace_plots[0].vb.viewPixelSize()[0]
    assert session.playhead.time == pytest.approx(12.3, abs=pixel + 0.05)
    assert session.playhead.time in session.runs.latest.traces.times()
    assert lines(drawn) == [(row, session.playhead.time) for row in range(len(drawn.stack.rows))]


def test_that_a_drag_of_the_line_moves_the_moment_and_not_the_plot(drawn, session):
    session.playhead.move(10.0)
    QApplication.processEvents()
    view = drawn.stack.viewport()
    begin, end = at(drawn, 10.0), at(drawn, 25.0)
    QApplication.sendEvent(view, QMouseMove(begin, view, Qt.KeyboardModifier.NoModifier))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
    for share in (0.3, 0.7, 1.0):
        where = begin + QPoint(round((end - begin).x() * share), 0)
        QApplication.sendEvent(view, QMouseMove(where, view, Qt.KeyboardModifier.NoModifier))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    pixel = drawn.trace_plots[0].vb.viewPixelSize()[0]
    assert session.playhead.time == pytest.approx(25.0, abs=2 * pixel)
    assert session.playhead.time in session.runs.latest.traces.times()
    assert drawn.trace_plots[0].vb.viewRange()[0] == [0.0, 40.0]


def test_that_a_drag_beside_the_line_moves_the_plot_and_not_the_moment(drawn, session):
    from tests.gui.scope.test_scope import drag

    session.playhead.move(10.0)
    begin = middle(drawn, drawn.trace_plots[0])
    drag(drawn, begin, begin + QPoint(60, 0), Qt.KeyboardModifier.NoModifier)
    assert session.playhead.time == 10.0
    assert drawn.trace_plots[0].vb.viewRange()[0][0] < 0


def test_that_esc_shows_the_newest_moment(drawn, session):
    session.playhead.move(10.0)
    QTest.keyClick(drawn.stack, Qt.Key.Key_Escape)
    assert session.playhead.time is None
    assert lines(drawn) == []


def test_that_steps_go_from_sample_to_sample_and_stop_at_the_ends(drawn, session):
    do = {action.id: action.run for action in drawn.actions()}
    do["moment.back"]()
    assert session.playhead.time == pytest.approx(39.9)
    do["moment.on"]()
    do["moment.on"]()
    assert session.playhead.time == pytest.approx(40.0)
    do["moment.first"]()
    do["moment.back"]()
    assert session.playhead.time == 0.0
    do["moment.newest"]()
    assert session.playhead.time is None


def test_that_the_values_at_the_moment_are_read_off(drawn, session, qtbot):
    run = session.runs.latest
    voltage, gate = (run.traces.column(column)[123] for column in range(2))
    names = [line.name for plot in drawn.trace_plots for line in plot.lines]
    with qtbot.waitSignal(drawn.cursor_text) as told:
        session.playhead.move(12.3)
    assert told.args == [f"At 12.3 ms: {names[0]} {voltage:.5g} mV; {names[1]} {gate:.5g}"]
    with qtbot.waitSignal(drawn.cursor_text) as told:
        session.playhead.move(None)
    assert told.args == [""]


def test_that_without_samples_a_click_shows_no_moment(scope, feed, session):
    feed(np.empty((0, 2)), state="running")
    scope.stack.draw()
    QApplication.processEvents()
    QTest.mouseClick(scope.stack.viewport(), Qt.MouseButton.LeftButton, pos=at(scope, 12.3))
    assert session.playhead.time is None


def test_that_rows_that_come_later_have_the_line_too_in_the_colours_of_the_theme(drawn, session):
    session.playhead.move(10.0)
    drawn.toggle_preview()
    drawn.stack.draw()
    assert lines(drawn) == [(row, 10.0) for row in range(len(drawn.stack.rows))]
    try:
        theme.apply("dark", 100)
        colours = {line.pen.color().name() for _, line in drawn.moment.cursor._lines}
        assert colours == {theme.DARK.accent}
    finally:
        theme.apply("light", 100)


def test_that_a_click_on_a_measuring_cursor_chooses_it_and_moves_nothing(drawn, session):
    drawn.toggle_cursors()
    drawn.cursors.move("time 1", 5.0)
    drawn.cursors.move("time 2", 20.0)
    QApplication.processEvents()
    where = at(drawn, 5.0)
    view = drawn.stack.viewport()
    QApplication.sendEvent(view, QMouseMove(where, view, Qt.KeyboardModifier.NoModifier))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert drawn.cursors.selected == "time 1"
    assert session.playhead.time is None
