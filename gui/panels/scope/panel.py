"""The scope: all that a run records against time, live, under what its stimuli play."""

from datetime import datetime

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.experiment import ListedCells
from gui import theme
from gui.actions import Action
from gui.panels.scope import words
from gui.panels.scope.actions import actions_of
from gui.panels.scope.arriving import HEIGHT as ARRIVING_LINES
from gui.panels.scope.arriving import ArrivingSpikes
from gui.panels.scope.comparing import Comparing
from gui.panels.scope.comparison import Comparison
from gui.panels.scope.cursor_readout import CursorReadout
from gui.panels.scope.legend import Entry, Legend
from gui.panels.scope.legend_entries import entries_of
from gui.panels.scope.lines import Appearance, DrawnRuns, drawn_runs, lines_of, shown_traces
from gui.panels.scope.linking import Linking
from gui.panels.scope.moment import ShownMoment
from gui.panels.scope.naming import Naming
from gui.panels.scope.preview import Previewer
from gui.panels.scope.preview_strip import PreviewStrip
from gui.panels.scope.quantities import Quantity, grouped
from gui.panels.scope.regions import ScopeRegions
from gui.panels.scope.remarks import Remarks
from gui.panels.scope.saving import Saving
from gui.plots import look
from gui.plots.cursors import Cursors
from gui.plots.picture import LegendEntry
from gui.plots.raster_plot import RasterSpike
from gui.plots.shared_time import SharedTime
from gui.plots.spike_row import SpikeRow
from gui.plots.stack import PlotStack
from gui.plots.trace_plot import Reading, TracePlot
from gui.session.run import Run
from gui.session.session import Session
from gui.settings import settings
from gui.widgets.help_button import HelpButton

_PREVIEW_LINES, _SPIKES_LINES = 5.5, 1.3  # heights in lines of text
_SOON_MS = 50


