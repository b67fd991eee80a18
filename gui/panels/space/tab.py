"""What both tabs do: a plot with a legend under it, that can be copied, saved and read off."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from engine.experiment.targets import Site
from gui.panels.space.marks import legend_text
from gui.plots.attenuation_plot import AttenuationPlot
from gui.plots.distance_plot import Spot
from gui.plots.one_plot import OnePlot
from gui.plots.saving import PlotSaving
from gui.plots.space_plot import SpacePlot
from gui.session.session import Session

Say = Callable[[str], object]


class PlotTab(OnePlot):
    """Whoever inherits says which points there are, what is told of them, and where the legend goes."""

    def __init__(
        self,
        session: Session,
        plot: SpacePlot | AttenuationPlot,
        say: Say,
        file_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._say = session, say
        self._drawing = plot
        self._hovered: int | None = None
        self.legend = QLabel()
        self.legend.setAccessibleName("What the colours are")
        self.saving = PlotSaving(self, session.notices, plot.legend, numbers="values", file_name=file_name)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.row.addWidget(plot, 1)
        plot.hovered.connect(self._on_hovered)
        plot.menu_wanted.connect(self.open_menu)
        plot.escaped.connect(lambda: session.playhead.move(None))
        session.pointing.changed.connect(self._on_pointed)

    @override
    def drawing(self) -> SpacePlot | AttenuationPlot:
        return self._drawing

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self._drawing.dress()
        self.show_legend()

    def show_legend(self) -> None:
        """Names and colours are others."""
        self.legend.setText(legend_text(self._drawing.legend()))

    def site(self, point: int) -> Site | None:
        """Where a point of the plot is on the cell."""
        raise NotImplementedError

    def point_of(self, site: Site) -> int | None:
        """The point of the plot that a spot on the cell belongs to."""
        raise NotImplementedError

    def in_words(self, point: int) -> str:
        """Where a point is, and its values."""
        raise NotImplementedError

    def say_again(self) -> None:
        """The values under the mouse may be others."""
        if self._hovered is not None:
            self._say(self.in_words(self._hovered))

    def _on_hovered(self, spot: Spot | None) -> None:
        point = spot.point if spot is not None else None
        if point == self._hovered:
            return
        self._hovered = point
        self._drawing.mark(point)
        self._session.pointing.point_at(self.site(point) if point is not None else None)
        self._say(self.in_words(point) if point is not None else "")

    def _on_pointed(self, site: Site | None) -> None:
        """Somebody else's mouse is over a spot."""
        if self._hovered is None:
            self._drawing.mark(self.point_of(site) if site is not None else None)
