"""Asks, at the start, whether to bring back what a program that died could not save."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.background import Task, in_background
from gui.session.journal import Recovery, discard, found_recoveries
from gui.session.session import Session
from gui.window import questions
from gui.window.files import Files


class Recovering(QObject):
    """One question for each; at most one of them can be brought back into this window, the newest first."""

    def __init__(self, window: QWidget, session: Session, files: Files) -> None:
        super().__init__(window)
        self._window, self._session, self._files = window, session, files
        self._looking: Task | None = None

    def look(self) -> None:
        """In a thread: the files may be large."""

        def work(_task: Task) -> tuple[Recovery, ...]:
            return found_recoveries()

        self._looking = in_background(work, self._ask, lambda _error: None)

    def _ask(self, found: tuple[Recovery, ...]) -> None:
        for recovery in found:
            title = recovery.path.name if recovery.path is not None else recovery.experiment.title
            when = f"{recovery.time.astimezone():%d %B at %H:%M}"
            if questions.about_recovery(title or "Untitled", when, self._window):
                self._session.recover(recovery)
                return
            discard(recovery)
