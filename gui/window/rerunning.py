"""The command that runs a cell of a finished simulation again, and the example of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.experiment.targets import CellReference
from engine.resources import network_simulation
from gui.actions import Action
from gui.session.session import Session
from gui.window.dialogs import open_beside
from gui.window.files import Files

if TYPE_CHECKING:
    from engine.experiment.finished import ReportedCell

_OF_THE_EXAMPLE: Final = CellReference("column", 150)  # a basket cell that its neighbours make fire
_EXAMPLE_TITLE: Final = "One cell of a network, again"


class RerunCommand(QObject):
    """Asks for a cell; the example asks nobody."""

    def __init__(
        self, window: QWidget, session: Session, files: Files, open_help: Callable[[str], object]
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._files, self._open_help = window, session, files, open_help
        self._is_for_example = False
        session.opened.connect(self._on_opened)
        session.rerunning.taken.connect(self._on_taken)

    def ask(self) -> None:
        """Let the user choose a cell."""
        from gui.panels.rerun import RerunDialog

        dialog = RerunDialog(self._session, self._window)
        dialog.chosen.connect(self._session.rerunning.take)
        open_beside(dialog, dialog.help, self._open_help)

    def open_example(self) -> None:
        """Open the network that comes with the program, and run a cell of it again."""
        if self._files.open(network_simulation()):
            self._is_for_example = True

    def actions(self) -> tuple[Action, ...]:
        """For menus and the palette."""
        return (
            Action(
                id="run.again",
                text="Re-run a cell of this simulation…",
                tip="Run one cell of a finished simulation again, alone, and compare it with its report.",
                run=self.ask,
                menu="Run",
                group=4,
                icon="replay",
                enabled=lambda: self._session.rerunning.simulation is not None,
            ),
            Action(
                id="file.example.network",
                text=_EXAMPLE_TITLE,
                tip="Open the built-in network that has been run, and run one of its cells again.",
                run=self.open_example,
                menu="File",
                submenu="Examples",
            ),
        )

    def _on_opened(self) -> None:
        """What is opened has come, or was refused."""
        wanted, self._is_for_example = self._is_for_example, False
        rerunning = self._session.rerunning
        if wanted and rerunning.simulation is not None:
            rerunning.read_cells(self._take_example, self._session.notices.post_error)

    def _take_example(self, cells: "tuple[ReportedCell, ...]") -> None:
        rerunning = self._session.rerunning
        if rerunning.simulation is not None and rerunning.simulation.path == network_simulation():
            rerunning.take(next(each for each in cells if each.cell == _OF_THE_EXAMPLE))

    def _on_taken(self, _reference: object) -> None:
        """Run at once: a comparison is what it is about."""
        self._files.run_when_ready()
