"""The scope with runs that come, grow and end."""

import gc
import resource

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.messages.events import Failed
from engine.messages.live import AppliedSetting, StimulusAmplitude, Temperature
from gui import theme
from gui.actions import check
from gui.settings import settings
from tests.gui.scope.conftest import head


def titles(scope):
    scope.stack.draw()
    return [plot.title for plot in scope.trace_plots]


def middle(scope, plot):
    return scope.stack.mapFromScene(plot.vb.sceneBoundingRect().center())


def test_that_without_a_run_the_scope_says_what_to_do(scope):
    assert scope.empty.isVisible()
    assert "F5" in scope.empty.text()


def test_that_the_samples_drawn_are_those_that_came_bit_for_bit(scope, feed):
    run = feed()
    assert titles(scope) == ["Voltage (mV)", "Mechanism states"]
    for column, plot in enumerate(scope.trace_plots):
        times, drawn = plot.trace_curves[0].getData()
        assert drawn.tobytes() == run.traces.column(column).tobytes()
        assert times.tobytes() == run.traces.times().tobytes()


def test_that_a_live_run_is_drawn_by_the_timer_and_the_axis_never_shrinks(scope, feed, session, qtbot):
    run = feed(np.full((10, 2), -65.0), state="running")
    plot_of = scope.trace_plots.__getitem__ if scope.trace_plots else None
    assert plot_of is None  # nothing is drawn until the frame is due
    qtbot.waitUntil(lambda: bool(scope.trace_plots))
    plot = scope.trace_plots[0]
    heights = []
    for value in (-60.0, 30.0, -65.0, -80.0):
        frames = scope.stack.frames
        run.traces.append(np.full((10, 2), value))
        session.runs.advanced.emit(run)
        qtbot.waitUntil(lambda frames=frames: scope.stack.frames > frames)
        low, high = plot.vb.viewRange()[1]
        assert low <= value <= high
        heights.append(high - low)
    assert heights == sorted(heights)
    assert plot.vb.viewRange()[0] == [0.0, 40.0]
    assert plot._now.isVisible()


def test_that_the_previous_run_is_a_ghost_behind_until_it_is_hidden(scope, feed):
    feed()
    feed()
    scope.stack.draw()
    ghost, newest = scope.trace_plots[0].lines
    assert ghost.pen.color().name() == theme.colours().ghost
    assert ghost.order < newest.order
    assert newest.pen.color().name() == theme.trace_colour(0)
    scope.toggle_ghost()
    scope.stack.draw()
    assert scope.trace_plots[0].lines == [newest]


def test_that_a_pinned_run_is_drawn_in_its_own_colour_with_its_name(scope, feed, session):
    pinned = feed()
    session.runs.change(pinned, is_pinned=True, colour="#123456", name="Control")
    feed()
    feed()
    scope.stack.draw()
    line = next(line for line in scope.trace_plots[0].lines if line.traces is pinned.traces)
    assert line.pen.color().name() == "#123456"
    assert "Control" in line.name
    assert "Control" in [entry.name for entry in scope.legend.entries]


def test_that_of_many_runs_the_newest_the_one_before_and_pinned_ones_are_drawn(scope, feed, session):
    runs = [feed() for _ in range(4)]
    scope.stack.draw()
    assert [run.is_visible for run in runs] == [False, False, True, True]
    assert len(scope.trace_plots[0].lines) == 2
    session.runs.change(runs[0], is_pinned=True)
    session.runs.change(runs[1], is_visible=True)  # as the user opens its eye
    scope.stack.draw()
    assert len(scope.trace_plots[0].lines) == 4
    feed()
    assert [run.is_visible for run in runs] == [True, True, False, True]
    session.runs.change(runs[0], is_pinned=False)
    assert not runs[0].is_visible


def test_that_the_eye_of_the_run_before_opens_when_the_newest_is_deleted(feed, session):
    runs = [feed() for _ in range(3)]
    session.runs.change(runs[1], is_visible=False)
    session.runs.remove(runs[2])
    assert [run.is_visible for run in runs[:2]] == [True, False], "what the user closed stays closed"


def test_that_a_hidden_run_is_not_drawn(scope, feed, session):
    run = feed()
    session.runs.change(run, is_visible=False)
    scope.stack.draw()
    assert not scope.trace_plots
    assert "hidden" in scope.empty.text()


@pytest.mark.parametrize(
    "samples",
    [
        np.empty((0, 2)),
        np.full((1, 2), -65.0),
        np.full((50, 2), np.nan),
        np.array([[1e308, -1e308], [-1e308, 1e308], [np.inf, -np.inf]]),
    ],
    ids=["none", "one", "not a number", "huge"],
)
def test_that_odd_samples_are_drawn_without_complaint(scope, feed, samples):
    feed(samples)
    scope.stack.draw()
    scope.grab()
    scope.stack.home()
    assert np.isfinite(scope.trace_plots[0].vb.viewRange()[1]).all()


