"""The command that writes everything of an experiment into one folder."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.actions import Action
from gui.session.session import Session
from gui.window.dialogs import open_beside

if TYPE_CHECKING:
    from gui.session.exporting import Bundle, Written

SUBMENU = "Export"


class ExportCommand(QObject):
    """Offers what there is: of the shown run, of the last protocol."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        panels: Mapping[str, QWidget],
        open_help: Callable[[str], object],
    ) -> None:
        """`panels`: by name; their plots are drawn for print."""
        super().__init__(window)
        self._window, self._session, self._panels, self._open_help = window, session, panels, open_help

    def ask(self) -> None:
        """Let the user say what is wanted."""
        from gui.panels.export import ExportDialog
        from gui.window.bundling import bundle_of

        bundle = bundle_of(self._session, self._panels)
        if bundle is None:
            return
        dialog = ExportDialog(bundle, self._window)
        dialog.written.connect(self._on_written)
        open_beside(dialog, dialog.help, self._open_help)

    def actions(self) -> tuple[Action, ...]:
        """For the menu File, the toolbar and the palette."""
        return (
            Action(
                id="file.export",
                text="Bundle: experiment, SONATA, script, NWB, CSV, figures, report…",
                tip="Write the experiment and what came of it into one folder, to keep or to hand in.",
                icon="export",
                run=self.ask,
                menu="File",
                submenu=SUBMENU,
                group=1,
                shortcut="Ctrl+E",
                enabled=lambda: self._session.document.experiment is not None,
            ),
        )

    def _on_written(self, bundle: "Bundle", written: "Written") -> None:
        from gui.session.exporting import IN_SHORT

        notices = self._session.notices
        for problem in written.problems:
            notices.post_error(problem)
        if written.parts:
            notices.post(
                f"Exported: {', '.join(IN_SHORT[each] for each in written.parts)}.",
                where=str(bundle.folder),
                hint=" ".join(written.remarks),
                detail="\n".join(written.names),
            )
