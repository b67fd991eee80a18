"""Choosing places on the cell, and having electrodes and synapses put there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal

from engine.experiment.placing import Placement, is_same
from engine.experiment.targets import Site
from engine.messages.places_in_words import spot_in_words
from gui.actions import Action
from gui.panels.cell.popover import OFFERS, Popover
from gui.panels.cell.shown import ShownCell
from gui.plots.cell.picking import Pick
from gui.plots.cell.view import CellView

if TYPE_CHECKING:
    from gui.session.session import Session

_DIGITS = 3  # of x: a thousandth of a section


class Placing(QObject):
    """Owns the chosen places: the spot that is selected, and those that Shift added to it.

    It changes no experiment, it says what is wanted.
    """

    changed = Signal()  # `places` are others
    wanted = Signal(str, object)  # Placement, tuple of Sites

    def __init__(self, session: "Session", shown: ShownCell, view: CellView) -> None:
        super().__init__(view)
        self._session, self._shown, self._view = session, shown, view
        self.places: tuple[Site, ...] = ()
        self.popover = Popover(view)
        self.popover.chosen.connect(self.want)
        view.clicked.connect(self._on_clicked)
        session.selection.site_changed.connect(self._on_site)
        shown.changed.connect(self._on_shown)

    def want(self, placement: Placement) -> None:
        """Have this put at all chosen places."""
        if self.places:
            self.wanted.emit(placement, self.places)

    def actions(self) -> tuple[Action, ...]:
        """For menus and palette: the same, at what is chosen."""
        return tuple(self._action(*each) for each in OFFERS)

    def _action(self, placement: Placement, text: str, tip: str, icon: str) -> Action:
        verb = text.replace("&", "").removesuffix(" here")
        return Action(
            id=f"cell.place.{placement}",
            text=f"{verb} at the chosen place",
            tip=f"{tip.replace(' here', ' at the places chosen on the cell')}.",
            icon=icon,
            run=lambda: self.want(placement),
            menu="Stimulus",
            group=3,
            enabled=lambda: bool(self.places) and self._session.document.experiment is not None,
        )

    def _on_clicked(self, pick: Pick | None, keys: Qt.KeyboardModifier, where: QPoint) -> None:
        adds = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if pick is None:
            if not adds:
                self._choose(())
            return
        site = self.site_of(pick)
        self._choose(self._toggled(site) if adds else (site,))
        if self.places and self._session.document.experiment is not None:
            self.popover.show_at(where, self._in_words(), self._how_to_add())

    def site_of(self, pick: Pick) -> Site:
        """The spot that was picked, with no more digits than anybody wants to read."""
        site = Site(cell=pick.cell, section=pick.section, x=round(pick.x, _DIGITS))
        is_same = self._shown.segment_at(site) == pick.segment
        return site if is_same else Site(cell=pick.cell, section=pick.section, x=pick.x)

    def _toggled(self, site: Site) -> tuple[Site, ...]:
        """With the place, or without it if it was chosen already."""
        segment = self._shown.segment_at(site)
        others = tuple(each for each in self.places if self._shown.segment_at(each) != segment)
        return others if len(others) < len(self.places) else (*self.places, site)

    def _choose(self, places: tuple[Site, ...]) -> None:
        self.places = places
        self._session.selection.select_site(places[-1] if places else None)
        self.changed.emit()

    def _on_site(self, site: Site | None) -> None:
        """Chosen elsewhere, or here."""
        if site is None or not any(is_same(each, site) for each in self.places):
            self.places = (site,) if site is not None and site.cell == self._shown.cell else ()
            self.changed.emit()

    def _on_shown(self) -> None:
        kept = tuple(each for each in self.places if each.cell == self._shown.cell)
        if kept != self.places:
            self.places = kept
            self.popover.dismiss()
            self.changed.emit()

    def _in_words(self) -> str:
        if len(self.places) > 1:
            return f"{len(self.places)} places"
        (place,) = self.places
        shape = self._shown.shape
        assert shape is not None, "nobody can click on a cell without a shape"
        return spot_in_words(shape.anatomy.description, place.section, place.x)

    def _how_to_add(self) -> str:
        return "Shift+click adds or removes places" if len(self.places) > 1 else "Shift+click adds places"
