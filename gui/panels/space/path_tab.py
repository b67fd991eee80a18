"""The tab with the values on the way between two points, at the moment that is shown."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from engine.experiment.targets import Site
from gui.panels.space.tab import PlotTab, Say
from gui.panels.space.way import Way, in_words, site_of
from gui.plots.space_plot import SpacePlot
from gui.plots.table import Column
from gui.plots.variable_words import heading_of, title_of
from gui.session.frames import Frames
from gui.session.session import Session


class PathTab(PlotTab):
    """Now, the highest and the lowest so far."""

    def __init__(self, session: Session, say: Say, parent: QWidget | None = None) -> None:
        self._way: Way | None = None
        self._frames: Frames | None = None
        self.plot = SpacePlot()
        super().__init__(session, self.plot, say, "space plot", parent)
        self.show_legend()

    def show_way(self, way: Way | None) -> None:
        """Another way, or none."""
        self._way = way
        if way is not None:
            self.plot.show_path(way.distances, way.stretches())

    def show_frames(self, frames: Frames | None, time: float | None) -> None:
        """The values of all segments at a moment (ms; None: the newest)."""
        self._frames = frames
        values = frames.at(time) if frames is not None else None
        if frames is None or values is None or self._way is None:
            return
        on_way = self._way.segments
        self.plot.name_values(heading_of(frames.variable, frames.unit))
        self.plot.show_values(values[on_way], frames.lowest[on_way], frames.highest[on_way])
        self.say_again()

    @override
    def columns(self) -> Sequence[Column]:
        if self._way is None or self._frames is None:
            return []
        anatomy, segments, frames = self._way.anatomy, self._way.segments, self._frames
        now, lowest, highest = self.plot.drawn()
        name, unit = title_of(frames.variable), f" ({frames.unit})" if frames.unit else ""
        time = self._session.playhead.time
        moment = "newest" if time is None else f"at {time:.7g} ms"
        return [
            ("Path distance (µm)", self._way.distances),
            ("Section", np.array([anatomy.section(each).name for each in segments.tolist()])),
            ("Position in the section", anatomy.positions[segments]),
            (f"{name}, {moment}{unit}", now),
            (f"{name}, lowest{unit}", lowest),
            (f"{name}, highest{unit}", highest),
        ]

    @override
    def site(self, point: int) -> Site | None:
        way = self._way
        return site_of(way.anatomy, int(way.segments[point])) if way is not None else None

    @override
    def point_of(self, site: Site) -> int | None:
        way = self._way
        if way is None or site.cell != way.anatomy.description.cell:
            return None
        at = np.flatnonzero(way.segments == way.anatomy.segment_at(site.section, site.x))
        return int(at[0]) if at.size else None

    @override
    def in_words(self, point: int) -> str:
        way, frames, site = self._way, self._frames, self.site(point)
        if way is None or frames is None or site is None:
            return ""
        now, lowest, highest = (values[point] for values in self.plot.drawn())
        unit = f" {frames.unit}" if frames.unit else ""
        return (
            f"{in_words(site)}, {way.distances[point]:.0f} µm: {title_of(frames.variable)} {now:.5g}{unit}"
            f" (lowest {lowest:.5g}{unit}, highest {highest:.5g}{unit})"
        )
