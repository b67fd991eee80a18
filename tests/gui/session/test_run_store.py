"""Runs that are over are on disk, bit for bit."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference
from engine.experiment.targets import CellReference, Site
from engine.messages import events as e
from engine.messages.live import AppliedSetting, Temperature
from gui.session import run_store, stored_run
from gui.session.document import Document
from gui.session.notices import Notice, Notices
from gui.session.run import Run, RunState
from gui.session.run_list import RunList
from gui.session.run_store import RunStore, place_of, runs_in
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces
from tests.gui.session.experiments import small

_BEGAN = datetime(2024, 5, 17, 12, 30, 15, 123456, tzinfo=UTC)
_ODD = [0.1, -0.0, 5e-324, 1.7976931348623157e308, np.nan, np.inf, -np.inf, 1 / 3]


class Kept:
    """A document, its runs and their store."""

    def __init__(self) -> None:
        self.document, self.runs, self.notices = Document(), RunList(), Notices()
        self.told: list[Notice] = []
        self.notices.posted.connect(self.told.append)
        self.store = RunStore(self.document, self.runs, self.notices)

    @property
    def place(self) -> Path:
        return place_of(self.document.path, self.document.token)


@pytest.fixture
def kept(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    kept = Kept()
    experiment = changed(small(), circuit=CircuitReference(path=str(tmp_path / "circuit_config.json")))
    kept.document.put(experiment)
    yield kept
    kept.store.finish()


def a_run(kept: Kept, number: int = 1, *, state: RunState = "finished", columns: int = 3) -> Run:
    experiment = kept.document.experiment
    assert experiment is not None
    site = Site(cell=CellReference("cells", 2**53 - 1))
    heads = tuple(
        e.TraceHead(id=f"r{k}", label=f"µ{k}", variable="v", unit="mV", site=site) for k in range(columns)
    )
    traces = Traces(columns, 0.1 + 0.2, 1 / 3)
    generator = np.random.default_rng(number)
    traces.append(np.concatenate([generator.normal(size=(5000, columns)), np.tile(_ODD, (columns, 1)).T]))
    run = Run(f"run{number}", number, experiment, _BEGAN + timedelta(seconds=number), state, heads, traces)
    run.spikes["cells"] = SpikeTimes()
    run.spikes["cells"].append(np.array([[1 / 3, 2.0**53 - 1], [0.7, 0.0]]))
    run.spikes["other"] = SpikeTimes()
    run.time, run.tstop, run.speed = 1e3 / 3, 1e3 / 3, 1 / 7
    run.settings = (AppliedSetting(time=1 / 3, setting=Temperature(celsius=33.3)),)
    run.problem = e.Failed(run_id=run.id, what="It failed.") if state == "failed" else None
    run.name, run.colour, run.is_visible, run.is_pinned = "Ünique", "#123456", False, True
    run.is_eye_set = True
    run.reference, run.is_single, run.is_loaded, run.onset = "the report soma", True, True, 1 / 3
    return run


def assert_same(first: Run, second: Run) -> None:
    for name in vars(first).keys() - {"traces", "spikes"}:
        assert getattr(first, name) == getattr(second, name), name
    for name in ("columns", "interval", "start", "samples"):
        assert getattr(first.traces, name) == getattr(second.traces, name)
    for k in range(first.traces.columns):
        assert first.traces.column(k).tobytes() == second.traces.column(k).tobytes()
    assert list(first.spikes) == list(second.spikes)
    for population, spikes in first.spikes.items():
        assert spikes.times.tobytes() == second.spikes[population].times.tobytes()
        np.testing.assert_array_equal(spikes.node_ids, second.spikes[population].node_ids)


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_that_a_run_is_read_back_bit_for_bit(kept: Kept, state: RunState) -> None:
    run = a_run(kept, state=state)
    kept.runs.add(run)
    kept.store.finish()
    (read,) = runs_in(kept.place)
    assert_same(run, read)
    assert not kept.told


def test_that_a_run_without_recordings_is_kept_too(kept: Kept) -> None:
    run = a_run(kept, columns=0)
    kept.runs.add(run)
    kept.store.finish()
    (read,) = runs_in(kept.place)
    assert read.heads == () and read.spikes["cells"].count == 2


def test_that_a_run_is_kept_when_it_ends_and_again_when_it_went_on(kept: Kept) -> None:
    run = a_run(kept, state="running")
    kept.runs.add(run)
    kept.store.finish()
    assert runs_in(kept.place) == ()
    run.state = "finished"
    kept.runs.tell_ended(run)
    run.traces.append(np.ones((7, 3)))
    kept.runs.tell_ended(run)
    kept.store.finish()
    (read,) = runs_in(kept.place)
    assert_same(run, read)


def test_that_what_the_user_decides_is_kept(kept: Kept) -> None:
    run = a_run(kept)
    kept.runs.add(run)
    kept.runs.change(run, name="Control", colour="#ff0000", is_visible=True, is_pinned=False)
    kept.store.finish()
    (read,) = runs_in(kept.place)
    assert_same(run, read)


def test_that_a_deleted_run_leaves_nothing(kept: Kept) -> None:
    run = a_run(kept)
    kept.runs.add(run)
    kept.runs.remove(run)
    kept.store.finish()
    assert list(kept.place.iterdir()) == []


def test_that_saving_an_untitled_document_moves_its_runs(kept: Kept, tmp_path: Path) -> None:
    first, second = a_run(kept, 1), a_run(kept, 2)
    kept.runs.add(first)
    old = kept.place
    path = tmp_path / "papers" / "mine.somascope.json"
    path.parent.mkdir()
    kept.document.save(path)
    kept.runs.add(second)
    kept.runs.change(first, name="Moved")
    kept.store.finish()
    assert kept.place == path.parent / "mine.runs" and not old.exists()
    read = runs_in(kept.place)
    assert [run.number for run in read] == [1, 2]
    assert_same(first, read[0])
    kept.runs.remove(first)
    kept.store.finish()
    assert [run.number for run in runs_in(kept.place)] == [2]


def test_that_saving_under_another_name_gives_both_files_the_runs(kept: Kept, tmp_path: Path) -> None:
    first, second, later = a_run(kept, 1), a_run(kept, 2), a_run(kept, 3)
    kept.document.save(tmp_path / "one.somascope.json")
    for run in (first, second):
        kept.runs.add(run)
    one = kept.place
    (tmp_path / "elsewhere").mkdir()
    kept.document.save(tmp_path / "elsewhere" / "two.somascope.json")
    kept.runs.add(later)
    kept.runs.change(first, name="Of the second file")
    kept.runs.remove(second)
    kept.store.finish()
    assert kept.place == tmp_path / "elsewhere" / "two.runs" and not kept.told
    moved, new = runs_in(kept.place)
    assert_same(first, moved)
    assert_same(later, new)
    stayed = runs_in(one)
    assert [run.name for run in stayed] == ["Ünique", "Ünique"]
    assert stayed[0].traces.column(0).tobytes() == first.traces.column(0).tobytes()
    assert stayed[0].experiment.circuit == first.experiment.circuit


def test_that_a_run_that_goes_on_in_the_second_file_stays_as_it_was_in_the_first(
    kept: Kept, tmp_path: Path
) -> None:
    run = a_run(kept)
    kept.document.save(tmp_path / "one.somascope.json")
    kept.runs.add(run)
    one, samples = kept.place, run.traces.samples
    kept.document.save(tmp_path / "two.somascope.json")
    run.traces.append(np.ones((7, 3)))
    kept.runs.tell_ended(run)
    kept.store.finish()
    assert [each.traces.samples for each in runs_in(one)] == [samples]
    assert [each.traces.samples for each in runs_in(kept.place)] == [samples + 7]


def test_that_a_spoilt_run_is_not_copied_and_a_full_disk_is_told(
    kept: Kept, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    kept.document.save(tmp_path / "one.somascope.json")
    for number in (1, 2):
        kept.runs.add(a_run(kept, number))
    kept.store.finish()
    spoilt, _ = sorted(kept.place.iterdir())
    (spoilt / "experiment.json").write_text("{")
    kept.document.save(tmp_path / "two.somascope.json")
    kept.store.finish()
    assert [run.number for run in runs_in(kept.place)] == [2] and not kept.told
    monkeypatch.setattr("gui.session.stored_run.shutil.copytree", full)
    kept.document.save(tmp_path / "three.somascope.json")
    kept.store.finish()
    qtbot.waitUntil(lambda: bool(kept.told))
    assert "No space left" in kept.told[0].what
    assert list(kept.place.iterdir()) == []


def test_that_another_document_does_not_delete_the_runs(kept: Kept) -> None:
    running = a_run(kept, 2, state="running")
    kept.runs.add(a_run(kept, 1))
    kept.runs.add(running)
    place = kept.place
    kept.document.put(small())
    kept.runs.put(())
    running.state = "stopped"
    kept.runs.tell_ended(running)  # of a document that is not here any more
    kept.store.finish()
    assert len(kept.runs) == 0 and kept.place != place
    assert [run.number for run in runs_in(place)] == [1, 2]


def test_that_the_newest_fifty_are_listed(kept: Kept) -> None:
    for number in range(1, 54):
        run = a_run(kept, number, columns=1)
        run.traces = Traces(1, 0.1)
        kept.runs.add(run)
    kept.store.finish()
    assert [run.number for run in runs_in(kept.place)] == list(range(4, 54))


@pytest.mark.parametrize("name", ["run.json", "experiment.json", "traces.npy", "spikes-0.npy"])
def test_that_a_spoilt_run_is_left_out(kept: Kept, name: str) -> None:
    for number in (1, 2, 3):
        kept.runs.add(a_run(kept, number))
    kept.store.finish()
    first, second, _ = sorted(kept.place.iterdir())
    (first / name).write_bytes((first / name).read_bytes()[:20])
    (second / name).unlink()
    assert [run.number for run in runs_in(kept.place)] == [3]


def test_that_a_file_of_another_shape_is_left_out(kept: Kept) -> None:
    kept.runs.add(a_run(kept))
    kept.store.finish()
    (folder,) = kept.place.iterdir()
    for table in (np.ones(5), np.ones((2, 5)), np.ones((3, 5), dtype=np.float32)):
        np.save(folder / "traces.npy", table)
        assert runs_in(kept.place) == ()
    head = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**head, "state": "running"}), encoding="utf-8")
    assert runs_in(kept.place) == ()


def test_that_a_full_disk_is_told_once_and_loses_nothing_in_memory(
    kept: Kept, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(stored_run, "_write_table", full)
        for number in (1, 2, 3):
            kept.runs.add(a_run(kept, number))
        kept.store.finish()
        qtbot.waitUntil(lambda: bool(kept.told))
    (notice,) = kept.told
    assert "No space left" in notice.what and notice.severity == "error" and notice.hint
    assert len(kept.runs) == 3
    assert list(kept.place.iterdir()) == []
    kept.runs.add(a_run(kept, 4))
    kept.store.finish()
    assert [run.number for run in runs_in(kept.place)] == [4]


def test_that_runs_of_documents_that_were_never_saved_go_after_a_month(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.runs.add(a_run(kept))
    kept.store.finish()
    place = kept.place
    run_store._remove_old_sessions()
    assert place.exists()
    monkeypatch.setattr(run_store, "_KEPT_DAYS", -1)
    run_store._remove_old_sessions()
    assert not place.exists()
