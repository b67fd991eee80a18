"""Who fires when: a row for each cell, a tick for each spike, or their density where there are too many."""

import html
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor
from typing_extensions import override

from gui import theme
from gui.background import Task, in_background
from gui.plots import look
from gui.plots.picture import LegendEntry
from gui.plots.raster_image import Excerpt, painted
from gui.plots.view_box import ScopeViewBox

_REACH_PX: Final = 12.0
_AT_ONCE: Final = 10_000  # spikes that are painted in a few ms; more are, in a thread
_HEADROOM: Final = 0.07  # of the rows: between the caption and the first
_NO_TIMES: Final = np.empty(0)
_NO_ROWS: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RasterRows:
    """The cells of a raster, from the top: (n,) node ids, and which of the populations each is of.

    `colours`: the number of the trace colour of each population.
    """

    node_ids: NDArray[np.int64]
    groups: NDArray[np.intp]
    populations: tuple[str, ...]
    colours: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.node_ids)

    def name(self, row: int) -> str:
        """Such as "thalamus:3"."""
        return f"{self.populations[self.groups[row]]}:{self.node_ids[row]}"


NOBODY: Final = RasterRows(_NO_ROWS, np.empty(0, dtype=np.intp), (), ())


@dataclass(frozen=True, slots=True)
class RasterSpike:
    """One spike under the mouse."""

    row: int
    time: float  # ms
    name: str  # of the cell

    @property
    def text(self) -> str:
        """Such as "thalamus:3 fires at 12.3 ms"."""
        return f"{self.name} fires at {self.time:.7g} ms"


class RasterView(ScopeViewBox):
    """Tells where the mouse is."""

    pointed = Signal(object)  # QPointF in ms and rows, or None

    def hoverEvent(self, ev: Any) -> None:  # noqa: N802 - called by pyqtgraph
        """The mouse moves in here, or leaves."""
        self.pointed.emit(None if ev.isExit() else self.mapToView(ev.pos()))


