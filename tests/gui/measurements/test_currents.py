"""All currents of a real run of the squid axon, and which of them carries which share."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.targets import CellReference, Site
from engine.resources import example_file
from gui.background import wait_for_all
from gui.panels.measurements.currents_tab import CurrentsTab
from gui.panels.measurements.panel import MeasurementsPanel
from gui.panels.sections.panel import SectionsPanel
from gui.plots.figure import Area
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool

SOMA = Site(cell=CellReference("axon", 0))


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    pool = WorkerPool(cores=1)
    made = Session(pool)
    with qtbot.waitSignal(made.opened, timeout=30_000):
        made.open_path(example_file("squid-axon"))
    qtbot.waitUntil(lambda: made.rig.description(SOMA.cell) is not None, timeout=60_000)
    yield made
    assert wait_for_all()
    made.shutdown()
    pool.shutdown()


def test_that_shares_of_a_run_add_up_and_inward_is_sodium_while_the_voltage_rises(
    qtbot: QtBot, session: Session
) -> None:
    sections, panel = SectionsPanel(session), MeasurementsPanel(session)
    for each in (sections, panel):
        qtbot.addWidget(each)
    panel.resize(800, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_currents()
    tab = panel.currents
    assert tab.words.text() and not tab.has_plot()
    (record,) = [each for each in sections.actions() if each.id == "sections.record_currents"]
    assert record.enabled()
    record.run()
    record.run()  # they are there already
    assert session.document.undo_stack.count() == 1
    qtbot.waitUntil(session.rig.can_run, timeout=30_000)
    with qtbot.waitSignal(session.runs.ended, timeout=60_000):
        session.rig.run()
    qtbot.waitUntil(tab.has_plot, timeout=10_000)
    run, drawn = session.runs.latest, tab.drawn
    assert run is not None and drawn is not None
    assert drawn.names == ("ik", "ina", "hh.il")
    shares = drawn.shares
    assert shares.outward.sum(0) == pytest.approx(1) and shares.inward.sum(0) == pytest.approx(1)
    columns = {head.variable: run.traces.column(column) for column, head in enumerate(run.heads)}
    currents = np.array([columns[name] for name in drawn.names])
    outward = np.maximum(currents, 0)
    assert drawn.times == pytest.approx(run.traces.times()), "a short run is drawn with every sample"
    assert shares.outward == pytest.approx(outward / outward.sum(0))
    rising = int(np.argmax(np.gradient(columns["v"])))
    falling = int(np.argmin(np.gradient(columns["v"])))
    assert shares.inward[1, rising] > 0.99, "sodium goes in"
    assert shares.outward[0, falling] > 0.95, "potassium goes out"
    time, middle = drawn.times[falling], 50.0
    assert tab.outward.share_at(time, middle) == (0, falling)
    told: list[str] = []
    panel.cursor_text.connect(told.append)
    tab.stack.scene().sigMouseMoved.emit(tab.outward.vb.mapViewToScene(QPointF(time, middle)))
    assert told[-1].startswith("ik: ") and "outward" in told[-1]
    title, numbers = tab.columns()[2]
    assert title == "ik, outward (%)" and numbers == pytest.approx(100 * shares.outward[0])
    session.time_span.show((4.0, 8.0))
    qtbot.waitUntil(lambda: tab.drawn is not drawn and not tab.later.is_computing)
    assert tab.drawn is not None and tab.drawn.times[0] == pytest.approx(4.0)
    tab.copy_image()
    _check_print(tab)
    session.document.undo_stack.undo()
    assert session.document.experiment == store.with_absolute_paths(
        changed(store.load(example_file("squid-axon"))), example_file("squid-axon").parent
    )


def _check_print(tab: CurrentsTab) -> None:
    """On paper there are the same areas, and numbers at the logarithmic axis."""
    drawn = tab.drawn
    assert drawn is not None
    printed = tab.saving.figure(tab.plots())
    areas = [[mark for mark in chart.marks if isinstance(mark, Area)] for chart in printed.charts]
    assert [len(each) for each in areas] == [0, 0, 3, 3]
    assert areas[2][-1].y.max() == pytest.approx(100 * drawn.shares.outward[0].max())
    ticks = printed.charts[1].y.ticks
    assert ticks is not None and len(ticks) > 1
    assert all(float(text) == pytest.approx(10**power) for power, text in ticks)
