"""Nothing that was edited is lost when the program dies."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine import user_files
from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.experiment import ListedCells
from engine.experiment.targets import CellReference
from engine.launch import ROOT
from gui.background import wait_for_all
from gui.session import journal
from gui.session.document import Document
from gui.session.journal import Journal, found_recoveries, recovery_folder
from gui.session.session import Session
from tests.gui.session.conftest import LONG_MS, SQUID, open_and_wait
from tests.gui.session.experiments import edited, small


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    document = Document()
    document.journal = Journal(document, document)  # type: ignore[attr-defined]
    document.put(small())
    return document


def files() -> list[Path]:
    return sorted(recovery_folder().iterdir())


def of_a_dead_program(experiment_path: Path | None = None) -> Path:
    """A journal whose process is gone."""
    file = recovery_folder() / "1-abc-0.json"
    journal._write(file, changed(small(), title="Lost"), experiment_path)
    return file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no SIGKILL")
def test_that_a_hundred_killed_programs_lose_no_edit_that_they_told(home: Path) -> None:
    arguments = [sys.executable, "-m", "tests.gui.session.dying_editors"]
    started = [
        subprocess.Popen([*arguments, "50", str(seed)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for seed in (0, 1000)
    ]
    told: dict[str, int] = {}
    for process in started:
        output, _ = process.communicate(timeout=100)
        assert process.returncode == 0
        told |= {line.split()[1]: int(line.split()[2]) for line in output.splitlines()}
    assert len(told) == 100
    kept = {each.file.name.split("-")[0]: int(each.experiment.notes) for each in found_recoveries()}
    for child, number in told.items():
        assert kept.get(child, 0) in (number, number + 1), f"{child} told {number}"
    assert max(told.values()) > 5


def test_that_an_edit_is_in_the_journal_at_once_and_quickly(document: Document) -> None:
    durations = []
    for number in range(200):
        assert document.experiment is not None
        experiment = edited(document.experiment, number)
        began = time.thread_time()
        document.change(experiment, "Edit")
        durations.append(time.thread_time() - began)
        (file,) = (each for each in files() if each.suffix == ".json")
        recovery = journal._read(file)
        assert recovery is not None and recovery.experiment == experiment
    assert sorted(durations)[100] < 0.005  # s of the processor; usually 0.2 ms


def test_that_undoing_saving_and_closing_leave_no_journal(document: Document, tmp_path: Path) -> None:
    document.change(changed(small(), title="A"), "Edit")
    assert len(files()) == 2  # and the sign of life
    document.undo_stack.undo()
    assert files() == []
    document.undo_stack.redo()
    assert len(files()) == 2
    document.save(tmp_path / "a.somascope.json")
    assert files() == []
    document.change(changed(small(), title="B"), "Edit")
    assert len(files()) == 2
    document.put(None)
    assert files() == []


def test_that_the_journal_of_a_living_program_is_not_offered(document: Document) -> None:
    document.change(changed(small(), title="A"), "Edit")
    assert found_recoveries() == ()
    assert len(files()) == 2


def test_that_the_journal_of_a_dead_program_is_offered_until_it_is_discarded() -> None:
    file = of_a_dead_program()
    (recovery,) = found_recoveries()
    assert (recovery.experiment.title, recovery.path, recovery.file) == ("Lost", None, file)
    journal.discard(recovery)
    assert found_recoveries() == () and files() == []


def test_that_a_journal_older_than_the_file_is_not_offered(tmp_path: Path) -> None:
    path = tmp_path / "a.somascope.json"
    of_a_dead_program(path)
    assert len(found_recoveries()) == 1  # the file is gone
    store.save(small(), path)
    os.utime(path, (time.time() - 60, time.time() - 60))
    assert len(found_recoveries()) == 1
    os.utime(path, (time.time() + 60, time.time() + 60))
    assert found_recoveries() == () and files() == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "[1, 2]",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"kind":"step"', '"kind":"unheard of"'),
        lambda text: text.replace('"time": ', '"time": 1e300'),
    ],
)
def test_that_a_broken_journal_is_ignored_and_removed(spoil: Callable[[str], str]) -> None:
    file = of_a_dead_program()
    text = file.read_text(encoding="utf-8")
    assert spoil(text) != text
    file.write_text(spoil(text), encoding="utf-8")
    assert found_recoveries() == () and files() == []


def test_that_a_large_document_is_written_in_the_background(qtbot: QtBot, document: Document) -> None:
    cells = tuple(CellReference("a population with a long name", number) for number in range(20_000))
    large = changed(small(), cells=ListedCells(cells=cells))
    document.change(large, "Add cells")
    for number in range(20):
        began = time.thread_time()
        document.change(changed(large, title=str(number)), "Edit")
        assert time.thread_time() - began < 0.1
    (file,) = (each for each in files() if each.suffix == ".json")

    def holds_the_last() -> bool:
        recovery = journal._read(file)
        return recovery is not None and recovery.experiment.title == "19"

    qtbot.waitUntil(holds_the_last, timeout=LONG_MS)
    document.change(changed(large, title="20"), "Edit")
    document.put(None)  # while it is being written
    assert wait_for_all()
    assert files() == []


def test_that_a_full_disk_is_told_once_and_the_edit_is_there(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[EngineError] = []
    document.journal.failed.connect(told.append)  # type: ignore[attr-defined]
    write_text = Path.write_text

    def full(*_arguments: object, **_more: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    for title in ("A", "B", "C"):
        document.change(changed(small(), title=title), "Edit")
    assert document.experiment is not None and document.experiment.title == "C"
    (error,) = told
    assert "No space left" in error.what and error.where and error.hint
    monkeypatch.setattr(Path, "write_text", write_text)
    document.change(changed(small(), title="D"), "Edit")
    assert [each.suffix for each in files()] == [".json", ".lock"]


def test_that_a_session_takes_up_what_a_dead_one_had(qtbot: QtBot, fake_session: Session) -> None:
    experiment = store.with_absolute_paths(store.load(SQUID), SQUID.parent)
    file = recovery_folder() / "1-abc-0.json"
    journal._write(file, changed(experiment, title="Lost"), None)
    (recovery,) = found_recoveries()
    with qtbot.waitSignal(fake_session.opened, timeout=LONG_MS):
        fake_session.recover(recovery)
    document = fake_session.document
    assert document.experiment is not None and document.experiment.title == "Lost"
    assert document.is_modified and document.token == "abc"
    assert [each.name for each in files()] == [f"{os.getpid()}-abc-{n}{s}" for n, s in _own(files())]
    assert not file.exists() and found_recoveries() == ()


def _own(found: list[Path]) -> list[tuple[str, str]]:
    return [(each.stem.rpartition("-")[2], each.suffix) for each in found]


def test_that_an_example_that_was_only_opened_has_no_journal(qtbot: QtBot, fake_session: Session) -> None:
    open_and_wait(fake_session, SQUID, qtbot)
    assert files() == []
    assert user_files.data_folder().is_dir()
