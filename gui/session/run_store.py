"""Every run that is over is kept on disk, beside its experiment, until the user deletes it."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment import store
from engine.user_files import data_folder
from gui.session import stored_run
from gui.session.document import Document
from gui.session.notices import Notices
from gui.session.run import Run
from gui.session.run_list import RunList

_LISTED: Final = 50
_KEPT_DAYS: Final = 30  # the runs of documents that were never saved

Job = Callable[[], object]


class RunStore(QObject):
    """Follows the list of runs and the document; all that takes time is done in a thread, in its order."""

    _failed = Signal(object)  # EngineError; None: something has worked

    def __init__(
        self, document: Document, runs: RunList, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._notices = document, notices
        self._folders: dict[str, Path] = {}  # by the id of the run
        self._path = document.path
        # one thread of its own: what is asked is done in its order, and never given up
        self._executor = ThreadPoolExecutor(1, "runs")
        self._failed.connect(self._on_failed)
        self._has_failed = False
        runs.added.connect(self._on_added)
        runs.ended.connect(self._keep)
        runs.ended_elsewhere.connect(self._keep)
        runs.changed.connect(self._on_changed)
        runs.deleted.connect(self._on_deleted)
        document.replaced.connect(self._on_replaced)
        document.state_changed.connect(self._on_state)
        self._do(_remove_old_sessions)

    def know(self, runs: Iterable[Run]) -> None:
        """These were read from where the document keeps its runs."""
        place = place_of(self._document.path, self._document.token)
        self._folders.update({run.id: place / stored_run.folder_name(run) for run in runs})

    def finish(self) -> None:
        """Return when everything is on the disk."""
        self._executor.submit(int).result()

    def _on_added(self, run: Run) -> None:
        if run.id in self._folders:
            return
        place = place_of(self._document.path, self._document.token)
        self._folders[run.id] = place / stored_run.folder_name(run)
        if run.is_over:
            self._keep(run)

    def _keep(self, run: Run) -> None:
        if folder := self._folders.get(run.id):
            shot = stored_run.snapshot(run)
            self._do(lambda: stored_run.write(shot, folder))

    def _on_changed(self, run: Run) -> None:
        folder = self._folders.get(run.id)
        if run.is_over and folder is not None:
            shot = stored_run.snapshot(run)
            self._do(lambda: stored_run.write_head(shot, folder))

    def _on_deleted(self, run: Run) -> None:
        if folder := self._folders.pop(run.id, None):
            self._do(lambda: shutil.rmtree(folder, ignore_errors=True))

    def _on_replaced(self) -> None:
        self._path = self._document.path

    def _on_state(self) -> None:
        """A document that gets a file takes its runs along; one that had another leaves them there, too."""
        new, old = self._document.path, self._path
        self._path = new
        if new is None or new == old:
            return
        places = place_of(old, self._document.token), place_of(new, "")
        for run_id, folder in self._folders.items():
            if folder.parent == places[0]:
                self._folders[run_id] = places[1] / folder.name
        self._do(lambda: _move_all(*places) if old is None else _copy_all(*places))

    def _do(self, job: Job) -> None:
        self._executor.submit(job).add_done_callback(self._on_done)

    def _on_done(self, future: "Future[object]") -> None:
        """Called in the thread."""
        error = future.exception()
        if isinstance(error, EngineError):
            self._failed.emit(error)
        elif error is not None:
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            self._failed.emit(None)

    def _on_failed(self, error: EngineError | None) -> None:
        """Said once, until something can be written again: on a full disk each run would say it."""
        if error is not None and not self._has_failed:
            self._notices.post_error(error)
        self._has_failed = error is not None


def place_of(path: Path | None, token: str) -> Path:
    """The folder of a document's runs: beside its file, or with the program's own files."""
    if path is None:
        return _sessions() / token
    return path.with_name(path.name.removesuffix(store.SUFFIX) + ".runs")


def runs_in(place: Path) -> tuple[Run, ...]:
    """The newest runs that are kept there, newest last. Takes time."""
    try:
        folders = sorted(each for each in place.iterdir() if not each.name.startswith("."))
    except OSError:
        return ()
    found = [stored_run.read(folder) for folder in folders[-_LISTED:]]
    return tuple(run for run in found if run is not None)


def _move_all(old: Path, new: Path) -> None:
    if not old.is_dir():
        return
    try:
        for folder in old.iterdir():
            stored_run.move(folder, new / folder.name)
        old.rmdir()
    except OSError as error:
        raise stored_run.refusal(error, new) from error


def _copy_all(old: Path, new: Path) -> None:
    if not old.is_dir():
        return
    try:
        for folder in old.iterdir():
            if not folder.name.startswith("."):
                stored_run.copy(folder, new / folder.name)
    except (OSError, EngineError) as error:
        raise stored_run.refusal(error, new) from error


def _sessions() -> Path:
    return data_folder() / "sessions"


def _remove_old_sessions() -> None:
    """Runs of documents that nobody has saved in a month."""
    oldest = time.time() - _KEPT_DAYS * 24 * 3600
    try:
        for folder in _sessions().iterdir():
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return  # there are none
