"""A session with a small forked cell, a run whose frames are fed by hand, and the space plot over them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.background import wait_for_all
from gui.panels.space.panel import SpacePanel
from gui.session.frames import Frames
from gui.session.run import Run
from gui.session.session import Session
from tests.gui.cell.cells import CELL, y_shaped
from tests.gui.cell.small_session import SmallSession
from tests.gui.session.experiments import small

Feed = Callable[..., Run]


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[SmallSession]:
    made = SmallSession()
    shape = y_shaped()
    made.rig.known[CELL] = shape.anatomy.description, shape.points
    made.selection.select_cell(CELL)
    yield made
    assert wait_for_all()


@pytest.fixture
def panel(session: SmallSession, qtbot: QtBot) -> SpacePanel:
    made = SpacePanel(cast("Session", session))
    qtbot.addWidget(made)
    made.resize(700, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def feed(session: SmallSession, panel: SpacePanel) -> Feed:
    """Add a run with these frames × segments, one each ms."""

    def feed(values: np.ndarray, *, state: str = "finished", interval: float = 1.0) -> Run:
        number = session.runs.next_number()
        run = Run(f"run-{number}", number, small(), datetime.now(UTC), tstop=100.0)
        session.runs.add(run)
        run.frames = Frames(CELL, "v", "mV", values.shape[1], interval=interval)
        run.frames.append(values.astype(np.float32))
        run.state = state  # type: ignore[assignment]  # one of those that there are
        (session.runs.ended if run.is_over else session.runs.advanced).emit(run)
        panel.draw()
        return run

    return feed


@pytest.fixture
def wave() -> np.ndarray:
    """30 frames of the forked cell: something else in each segment, at each moment."""
    segments = y_shaped().anatomy.segments
    times, places = np.arange(30.0)[:, None], np.arange(float(segments))[None]
    spike = 90 * np.exp(-((times - 10 - places / 3) ** 2) / 8)
    found: np.ndarray = -65 + spike - 5 * np.exp(-((times - 20) ** 2) / 8)
    return found
