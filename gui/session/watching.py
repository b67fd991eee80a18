"""Sees to it that runs record the whole cell while somebody has use for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gui.session.shown_cell import shown_cell

if TYPE_CHECKING:
    from gui.session.session import Session


class Watching(QObject):
    """Of one view: while it is in view, the drawn cell is watched, in the variable that was watched last."""

    def __init__(self, session: "Session", is_in_view: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._is_in_view = session, is_in_view
        for signal in (
            *(session.rig.state_changed, session.selection.cells_changed),
            session.document.experiment_changed,
        ):
            signal.connect(self._look)

    def look_soon(self) -> None:
        """The view has come into view; what is hidden for it has its say before."""
        QTimer.singleShot(0, self, self._look)

    def _look(self, *_what: object) -> None:
        rig, cell = self._session.rig, shown_cell(self._session)
        watched = rig.watched
        if cell is not None and (watched is None or watched.cell != cell) and self._is_in_view():
            rig.watch(cell, watched.variable if watched is not None else "v")
