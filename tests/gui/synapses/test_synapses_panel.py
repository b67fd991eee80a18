"""The synapses of a cell, as a hand finds, chooses and switches them."""

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment.activation import are_active
from engine.experiment.synaptic_input import AtRandom, OfFilter, OfPopulations
from gui.models.synapse_table import ACTIVE, TICK
from tests.gui.cell.cells import CELL
from tests.gui.synapses.conftest import SIZE
from tests.replays import replays_of


def entry(button, text):
    """Choose from the menu of a button, as if it were open."""
    menu = button.menu()
    menu.aboutToShow.emit()
    next(each for each in menu.actions() if each.text() == text).trigger()


def column_of(desk, name):
    names = [each.name for each in desk.panel.model.columns]
    return names.index(name)


def shown(desk, name):
    model, section = desk.panel.model, column_of(desk, name)
    return [model.data(model.index(row, section)) for row in range(model.rowCount())]


def test_that_all_synapses_are_listed_with_where_they_are_on_the_built_cell(desk):
    assert desk.panel.model.rowCount() == SIZE
    assert desk.panel.count.text() == "60 synapses onto cells:7 from 2 populations: 0 active."
    assert set(shown(desk, "source")) == {"cells", "outside"}
    assert set(shown(desk, "section")) == {"soma[0]", "apic[0]", "apic[1]", "apic[2]"}
    assert all(float(each) >= 0 for each in shown(desk, "distance"))
    assert set(shown(desk, ACTIVE)) == {""}
    assert desk.panel.problems.text() == ""


def test_that_filter_and_sort_change_what_is_shown(desk):
    desk.keep("source == outside & kind == excitatory")
    table = desk.afferent.table
    expected = (table.values("source") == "outside") & (table.values("erev") == 0)
    assert desk.panel.model.rowCount() == expected.sum()
    assert f"{expected.sum()} shown" in desk.panel.count.text()
    desk.panel.table.sortByColumn(column_of(desk, "delay"), Qt.SortOrder.DescendingOrder)
    desk.settle()
    delays = [float(each) for each in shown(desk, "delay")]
    assert delays == sorted(delays, reverse=True)
    assert len(delays) == expected.sum()


def test_that_a_filter_without_sense_is_told_and_the_rows_stay(desk):
    desk.keep("delya > 1")
    assert "delya" in desk.panel.filter.error
    assert desk.panel.model.rowCount() == SIZE
    desk.keep("")
    assert desk.panel.filter.error == ""


def test_that_each_way_to_activate_is_one_step_that_ticks_its_rows(desk):
    afferent, panel, document = desk.afferent, desk.panel, desk.session.document
    entry(panel.activate, "All 60")
    desk.settle()
    assert shown(desk, ACTIVE) == [TICK] * SIZE
    assert document.undo_stack.undoText() == "Activate all synapses of cells:7"
    desk.keep("distance > 50")
    entry(panel.activate, f"The {len(afferent.rows)} shown by the filter")
    desk.settle()
    assert desk.connections.choice_of(CELL) == OfFilter(text="distance > 50")
    assert shown(desk, ACTIVE) == [TICK] * len(afferent.rows)
    assert afferent.active.sum() == len(afferent.rows) < SIZE
    desk.keep("")
    entry(panel.activate, "outside__cells")
    desk.settle()
    assert desk.connections.choice_of(CELL) == OfPopulations(populations=("outside__cells",))
    assert afferent.active.sum() == SIZE // 2
    afferent.selection.select_cells("cells:7", [3, 5, 40])
    entry(panel.activate, "All active ones but the selected")
    desk.settle()
    assert afferent.active.sum() == SIZE // 2 - 1
    entry(panel.activate, "The 3 selected")
    desk.settle()
    assert np.flatnonzero(afferent.active).tolist() == [3, 5, 40]
    for _ in range(5):
        document.undo_stack.undo()
    desk.settle()
    assert not afferent.active.any()
    assert not desk.connections.enabled


def test_that_a_number_at_random_is_asked_for_and_kept_with_its_seed(desk):
    desk.keep("source == outside")
    dialog = desk.panel.ask_for_number()
    dialog.count_box.setValue(7)
    dialog.seed_box.setValue(3)
    dialog.accept()
    desk.settle()
    assert desk.connections.choice_of(CELL) == AtRandom(count=7, seed=3, text="source == outside")
    assert desk.afferent.active.sum() == 7
    expected = are_active(desk.connections, CELL, desk.afferent.table)
    np.testing.assert_array_equal(desk.afferent.active, expected)
    entry(desk.panel.activate, "None: connections off")
    desk.settle()
    assert not desk.afferent.active.any()


def test_that_selected_rows_are_copied_with_titles_and_all_digits(desk):
    desk.afferent.selection.select_cells("cells:7", [4, 31])
    desk.panel.copy()
    lines = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    table = desk.afferent.table
    assert [float(each["distance (µm)"]) for each in lines] == table.values("distance")[[4, 31]].tolist()
    assert [each["active"] for each in lines] == ["0", "0"]
    assert "edge" not in lines[0], "hidden columns are left out"
    section = column_of(desk, "edge")
    desk.panel.columns.show_column(section, shown=True)
    desk.panel.copy()
    lines = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    assert [int(each["edge"]) for each in lines] == table.values("edge")[[4, 31]].tolist()


