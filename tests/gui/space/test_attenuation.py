"""How far a signal falls off: amplitudes, fits, and what is said of them."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from gui.panels.space.profile import rounded_pair
from tests.gui.cell.cells import CELL, y_shaped
from tests.gui.space.test_space_plot import spot

REST, PEAK = -70.0, 80.0


@pytest.fixture
def tab(panel, qtbot):
    """The tab in front; what it shows is worked out."""
    panel.tabs.setCurrentIndex(1)
    panel.draw()
    return panel.attenuation


@pytest.fixture
def falling():
    """A spike that falls off to 1/e in 250 µm from the soma, and then dips below rest by a tenth of it."""
    anatomy = y_shaped().anatomy
    far = PEAK * np.exp(-anatomy.distances_from(anatomy.segment_at("soma[0]", 0.5)) / 250)
    course = np.array([0, 0, 0.5, 1, 0.4, 0, -0.1, 0])
    return REST + course[:, None] * far


def worked_out(tab, qtbot):
    qtbot.waitUntil(lambda: not tab.is_working and bool(tab.parts))
    return {part.section_type: part for part in tab.parts}


def test_that_the_length_constant_is_found_and_told_with_its_unit(tab, feed, falling, qtbot):
    feed(falling)
    parts = worked_out(tab, qtbot)
    assert parts["apic"].fit.length == pytest.approx(250, rel=1e-4)
    assert parts["apic"].fit.r_squared == pytest.approx(1, abs=1e-6)
    assert parts["soma"].fit is None and not parts["soma"].problem
    told = tab.legend.text().replace("&nbsp;", " ")
    assert "Apical dendrites" in told and "250.000 ± 0.000 µm" in told and "µm" in told and "r² 1.000" in told


def test_that_amplitudes_are_the_highest_less_the_first_frame(tab, feed, wave, qtbot):
    run = feed(wave)
    parts = worked_out(tab, qtbot)
    values = run.frames.values.astype(np.float64)
    expected = values.max(axis=0) - values[0]
    for part in parts.values():
        np.testing.assert_array_equal(part.amplitudes, expected[part.segments])
    drawn = tab.plot.groups
    assert sorted(np.concatenate([group.points for group in drawn]).tolist()) == list(range(wave.shape[1]))


def test_that_a_peak_downwards_is_one_too(tab, feed, falling, qtbot):
    feed(falling)
    worked_out(tab, qtbot)
    tab.direction.setCurrentIndex(tab.direction.findData("downwards"))
    assert tab.parts  # what is known stays until there is better
    qtbot.waitUntil(lambda: tab.parts[-1].amplitudes.max() < 10)
    parts = worked_out(tab, qtbot)
    assert parts["apic"].fit.length == pytest.approx(250, rel=1e-3)
    assert parts["soma"].amplitudes[0] == pytest.approx(8.0, rel=1e-3)
    assert tab.plot.title == "Voltage below baseline (mV)"


def test_that_what_was_before_the_baseline_does_not_count(tab, feed, falling, qtbot):
    before = np.full((3, falling.shape[1]), REST)
    before[1] += 200.0  # something that the experimenter does not want to see
    run = feed(np.vstack([before, falling]))
    worked_out(tab, qtbot)
    tab.baseline.show_value(3.0)
    tab.baseline.edited.emit()
    qtbot.waitUntil(lambda: tab.parts[-1].amplitudes.max() < 100)
    parts = worked_out(tab, qtbot)
    values = run.frames.values.astype(np.float64)
    expected = values[3:].max(axis=0) - values[3]
    np.testing.assert_array_equal(parts["apic"].amplitudes, expected[parts["apic"].segments])
    assert parts["apic"].fit.length == pytest.approx(250, rel=1e-4)


def test_that_distances_are_those_from_the_first_point(tab, panel, feed, falling, qtbot):
    feed(falling)
    worked_out(tab, qtbot)
    panel._session.selection.select_site(spot("apic[1]", 0.5))
    anatomy = panel.shown.anatomy
    origin = anatomy.segment_at("apic[1]", 0.5)
    qtbot.waitUntil(
        lambda: origin in tab.plot.segments and tab.plot.at(tab.point_of(spot("apic[1]")))[0] == 0
    )
    for part in tab.parts:
        np.testing.assert_array_equal(part.distances, anatomy.distances_from(origin)[part.segments])
    assert "distances from apic[1](0.5)" in panel.remark.text()


def test_that_what_does_not_fall_off_is_told(tab, feed, qtbot):
    values = np.full((4, y_shaped().anatomy.segments), REST)
    values[2] = 0.0
    feed(values)
    parts = worked_out(tab, qtbot)
    assert parts["apic"].problem == "The signal does not fall off with the distance."
    assert "Apical dendrites: The signal does not fall off" in tab.legend.text()
    assert not tab.plot.groups[-1].curve[0].size


def test_that_segments_without_the_variable_are_left_out(tab, feed, falling, qtbot):
    anatomy = y_shaped().anatomy
    axon = [n for n in range(anatomy.segments) if anatomy.section(n).section_type == "axon"]
    falling[:, axon] = np.nan
    feed(falling)
    parts = worked_out(tab, qtbot)
    assert "axon" not in parts and len(parts["apic"].segments) == 19


def test_that_while_a_run_goes_on_it_is_worked_out_again(tab, feed, falling, session, qtbot):
    run = feed(falling[:3], state="running")
    half = worked_out(tab, qtbot)["soma"].amplitudes[0]
    run.frames.append(falling[3:].astype(np.float32))
    session.runs.advanced.emit(run)
    qtbot.waitUntil(lambda: worked_out(tab, qtbot)["soma"].amplitudes[0] == pytest.approx(2 * half))


def test_that_points_are_read_off(tab, panel, feed, falling, qtbot):
    feed(falling)
    parts = worked_out(tab, qtbot)
    apical = parts["apic"]
    where = tab.plot.view.mapViewToScene(QPointF(apical.distances[4], apical.amplitudes[4]))
    with qtbot.waitSignal(panel.cursor_text) as told:
        tab.plot._on_mouse(where)
    assert told.args[0].endswith(f" µm: {apical.amplitudes[4]:.5g} mV")
    assert panel._session.pointing.site.cell == CELL


def test_that_amplitudes_are_saved_to_the_bit(tab, feed, falling, tmp_path, qtbot):
    feed(falling)
    apical = worked_out(tab, qtbot)["apic"]
    tab.saving.save_columns(tab.columns(), tmp_path / "attenuation.csv")
    qtbot.waitUntil(lambda: tab.saving.task.is_over)
    with (tmp_path / "attenuation.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head[0] == "Path distance from soma[0](0.5) (µm)" and head[-1] == "Voltage above baseline (mV)"
    saved = np.array([float(row[4]) for row in rows if row[3] == "apic"])
    assert saved.tobytes() == apical.amplitudes.tobytes()


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (312.4567, 14.21, ("312", "14")),
        (312.4567, 1.421, ("312.5", "1.4")),
        (354.2, 3.44, ("354.2", "3.4")),
        (1012.3, 123.4, ("1012", "123")),
        (250.0, 1e-7, ("250.000", "0.000")),
        (250.0, float("nan"), ("250", "nan")),
    ],
)
def test_that_numbers_have_as_many_digits_as_their_error_allows(value, error, expected):
    assert rounded_pair(value, error) == expected
