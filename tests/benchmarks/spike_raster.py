"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.spike_raster`: drawing trains, and showing them.

Goal: what happens in the window's thread (taking other spikes, and a frame) takes less than a frame of 16 ms,
however many there are. A pyqtgraph scatter plot of the same spikes is there to compare with.
"""

import functools
import time
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from engine.experiment.spike_sources import PoissonTrains
from engine.experiment.spike_trains import drawn
from gui.background import wait_for_all
from gui.plots.raster_plot import RasterPlot, RasterRows
from tests.benchmarks.table import best_of, show, verdict

_COUNTS = (1_000, 10_000, 100_000, 1_000_000)
_SOURCES = 1000
_MOST_SCATTERED = 100_000
_FRAME_MS = 16.0
_SIZE = (900, 160)  # pixels


def main() -> None:
    """Each number of spikes, of a thousand sources in a second."""
    _application = QApplication.instance() or QApplication([])
    rows = []
    for count in _COUNTS:
        trains = PoissonTrains(population="all", rate=count / _SOURCES, duration=1000.0)
        drawing = best_of(2, functools.partial(drawn, trains, "all", np.arange(_SOURCES)))
        spikes = drawn(trains, "all", np.arange(_SOURCES)).sorted("by_time")
        taking, frame, until = _raster(spikes.times, spikes.node_ids)
        scatter = _scatter(spikes.times, spikes.node_ids) if count <= _MOST_SCATTERED else None
        rows.append(
            [
                *(
                    count,
                    drawing * 1000,
                    taking * 1000,
                    frame * 1000,
                    *verdict((taking + frame) * 1000, _FRAME_MS),
                ),
                *(until * 1000, "-" if scatter is None else scatter * 1000),
            ]
        )
    header = ("spikes", "drawn", "taken", "frame", "goal of both", "", "until seen", "scatter plot")
    show(f"Poisson trains of {_SOURCES} sources on {_SIZE[0]} × {_SIZE[1]} pixels, ms", header, rows)
    wait_for_all()


def _raster(times: np.ndarray, ids: np.ndarray) -> tuple[float, float, float]:
    """Seconds to take the spikes, for a frame, and until they are seen."""
    plot = RasterPlot()
    window = _window(plot)
    sources = RasterRows(np.arange(_SOURCES), np.zeros(_SOURCES, dtype=np.intp), ("all",), (0,))

    def take() -> None:
        plot.show_spikes(sources, times, ids)

    plot.show_spikes(sources, times, ids)
    _wait(lambda: plot._image.image is not None)
    taking = best_of(5, take)
    start = time.perf_counter()
    plot._image.clear()
    plot.show_spikes(sources, times, ids)
    _wait(lambda: plot._image.image is not None)
    until = time.perf_counter() - start
    frame = best_of(5, window.grab)
    _wait(lambda: plot._task is None)
    window.close()
    return taking, frame, until


def _scatter(times: np.ndarray, ids: np.ndarray) -> float:
    """Seconds to take the spikes, and for a frame."""
    plot = pg.PlotItem()
    window = _window(plot)
    item = pg.ScatterPlotItem(size=2, pen=None)
    plot.addItem(item)

    def take() -> None:
        item.setData(times, ids)
        window.grab()

    taken = best_of(2, take)
    window.close()
    return taken


def _window(plot: pg.PlotItem) -> pg.GraphicsLayoutWidget:
    window = pg.GraphicsLayoutWidget()
    window.addItem(plot)
    window.resize(*_SIZE)
    window.show()
    plot.vb.setXRange(0, 1000, padding=0)
    QApplication.processEvents()
    return window


def _wait(condition: Callable[[], bool]) -> None:
    while not condition():
        QApplication.processEvents()


if __name__ == "__main__":
    main()
