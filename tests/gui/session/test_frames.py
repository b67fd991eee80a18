"""Frames of a run: a growing table, the moment that is shown, the envelope."""

from datetime import UTC, datetime

import numpy as np
import pytest

from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.targets import CellReference
from engine.messages.events import Frames as FramesEvent
from gui.session import run_list
from gui.session.frames import Frames
from gui.session.run import Run

CELL = CellReference("cells", 3)
EXPERIMENT = Experiment(circuit=CircuitReference(path="/circuit.json"))


def event(first_frame: int = 0, count: int = 0, segments: int = 3, interval: float = 0.1) -> FramesEvent:
    return FramesEvent(
        run_id="run",
        cell=CELL,
        variable="v",
        unit="mV",
        first_frame=first_frame,
        count=count,
        segments=segments,
        interval=interval,
    )


def counted(first: int, count: int, segments: int = 3) -> np.ndarray:
    numbers = np.arange(first * segments, (first + count) * segments, dtype=np.float32)
    return numbers.reshape(count, segments)


def test_that_frames_keep_what_was_appended_however_it_came() -> None:
    frames = Frames.of(event(), tstop=1.0)
    whole = counted(0, 3000)
    for part in np.array_split(whole, [1, 2, 700, 701, 2500]):
        frames.append(part)
    assert frames.count == 3000
    np.testing.assert_array_equal(frames.values, whole)
    np.testing.assert_allclose(frames.times(), np.arange(3000) * 0.1)
    assert frames.size_bytes == whole.nbytes


def test_that_reading_copies_nothing() -> None:
    frames = Frames.of(event(), tstop=1.0)
    frames.append(counted(0, 5))
    assert np.shares_memory(frames.values, frames.values)
    newest = frames.at(None)
    assert newest is not None and np.shares_memory(newest, frames.values)


@pytest.mark.parametrize(
    ("time", "index"),
    [
        (None, 9),
        (float("nan"), 9),
        (0.0, 0),
        (-4.0, 0),
        (0.05, 0),
        (0.1, 1),
        (0.3, 3),
        (0.7, 7),
        (0.75, 7),
        (1e9, 9),
    ],
)
def test_that_the_frame_of_a_moment_is_the_last_one_before_it(time: float | None, index: int) -> None:
    frames = Frames.of(event(), tstop=1.0)
    frames.append(counted(0, 10))
    assert frames.index_at(time) == index
    np.testing.assert_array_equal(frames.at(time), counted(index, 1)[0])


def test_that_without_frames_there_is_nothing_to_show() -> None:
    frames = Frames.of(event(), tstop=1.0)
    assert frames.at(None) is None and frames.at(3.0) is None and frames.index_at(0.0) is None
    assert np.isnan(frames.lowest).all() and np.isnan(frames.highest).all()
    frames.append(counted(0, 0))
    assert frames.at(None) is None


def test_that_the_envelope_is_of_all_frames_and_leaves_out_what_is_no_number() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=(500, 6)).astype(np.float32)
    values[:, 2] = np.nan  # a segment without the variable
    values[::3, 3] = np.nan
    values[100, 4], values[200, 4] = np.inf, -np.inf
    frames = Frames.of(event(segments=6), tstop=1.0)
    for part in np.array_split(values, 7):
        frames.append(part)
    finite = np.where(np.isfinite(values), values, np.nan)
    others = [0, 1, 3, 4, 5]
    np.testing.assert_array_equal(frames.highest[others], np.nanmax(finite[:, others], axis=0))
    np.testing.assert_array_equal(frames.lowest[others], np.nanmin(finite[:, others], axis=0))
    assert np.isnan(frames.highest[2]) and np.isnan(frames.lowest[2])


def test_that_frames_of_a_branch_begin_where_it_does() -> None:
    frames = Frames.of(event(first_frame=1201, interval=0.025), tstop=60.0)
    frames.append(counted(0, 4))
    assert frames.start == pytest.approx(30.025)
    assert frames.index_at(30.08) == 2


def test_that_frames_of_old_runs_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_list, "_FRAMES_BUDGET_BYTES", 1000)
    runs = run_list.RunList()
    dropped: list[Run] = []
    runs.frames_dropped.connect(dropped.append)
    made = []
    for number in range(4):
        run = Run(str(number), number, EXPERIMENT, datetime.now(UTC), "finished")
        run.frames = Frames.of(event(), tstop=1.0)
        run.frames.append(counted(0, 40))  # 480 bytes
        made.append(run)
        runs.add(run)
    assert dropped == made[:2]
    assert [run.frames is None for run in made] == [True, True, False, False]
    assert made[3].frames is not None
    made[3].frames.append(counted(0, 400))
    runs.tell_ended(made[3])
    assert dropped == made[:3] and made[3].frames is not None, "those of the newest run stay"


def test_that_only_the_next_frames_of_the_same_cell_follow() -> None:
    frames = Frames.of(event(), tstop=1.0)
    frames.append(counted(0, 10))
    assert frames.follows(event(10, 5))
    for other in (event(11), event(0), event(10, segments=4), event(10, interval=0.2)):
        assert not frames.follows(other)
