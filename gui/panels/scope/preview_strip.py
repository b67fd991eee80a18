"""The rows that show what stimuli will play, one for each unit."""

from collections.abc import Sequence

from PySide6.QtGui import QPen

from engine.experiment.waveforms import Quantity
from gui import theme
from gui.panels.scope.preview import Preview
from gui.plots import look
from gui.plots.waveform_plot import PlayedSignal, WaveformPlot

_TITLES: dict[Quantity, str] = {
    "current": "Stimulus (nA)",
    "conductance": "Stimulus (µS)",
    "voltage": "Clamp (mV)",
}


class PreviewStrip:
    """Makes and fills the rows."""

    def __init__(self) -> None:
        self._plots: dict[Quantity, WaveformPlot] = {}
        self.rows: list[WaveformPlot] = []

    def show(self, previews: Sequence[Preview], selected: str, end_ms: float) -> str:
        """Draw the previews, the selected one on top; what could not be drawn, or lies late, in words."""
        self.rows = []
        for quantity in _TITLES:
            mine = [
                each for each in enumerate(previews) if each[1].quantity == quantity and each[1].time.size
            ]
            if mine:
                plot = self.plot(quantity)
                plot.show_signals([_signal(index, each, selected) for index, each in mine], end_ms)
                self.rows.append(plot)
        return "\n".join(filter(None, (_in_words(each, end_ms) for each in previews)))

    def plot(self, quantity: Quantity) -> WaveformPlot:
        """The row of a quantity, made when it is asked for first."""
        if quantity not in self._plots:
            self._plots[quantity] = WaveformPlot(_TITLES[quantity])
        return self._plots[quantity]

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        for plot in self._plots.values():
            plot.dress()


def pen_of(index: int, preview: Preview, selected: str) -> QPen:
    """The line of a stimulus."""
    is_selected = preview.stimulus.id == selected
    return look.line_pen(theme.trace_colour(index), width=2.0 if is_selected else 1.0)


def _signal(index: int, preview: Preview, selected: str) -> PlayedSignal:
    return PlayedSignal(
        preview.time,
        preview.amplitude,
        pen_of(index, preview, selected),
        None if preview.quantity == "voltage" else 0.0,
        preview.stimulus.id == selected,
    )


def _in_words(preview: Preview, end_ms: float) -> str:
    stimulus = preview.stimulus
    if preview.problem:
        return f"{preview.name}: {preview.problem}"
    if stimulus.delay >= end_ms:
        return f"{preview.name} starts at {stimulus.delay:g} ms, after the end of the run at {end_ms:g} ms."
    return f"{preview.name}: {preview.note}." if preview.note else ""
