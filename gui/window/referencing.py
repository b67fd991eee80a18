"""The command that loads traces of a file beside the runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from gui.actions import Action
from gui.background import Task
from gui.session.session import Session
from gui.settings import settings
from gui.window.dialogs import open_beside

if TYPE_CHECKING:
    from engine.reference.trace import Contents

_PATIENCE_MS: Final = 700  # until a window says that a file is being read
_NOTHING_OPEN: Final = "Traces are shown beside the runs of an experiment, and none is open."


class ReferenceCommand(QObject):
    """Asks for a file; about one that leaves nothing open, nothing more."""

    def __init__(self, window: QWidget, session: Session, open_help: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window, self._session, self._open_help = window, session, open_help
        self._folder: Path | None = None
        session.references.asked.connect(self._ask_which)
        session.references.began.connect(self._show_progress)

    def ask(self) -> None:
        """Let the user choose a file."""
        from engine.reference.files import SUFFIXES

        patterns = " ".join(f"*{each}" for each in SUFFIXES)
        path = self._session.document.path
        folder = (
            self._folder or (path.parent if path is not None else settings().value.last_folder) or Path.home()
        )
        dialog = QFileDialog(
            self._window, "Load reference", str(folder), f"Traces ({patterns});;All files (*)"
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.load(Path(chosen)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def load(self, path: Path) -> None:
        """Show the traces of a file, after asking which if there are several."""
        self._folder = path.parent
        if self._session.references.can_load():
            self._session.references.look(path)
        else:
            self._session.notices.post(
                _NOTHING_OPEN, where=path.name, hint="Open an experiment first, then load the file."
            )

    def actions(self) -> tuple[Action, ...]:
        """For the menu File and the palette."""
        return (
            Action(
                id="file.load_reference",
                text="Load reference…",
                tip="Show traces of a report, CSV, NWB or ABF file beside the runs, to compare them.",
                run=self.ask,
                menu="File",
                shortcut="Ctrl+Shift+R",
                icon="compare",
                enabled=self._session.references.can_load,
            ),
        )

    def _ask_which(self, contents: "Contents") -> None:
        from gui.panels.load_reference import LoadReferenceDialog

        dialog = LoadReferenceDialog(self._session.references, contents, self._window)
        open_beside(dialog, dialog.help, self._open_help)

    def _show_progress(self, task: Task | None) -> None:
        """Only if it takes a while; its Cancel gives up."""
        if task is None:
            return
        progress = QProgressDialog("Reading the file …", "Cancel", 0, 0, self._window)
        progress.setWindowTitle("Load reference")
        progress.setMinimumDuration(_PATIENCE_MS)
        progress.setAutoClose(False)
        progress.canceled.connect(task.cancel)
        task.ended.connect(progress.deleteLater)