class RasterPlot(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Made anew with `show_spikes`, or growing with `append`; draws only what is to be seen.

    A row of a `PlotStack`, or a plot of its own. The wheel zooms time, with Ctrl rows.
    """

    hovered = Signal(object)  # RasterSpike, or None
    chosen = Signal(object)  # RasterSpike that was clicked

    def __init__(self) -> None:
        self.view = RasterView()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.title = ""
        self._caption: tuple[object, ...] = ()
        self.rows = NOBODY
        self.count = 0
        self._times, self._numbers = _NO_TIMES, _NO_ROWS
        self._task: Task | None = None
        self._is_stale = False
        self._told: RasterSpike | None = None
        self._image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self._image, ignoreBounds=True)
        self.hideButtons()
        self.view.invertY(True)
        self.view.setMouseEnabled(x=True, y=True)
        self.view.sigRangeChanged.connect(lambda *_: self.redraw())
        self.view.sigResized.connect(lambda *_: self.redraw())
        self.view.pointed.connect(self._on_pointed)
        self.view.clicked.connect(self._on_clicked)
        self.dress()

    @property
    def times(self) -> NDArray[np.float64]:
        """(count,) ms, ascending."""
        return self._times[: self.count]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """(count,) the row of each spike."""
        return self._numbers[: self.count]

    def name_it(self, title: str) -> None:
        """Say over the plot what it shows."""
        if title != self.title:
            self.title = title
            self._write_caption()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        self._write_caption()
        self.redraw()

    def show_spikes(self, rows: RasterRows, times: NDArray[np.float64], numbers: NDArray[np.int64]) -> None:
        """Draw these instead: (n,) times in ms, ascending, and (n,) places in `rows`."""
        is_other = len(rows) != len(self.rows)
        self.rows, self.count = rows, len(times)
        self._times, self._numbers = times, numbers
        self._write_caption()
        if is_other:
            self.fit()
        self.redraw()

    def append(self, times: NDArray[np.float64], numbers: NDArray[np.int64]) -> None:
        """Add spikes that came after the last ones; `redraw` draws them."""
        end = self.count + len(times)
        if end > len(self._times):
            room = max(2 * end, 1024)
            self._times = np.concatenate([self.times, np.empty(room - self.count)])
            self._numbers = np.concatenate([self.numbers, np.empty(room - self.count, dtype=np.int64)])
        self._times[self.count : end] = times
        self._numbers[self.count : end] = numbers
        self.count = end

    def fit(self) -> None:
        """Show all rows."""
        count = max(len(self.rows), 1)
        self.view.setYRange(-_HEADROOM * count, count, padding=0)

    def redraw(self) -> None:
        """Take what is to be seen."""
        self._name_rows()
        seen = self._seen()
        begin, end = np.searchsorted(self.times, (seen.first, seen.last))
        if begin == end:
            self._give_up()
            self._image.clear()
            return
        parts = (
            *(self._times[begin:end], self._numbers[begin:end], self.rows.groups, self._palette()),
            seen,
        )
        if end - begin <= _AT_ONCE:
            self._give_up()
            self._show(painted(*parts), seen)
        elif self._task is not None:
            self._is_stale = True  # what is being painted is shown first: spikes may come all the time
        else:
            self._task = in_background(
                lambda _task: painted(*parts), lambda picture: self._on_painted(picture, seen), _no_error
            )

    def spike_at(self, time: float, row: float) -> RasterSpike | None:
        """The nearest spike within reach of a place in ms and rows."""
        width, height = self.view.viewPixelSize()
        times = self.times
        begin, end = np.searchsorted(times, (time - _REACH_PX * width, time + _REACH_PX * width))
        if begin == end:
            return None
        apart = np.hypot(
            (times[begin:end] - time) / width,
            np.maximum(np.abs(self.numbers[begin:end] + 0.5 - row) - 0.5, 0) / height,
        )
        best = int(np.argmin(apart))
        if apart[best] > _REACH_PX:
            return None
        number = int(self.numbers[begin + best])
        return RasterSpike(number, float(times[begin + best]), self.rows.name(number))

    def legend_entries(self) -> list[LegendEntry]:
        """The populations that have rows, as a picture names them."""
        return [
            (look.line_pen(theme.trace_colour(colour), width=3.0), name)
            for name, colour in zip(self.rows.populations, self.rows.colours, strict=True)
        ]

    @override
    def close(self) -> None:
        self._give_up()
        super().close()

    def _write_caption(self) -> None:
        """The title, and the colours of the populations if there are several."""
        written = html.escape(self.title)
        used = np.unique(self.rows.groups).tolist()
        if len(used) > 1:
            for group in used:
                colour = theme.trace_colour(self.rows.colours[group])
                name = html.escape(self.rows.populations[group])
                written += f' &nbsp;<span style="color: {colour}">\u25a0</span> {name}'
        now = written, theme.is_dark(), look.em()
        if now != self._caption:
            self._caption = now
            look.caption(self, written)

    def _give_up(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._is_stale = False

    def _on_painted(self, picture: NDArray[np.uint8], seen: Excerpt) -> None:
        self._task = None
        self._show(picture, seen)
        if self._is_stale:
            self._is_stale = False
            self.redraw()

    def _seen(self) -> Excerpt:
        (first, last), (top, bottom) = self.view.viewRange()
        spot = theme.zoom()
        return Excerpt(
            first,
            last,
            max(int(np.floor(top)), 0),
            min(int(np.ceil(bottom)), max(len(self.rows), 1)),
            max(round(self.view.width() / spot), 16),
            max(round(self.view.height() / spot), 8),
        )

    def _palette(self) -> NDArray[np.uint8]:
        colours = [QColor(theme.trace_colour(each)) for each in self.rows.colours] or [QColor()]
        return np.array([(each.red(), each.green(), each.blue()) for each in colours], dtype=np.uint8)

    def _show(self, picture: NDArray[np.uint8], seen: Excerpt) -> None:
        self._image.setImage(picture, autoLevels=False)
        self._image.setRect(QRectF(seen.first, seen.top, seen.last - seen.first, seen.bottom - seen.top))

    def _name_rows(self) -> None:
        """Node ids beside as many rows as there is room for."""
        (_, _), (top, bottom) = self.view.viewRange()
        first, last = max(int(top), 0), min(int(np.ceil(bottom)), len(self.rows))
        room = max(int(self.view.height() / (1.3 * look.em())), 1)
        step = max(-(-(last - first) // room), 1)
        shown = range(first, last, step)
        self.getAxis("left").setTicks([[(row + 0.5, str(self.rows.node_ids[row])) for row in shown]])

    def _on_pointed(self, where: QPointF | None) -> None:
        spike = self.spike_at(where.x(), where.y()) if where is not None else None
        if spike != self._told:
            self._told = spike
            self.hovered.emit(spike)

    def _on_clicked(self, time: float, row: float) -> None:
        if (spike := self.spike_at(time, row)) is not None:
            self.chosen.emit(spike)


def _no_error(_error: object) -> None:
    """NumPy has none that a user could mend."""
