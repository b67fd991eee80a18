"""Intervals between the spikes of the newest run: of all its cells, or of one population."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from gui.background import Task
from gui.forms.editors import ComboBox
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.panels.measurements.plot_tab import PlotTab, Say
from gui.plots.distance_plot import Spot
from gui.plots.interval_plot import IntervalPlot
from gui.plots.table import Column
from gui.session.run import Run
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.analysis.intervals import Intervals

Floats = NDArray[np.float64]
_ALL: Final = "All cells"
_NO_RUN: Final = "Run the experiment (F5): the intervals between the spikes of its cells are counted here."
_GOES_ON: Final = "Intervals are counted when the run has ended."
_BINS: Final = Limits(0.0, 1e6, low_is_open=True)


class IntervalTab(PlotTab):
    """Cells are counted together; their intervals are taken one cell at a time."""

    def __init__(self, session: Session, say: Say) -> None:
        self.plot = IntervalPlot()
        self.cells, self.bin = ComboBox(), NumberField(_BINS, step=1.0, may_be_empty=True)
        super().__init__(session, say, ("counts", "intervals"), (self.cells, self.bin))
        self.cells.setAccessibleName("Which cells")
        self.cells.setToolTip("Count the intervals of all cells, or of a population")
        self.cells.activated.connect(self.refresh)
        self.bin.setAccessibleName("Width of the bins")
        self.bin.setToolTip("Width of the bins; empty: chosen by how many intervals there are")
        self.bin.show_unit("ms")
        self.bin.lineEdit().setPlaceholderText("Bins: automatic")
        self.bin.edited.connect(self.refresh)
        for signal in (session.runs.added, session.runs.ended, session.runs.removed):
            signal.connect(self.refresh)
        self.begin()

    @override
    def drawing(self) -> IntervalPlot:
        return self.plot

    @override
    def begin(self) -> None:
        run = self._session.runs.latest
        self._show_choices(run)
        if run is None or not run.is_over:
            self.show_words(_GOES_ON if run is not None else _NO_RUN)
            return
        chosen, width = self.cells.currentData(), self.bin.value
        self.later.want(lambda task: _counted(task, run, chosen, width), self._on_counted)

    @override
    def in_words(self, spot: Spot) -> str:
        first, last = self.plot.edges[spot.point : spot.point + 2]
        return f"{int(spot.value):,} intervals from {first:.6g} to {last:.6g} ms"

    @override
    def columns(self) -> Sequence[Column]:
        edges = self.plot.edges
        return [
            ("Bin begins (ms)", edges[:-1]),
            ("Bin ends (ms)", edges[1:]),
            ("Intervals", self.plot.counts),
        ]

    def _show_choices(self, run: Run | None) -> None:
        names = [name for name, spikes in run.spikes.items() if spikes.count] if run is not None else []
        wanted = ["", *names] if len(names) > 1 else [""]
        if [self.cells.itemData(row) for row in range(self.cells.count())] != wanted:
            chosen = self.cells.currentData()
            self.cells.clear()
            for name in wanted:
                self.cells.addItem(name or _ALL, name)
            self.cells.setCurrentIndex(max(self.cells.findData(chosen), 0))
        self.cells.setVisible(len(wanted) > 1)

    def _on_counted(self, found: "tuple[Intervals, Floats, NDArray[np.int64]]") -> None:
        intervals, edges, counts = found
        run = self._session.runs.latest
        title = run.title if run is not None else ""
        if not len(counts):
            self.show_words(f"No cell fires twice in {title}: there is no interval between spikes.")
            return
        self.plot.name_values(f"Intervals in bins of {edges[1]:g} ms")
        self.plot.show_counts(edges, counts)
        self.show_words("")
        count, cells = len(intervals.values), intervals.cells
        self.remark.setText(
            f"{title}: {count:,} {'interval' if count == 1 else 'intervals'}"
            f" of {cells:,} {'cell' if cells == 1 else 'cells'}, mean {intervals.mean:.4g} ms,"
            f" coefficient of variation {intervals.variation:.3g}"
        )


def _counted(
    task: Task, run: Run, population: str, width: float | None
) -> "tuple[Intervals, Floats, NDArray[np.int64]]":
    """Intervals, edges of bins and counts. Runs in a thread; the run is over."""
    from engine.analysis.intervals import counted, intervals_of, together, usual_bin

    task.report(text="intervals between spikes")
    chosen = [each for name, each in run.spikes.items() if population in ("", name)]
    found = together([intervals_of(each.times, each.node_ids) for each in chosen])
    return found, *counted(found.values, width or usual_bin(found.values))
