"""What the mouse is over lights up on the cell, and what it is over on the cell is told to all views."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.panels.cell.electrodes import Electrodes
from gui.panels.cell.placing import Placing
from gui.panels.cell.shown import ShownCell
from gui.plots.cell.picking import Pick
from gui.plots.cell.view import CellView

if TYPE_CHECKING:
    from gui.session.session import Session


class Linking(QObject):
    """The mouse on an electrode points at its very site, elsewhere at the spot under it."""

    def __init__(
        self, session: "Session", shown: ShownCell, view: CellView, placing: Placing, electrodes: Electrodes
    ) -> None:
        super().__init__(view)
        self._session, self._shown, self._view = session, shown, view
        self._placing, self._electrodes = placing, electrodes
        view.hovered.connect(self._on_hovered)
        view.marker_dragged.connect(self._on_dragged)
        view.marker_dropped.connect(self._on_dropped)
        session.pointing.changed.connect(self._light)
        session.selection.site_changed.connect(self._light)
        shown.changed.connect(self._light)
        self._light()

    def _on_hovered(self, pick: Pick | None) -> None:
        if pick is None:
            self._session.pointing.point_at(None)
        else:
            site = self._electrodes.at(pick.segment)
            self._session.pointing.point_at(site if site is not None else self._placing.site_of(pick))

    def _on_dragged(self, _key: object, pick: Pick) -> None:
        self._session.pointing.point_at(self._placing.site_of(pick))

    def _on_dropped(self, _key: object, _pick: Pick) -> None:
        """What the mouse is over now is told when it moves next."""
        self._session.pointing.point_at(None)

    def _light(self, *_what: object) -> None:
        """The segment under the mouse, wherever that is."""
        site = self._session.pointing.site
        self._view.highlight(self._shown.segment_at(site) if site is not None else None)
