"""From where a view looks: in which mode, through which camera, or on which chart."""

from dataclasses import replace
from typing import Final, Literal

from gui.plots import look
from gui.plots.cell.camera import Camera, Projection, Size
from gui.plots.cell.dendrogram import Chart
from gui.plots.cell.gestures import Side
from gui.plots.cell.pieces import Pieces

Mode = Literal["3d", "2d", "dendrogram"]

SIDES: Final[dict[Side, tuple[float, float]]] = {"front": (0.0, 0.0), "side": (90.0, 0.0), "top": (0.0, 90.0)}
_CHART_MARGINS: Final = (1.0, 1.6, 1.0, 2.9)  # lines of text: left, top, right, bottom


class Outlook:
    """One camera for space and for what is flat, so that a change of mode changes nothing else."""

    def __init__(self) -> None:
        self.mode: Mode = "2d"
        self.camera, self.chart = Camera(), Chart()
        self.is_fitted = True  # until somebody moves it; then a change of its size leaves it alone

    @property
    def projection(self) -> Projection:
        """Of the present mode; what is flat has no perspective."""
        return self.chart if self.mode == "dendrogram" else self._seeing()

    def take(self, projection: Projection) -> None:
        """It was moved, turned or zoomed."""
        if isinstance(projection, Chart):
            self.chart = projection
        elif isinstance(projection, Camera):
            self.camera = replace(projection, has_perspective=self.camera.has_perspective)
        self.is_fitted = False

    def fit(self, pieces: Pieces | None, size: Size) -> None:
        """All of the pieces in view."""
        if pieces is not None and self.mode == "dendrogram":
            left, top, right, bottom = (lines * look.em() for lines in _CHART_MARGINS)
            self.take(Chart(margins=(left, top, right, bottom)).fitted(pieces, size))
        elif pieces is not None:
            self.take(self._seeing().fitted(pieces, size))
        self.is_fitted = True

    def turn_to(self, side: Side) -> None:
        """Look from a side."""
        azimuth, elevation = SIDES[side]
        self.camera = replace(self.camera, azimuth=azimuth, elevation=elevation)

    def _seeing(self) -> Camera:
        return self.camera if self.mode == "3d" else replace(self.camera, has_perspective=False)