def test_that_a_run_that_records_nothing_says_so(scope, feed):
    feed(np.empty((5, 0)), heads=())
    scope.stack.draw()
    assert "records nothing" in scope.empty.text()


def test_that_the_end_of_a_run_is_told_in_words(scope, feed, session):
    run = feed()
    scope.stack.draw()
    assert scope.state.text().startswith("Run 1: finished, 40.1 ms in ")
    run.state = "stopped"
    scope.stack.draw()
    assert scope.state.text() == "Run 1: stopped at 40.1 ms"
    run.state, run.problem = "failed", Failed(run_id=run.id, what="A gate became NaN.", hint="Reduce dt.")
    scope.stack.draw()
    assert scope.state.text() == "Run 1: failed at 40.1 ms. A gate became NaN. Reduce dt."


def test_that_live_changes_are_marked_with_what_was_changed(scope, feed):
    run = feed()
    run.settings = (
        AppliedSetting(time=3.0, setting=StimulusAmplitude(stimulus="pulse", amplitude=0.1)),
        AppliedSetting(time=5.0, setting=Temperature(celsius=20)),
    )
    scope.stack.draw()
    marks = [(line.value(), line.toolTip()) for _, line in scope.trace_plots[0]._marks]
    assert marks == [(3.0, "3 ms: Pulse set to 0.1 nA"), (5.0, "5 ms: temperature set to 20 °C")]


def test_that_spikes_are_ticks_above_the_traces(scope, feed):
    run = feed()
    run.spikes["axon"].append(np.array([[7.5, 0.0], [20.0, 0.0]]))
    scope.stack.draw()
    assert scope.stack.rows.index(scope.spikes) < scope.stack.rows.index(scope.trace_plots[0])
    assert scope.spikes._ticks.getData()[0].tolist() == [7.5, 7.5, 20.0, 20.0]


def test_that_the_wheel_zooms_time_in_all_plots_and_home_shows_the_whole_run(scope, feed):
    feed()
    scope.stack.draw()
    QApplication.processEvents()
    first, second = scope.trace_plots
    where = QPointF(middle(scope, first))
    wheel = QWheelEvent(
        where,
        scope.stack.mapToGlobal(where),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(scope.stack.viewport(), wheel)
    shown = first.vb.viewRange()[0]
    assert shown[1] - shown[0] < 40
    assert second.vb.viewRange()[0] == shown
    feed()
    scope.stack.draw()
    assert first.vb.viewRange()[0] == shown
    QTest.keyClick(scope.stack, Qt.Key.Key_Home)
    assert first.vb.viewRange()[0] == [0.0, 40.0]


def drag(scope, begin, end, modifier):
    view = scope.stack.viewport()
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, modifier, begin)
    for share in (0.4, 0.8, 1.0):
        move = QMouseMove(begin + (end - begin) * share, view, modifier)
        QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, left, modifier, end)


def QMouseMove(where, view, modifier):  # noqa: N802
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(where),
        QPointF(view.mapToGlobal(where)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        modifier,
    )


def test_that_a_drag_moves_and_a_drag_with_ctrl_zooms_to_the_rectangle(scope, feed, monkeypatch):
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # it drops moves that come so fast
    feed()
    scope.stack.draw()
    QApplication.processEvents()
    view = scope.trace_plots[0].vb
    begin = middle(scope, scope.trace_plots[0])
    drag(scope, begin, begin + QPoint(60, 0), Qt.KeyboardModifier.NoModifier)
    assert view.viewRange()[0][0] < 0
    assert view.viewRange()[0][1] - view.viewRange()[0][0] == pytest.approx(40)
    scope.stack.home()
    drag(scope, begin, begin + QPoint(100, 20), Qt.KeyboardModifier.ControlModifier)
    width = view.viewRange()[0][1] - view.viewRange()[0][0]
    assert width == pytest.approx(40 * 100 / view.width(), rel=0.05)
    assert not scope.trace_plots[0].follows_values


def test_that_the_sample_under_the_mouse_is_read_off(scope, feed, qtbot):
    run = feed()
    scope.stack.draw()
    QApplication.processEvents()
    plot = scope.trace_plots[0]
    where = plot.vb.mapViewToScene(QPointF(12.31, run.traces.column(0)[123]))
    with qtbot.waitSignal(scope.cursor_text) as told:
        scope.stack._on_mouse(where)
    assert told.args == [f"Voltage: {run.traces.column(0)[123]:.5g} mV at 12.3 ms"]
    with qtbot.waitSignal(scope.cursor_text) as told:
        scope.stack.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told.args == [""]


def test_that_a_new_theme_reaches_lines_and_plots(scope, feed):
    feed()
    scope.stack.draw()
    try:
        theme.apply("dark", 100)
        scope.stack.draw()
        assert scope.trace_plots[0].lines[0].pen.color().name() == theme.trace_colour(0)
        assert scope.stack.backgroundBrush().color().name() == theme.DARK.background
    finally:
        theme.apply("light", 100)


