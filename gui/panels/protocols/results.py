"""The result of a protocol: its plot, its numbers, and its table."""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.forms.editors import ComboBox
from gui.models.result_table import ResultTable
from gui.panels.protocols.earlier import EarlierResults
from gui.panels.protocols.verdicts import has_verdicts, verdicts_in_html
from gui.plots.distance_plot import Spot
from gui.plots.one_plot import OnePlot
from gui.plots.result_plot import ResultPlot, Series
from gui.plots.saving import PlotSaving
from gui.plots.table import Column
from gui.session.measuring import Measurement
from gui.session.session import Session
from gui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from engine.protocols.sweeps import Result

_NOTHING: Final = "Run the protocol: what it finds is shown here."
_BESIDE_LETTERS: Final = 24  # width of what stands beside the plot
_ROWS_FOR_WIDTH: Final = 20  # looked at for the width of a column: all of a thousand take too long
_ANY_WIDTH: Final = 16_777_215


class ResultView(OnePlot):
    """Shows one measurement over earlier ones of the same protocol; its `table` is a tab of its own."""

    def __init__(self, session: Session, say: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = say
        self.measurement: Measurement | None = None
        self._names: list[str] = []  # of the columns whose width was fitted
        self.plot = ResultPlot()
        self.model = ResultTable()
        self.table = RowTable(self.model, "Results of the protocol", several=True)
        self.numbers = QLabel(wordWrap=True)
        self.numbers.setAccessibleName("Single results")
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.numbers.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.earlier = EarlierResults(session)
        self.earlier.changed.connect(lambda: self.show_measurement(self.measurement))
        self.quantity = ComboBox()
        self.quantity.setAccessibleName("What is drawn")
        self.quantity.setToolTip("Any column of the table, against the first one")
        self.quantity.activated.connect(self._on_chosen)
        self.legend = QLabel(wordWrap=True)
        self.legend.setAccessibleName("What the colours are")
        self.saving = PlotSaving(
            self, session.notices, self.plot.legend, numbers="results", file_name="protocol"
        )
        self._lay_out()
        self.plot.hovered.connect(self._on_hovered)
        self.plot.menu_wanted.connect(self.open_menu)
        self.show_measurement(None)

    def show_measurement(self, measurement: Measurement | None) -> None:
        """Its result, as far as there is one."""
        self.measurement = measurement
        self.earlier.show_measurement(measurement)
        result = measurement.found if measurement is not None else None
        names = [each.name for each in result.columns] if result is not None else []
        self.model.show(result)
        if names != self._names:
            self._names = names
            self.table.resizeColumnsToContents()
            self._show_quantities(result)
        self._show_numbers()
        self._show_plot()

    def _show_plot(self) -> None:
        result = self.measurement.found if self.measurement is not None else None
        series = self._series(self.measurement)
        self._show_legend(series)
        has_plot = result is not None and bool(result.x)
        x_title, y_title = _titles(self._viewed(result)) if result is not None and has_plot else ("", "")
        self.plot.show_series(series if has_plot else (), x_title, y_title)
        self.plot.setVisible(has_plot)
        self.quantity.setVisible(has_plot and self.quantity.count() > 1)
        self._beside.setMaximumWidth(self._letters(_BESIDE_LETTERS) if has_plot else _ANY_WIDTH)

    def _on_chosen(self, _index: int) -> None:
        self._show_plot()

    def _show_numbers(self) -> None:
        result = self.measurement.found if self.measurement is not None else None
        if result is not None and has_verdicts(result):
            self.numbers.setText(verdicts_in_html(result))
        else:
            self.numbers.setText(_numbers_in_html(result, self.measurement))

    def _show_quantities(self, result: "Result | None") -> None:
        """What can be drawn against x: what the protocol would, or any other column."""
        self.quantity.clear()
        if result is None or not result.x:
            return
        self.quantity.addItem(result.y_title or ", ".join(result.y), "")
        others = (each for each in result.numeric if each.name not in (result.x, *result.y))
        for each in others:
            self.quantity.addItem(f"{each.name} ({each.unit})" if each.unit else each.name, each.name)

    def _viewed(self, result: "Result") -> "Result":
        """A result with what was chosen to be drawn; as it is, if it has no such column."""
        name = self.quantity.currentData()
        if not name or name not in {each.name for each in result.numeric}:
            return result
        return replace(result, y=(name,), curves=(), y_title="")

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.plot.dress()
        self._beside.setMinimumWidth(self._letters(_BESIDE_LETTERS))
        if self.plot.series:
            self._beside.setMaximumWidth(self._letters(_BESIDE_LETTERS))
        self._show_numbers()
        self._show_legend(self.plot.series)

    def _show_legend(self, series: Sequence[Series]) -> None:
        self.legend.setText(_legend_in_html(series) if len(series) > 1 else "")

    def _letters(self, count: int) -> int:
        return self.fontMetrics().averageCharWidth() * count

    @override
    def drawing(self) -> ResultPlot:
        return self.plot

    @override
    def columns(self) -> Sequence[Column]:
        result = self.measurement.found if self.measurement is not None else None
        if result is None:
            return []
        return [
            (f"{each.name} ({each.unit})" if each.unit else each.name, np.array(each.values))
            for each in result.columns
        ]

    def has_result(self) -> bool:
        """Whether there is something to copy."""
        return self.measurement is not None and self.measurement.found is not None

    def _series(self, measurement: Measurement | None) -> list[Series]:
        if measurement is None or measurement.found is None:
            return []
        drawn: list[Series] = []
        for place, older in enumerate(reversed(self.earlier.in_sight())):
            assert older.result is not None
            cell = f", {older.site.cell}" if older.site != measurement.site else ""
            drawn = _drawn(self._viewed(older.result), f" (no. {older.number}{cell})", ghost=place) + drawn
        return drawn + _drawn(self._viewed(measurement.found), "")

    def _on_hovered(self, spot: Spot | None) -> None:
        self.plot.mark(spot.point if spot is not None else None)
        result = self.measurement.found if self.measurement is not None else None
        if spot is None or result is None:
            self._say("")
            return
        x = result.column(result.x)
        self._say(f"{x.name} {spot.distance:.5g} {x.unit}: {self.plot.title} {spot.value:.5g}")

    def _lay_out(self) -> None:
        self.table.let_sort()
        self.table.horizontalHeader().setResizeContentsPrecision(_ROWS_FOR_WIDTH)
        self._beside = QScrollArea()
        self._beside.setFrameShape(QFrame.Shape.NoFrame)
        self._beside.setWidgetResizable(True)
        self._beside.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(4, 0, 0, 0)
        for widget in (self.quantity, self.earlier, self.legend, self.numbers):
            column.addWidget(widget)
        column.addStretch(1)
        self._beside.setWidget(beside)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._beside)


