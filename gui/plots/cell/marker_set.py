"""The markers of a view: where they are on the screen, and the one that the mouse holds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF

from gui.plots.cell.markers import Marker, PlacedMarker, placed
from gui.plots.cell.picking import Pick

TipOf = Callable[[int, float], tuple[QPointF, float] | None]


class MarkerSet:
    """`tip_of` tells of a segment and an x where that is on the screen, and the angle of the branch there."""

    def __init__(self, tip_of: TipOf) -> None:
        self._tip_of = tip_of
        self._markers: tuple[Marker, ...] = ()
        self._held: Marker | None = None
        self._grip = QPointF()  # from the tip of the held one to the mouse

    @property
    def held(self) -> Marker | None:
        """The marker that the mouse holds, where it holds it."""
        return self._held

    def show(self, markers: Sequence[Marker]) -> None:
        """Have these; one that is held stays where the mouse is."""
        self._markers = tuple(markers)
        if self._held is not None and self._held.key not in {each.key for each in markers}:
            self._held = None

    def placed(self) -> list[PlacedMarker]:
        """All that can be seen, with their places."""
        held = self._held
        shown = [held if held is not None and each.key == held.key else each for each in self._markers]
        tips = [(each, self._tip_of(each.segment, each.x)) for each in shown]
        there = [(each, tip) for each, tip in tips if tip is not None]
        return placed([each for each, _ in there], [tip for _, tip in there])

    def at(self, place: QPointF) -> PlacedMarker | None:
        """The marker that the mouse would seize there."""
        found = [each for each in self.placed() if each.is_at(place)]
        return found[-1] if found else None

    def seize(self, marker: PlacedMarker, place: QPointF) -> None:
        """The mouse takes hold of it."""
        self._held, self._grip = marker.marker, place - marker.tip

    def tip_under(self, place: QPointF) -> QPointF:
        """Where the tip of the held one is when the mouse is there."""
        return place - self._grip

    def move_held(self, pick: Pick) -> None:
        """The held one is there now."""
        if self._held is not None:
            self._held = replace(self._held, segment=pick.segment, x=pick.x)

    def let_go(self) -> Marker | None:
        """The mouse holds none any more: the one that it held. It stays there until others are shown."""
        held, self._held = self._held, None
        if held is not None:
            self._markers = tuple(held if each.key == held.key else each for each in self._markers)
        return held
