"""Which share of the current each channel carries at one place, under the voltage there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea
from typing_extensions import override

from engine.experiment.targets import Site
from engine.messages.currents import currents_at
from gui import theme
from gui.background import Task
from gui.forms.editors import ComboBox
from gui.panels.measurements.plot_tab import Page, Say
from gui.plots import look
from gui.plots.picture import LegendEntry
from gui.plots.share_plot import SharePlot, TotalPlot, share_colour
from gui.plots.shared_time import SharedTime
from gui.plots.stack import PlotStack
from gui.plots.table import Column
from gui.plots.trace_plot import Line, Reading, TracePlot
from gui.session.current_recordings import currents_there, place_of, record_currents
from gui.session.run import Run
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.analysis.current_shares import CurrentShares

Floats = NDArray[np.float64]
_DENSITIES: Final = ("mA/cm²", "mA/cm2")
_HEIGHTS: Final = (3.5, 3.0, None, None)  # lines of text
_COLUMNS: Final = 1200  # that are drawn, whatever part of a run is seen
_NO_CURRENT: Final = "No current is recorded{where}. Press Record all currents here, then Run (F5)."
_NO_RUN: Final = (
    "Press Record all currents here, then Run (F5): which channel carries which share is drawn here."
)
_GOES_ON: Final = "The currents are drawn when the run has ended."


@dataclass(frozen=True, eq=False)
class _Drawn:
    """(n,) ms, and the shares of the currents of these names there."""

    names: tuple[str, ...]
    span: tuple[float, float]  # ms, from which to which it was computed
    times: Floats
    shares: "CurrentShares"


class CurrentsTab(Page):
    """Follows the newest run, and looks at the same time as the scope."""

    def __init__(self, session: Session, say: Say) -> None:
        super().__init__(session, say, ("shares in view", "currents"))
        self.stack = PlotStack()
        self.stack.setAccessibleName("Shares of the currents against time")
        self.voltage = TracePlot("voltage", "Voltage (mV)")
        self.totals = TotalPlot("All current (mA/cm²)")
        self.outward, self.inward = SharePlot("Outward current (%)"), SharePlot("Inward current (%)")
        self.drawn: _Drawn | None = None
        self.place = ComboBox()
        self.place.setAccessibleName("Where")
        self.place.setToolTip("The place whose currents are drawn")
        self.record = QPushButton("Record all currents here")
        self.record.setAccessibleName("Record all currents at the chosen place")
        self.record.clicked.connect(lambda: record_currents(session))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.stack)
        self.lay_out((self.place, self.record), scroll)
        self.shared_time = SharedTime(session.time_span, self.stack)
        self._connect()
        self._show_button()
        self.begin()

    @override
    def begin(self) -> None:
        run = self._session.runs.latest
        sites = sites_of(run) if run is not None else []
        self._show_places(sites)
        site: Site | None = self.place.currentData()
        if run is None or not run.is_over or site is None:
            where = f" of {run.title}" if run is not None else ""
            no_current = _NO_CURRENT.format(where=where)
            self.show_words(_NO_RUN if run is None else _GOES_ON if not run.is_over else no_current)
            return
        columns, names = self._chosen(run, site)
        span = (0.0, run.tstop) if self.stack.follows_time else self.stack.shown
        self.later.want(
            lambda task: _shares(task, run, columns, names, span),
            lambda drawn: self._on_drawn(run, site, drawn),
        )

    @override
    def plots(self) -> Sequence[pg.PlotItem]:
        return self.stack.rows

    @override
    def show_all(self) -> None:
        self.stack.home()

    @override
    def columns(self) -> Sequence[Column]:
        drawn = self.drawn
        if drawn is None:
            return []
        columns: list[Column] = [("Time (ms)", drawn.times)]
        for which, shares, total in (
            ("outward", drawn.shares.outward, drawn.shares.total_outward),
            ("inward", drawn.shares.inward, drawn.shares.total_inward),
        ):
            columns.append((f"All {which} current (mA/cm²)", total))
            columns += [
                (f"{name}, {which} (%)", 100 * share) for name, share in zip(drawn.names, shares, strict=True)
            ]
        return columns

    @override
    def legend_of_picture(self) -> list[LegendEntry]:
        names = self.drawn.names if self.drawn is not None else ()
        return [(look.line_pen(share_colour(number)), name) for number, name in enumerate(names)]

    @override
    def dress(self) -> None:
        super().dress()
        self.stack.dress()
        if self.drawn is not None:
            self._paint(self.drawn)

    def _chosen(self, run: Run, site: Site) -> tuple[list[int], tuple[str, ...]]:
        """Columns and names of the currents: of those that would count twice, only those that should."""
        found = {
            head.variable: column
            for column, head in enumerate(run.heads)
            if head.site == site and head.unit in _DENSITIES
        }
        description = self._session.rig.description(site.cell)
        wanted = currents_at(description, site.section) if description is not None else ()
        names = tuple(name for name in wanted if name in found) or tuple(found)
        return [found[name] for name in names], names

    def _on_drawn(self, run: Run, site: Site, drawn: _Drawn) -> None:
        self.drawn = drawn
        voltages = [
            Line((run.id, head.id), head.label, "mV", run.traces, column, look.line_pen(theme.colours().text))
            for column, head in enumerate(run.heads)
            if head.site == site and head.variable == "v"
        ]
        self.voltage.show_lines(voltages)
        rows = (*([self.voltage] if voltages else []), self.totals, self.outward, self.inward)
        if rows != self.stack.rows:
            self.stack.show_rows(rows, _HEIGHTS[-len(rows) :])
        if self.stack.whole != (0.0, run.tstop):
            self.stack.show_whole(0.0, run.tstop)
        self._paint(drawn)
        self.show_words("")
        self.remark.setText(f"{run.title}; all current: outward, and inward dashed")

    def _paint(self, drawn: _Drawn) -> None:
        colours = [share_colour(number) for number in range(len(drawn.names))]
        self.totals.show_totals(drawn.times, drawn.shares.total_outward, drawn.shares.total_inward)
        self.outward.show_shares(drawn.times, drawn.shares.outward, colours)
        self.inward.show_shares(drawn.times, drawn.shares.inward, colours)
        self.legend.show_entries(self.legend_of_picture())
        self.stack.touch()

    def _show_places(self, sites: Sequence[Site]) -> None:
        present = [self.place.itemData(row) for row in range(self.place.count())]
        if present != list(sites):
            chosen = self.place.currentData()
            self.place.clear()
            for site in sites:
                self.place.addItem(str(site), site)
            self.place.setCurrentIndex(sites.index(chosen) if chosen in sites else len(sites) - 1)
        self.place.setVisible(len(sites) > 1)

    def _show_button(self, *_what: object) -> None:
        site, names = place_of(self._session), currents_there(self._session)
        self.record.setEnabled(bool(names))
        where = f"at {site}: {', '.join(names)}" if names else "of a cell: choose one that is built"
        self.record.setToolTip(f"Let the next run record the currents {where}")

    def _connect(self) -> None:
        session = self._session
        for signal in (session.runs.added, session.runs.ended, session.runs.removed):
            signal.connect(self.refresh)
        for signal in (
            *(session.selection.site_changed, session.selection.cells_changed),
            *(session.rig.described, session.document.experiment_changed),
        ):
            signal.connect(self._show_button)
        self.place.activated.connect(self.refresh)
        self.stack.range_changed.connect(self._on_range)
        self.stack.hovered.connect(self._on_hovered)
        self.stack.scene().sigMouseMoved.connect(self._on_mouse)
        self.stack.menu_wanted.connect(lambda _plot, where: self.open_menu(where))
        self.stack.time_clicked.connect(session.playhead.move)

    def _on_range(self, first: float, last: float) -> None:
        if self.drawn is not None and self.drawn.span != (first, last):
            self.refresh()

    def _on_hovered(self, reading: Reading | None) -> None:
        self._say(reading.text if reading is not None else "")

    def _on_mouse(self, where: QPointF) -> None:
        drawn = self.drawn
        for plot, name in ((self.outward, "outward"), (self.inward, "inward")):
            if drawn is None or plot.scene() is None or not plot.vb.sceneBoundingRect().contains(where):
                continue
            at = plot.vb.mapSceneToView(where)
            if (place := plot.share_at(at.x(), at.y())) is not None:
                self._say(_in_words(drawn, name, *place))


def sites_of(run: Run) -> list[Site]:
    """Where a run has recorded currents of channels, in the order of the recordings."""
    return list(dict.fromkeys(head.site for head in run.heads if head.unit in _DENSITIES))


def _in_words(drawn: _Drawn, which: str, number: int, column: int) -> str:
    of = drawn.shares
    parts, totals = (of.outward, of.total_outward) if which == "outward" else (of.inward, of.total_inward)
    percent, total, time = 100 * parts[number, column], totals[column], drawn.times[column]
    return f"{drawn.names[number]}: {percent:.3g} % of {total:.3g} mA/cm² {which} at {time:.6g} ms"


def _shares(
    task: Task, run: Run, columns: Sequence[int], names: tuple[str, ...], span: tuple[float, float]
) -> _Drawn:
    """What is seen between two times (ms). Runs in a thread; the run is over."""
    from engine.analysis.current_shares import current_shares

    task.report(text="shares of currents")
    traces = run.traces
    first, last = traces.index_at(span[0]), traces.index_at(span[1])
    size = max((last + 1 - first) // _COLUMNS, 1)
    samples = np.stack([traces.column(column)[first : last + 1] for column in columns])
    starts = np.arange(0, samples.shape[1], size)
    middles = np.minimum(starts + (size - 1) / 2, samples.shape[1] - 1)
    times = traces.start + (first + middles) * traces.interval
    return _Drawn(names, span, times, current_shares(samples, starts))