def test_that_recordings_can_be_hidden_renamed_and_recoloured(scope, feed, session):
    feed()
    scope.stack.draw()
    entry = scope.legend.entries[1]
    scope.legend.button(entry.key).click()
    assert titles(scope) == ["Voltage (mV)"]
    scope.legend.button(entry.key).click()
    assert titles(scope) == ["Voltage (mV)", "Mechanism states"]
    scope.naming.recolour(entry, "#112233")
    scope.naming.rename(entry, "Gate m")
    scope.stack.draw()
    assert session.document.experiment.recordings[1].label == "Gate m"
    assert scope.trace_plots[1].lines[0].name == "Gate m"
    assert scope.trace_plots[1].lines[0].pen.color().name() == "#112233"
    session.document.undo_stack.undo()
    scope.stack.draw()
    assert scope.trace_plots[1].lines[0].name == "Sodium activation"


def test_that_two_clicks_on_a_name_rename_and_do_not_hide(scope, feed, qtbot):
    feed()
    scope.stack.draw()
    button = scope.legend.button("recording voltage")
    scope.legend.rename_wanted.disconnect()
    with qtbot.waitSignal(scope.legend.rename_wanted) as wanted:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert wanted.args[0].head_id == "voltage"
    assert button.isChecked()
    assert not scope.appearance.hidden


def test_that_hidden_traces_and_colours_are_remembered(scope, feed, session):
    kept: list[str] = []
    session.trace_memory.keep = kept.extend
    feed()
    scope.stack.draw()
    scope.legend.button("recording voltage").click()
    scope.naming.recolour(scope.legend.entries[1], "#112233")
    assert session.trace_memory.hidden == {"voltage"}
    assert session.trace_memory.colours == {scope.legend.entries[1].head_id: "#112233"}
    assert kept == ["voltage", scope.legend.entries[1].head_id]
    scope.naming.show_alone(scope.legend.entries[0])
    assert session.trace_memory.hidden == {each.head_id for each in scope.legend.entries[1:]}


def test_that_the_ghost_is_hidden_by_its_name(scope, feed):
    feed()
    feed()
    scope.stack.draw()
    scope.legend.button(scope.legend.entries[-1].key).click()
    assert not settings().value.show_ghost
    scope.stack.draw()
    assert len(scope.trace_plots[0].lines) == 1


def test_that_two_runs_are_compared_and_subtracted(scope, feed, session):
    first, second = feed(), feed()
    feed()
    session.runs.compare(first, second)
    assert titles(scope) == ["Voltage (mV)", "Run 2 − Run 1 (mV)", "Mechanism states", "Run 2 − Run 1"]
    difference = scope.trace_plots[1].trace_curves[0].getData()[1]
    np.testing.assert_array_equal(difference, second.traces.column(0) - first.traces.column(0))
    scope.stop_comparing()
    assert "Run 2 − Run 1 (mV)" not in titles(scope)


@pytest.mark.parametrize(
    "heads", [(head("x", "m", "S/cm2"), head("y", "cai", "mM")), (head("x", "v", "V"), head("y", "v", "V"))]
)
def test_that_runs_that_cannot_be_subtracted_say_why(scope, feed, session, heads):
    session.runs.compare(feed(), feed(heads=heads))
    scope.stack.draw()
    assert "no recording in common" in scope.remarks.text()
    assert not any("−" in title for title in titles(scope))


def test_that_actions_are_one_of_a_kind_and_leave_letters_to_text_fields(scope, feed, qtbot):
    actions = {action.id: action for action in scope.actions()}
    check(actions.values())
    feed()
    scope.stack.draw()
    field = QLineEdit(scope)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    actions["scope.cursors"].run()
    assert not scope.cursors.is_shown
    scope.stack.setFocus()
    actions["scope.cursors"].run()
    assert scope.cursors.is_shown
    assert actions["scope.cursors"].checked()


def test_that_the_menu_of_a_plot_works(scope, feed):
    feed()
    scope.stack.draw()
    menu = scope.menu_of(scope.trace_plots[0])
    texts = [action.text() for action in menu.actions()]
    assert "Save all samples (CSV)…" in texts
    next(action for action in menu.actions() if action.text() == "Hide the previous run").trigger()
    assert not settings().value.show_ghost


def test_that_two_thousand_repaints_leave_no_memory_behind(scope, feed, session):
    run = feed(state="running")
    chunk = np.tile(run.traces.column(0)[:1, None], (1, 2))

    def repaint(times):
        for _ in range(times):
            run.traces.append(chunk)
            run.time += 0.1
            scope.stack.draw()
            scope.stack.viewport().repaint()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before = repaint(300)
    assert repaint(2000) - before < 5
