"""The command that tells what a run will cost before it is begun."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.actions import Action
from gui.session.session import Session
from gui.window.dialogs import open_beside


class EstimateCommand(QObject):
    """Opens a dialog of its own each time: the experiment may be another."""

    def __init__(self, window: QWidget, session: Session, open_help: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window, self._session, self._open_help = window, session, open_help

    def ask(self) -> None:
        """Measure, and say it."""
        from gui.panels.estimate import EstimateDialog

        experiment = self._session.document.experiment
        if experiment is None:
            return
        dialog = EstimateDialog(experiment, self._window)
        open_beside(dialog, dialog.help, self._open_help)

    def actions(self) -> tuple[Action, ...]:
        """For the menu Run and the palette."""
        return (
            Action(
                id="run.estimate",
                text="Estimate time and memory…",
                tip="Build a few of the cells in a process beside, to tell what the run will take.",
                run=self.ask,
                menu="Run",
                group=7,
                enabled=self._session.rig.can_run,
            ),
        )
