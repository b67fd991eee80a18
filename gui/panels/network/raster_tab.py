"""Spikes of all cells of the newest run as they occur, and how often they fire."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment.presets import record_soma, require_soma
from engine.experiment.targets import CellReference, Site
from gui import theme
from gui.background import Task, in_background
from gui.panels.network import words
from gui.panels.network.incoming import Incoming
from gui.plots.picture import LegendEntry
from gui.plots.raster_plot import RasterPlot, RasterSpike
from gui.plots.rate_plot import Band, Fired, RatePlot
from gui.plots.saving import PlotSaving
from gui.plots.shared_time import SharedTime
from gui.plots.stack import PlotStack
from gui.plots.table import Column
from gui.plots.time_cursor import TimeCursor
from gui.session.members import Members, Membership
from gui.session.run import Run
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel

_USUAL_BIN_MS: Final = 10.0
_RATE_LINES: Final = 4.0


class _Stack(PlotStack):
    """Does not like to be higher than it has to be: the dock would scroll."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())


class RasterTab(QWidget):
    """A row for each cell. A click on a spike selects its cell and moves all views to that time."""

    hovered_text = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.membership = Membership(self)
        self._incoming = Incoming()
        self.chosen: CellReference | None = None  # whose spike was clicked
        self.stack = _Stack()
        self.stack.setAccessibleName("Spikes of all cells against time, and how often they fire")
        self.raster, self.rates = RasterPlot(), RatePlot(_USUAL_BIN_MS)
        self.raster.name_it("Spikes")
        self.order, self.bin = QComboBox(), QDoubleSpinBox()
        self.about, self.empty = ElidedLabel(), QLabel()
        self._looking: Task | None = None
        self._said = ""  # of the spike that was clicked
        self.record = QPushButton("Record this cell")
        self.saving = PlotSaving(
            self, session.notices, self._legend_of_picture, numbers="spikes", file_name="spikes"
        )
        self.moment = TimeCursor(self)
        self._set_up()
        self._lay_out()
        self._connect()
        self.shared_time = SharedTime(session.time_span, self.stack)
        self.stack.show_rows([self.raster, self.rates], [None, _RATE_LINES])
        self.moment.attach([self.raster, self.rates])
        self._look()

    @property
    def members(self) -> Members:
        """The cells that have rows."""
        return self.membership.members

    @property
    def run(self) -> Run | None:
        """The run that is drawn."""
        return self._session.runs.latest

    def redraw(self) -> None:
        """Bring the plots up to date with the run."""
        run = self.run
        self._incoming.follow(run, self.members, self.raster)
        self.raster.redraw()
        self.rates.redraw(self.fired())
        if run is not None:
            self.stack.show_whole(0.0, max(run.tstop, 1.0))
        self.about.setText(self._said or words.spikes(run, self.members, self.raster.count))
        self._pages.setCurrentWidget(self._plots if self.members.cells else self.empty)

    def fired(self) -> Fired:
        """All spikes up to now."""
        end = self.run.time if self.run is not None else 0.0
        return Fired(self.raster.times, self.raster.numbers, end)

    def choose(self, spike: RasterSpike) -> None:
        """Select the cell of a spike, move to its time, and light up its trace, if there is one."""
        cell = self.members.cells[spike.row]
        self.chosen = cell
        self._session.selection.select_cell(cell)
        self._session.playhead.move(spike.time)
        self._say(self._text(spike))
        self.record.hide()
        site = self._recorded_site(cell)
        if site is not None:
            self._session.pointing.point_at(site)
        else:
            self._say(f"{self._text(spike)}; its voltage is not recorded.")
            self._offer(cell)

    def record_chosen(self) -> None:
        """Let the next run record the voltage of the cell whose spike was clicked."""
        experiment = self._session.document.experiment
        if experiment is None or self.chosen is None:
            return
        try:
            recorded = record_soma(experiment, self.chosen)
        except EngineError as error:
            self._session.notices.post_error(error)
            return
        self._session.document.change(recorded, f"Record {self.chosen}")
        self._say(f"The next run records the voltage of {self.chosen}.")
        self.record.hide()

    def copy_image(self) -> None:
        """A picture of both plots to the clipboard."""
        self.saving.copy_image([self.raster, self.rates])

    def ask_and_save_image(self) -> None:
        """Ask for a file, then write a picture."""
        self.saving.ask_and_save_image([self.raster, self.rates])

    def copy_data(self) -> None:
        """The spikes in view to the clipboard."""
        self.saving.copy_columns(self.spike_columns(*self.raster.view.viewRange()[0]))

    def ask_and_save_data(self) -> None:
        """Ask for a file, then write all spikes."""
        self.saving.ask_and_save_columns(self.spike_columns(-np.inf, np.inf))

    def ask_and_save_rates(self) -> None:
        """Ask for a file, then write the rates."""
        self.saving.ask_and_save_columns(self.rates.columns(self.fired()))

    def spike_columns(self, first_ms: float, last_ms: float) -> list[Column]:
        """Time, cell and group of the spikes between two times."""
        begin, end = np.searchsorted(self.raster.times, (first_ms, last_ms))
        rows = self.raster.numbers[begin:end]
        cells = np.array([str(each) for each in self.members.cells], dtype=object)
        names = np.array(self.members.names, dtype=object)
        groups = names[self.members.groups[rows]] if len(rows) else np.empty(0, dtype=object)
        return [
            ("time (ms)", self.raster.times[begin:end].copy()),
            ("cell", cells[rows] if len(rows) else np.empty(0, dtype=object)),
            (self.members.by, groups),
        ]

    def menu(self) -> QMenu:
        """What can be done with the plots."""
        menu = QMenu(self)
        menu.addAction("Whole run, all cells\tHome", self.home)
        if self._session.playhead.time is not None:
            menu.addAction("Show the newest moment\tEsc", self._to_newest)
        menu.addSeparator()
        menu.addAction("Copy image", self.copy_image)
        menu.addAction("Save image (PNG, SVG, PDF)…", self.ask_and_save_image)
        menu.addAction("Copy spikes in view", self.copy_data)
        menu.addAction("Save all spikes (CSV)…", self.ask_and_save_data)
        menu.addAction("Save rates (CSV)…", self.ask_and_save_rates)
        return menu

    def home(self) -> None:
        """Show the whole run and all cells."""
        self.stack.home()
        self.raster.fit()
        self.rates.fit()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.stack.dress()
        self.stack.show_rows([self.raster, self.rates], [None, _RATE_LINES])
        self.moment.dress()
        self._show_groups()

    def _set_up(self) -> None:
        self.order.setAccessibleName("Order and colours of the cells")
        self.order.setToolTip("Cells of one group lie together and have one colour")
        self.order.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.order.setMinimumContentsLength(10)
        self.bin.setRange(0.1, 1000.0)
        self.bin.setDecimals(1)
        self.bin.setValue(_USUAL_BIN_MS)
        self.bin.setSuffix(" ms")
        self.bin.setPrefix("bins of ")
        self.bin.setKeyboardTracking(False)
        self.bin.setAccessibleName("Width of the bins in which spikes are counted, in ms")
        self.bin.setToolTip("Spikes are counted in bins of this width")
        self.record.setToolTip("Let the next run record the voltage of the cell whose spike was clicked")
        self.record.setAccessibleName(self.record.text())
        self.record.hide()
        self.empty.setText(words.NO_CELLS)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setAccessibleName("What to do")
        self.empty.setWordWrap(True)
        self.empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.about.setAccessibleName("How often the cells fired, or the spike that was clicked")

    def _lay_out(self) -> None:
        last = QHBoxLayout()
        last.addWidget(self.about, 1)
        last.addWidget(self.record)
        self._plots = QWidget()
        column = QVBoxLayout(self._plots)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.stack, 1)
        column.addLayout(last)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._plots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _connect(self) -> None:
        session = self._session
        for signal in (session.runs.added, session.runs.removed, session.circuit_opened):
            signal.connect(self._look)
        session.document.experiment_changed.connect(self._look)
        for signal in (session.runs.advanced, session.runs.ended):
            signal.connect(self._on_advanced)
        session.playhead.moved.connect(self.moment.show)
        self.moment.dragged.connect(session.playhead.move)
        self.membership.changed.connect(self._on_members)
        self.membership.failed.connect(session.notices.post_error)
        self.stack.drawing.connect(self.redraw)
        self.stack.menu_wanted.connect(self._open_menu)
        self.stack.escaped.connect(self._to_newest)
        self.rates.view.clicked.connect(lambda time, _rate: session.playhead.move(time))
        self.raster.chosen.connect(self.choose)
        self.raster.hovered.connect(self._on_hovered)
        self.record.clicked.connect(self.record_chosen)
        self.bin.valueChanged.connect(self._on_bin)
        self.order.activated.connect(self._on_order)

    def _look(self, *_what: object) -> None:
        """The cells of the run that is drawn; before there is one, those of the experiment."""
        run, document = self.run, self._session.document
        self.membership.show(
            self._session.circuit, run.experiment if run is not None else document.experiment
        )
        self.stack.touch()

    def _on_advanced(self, _run: Run) -> None:
        if self.isVisible():
            self.stack.touch()

    def _on_members(self) -> None:
        self._incoming.forget()
        self._said = ""
        self.record.hide()
        self.order.clear()
        for name in self.members.choices:
            self.order.addItem(words.choice(name), name)
        self.order.setCurrentIndex(self.order.findData(self.members.by))
        self._show_groups()
        self.stack.touch()

    def _show_groups(self) -> None:
        members = self.members
        spans = members.spans()
        colours = [theme.trace_colour(each) for each in range(len(spans))]
        self.rates.show_bands([Band(*span, colour) for span, colour in zip(spans, colours, strict=True)])

    def _say(self, text: str) -> None:
        self._said = text
        self.about.setText(text)

    def _on_order(self) -> None:
        self.membership.by = self.order.currentData()
        self._look()

    def _on_bin(self, width: float) -> None:
        self.rates.bin_ms = width
        self.rates.fit()
        self.stack.touch()

    def _on_hovered(self, spike: RasterSpike | None) -> None:
        self.hovered_text.emit(self._text(spike) if spike is not None else "")

    def _text(self, spike: RasterSpike) -> str:
        members = self.members
        group = members.names[members.groups[spike.row]]
        return words.spike(members.cells[spike.row], group, members.by, spike.time)

    def _recorded_site(self, cell: CellReference) -> Site | None:
        heads = self.run.heads if self.run is not None else ()
        its = [each for each in heads if each.site.cell == cell]
        voltages = [each for each in its if each.variable == "v"]
        return next((each.site for each in (*voltages, *its)), None)

    def _offer(self, cell: CellReference) -> None:
        """Offer to record a cell, once its files say that it has a soma."""
        circuit = self._session.circuit
        if circuit is None or self._session.document.experiment is None:
            return

        def look(_task: Task) -> None:
            require_soma(circuit.cell(cell.population, cell.node_id))

        self._looking = in_background(
            look, lambda _: self.record.setVisible(self.chosen == cell), lambda error: self._say(error.what)
        )

    def _legend_of_picture(self) -> list[LegendEntry]:
        return self.raster.legend_entries()

    def _to_newest(self) -> None:
        self._said = ""
        self.record.hide()
        self.stack.touch()
        self._session.playhead.move(None)

    def _open_menu(self, _plot: object, where: QPointF) -> None:
        menu = self.menu()
        menu.exec(where.toPoint())
        menu.deleteLater()