def test_that_a_press_on_a_row_selects_it_and_tells_about_it(desk):
    view = desk.panel.table
    place = view.visualRect(desk.panel.model.index(2, column_of(desk, "source"))).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.afferent.selected.tolist() == [2]
    table = desk.afferent.table
    assert f"Edge {table.values('edge')[2]} of cells__cells, from cells:" in desk.panel.about.text()
    assert "Random streams" not in desk.panel.about.text(), "an Exp2Syn releases nothing at random"


def test_that_dots_are_the_rows_shown_and_a_click_on_one_selects_its_row(desk):
    view, afferent = desk.cell.view, desk.afferent
    dots = view.dots
    assert sorted(dots.keys) == list(range(SIZE))
    assert dots.are_hollow.all()
    desk.keep("section == 'apic[1]'")
    assert sorted(view.dots.keys) == sorted(afferent.rows)
    assert {view.shapes[0].anatomy.section(each).name for each in view.dots.segments} == {"apic[1]"}
    row = int(afferent.rows[0])
    x = float(afferent.table.values("x")[row])
    place = view.place_of(view.shapes[0].anatomy.segment_at("apic[1]", x), x)
    assert view.dot_at(place) == row
    desk.qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert afferent.selected.tolist() == [row]
    assert view.dots.keys[view.dots.are_marked].tolist() == [row]
    assert desk.panel.table.currentIndex().row() == desk.panel.model.row_of(row)
    assert desk.session.selection.site is None, "a dot is no place for an electrode"
    assert view.dot_at(QPointF(1, 1)) is None


@pytest.mark.parametrize("mode", ["3d", "2d", "dendrogram"])
def test_that_every_dot_is_where_its_place_on_the_cell_is(desk, mode):
    view, afferent = desk.cell.view, desk.afferent
    view.show_mode(mode)
    sections, xs = afferent.table.values("section"), afferent.table.values("x")
    anatomy = view.shapes[0].anatomy
    found = view.placed_dots().places
    for row in range(SIZE):
        place = view.place_of(anatomy.segment_at(sections[row], xs[row]), xs[row])
        assert found[row] == pytest.approx((place.x(), place.y()), abs=1e-6), row


def test_that_active_dots_are_full_and_colours_say_source_or_kind(desk):
    view, panel = desk.cell.view, desk.panel
    entry(panel.activate, "outside__cells")
    desk.settle()
    sources = desk.afferent.table.values("source")
    np.testing.assert_array_equal(view.dots.are_hollow, sources != "outside")
    assert [name for name, _ in view.dots.legend] == ["cells", "outside"]
    np.testing.assert_array_equal(view.dots.groups, sources == "outside")
    panel.dots.setCurrentIndex(1)
    panel.dots.activated.emit(1)
    assert [name for name, _ in view.dots.legend] == ["excitatory", "inhibitory"]
    panel.dots.setCurrentIndex(2)
    panel.dots.activated.emit(2)
    assert view.dots is None


def test_that_the_dots_are_painted_in_the_colour_of_their_group(desk):
    view, afferent = desk.cell.view, desk.afferent
    entry(desk.panel.activate, "All 60")
    desk.keep("section == 'apic[2]'")
    picture = view.grab().toImage()
    row = int(afferent.rows[-1])
    where = view.placed_dots()
    place = where.places[where.dots.keys.tolist().index(row)]
    group = int(where.dots.groups[where.dots.keys.tolist().index(row)])
    colour = picture.pixelColor(QPoint(*np.floor(place).astype(int).tolist())).name()
    assert colour == where.dots.legend[group][1].lower()


def test_that_the_dots_go_when_the_list_is_not_seen(desk):
    assert desk.cell.view.dots is not None
    desk.panel.hide()
    assert desk.cell.view.dots is None
    desk.panel.show()
    desk.until(lambda: desk.cell.view.dots is not None)


def test_that_driving_switches_connections_on_records_the_soma_and_replays_once(desk, tmp_path):
    desk.panel.sources.file(tmp_path / "spikes.h5")
    experiment = desk.session.document.experiment
    (replay,) = replays_of(experiment)
    assert replay.spike_file == (tmp_path / "spikes.h5").as_posix()
    assert experiment.connections.enabled
    assert [each.site.cell for each in experiment.recordings] == [CELL]
    desk.panel.sources.file(tmp_path / "spikes.h5")
    assert desk.session.document.experiment == experiment
    assert desk.session.document.undo_stack.undoText() == "Replay spikes from spikes.h5"


def test_that_bad_edges_are_counted_in_a_sentence_each_and_the_others_listed(open_desk):
    lost = np.where(np.arange(SIZE // 2) < 5, 99, 0)
    missing = np.where(np.arange(SIZE // 2) < 3, 1000, 0)
    desk = open_desk(afferent_section_id=lost, source_node_id=missing)
    told = desk.panel.problems.text().splitlines()
    assert [each.split(" of ")[0].split(" onto ")[0] for each in told] == [
        *("3 synapses", "3 synapses", "10 synapses")
    ]
    assert desk.panel.model.rowCount() == SIZE
    assert len(desk.cell.view.dots) == SIZE - 10


def test_that_without_a_cell_or_edges_it_says_what_to_do(desk):
    desk.session.selection.clear()
    assert desk.panel.hint.text().startswith("Choose a cell in the circuit")
    desk.session.selection.select_cells("outside", [3])
    desk.settle()
    assert desk.panel.hint.text() == "No edge of the circuit ends at outside:3: it has no synapses."
