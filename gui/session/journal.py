"""What is not saved yet is kept beside, so that a crash of the program costs nothing."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.user_files import data_folder
from gui.background import Task, in_background
from gui.session.document import Document
from gui.session.life_sign import LifeSign, is_alive

_FORMAT: Final = 1
_LARGE: Final = 200_000  # characters: what is longer is written in a thread


@dataclass(frozen=True, slots=True)
class Recovery:
    """An experiment that its program could not save. `path` is its file; None if it never had one."""

    experiment: Experiment
    path: Path | None
    time: datetime
    file: Path  # of the journal

    @property
    def token(self) -> str:
        """What the document was called among the files of the program."""
        return self.file.stem.split("-")[1]


class Journal(QObject):
    """Follows one document: after each edit, a file holds it until it is saved, undone or closed.

    It is written without waiting for the disk: it is for a program that dies, and not for a power cut.
    """

    failed = Signal(object)  # EngineError; once, until it can be written again

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._file: Path | None = None
        self._sign: LifeSign | None = None
        self._written: Experiment | None = None
        self._length = 0
        self._generation = 0
        self._is_broken = False
        self._writing: Task | None = None
        document.stepped.connect(self._follow)
        document.state_changed.connect(self._follow)
        document.replaced.connect(self._follow)

    def end(self) -> None:
        """The document was closed, or its user wants to lose what was not saved."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        file, self._file, self._written = self._file, None, None
        self._generation += 1  # a thread that is late does not meet what comes next
        if file is not None:
            file.unlink(missing_ok=True)
        if self._sign is not None:
            self._sign.end()
            self._sign = None

    def _follow(self) -> None:
        document = self._document
        if not document.is_modified or document.experiment is None:
            self.end()
        elif document.experiment is not self._written or self._name() != self._file:
            self._write(document.experiment)

    def _write(self, experiment: Experiment) -> None:
        try:
            file = self._begin()
            self._written = experiment
            if self._length > _LARGE or self._writing is not None:
                self._write_later(file)
            else:
                self._on_written(_write(file, experiment, self._document.path))
        except EngineError as error:
            self._on_failed(error)

    def _begin(self) -> Path:
        """The file of this document, with the sign that its process is alive."""
        name = self._name()
        if name != self._file:
            self.end()
            name = self._name()
            try:
                self._sign = LifeSign(name.with_suffix(".lock"))
            except OSError as error:
                raise _refusal(error, name) from error
            self._file = name
        return name

    def _name(self) -> Path:
        return recovery_folder() / f"{os.getpid()}-{self._document.token}-{self._generation}.json"

    def _write_later(self, file: Path) -> None:
        """In a thread, one at a time: what is the newest when one is done comes next."""
        if self._writing is not None:
            return
        experiment, path = self._written, self._document.path
        assert experiment is not None

        def work(task: Task) -> int:
            length = _write(file, experiment, path)
            if task.cancelled:
                file.unlink(missing_ok=True)
            return length

        def done(length: int) -> None:
            self._writing = None
            self._on_written(length)
            if self._written is not experiment:
                self._write_later(file)

        def failed(error: EngineError) -> None:
            self._writing = None
            self._on_failed(error)

        self._writing = in_background(work, done, failed)

    def _on_written(self, length: int) -> None:
        self._length, self._is_broken = length, False

    def _on_failed(self, error: EngineError) -> None:
        if not self._is_broken:
            self._is_broken = True
            self.failed.emit(error)


def recovery_folder() -> Path:
    """Where the journals of all windows are."""
    folder = data_folder() / "recovery"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _refusal(error, folder) from error
    return folder


def found_recoveries() -> tuple[Recovery, ...]:
    """What programs that are gone could not save, the newest first. Files that say nothing are removed."""
    try:
        files = sorted(recovery_folder().glob("*.json"))
    except (OSError, EngineError):
        return ()
    found = []
    for file in files:
        if is_alive(file.with_suffix(".lock")):
            continue
        recovery = _read(file)
        if recovery is None or _is_outdated(recovery):
            _remove(file)
        else:
            found.append(recovery)
    return tuple(sorted(found, key=lambda each: each.time, reverse=True))


def discard(recovery: Recovery) -> None:
    """The user does not want it, or has it back."""
    _remove(recovery.file)


def _write(file: Path, experiment: Experiment, path: Path | None) -> int:
    """Whole or not at all, and quickly; how long it is."""
    head = {
        "format": _FORMAT,
        "path": None if path is None else str(path),
        "time": time.time(),
        "process": os.getpid(),
    }
    text = f'{json.dumps(head)[:-1]}, "experiment": {experiment.model_dump_json()}}}'
    partial = file.with_suffix(".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise _refusal(error, file) from error
    return len(text)


def _refusal(error: OSError, file: Path) -> EngineError:
    return EngineError(
        f"Changes cannot be kept in case of a crash: {error.strerror}.",
        where=str(file.parent),
        hint="Save the experiment, and make room on the disk.",
    )


def _read(file: Path) -> Recovery | None:
    try:
        raw: Any = json.loads(file.read_text(encoding="utf-8"))
        if raw["format"] != _FORMAT:
            return None
        # through JSON once more: strict validation knows only there that a list may become a tuple
        experiment = Experiment.model_validate_json(json.dumps(raw["experiment"]), strict=True)
        path = None if raw["path"] is None else Path(raw["path"])
        return Recovery(experiment, path, datetime.fromtimestamp(raw["time"], UTC), file)
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError, ValidationError):
        return None


def _is_outdated(recovery: Recovery) -> bool:
    """Whether the file was saved after the journal was written."""
    if recovery.path is None:
        return False
    try:
        return recovery.path.stat().st_mtime > recovery.time.timestamp()
    except OSError:
        return False


def _remove(file: Path) -> None:
    for each in _with_companions(file):
        try:
            each.unlink(missing_ok=True)
        except OSError:
            continue  # it will be tried again


def _with_companions(file: Path) -> Iterator[Path]:
    yield file
    yield file.with_suffix(".lock")
    yield file.with_suffix(".partial")
