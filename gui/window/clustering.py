"""The command that writes a folder to run the experiment from on a cluster."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.actions import Action
from gui.session.session import Session
from gui.window.dialogs import open_beside

if TYPE_CHECKING:
    from engine.output.cluster import ClusterJob, Prepared


class ClusterCommand(QObject):
    """Asks, and remembers until the program ends what was asked for."""

    def __init__(self, window: QWidget, session: Session, open_help: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window, self._session, self._open_help = window, session, open_help
        self._job: ClusterJob | None = None

    def ask(self) -> None:
        """Let the user say what is wanted."""
        from engine.output.cluster import ClusterJob
        from gui.panels.cluster import ClusterDialog

        dialog = ClusterDialog(self._session, self._job or ClusterJob(), self._suggestion(), self._window)
        dialog.written.connect(self._tell)
        dialog.accepted.connect(lambda: self._remember(dialog.job))
        open_beside(dialog, dialog.help, self._open_help)

    def actions(self) -> tuple[Action, ...]:
        """For the menu File and the palette."""
        return (
            Action(
                id="file.cluster",
                text="Prepare for cluster…",
                tip="Write a folder with the experiment and a job script, to run it in many processes.",
                run=self.ask,
                menu="File",
                group=1,
                enabled=self._can,
            ),
        )

    def _can(self) -> bool:
        return self._session.document.experiment is not None and self._session.circuit is not None

    def _suggestion(self) -> Path:
        """Beside the experiment's file, if it has one."""
        document = self._session.document
        beside = document.path.parent if document.path is not None else Path.home()
        return beside / f"{document.name}-cluster"

    def _remember(self, job: "ClusterJob") -> None:
        self._job = job

    def _tell(self, prepared: "Prepared") -> None:
        notices = self._session.notices
        notices.post(f"The folder {prepared.folder} is written.", hint="Its README.txt says what to do next.")
        for problem in prepared.problems:
            notices.post(problem.what, where=problem.where, hint=problem.hint, severity="warning")
