"""Regions of time in the scope, between which traces are measured."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from gui.actions import Action
from gui.plots.region_marks import RegionMarks
from gui.plots.trace_plot import TracePlot
from gui.session.regions import RegionName, Regions

_SHARES: Final[dict[RegionName, tuple[float, float]]] = {"A": (0.2, 0.4), "B": (0.6, 0.8)}  # of what is seen

_TEXTS: Final[dict[RegionName | None, str]] = {
    "A": "Measure a region",
    "B": "Measure a second region",
    None: "Bring both regions into view",
}


class ScopeRegions(QObject):
    """Draws the regions of the session, and makes new ones where they can be seen."""

    wanted = Signal()  # the user has asked for a region: what is measured should be seen

    def __init__(self, regions: Regions, plots: Callable[[], Sequence[TracePlot]], parent: QObject) -> None:
        super().__init__(parent)
        self._regions, self._plots = regions, plots
        self.marks = RegionMarks(self)
        self.marks.dragged.connect(self._on_dragged)
        regions.changed.connect(self._show)

    def actions(self) -> tuple[Action, ...]:
        """What the window's menus offer of regions."""
        return (
            Action(
                id="scope.region",
                text=self._text,
                tip="Put a region over the traces that is measured; a second one is compared with the first",
                run=self.add,
                menu="Analyse",
                group=15,
                shortcut="M",
                enabled=self._has_plots,
            ),
            Action(
                id="scope.no_regions",
                text="Remove regions",
                tip="Measure whole traces again",
                run=self._regions.remove,
                menu="Analyse",
                group=15,
                enabled=lambda: bool(self._regions.spans),
            ),
        )

    def add(self) -> None:
        """Have one more region; where there are two already, bring them to where they are seen."""
        if not self._has_plots():
            return
        missing = self._regions.missing
        for name in (missing,) if missing is not None else _SHARES:
            self._put(name)
        self.wanted.emit()

    def add_to_menu(self, menu: QMenu) -> None:
        """Offer what can be done with regions."""
        menu.addAction(f"{self._text()}\tM", self.add)
        if self._regions.spans:
            menu.addAction("Remove regions", self._regions.remove)

    def _text(self) -> str:
        return _TEXTS[self._regions.missing]

    def _has_plots(self) -> bool:
        return bool(self._plots())

    def _put(self, name: RegionName) -> None:
        first, last = self._plots()[0].view.viewRange()[0]
        low, high = _SHARES[name]
        self._regions.put(name, first + low * (last - first), first + high * (last - first))

    def _show(self) -> None:
        self.marks.show(self._regions.spans)

    def _on_dragged(self, name: RegionName, begin: float, end: float) -> None:
        self._regions.put(name, begin, end)
        self._show()  # where it snapped to, also if that is where it was