def _drawn(result: "Result", suffix: str, *, ghost: int | None = None) -> list[Series]:
    """`ghost`: of an earlier result, which one; only the last one has the colours of the present one."""
    if not result.x:
        return []
    x = np.array(result.column(result.x).values)
    lines = _lines(result)
    first, is_ghost = (ghost or 0) * len(lines), ghost is not None
    series = [
        Series(
            *(f"{name}{suffix}", x[rows], np.array(result.column(column).values)[rows], first + number),
            ghost=is_ghost,
        )
        for number, (name, column, rows) in enumerate(lines)
    ]
    if not is_ghost:
        count = len(series)
        series += [
            Series(curve.name, curve.x, curve.y, count + number, fit=True)
            for number, curve in enumerate(result.curves)
        ]
    return series


def _lines(result: "Result") -> "list[tuple[str, str, NDArray[np.bool_]]]":
    """What each line is called, the column it is of, and which rows belong to it."""
    everything = np.ones(len(result.column(result.x).values), dtype=bool)
    if not result.by:
        return [(name, name, everything) for name in result.y]
    by = result.column(result.by)
    values = np.array(by.values)
    before, after = ("", f"\xa0{by.unit}") if by.unit else (f"{by.name} ", "")
    return [
        (f"{before}{value:g}{after}".replace("-", "−"), result.y[0], values == value)
        for value in dict.fromkeys(by.values)
    ]


def _titles(result: "Result") -> tuple[str, str]:
    """Of the axes, with units."""

    def title(name: str) -> str:
        unit = result.column(name).unit
        return f"{name} ({unit})" if unit else name

    unit = result.column(result.y[0]).unit
    return title(result.x), f"{result.y_title} ({unit})" if result.y_title else title(result.y[0])


def _numbers_in_html(result: "Result | None", measurement: Measurement | None) -> str:
    problem = html.escape(measurement.problem) if measurement is not None else ""
    if result is None:
        return problem or html.escape(_NOTHING)
    rows = [f"<p>{problem}</p>"] if problem else []
    for each in result.numbers:
        has_error = each.error is not None and math.isfinite(each.error)
        error = f" ± {_short(each.error, 2)}" if has_error and each.error is not None else ""
        value = f"{_short(each.value, 4)}{error} {each.unit}".replace("-", "−").replace(" ", "\xa0")
        rows.append(f"<p>{html.escape(each.name)}<br><b>{html.escape(value)}</b></p>")
    return "".join(rows)


def _legend_in_html(series: Sequence[Series]) -> str:
    """A mark in its colour for each; dashed lines have an open one."""
    marks = (("○" if each.ghost else "┄" if each.fit else "●", each) for each in series)
    rows = (
        f'<span style="color:{theme.trace_colour(each.colour)}">{mark}</span> {html.escape(each.name)}'
        for mark, each in marks
    )
    return "<br>".join(rows)


def _short(value: float, digits: int) -> str:
    """A number with so many digits that count, and no exponent."""
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")
