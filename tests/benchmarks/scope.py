"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.scope`: frames of a live scope, and previews."""

import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from engine.experiment import stimuli
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from gui.plots import look
from gui.plots.stack import PlotStack
from gui.plots.trace_plot import Line, TracePlot
from gui.plots.waveform_plot import PlayedSignal, WaveformPlot
from gui.session.traces import Traces
from tests.benchmarks.table import show, verdict

_TRACES, _SAMPLES, _INTERVAL_MS = 16, 1_000_000, 0.025
_CHUNK, _FRAMES = 1_000, 40
_SIZE = (900, 560)  # pixels


def main() -> None:
    """Ours and pyqtgraph's own in one process, in turns."""
    application = QApplication.instance() or QApplication([])
    random = np.random.default_rng(1)
    steps = random.normal(size=(_SAMPLES, _TRACES)).cumsum(axis=0) / 50 + random.normal(size=_TRACES) * 20
    traces = Traces(_TRACES, _INTERVAL_MS, expected=_SAMPLES + 3 * _FRAMES * _CHUNK)
    began = time.perf_counter()
    for first in range(0, _SAMPLES, _CHUNK):
        traces.append(steps[first : first + _CHUNK])
    append_ms = (time.perf_counter() - began) * 1e3 / (_SAMPLES / _CHUNK)
    until = _SAMPLES * _INTERVAL_MS
    rows: list[list[object]] = []
    for name, shown in (("all of it", (0.0, until * 1.1)), ("a tenth of it", (until * 0.9, until))):
        ours = _ours(application, traces, steps[:_CHUNK], shown)
        theirs = _theirs(application, traces, shown)
        rows.append([name, ours, theirs, theirs / ours, *verdict(ours, 1000 / 60)])
    title = (
        f"Live frame of {_TRACES} traces × {_SAMPLES:,} samples, ms (appending a chunk: {append_ms:.2g} ms)"
    )
    show(title, ("in view", "ours", "PlotDataItem", "ratio", "goal", ""), rows)
    _previews(application)


def _ours(application, traces: Traces, chunk: np.ndarray, shown: tuple[float, float]) -> float:
    stack, plot = PlotStack(), TracePlot("v", "Voltage (mV)")
    lines = [
        Line(k, f"trace {k}", "mV", traces, k, look.line_pen(pg.intColor(k, _TRACES))) for k in range(_TRACES)
    ]
    plot.show_lines(lines)
    stack.resize(*_SIZE)
    stack.show_rows([plot], [None])
    stack.show_whole(*shown)
    stack.show()

    def frame() -> None:
        traces.append(chunk)
        stack.draw()
        stack.viewport().repaint()

    took = _median_ms(application, frame)
    _away(application, stack)
    return took


def _theirs(application, traces: Traces, shown: tuple[float, float]) -> float:
    view = pg.PlotWidget()
    view.setDownsampling(auto=True, mode="peak")
    view.setClipToView(True)
    view.setXRange(*shown, padding=0)
    view.setYRange(*_extent(traces), padding=0)
    curves = [view.plot(pen=pg.mkPen(pg.intColor(k, _TRACES), width=1)) for k in range(_TRACES)]
    view.resize(*_SIZE)
    view.show()

    def frame() -> None:
        times = traces.times()
        for column, curve in enumerate(curves):
            curve.setData(times, traces.column(column), skipFiniteCheck=True)
        view.viewport().repaint()

    took = _median_ms(application, frame, frames=5)
    _away(application, view)
    return took


def _away(application, view: QWidget) -> None:
    view.close()
    view.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _extent(traces: Traces) -> tuple[float, float]:
    pairs = [traces.extremes(column) for column in range(traces.columns)]
    return min(low for low, _ in pairs), max(high for _, high in pairs)


def _median_ms(application, frame: Callable[[], None], frames: int = _FRAMES) -> float:
    times = []
    for _ in range(frames + 2):
        began = time.perf_counter()
        frame()
        times.append((time.perf_counter() - began) * 1e3)
        application.processEvents()
    return median(times[2:])


def _previews(application) -> None:
    """From an edit to a picture."""
    target, cell = Site(cell=CellReference("demo", 0)), CellProperties(0, 0.1, -0.01, 100.0, -70.0)
    plot, stack = WaveformPlot("Stimulus (nA)"), PlotStack()
    stack.resize(*_SIZE)
    stack.show_rows([plot], [5.0])
    stack.show_whole(0.0, 1000.0)
    stack.show()
    rows = []
    for kind in (
        stimuli.Step,
        stimuli.PulseTrain,
        stimuli.Sine,
        stimuli.OrnsteinUhlenbeck,
        stimuli.ShotNoise,
    ):

        def update(kind=kind) -> None:
            made = kind(target=target, delay=100.0, duration=800.0).waveform(cell, Conditions())
            plot.show_signals([PlayedSignal(made.time, made.amplitude, look.line_pen("#0072b2"))], 1000.0)
            stack.viewport().repaint()

        took = _median_ms(application, update, frames=10)
        rows.append([kind.title, took, *verdict(took, 50.0)])
    _away(application, stack)
    show("From an edit to the picture of its stimulus, ms", ("stimulus", "took", "goal", ""), rows)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
