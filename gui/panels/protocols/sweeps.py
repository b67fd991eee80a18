"""The sweeps of a protocol, one over the other as they come, with the scale of their colours."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from engine.protocols.sweeps import CURRENT, VOLTAGE
from gui.forms.editors import ComboBox
from gui.plots.distance_plot import Spot
from gui.plots.one_plot import OnePlot
from gui.plots.picture import LegendEntry
from gui.plots.saving import PlotSaving
from gui.plots.sweep_plot import SweepPlot
from gui.plots.table import Column
from gui.session.measuring import Measurement
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from engine.experiment.waveforms import Samples
    from engine.protocols.sweeps import Outcome

_TITLES = {VOLTAGE: "Voltage (mV)", CURRENT: "Current (nA)"}


class SweepView(OnePlot):
    """The voltage; of a voltage clamp the current, which is what it measures."""

    def __init__(self, session: Session, say: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = say
        self._measurement: Measurement | None = None
        self._recording = VOLTAGE
        self._part = ""  # of the protocol, the one that is looked at; "": all
        self.plot = SweepPlot()
        self.parts = ComboBox()
        self.parts.setAccessibleName("Which sweeps are shown")
        self.parts.setToolTip("The sweeps of one test, or all of them")
        self.parts.activated.connect(self._on_chosen)
        self.scale = ElidedLabel()
        self.scale.setAccessibleName("What the colours of the sweeps mean")
        self._bar = QLabel()
        self._bar.setAccessibleName("Colours of the sweeps")
        self.saving = PlotSaving(self, session.notices, self._legend, numbers="sweeps", file_name="sweeps")
        row = QHBoxLayout()
        row.addWidget(self._bar)
        row.addWidget(self.scale, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        layout.addWidget(self.plot, 1)
        layout.addLayout(row)
        self.plot.menu_wanted.connect(self.open_menu)
        self.plot.hovered.connect(self._on_hovered)

    def begin(self, measurement: Measurement | None) -> None:
        """Another family."""
        self._measurement = measurement
        self._part = ""
        self.parts.clear()
        self.parts.addItem("All sweeps", "")
        self.parts.hide()
        self._start_over()

    def _start_over(self) -> None:
        self._recording = VOLTAGE
        self.plot.clear_sweeps(_TITLES[VOLTAGE])
        self._show_scale()

    def add(self, measurement: Measurement, outcome: "Outcome") -> None:
        """One more sweep of it."""
        if measurement is not self._measurement or not outcome.is_there:
            return
        part = outcome.sweep.part
        if part and self.parts.findData(part) < 0:
            self.parts.addItem(part, part)
            self.parts.show()
        if self._part and part != self._part:
            return
        self._draw(outcome)

    def _draw(self, outcome: "Outcome") -> None:
        if CURRENT in outcome.columns and self._recording == VOLTAGE:
            self._recording = CURRENT
            self.plot.clear_sweeps(_TITLES[CURRENT])
        for value, samples in self._curves(outcome):
            self.plot.add_sweep(value, outcome.interval, samples)
            self._show_scale()

    def _curves(self, outcome: "Outcome") -> "list[tuple[float, Samples]]":
        """Values and samples: of a signal along the cell at each distance (µm), else of the one place."""
        if outcome.is_there and outcome.sweep.distances:
            distances = enumerate(outcome.sweep.distances)
            return [(distance, outcome.voltage_at(number)) for number, distance in distances]
        samples = outcome.columns.get(self._recording)
        return [] if samples is None else [(outcome.sweep.value, samples)]

    def _on_chosen(self, _index: int) -> None:
        self._part = self.parts.currentData()
        self._start_over()
        for outcome in self._measurement.outcomes if self._measurement is not None else ():
            if outcome.is_there and self._part in ("", outcome.sweep.part):
                self._draw(outcome)

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.plot.dress()
        self._show_scale()

    @override
    def drawing(self) -> SweepPlot:
        self.plot.draw_waiting()
        return self.plot

    @override
    def columns(self) -> list[Column]:
        """All sweeps with every sample; times once for those that have the same."""
        columns: list[Column] = []
        longest = 0
        for outcome in self._measurement.outcomes if self._measurement is not None else ():
            of_part = f", {outcome.sweep.part}" if outcome.sweep.part else ""
            unit = _unit(outcome)
            for value, samples in self._curves(outcome):
                if len(samples) > longest:
                    longest = len(samples)
                    columns = [each for each in columns if each[0] != "Time (ms)"]
                    columns.insert(0, ("Time (ms)", np.arange(longest) * outcome.interval))
                columns.append(
                    (f"{_TITLES[self._recording]} at {value:.6g} {unit}".rstrip() + of_part, samples)
                )
        return columns

    def _legend(self) -> list[LegendEntry]:
        return self.plot.legend(self._unit_of_colours())

    def _unit_of_colours(self) -> str:
        outcomes = self._measurement.outcomes if self._measurement is not None else ()
        return _unit(outcomes[-1]) if outcomes else ""

    def _show_scale(self) -> None:
        values = self.plot.values
        common = self._unit_of_colours()
        unit = {"µm": " µm from the soma", "": ""}.get(common, f" {common}")
        every = f"; one in {self.plot.every} is drawn" if self.plot.every > 1 else ""
        first, last = (f"{each:.4g}".replace("-", "−") for each in values or (0.0, 0.0))
        many = f"{first} … {last}{unit}, from dark to light{every}"
        self.scale.setText("" if values is None else f"{first}{unit}" if first == last else many)
        if values is None:
            self._bar.clear()
            return
        steps = [self.plot.colour_of(values[0] + (values[1] - values[0]) * k / 4).name() for k in range(5)]
        marks = "".join(f'<span style="color:{colour}">■</span>' for colour in steps)
        self._bar.setTextFormat(Qt.TextFormat.RichText)
        self._bar.setText(marks)

    def _on_hovered(self, _spot: Spot | None) -> None:
        self._say("")


def _unit(outcome: "Outcome") -> str:
    """Of the value that a line's colour stands for: of signals along the cell, of their distance."""
    return "µm" if outcome.sweep.distances else outcome.sweep.unit
