"""Values on the way between two points: what is drawn, read off and saved."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from engine.experiment.targets import CellReference, Site
from gui import theme
from gui.panels.space import shown
from tests.gui.accessibility import nameless_controls
from tests.gui.cell.cells import CELL, Branch
from tests.gui.session.experiments import small


def spot(section, x=0.5):
    return Site(cell=CELL, section=section, x=x)


def sections_of(panel):
    """Of the way, in its order."""
    return [stretch.name for stretch in panel.way.stretches()]


def on_way(panel, values):
    return np.asarray(values)[panel.way.segments].astype(np.float32)


def test_that_at_first_the_way_goes_from_the_soma_to_the_farthest_apical_tip(panel, feed, wave):
    feed(wave)
    assert sections_of(panel) == ["soma[0]", "apic[0]", "apic[2]"]
    anatomy = panel.shown.anatomy
    assert panel.way.segments[-1] == anatomy.farthest_tip("apic")
    soma = anatomy.segment_at("soma[0]", 0.5)
    assert panel.way.segments[0] == soma
    assert panel.way.length == pytest.approx(anatomy.distances_from(soma)[panel.way.segments[-1]])


def test_that_the_values_drawn_are_those_of_the_frames_bit_for_bit(panel, feed, wave, session):
    run = feed(wave)
    for time in (0.0, 12.0, 12.9, 29.0, None):
        session.playhead.move(time)
        panel.draw()
        now, lowest, highest = panel.path.plot.drawn()
        frame = 29 if time is None else int(time)
        assert now.tobytes() == on_way(panel, wave[frame]).tobytes()
        assert lowest.tobytes() == run.frames.lowest[panel.way.segments].tobytes()
        assert highest.tobytes() == on_way(panel, wave.max(axis=0)).tobytes()
    assert panel.path.plot.title == "Voltage (mV)"


def test_that_it_goes_on_while_the_run_does_and_the_axis_only_grows(panel, feed, wave, session, qtbot):
    run = feed(wave[:3], state="running")
    shown_ranges = []
    for more in range(3, 30, 9):
        run.frames.append(wave[more : more + 9].astype(np.float32))
        session.runs.advanced.emit(run)
        wanted = on_way(panel, wave[min(more + 8, 29)]).tobytes()
        qtbot.waitUntil(lambda wanted=wanted: panel.path.plot.drawn()[0].tobytes() == wanted)
        shown_ranges.append(panel.path.plot.view.viewRange()[1])
    heights = [high - low for low, high in shown_ranges]
    assert heights == sorted(heights) and heights[-1] > heights[0]


def test_that_borders_of_sections_are_where_the_sections_meet(panel, feed, wave):
    feed(wave)
    anatomy = panel.shown.anatomy
    first = anatomy.segment_at("apic[0]", 0.0)
    fork = anatomy.segment_at("apic[2]", 0.0)
    begins = [stretch.begin for stretch in panel.way.stretches()]
    distances = anatomy.distances_from(anatomy.segment_at("soma[0]", 0.5))
    expected = [distances[each] - anatomy.lengths[each] / 2 for each in (first, fork)]
    assert begins == pytest.approx([0.0, *expected])
    drawn = [border.value() for border in panel.path.plot._borders]
    assert drawn == pytest.approx(expected)


def test_that_a_chosen_spot_is_the_first_point_and_with_shift_the_last(
    panel, feed, wave, session, monkeypatch
):
    feed(wave)
    session.selection.select_site(spot("apic[1]", 0.9))
    assert sections_of(panel) == ["apic[1]", "apic[2]"]  # they leave the same point
    monkeypatch.setattr(QGuiApplication, "keyboardModifiers", lambda: Qt.KeyboardModifier.ShiftModifier)
    session.selection.select_site(spot("axon[0]", 0.5))
    assert sections_of(panel) == ["apic[1]", "apic[0]", "soma[0]", "axon[0]"]
    assert panel.ends.last.section.text == "axon[0]"


def test_that_points_can_be_typed_swapped_and_put_back(panel, feed, wave, qtbot):
    feed(wave)
    panel.ends.last.section.line.setText("axon[0]")
    panel.ends.last.section.line.commit()
    assert sections_of(panel) == ["soma[0]", "axon[0]"]
    buttons = {each.accessibleName(): each for each in panel.ends.findChildren(QToolButton)}
    buttons["Swap the ends"].click()
    assert sections_of(panel) == ["axon[0]", "soma[0]"]
    buttons["Farthest tip"].click()
    assert sections_of(panel) == ["soma[0]", "apic[0]", "apic[2]"]


def test_that_a_section_that_is_not_there_is_told_and_changes_nothing(panel, feed, wave):
    feed(wave)
    before = panel.way
    panel.ends.first.section.line.setText("apic[9]")
    panel.ends.first.section.line.commit()
    assert panel.remark.text() == "The cell has no section “apic[9]”; the list shows those that it has."
    assert panel.way is before


def test_that_what_is_under_the_mouse_is_read_off_and_lights_up_elsewhere(panel, feed, wave, session, qtbot):
    feed(wave)
    session.playhead.move(12.0)
    panel.draw()
    QApplication.processEvents()
    plot, point = panel.path.plot, 5
    where = plot.view.mapViewToScene(QPointF(panel.way.distances[point], -20.0))
    with qtbot.waitSignal(panel.cursor_text) as told:
        plot._on_mouse(where)
    anatomy, segment = panel.shown.anatomy, int(panel.way.segments[point])
    site = session.pointing.site
    assert anatomy.segment_at(site.section, site.x) == segment
    value, low, high = (np.float32(each[segment]) for each in (wave[12], wave.min(axis=0), wave.max(axis=0)))
    where_it_is = f"{site.section}({site.x:.3g}), {panel.way.distances[point]:.0f} µm"
    assert told.args == [
        f"{where_it_is}: Voltage {value:.5g} mV (lowest {low:.5g} mV, highest {high:.5g} mV)"
    ]
    with qtbot.waitSignal(panel.cursor_text) as told:
        plot.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told.args == [""] and session.pointing.site is None


def test_that_what_is_pointed_at_elsewhere_is_marked_where_the_way_comes_by(panel, feed, wave, session):
    feed(wave)
    mark = panel.path.plot._mark
    session.pointing.point_at(spot("apic[2]", 0.5))
    assert mark.isVisible()
    place = int(np.flatnonzero(panel.way.segments == panel.shown.anatomy.segment_at("apic[2]", 0.5))[0])
    assert mark.getData()[0].tolist() == [panel.way.distances[place]]
    session.playhead.move(12.0)
    panel.draw()
    assert mark.getData()[1].tolist() == [panel.path.plot.drawn()[0][place]]  # it goes with the line
    session.pointing.point_at(spot("apic[1]", 0.5))
    assert not mark.isVisible()


def test_that_values_are_saved_to_the_bit_with_where_they_are(panel, feed, wave, tmp_path, qtbot):
    feed(wave)
    panel._session.playhead.move(12.0)
    panel.draw()
    tab = panel.path
    tab.saving.save_columns(tab.columns(), tmp_path / "space.csv")
    qtbot.waitUntil(lambda: tab.saving.task.is_over)
    with (tmp_path / "space.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [
        *("Path distance (µm)", "Section", "Position in the section"),
        *("Voltage, at 12 ms (mV)", "Voltage, lowest (mV)", "Voltage, highest (mV)"),
    ]
    numbers = np.array([[float(row[place]) for place in (0, 3, 5)] for row in rows])
    assert numbers[:, 0].tobytes() == panel.way.distances.tobytes()
    assert numbers[:, 1].astype(np.float32).tobytes() == on_way(panel, wave[12]).tobytes()
    assert {row[1] for row in rows} == {"soma[0]", "apic[0]", "apic[2]"}


def test_that_pictures_have_a_legend(panel, feed, wave, tmp_path):
    feed(wave)
    panel.path.saving.save_image([panel.path.plot.getPlotItem()], tmp_path / "space.svg")
    text = (tmp_path / "space.svg").read_text(encoding="utf-8")
    assert all(
        name in text for name in ("highest", "lowest", "moment shown", "Path distance (µm)", "apic[2]")
    )
    panel.path.copy_image()
    assert not QGuiApplication.clipboard().image().isNull()


def test_that_zoomed_in_it_stays_there_until_home_is_pressed(panel, feed, wave, session):
    feed(wave)
    plot = panel.path.plot
    plot.view.setXRange(10.0, 20.0, padding=0)
    plot.view.moved_by_user.emit(True, False)
    session.playhead.move(5.0)
    panel.draw()
    assert plot.view.viewRange()[0] == [10.0, 20.0]
    QTest.keyClick(plot, Qt.Key.Key_Home)
    low, high = plot.view.viewRange()[0]
    assert low <= 0 and high >= panel.way.length


def test_that_esc_shows_the_newest_moment(panel, feed, wave, session):
    feed(wave)
    session.playhead.move(5.0)
    QTest.keyClick(panel.path.plot, Qt.Key.Key_Escape)
    assert session.playhead.time is None


def test_that_where_nothing_can_be_drawn_it_says_what_to_do(panel, session, feed, wave):
    panel.draw()
    assert panel.words.text() == shown.NO_RUN
    run = feed(wave)
    assert panel.words.text() == "" and panel.words.isHidden()
    run.frames = None
    panel.draw()
    assert panel.words.text() == shown.NO_FRAMES.format(run="Run 1")
    session.document.put(small())
    panel.draw()
    assert panel.words.text() == shown.TAKES_NO_PART.format(cell=CELL)
    session.selection.clear()
    session.document.put(None)
    assert panel.words.text() == shown.NO_CELL
    point = CellReference("points", 3)
    session.selection.select_cell(point)
    session.rig.build(point)
    assert panel.words.text() == shown.IS_POINT.format(cell=point)


def test_that_frames_of_another_cell_are_not_drawn(panel, session, feed, wave):
    feed(wave)
    other = CellReference("cells", 8)
    session.rig.build(other, Branch("soma[0]"), Branch("dend[0]", "soma[0]", segments=3))
    session.selection.select_cell(other)
    assert sections_of(panel) == ["soma[0]", "dend[0]"]
    assert "Run again" in panel.words.text()
    session.selection.select_cell(CELL)
    assert panel.words.text() == ""


def test_that_all_controls_have_names_and_colours_follow_the_theme(panel, feed, wave):
    feed(wave)
    assert nameless_controls(panel) == []
    try:
        theme.apply("dark", 100)
        panel.draw()
        assert panel.path.plot.backgroundBrush().color().name() == theme.DARK.background
        assert theme.trace_colour(1) in panel.path.legend.text()
    finally:
        theme.apply("light", 100)
