"""What came of a run's spikes since they were last drawn, as rows of a raster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.experiment.targets import CellReference
from gui.plots.raster_plot import RasterPlot, RasterRows
from gui.session.members import Members
from gui.session.run import Run

_NONE = -1


@dataclass(frozen=True, slots=True)
class _Rows:
    """The cells of a population, ids ascending and never none, and the row of each."""

    ids: NDArray[np.int64]
    rows: NDArray[np.int64]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) the rows of cells; _NONE for those that have none."""
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, self.rows[places], _NONE)


class Incoming:
    """Keeps a raster up to date with a run; only new spikes are looked at."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._taken: dict[str, int] = {}
        self._rows: dict[str, _Rows] = {}  # by population
        self._is_stale = True

    def forget(self) -> None:
        """The rows are others."""
        self._is_stale = True

    def follow(self, run: Run | None, members: Members, raster: RasterPlot) -> None:
        """Show the spikes of a run; those of cells that have no row are left out."""
        if self._is_stale or run is not self._run:
            self._begin(run, members)
            raster.show_spikes(rows_of(members), *self._fresh())
            return
        times, rows = self._fresh()
        if not len(times):
            return
        if raster.count and times[0] < raster.times[-1]:  # of another population, from before the last frame
            times = np.concatenate([raster.times, times])
            rows = np.concatenate([raster.numbers, rows])
            order = np.argsort(times, kind="stable")
            raster.show_spikes(raster.rows, times[order], rows[order])
        else:
            raster.append(times, rows)

    def _begin(self, run: Run | None, members: Members) -> None:
        self._run, self._is_stale = run, False
        self._taken = {}
        self._rows = {
            name: _rows_in(members, name) for name in dict.fromkeys(each.population for each in members.cells)
        }

    def _fresh(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """(n,) ms, ascending, and rows of the spikes that were not taken yet."""
        found_times, found_rows = [np.empty(0)], [np.empty(0, dtype=np.int64)]
        for population, spikes in (self._run.spikes if self._run is not None else {}).items():
            begin, self._taken[population] = self._taken.get(population, 0), spikes.count
            if (places := self._rows.get(population)) is not None:
                rows = places.of(spikes.node_ids[begin:])
                found_times.append(spikes.times[begin:][rows != _NONE])
                found_rows.append(rows[rows != _NONE])
        times, rows = np.concatenate(found_times), np.concatenate(found_rows)
        order = np.argsort(times, kind="stable")
        return times[order], rows[order]


def _rows_in(members: Members, population: str) -> _Rows:
    ids = np.array(
        sorted(each.node_id for each in members.cells if each.population == population), dtype=np.int64
    )
    rows = [members.places[CellReference(population, node_id)] for node_id in ids.tolist()]
    return _Rows(ids, np.array(rows, dtype=np.int64))


def rows_of(members: Members) -> RasterRows:
    """The cells as rows of a raster, with a colour for each group."""
    ids = np.array([each.node_id for each in members.cells], dtype=np.int64)
    return RasterRows(ids, members.groups, members.names, tuple(range(len(members.names))))