class ScopePanel(QWidget):
    """Follows the newest run, and keeps others for comparison."""

    phase_plane_wanted = Signal(str)  # of a recording, by its id; "" of all voltages that are shown
    cursor_text = Signal(str)  # the sample under the mouse, else the moment that is shown, "" for none

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.appearance = Appearance(session.trace_memory.colours, session.trace_memory.hidden)
        self.drawn = DrawnRuns()
        self.comparing = Comparing(session, self)
        self.shows_preview = settings().value.preview_position != "hidden"
        self._took_s: dict[str, float] = {}
        self._plots: dict[tuple[str, bool], TracePlot] = {}
        self._followed: Run | None = None
        self.stack = PlotStack()
        self.stack.setAccessibleName("Traces and stimuli against time")
        self.cursors = Cursors(self)
        self.regions = ScopeRegions(session.regions, lambda: self.trace_plots, self)
        self.moment = ShownMoment(session, self.stack, self)
        self.previewer = Previewer(session, self)
        self.strip = PreviewStrip()
        self.arriving = ArrivingSpikes(session, self)
        self.spikes = SpikeRow()
        self.legend = Legend()
        self.saving = Saving(self, session.notices, self._legend_of_picture)
        self.naming = Naming(session, self.appearance, self.legend, self)
        self.state = _sentence("State of the run")
        self.remarks = Remarks("Remarks on stimuli and comparisons")
        self.empty = _sentence("What to do")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._connect()
        self.shared_time = SharedTime(session.time_span, self.stack)
        self.linking = Linking(session, self.stack, lambda: self.drawn)
        self._preview_text = ""
        self._show_previews()
        self._refresh()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self) + self.comparing.actions() + self.regions.actions() + self.moment.actions()

    @property
    def comparison(self) -> Comparison | None:
        """Of the runs that are compared now."""
        return self.comparing.comparison

    @property
    def trace_plots(self) -> list[TracePlot]:
        """The plots of traces, from the top."""
        return [plot for plot in self.stack.rows if isinstance(plot, TracePlot)]

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.remarks.fit()

    def toggle_cursors(self) -> None:
        """Show or hide the cursors."""
        self.cursors.show(shown=not self.cursors.is_shown)

    def toggle_ghost(self) -> None:
        """Show or hide the previous run."""
        settings().change(show_ghost=not settings().value.show_ghost)

    def toggle_preview(self) -> None:
        """Show or hide what the stimuli will play."""
        position = settings().value.preview_position
        settings().change(preview_position="above" if position == "hidden" else "hidden")

    def stop_comparing(self) -> None:
        """Show runs as usual again."""
        self.comparing.stop()

    def _lay_out(self) -> None:
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.stack)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.comparing.bar)
        layout.addWidget(self.remarks)
        layout.addWidget(self._scroll, 3)  # without traces it is no higher than it needs to be
        layout.addWidget(self.empty, 1)
        layout.addWidget(CursorReadout(self.cursors))
        layout.addWidget(self.legend)
        last = QHBoxLayout()
        last.addWidget(self.state, 1)
        last.addWidget(HelpButton("running"))
        layout.addLayout(last)

    def _connect(self) -> None:
        runs = self._session.runs
        for signal in (runs.added, runs.advanced, runs.changed, runs.removed):
            signal.connect(self._on_run)
        runs.ended.connect(self._on_ended)
        self.comparing.changed.connect(self.stack.touch)
        self.comparing.refitted.connect(self._fit_all)
        for signal in (self.previewer.changed, self.arriving.changed):
            signal.connect(self._show_previews)
        self.arriving.plot.hovered.connect(self._on_spike)
        self._session.selection.element_changed.connect(self._show_previews)
        self._session.document.experiment_changed.connect(self._on_experiment)
        self._session.circuit_opened.connect(lambda _circuit: self._make_usual())
        self.stack.drawing.connect(self._refresh)
        self.stack.hovered.connect(self._on_hovered)
        self.stack.menu_wanted.connect(self._open_menu)
        self.stack.stepped.connect(lambda direction, fast: self.cursors.step(direction, fast=fast))
        self.moment.told.connect(self.cursor_text)
        self.legend.phase_plane_wanted.connect(lambda entry: self.phase_plane_wanted.emit(entry.head_id))
        self.naming.changed.connect(self.stack.touch)
        theme.notifier().changed.connect(self._on_theme)
        settings().changed.connect(self._on_settings)

    def _on_run(self, _run: Run) -> None:
        self.stack.touch()

    def _on_ended(self, run: Run) -> None:
        self._took_s[run.id] = (datetime.now(run.began_at.tzinfo) - run.began_at).total_seconds()
        self.stack.touch()

    def _fit_all(self) -> None:
        self.stack.draw()
        for plot in self.trace_plots:
            plot.fit()

    def _on_experiment(self, _old: object, new: object) -> None:
        if new is None:
            self.comparing.drop()
        self.stack.touch()

    def _on_settings(self) -> None:
        self.shows_preview = settings().value.preview_position != "hidden"
        self._show_previews()

    def _on_theme(self) -> None:
        self.stack.dress()
        self.strip.dress()
        self.arriving.dress()
        self.spikes.dress()
        self.cursors.dress()
        self.regions.marks.dress()
        self.moment.cursor.dress()
        self.stack.show_rows((), ())  # their heights follow the size of text
        self._show_previews()

    def _on_hovered(self, reading: Reading | None) -> None:
        self.cursor_text.emit(reading.text if reading is not None else self.moment.text)

    def _on_spike(self, spike: RasterSpike | None) -> None:
        self.cursor_text.emit(spike.text if spike is not None else self.moment.text)

    def _show_previews(self, _selected: str = "") -> None:
        experiment = self._session.document.experiment
        if self.shows_preview and experiment is not None:
            selected = self._session.selection.element
            tstop = experiment.conditions.tstop
            stimuli = self.strip.show(self.previewer.previews, selected, tstop)
            self._preview_text = "\n".join(filter(None, (stimuli, self.arriving.text)))
        else:
            self._preview_text, self.strip.rows = "", []
        self.stack.touch()

    def _refresh(self) -> None:
        """Bring the rows up to date with the runs."""
        runs = self._session.runs
        self.drawn = self._choose(tuple(runs))
        width = float(settings().value.trace_width)
        if self.comparing.update():
            self.stack.touch()  # there is more to subtract than one turn has time for
        lines = lines_of(self.drawn, self.appearance, width, self.comparing.placing)
        self._session.shown_traces.show(shown_traces(self.drawn, lines, self.appearance))
        quantities = grouped(self.comparing.shown(lines))
        self.comparing.name(quantities)
        self._show_rows(quantities)
        newest = runs.latest
        self._follow(newest)
        self._show_marks(newest)
        took_s = self._took_s.get(newest.id) if newest is not None else None
        self.state.setText(words.state_in_words(newest, took_s))
        self.state.setVisible(newest is not None)
        self._colour_state(newest)
        remarks = "\n".join(filter(None, (self.comparing.in_words(), self._preview_text)))
        self.remarks.show_text(remarks)
        self.legend.show_entries(self._entries())

    def _choose(self, runs: tuple[Run, ...]) -> DrawnRuns:
        if self.comparison is not None and all(run in runs for run in self.comparison.runs):
            return DrawnRuns(others=self.comparison.runs)
        if self.comparison is not None:
            self.comparing.drop()
        return drawn_runs(runs, show_ghost=settings().value.show_ghost)

    def _show_rows(self, quantities: list[Quantity]) -> None:
        differences = self.comparing.differences(self.appearance.hidden)
        traces: list[pg.PlotItem] = []
        for quantity in quantities:
            traces.append(self._plot(quantity, is_difference=False))
            if quantity.unit in differences:
                traces.append(self._plot(differences[quantity.unit], is_difference=True))
        self._show_spikes(has_traces=bool(traces))
        spikes = [self.spikes] if traces and self.spikes.count else []
        arriving = self.arriving.rows if self.shows_preview else []
        preview: list[pg.PlotItem] = [*self.strip.rows, *arriving]
        is_below = settings().value.preview_position == "below"
        rows = [*([] if is_below else preview), *spikes, *traces, *(preview if is_below else [])]
        heights = {self.spikes: _SPIKES_LINES, **dict.fromkeys(preview, _PREVIEW_LINES)}
        heights[self.arriving.plot] = ARRIVING_LINES
        if tuple(rows) != self.stack.rows:
            self.stack.show_rows(rows, [heights.get(row) for row in rows])
            self.cursors.attach(self.trace_plots)
            self.regions.marks.attach(self.trace_plots)
            self.moment.cursor.attach(rows)
        self._scroll.setVisible(bool(rows))
        self._scroll.setMaximumHeight(16_777_215 if traces else self.stack.minimumHeight())
        self.empty.setVisible(not traces)
        latest = self._session.runs.latest
        self.empty.setText(words.why_empty(latest, self.appearance.hidden, has_cells=self._has_cells()))

    def _has_cells(self) -> bool:
        experiment = self._session.document.experiment
        return experiment is not None and experiment.cells != ListedCells()

    def _plot(self, quantity: Quantity, *, is_difference: bool) -> TracePlot:
        plot = self._made((quantity.unit, is_difference), quantity.title)
        plot.name_values(quantity.title)
        plot.show_lines(quantity.lines)
        return plot

    def _made(self, key: tuple[str, bool], title: str) -> TracePlot:
        if key not in self._plots:
            self._plots[key] = TracePlot(key, title)
        return self._plots[key]

    def _make_usual(self) -> None:
        """What the first run will need, in turns of the event loop of their own: a plot takes its time."""
        QTimer.singleShot(_SOON_MS, self, lambda: self.strip.plot("current"))
        QTimer.singleShot(2 * _SOON_MS, self, lambda: self._made(("mV", False), "Voltage (mV)"))

    def _show_spikes(self, *, has_traces: bool) -> None:
        run = self.drawn.newest
        tables = run.spikes.values() if run is not None and has_traces else ()
        self.spikes.show_spikes(np.concatenate([each.times for each in tables]) if tables else np.empty(0))

    def _follow(self, newest: Run | None) -> None:
        """A run that begins is shown as a whole, on axes that fit what is behind it."""
        experiment = self._session.document.experiment
        ends = [run.tstop for run in self.drawn.all]
        if experiment is not None and (self.strip.rows or self.arriving.rows or not ends):
            ends.append(experiment.conditions.tstop)
        whole = (0.0, max(ends, default=1.0))
        if whole != self.stack.whole:
            self.stack.show_whole(*whole)
        if newest is not self._followed:
            self._followed = newest
            for plot in self.trace_plots:
                if plot.follows_values:
                    plot.fit()

    def _show_marks(self, newest: Run | None) -> None:
        is_under_way = newest is not None and not newest.is_over and newest is self.drawn.newest
        marks: list[tuple[float, str]] = []
        if newest is not None and newest is self.drawn.newest:
            marks = [(each.time, words.change_in_words(each, newest)) for each in newest.settings]
        for plot in self.trace_plots:
            plot.show_now(newest.time if newest is not None and is_under_way else None)
            plot.show_marks(marks)

    def _colour_state(self, newest: Run | None) -> None:
        has_failed = newest is not None and newest.state == "failed"
        wanted = look.colour(theme.colours().error if has_failed else theme.colours().muted_text)
        palette = self.state.palette()
        if palette.color(QPalette.ColorRole.WindowText) != wanted:
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.state.setPalette(palette)

    def _entries(self) -> list[Entry]:
        return entries_of(self.drawn, self.appearance, self.comparison, self.naming.can_rename)

    def _legend_of_picture(self) -> list[LegendEntry]:
        return [(entry.pen, entry.name) for entry in self.legend.entries if entry.is_shown]

    def _open_menu(self, plot: pg.PlotItem, where: QPointF) -> None:
        menu = self.menu_of(plot)
        menu.exec(where.toPoint())
        menu.deleteLater()

    def menu_of(self, plot: pg.PlotItem) -> QMenu:
        """What can be done with one plot."""
        menu = QMenu(self)
        saving = self.saving
        menu.addAction("Whole run\tHome", self.stack.home)
        if self._session.playhead.time is not None:
            menu.addAction("Show the newest moment\tEsc", self.moment.to_newest)
        if isinstance(plot, TracePlot):
            menu.addAction("Fit values", plot.fit)
            menu.addAction("Measure here with cursors", lambda: self.cursors.measure_in(plot))
            self.regions.add_to_menu(menu)
            if any(line.unit == "mV" for line in plot.lines):
                menu.addAction("Phase plane", lambda: self.phase_plane_wanted.emit(""))
        menu.addSeparator()
        pictures = self.arriving.saving if plot is self.arriving.plot else saving
        menu.addAction("Copy image", lambda: pictures.copy_image([plot]))
        menu.addAction("Save image (PNG, SVG, PDF)…", lambda: pictures.ask_and_save_image([plot]))
        if isinstance(plot, TracePlot):
            menu.addAction("Copy samples in view", lambda: saving.copy_data([plot]))
            menu.addAction("Save all samples (CSV)…", lambda: saving.ask_and_save_data([plot]))
        elif plot is self.arriving.plot:
            menu.addAction("Show all sources", self.arriving.plot.fit)
            self.arriving.add_saving(menu)
        menu.addSeparator()
        shown = settings().value.show_ghost
        menu.addAction("Hide the previous run" if shown else "Show the previous run", self.toggle_ghost)
        if self.comparison is not None:
            menu.addAction("Stop comparing", self.stop_comparing)
        return menu


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setMargin(4)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.hide()
    return label
