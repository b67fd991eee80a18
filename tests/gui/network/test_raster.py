"""Who fires when: drawn as it comes, and a way to the cell."""

import numpy as np
import pytest

from engine.experiment.recordings import SiteRecording
from gui.plots.raster_plot import RasterSpike
from tests.gui.network.conftest import CELLS, Desk


def test_that_the_panel_says_what_a_run_builds(desk: Desk) -> None:
    assert desk.panel.plan.text() == (
        "30 cells, 168 synapses between 55 pairs; records all spikes and 1 trace."
    )
    members = desk.raster.members
    assert members.by == "mtype" and sorted(map(str, members.cells)) == sorted(map(str, CELLS))
    assert [stop - start for _, start, stop in members.spans()] == np.bincount(members.groups).tolist()


def test_that_spikes_are_drawn_as_they_come_each_in_the_row_of_its_cell(desk: Desk) -> None:
    run = desk.begin()
    desk.fire(run, 20.0, (5.0, 3), (6.0, 29))
    desk.fire(run, 40.0, (30.0, 3), (39.0, 77))  # 77 has no row
    rows = desk.raster.raster.numbers
    assert [desk.raster.members.cells[row].node_id for row in rows] == [3, 29, 3]
    assert desk.raster.raster.times.tolist() == [5.0, 6.0, 30.0]
    assert desk.raster.about.text() == "Run 1: 3 spikes in 40 ms, 2.5 Hz per cell"
    desk.fire(run, 60.0, (4.0, 5))  # told late
    assert desk.raster.raster.times.tolist() == [4.0, 5.0, 6.0, 30.0]
    desk.raster.order.setCurrentIndex(desk.raster.order.findData("layer"))
    desk.raster.order.activated.emit(desk.raster.order.currentIndex())
    desk.settle()
    cells = desk.raster.members.cells
    assert [cells[row].node_id for row in desk.raster.raster.numbers] == [5, 3, 29, 3]
    assert desk.raster.members.by == "layer"
    columns = dict(desk.raster.spike_columns(0.0, 10.0))
    assert columns["cell"].tolist() == ["column:5", "column:3", "column:29"]
    desk.begin()
    assert not desk.raster.raster.count


def test_that_an_attribute_with_numbers_orders_the_cells_of_a_population(desk: Desk) -> None:
    desk.raster.membership.by = "y"
    desk.raster._look()
    desk.settle()
    members, circuit = desk.raster.members, desk.circuit
    heights = circuit.node_populations["column"].read_rows("y", [each.node_id for each in members.cells])
    assert members.names == ("column",) and (np.diff(heights) >= 0).all()


def test_that_a_click_on_a_spike_leads_to_its_cell_and_offers_to_record_it(desk: Desk) -> None:
    run = desk.begin()
    desk.fire(run, 20.0, (5.0, 3), (6.0, 29))
    places = desk.raster.members.places
    desk.raster.raster.chosen.emit(RasterSpike(places[CELLS[3]], 5.0, ""))
    selection, pointing = desk.session.selection, desk.session.pointing
    assert selection.current == CELLS[3] and desk.session.playhead.time == 5.0
    assert pointing.site is not None and pointing.site.cell == CELLS[3]
    assert not desk.raster.record.isVisible() and "fires at 5 ms" in desk.raster.about.text()
    desk.raster.raster.chosen.emit(RasterSpike(places[CELLS[29]], 6.0, ""))
    assert selection.current == CELLS[29] and "not recorded" in desk.raster.about.text()
    desk.until(desk.raster.record.isVisible)
    desk.raster.record.click()
    recordings = desk.experiment.recordings
    assert [each.site.cell for each in recordings if isinstance(each, SiteRecording)] == [CELLS[3], CELLS[29]]
    assert not desk.raster.record.isVisible()


@pytest.mark.parametrize("zooms_here", [True, False])
def test_that_all_plots_of_the_run_show_the_same_stretch_of_time(desk: Desk, zooms_here: bool) -> None:
    desk.begin()
    stack, span = desk.raster.stack, desk.session.time_span
    if zooms_here:
        desk.raster.raster.view.setXRange(20.0, 30.0, padding=0)
        desk.raster.raster.view.moved_by_user.emit(True, False)
        assert span.span == (20.0, 30.0)
    else:
        span.show((20.0, 30.0))
    assert desk.raster.rates.view.viewRange()[0] == [20.0, 30.0] and not stack.follows_time
    stack.home()
    assert span.span is None and desk.raster.rates.view.viewRange()[0] == [0.0, 100.0]
