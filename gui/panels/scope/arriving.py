"""The row that shows which spikes will arrive at the shown cell, brought up to date while the user edits."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from gui.background import Task, in_background
from gui.panels.scope.arriving_words import about, left_out, title
from gui.plots.raster_plot import NOBODY, RasterPlot, RasterRows
from gui.plots.saving import PlotSaving
from gui.plots.table import Column
from gui.session.shown_cell import shown_cell, takes_part

if TYPE_CHECKING:
    import numpy as np

    from engine.circuit.afferent import AfferentSynapses
    from engine.circuit.circuit import Circuit
    from engine.circuit.problems import Problem
    from engine.circuit.spikes import Spikes
    from engine.experiment.arriving import Arriving
    from engine.experiment.spike_sources import SpikeSource
    from gui.session.session import Session

    Found = tuple[dict[str, Spikes], list[Problem]]

HEIGHT: Final = 7.0  # lines of text


@dataclass(frozen=True, eq=False)
class _Wanted:
    """All that the spikes depend on."""

    experiment: Experiment
    circuit: "Circuit"
    cell: CellReference
    description: Description | None
    points: "np.ndarray[Any, Any] | None"  # of the description

    def is_like(self, other: "_Wanted | None") -> bool:
        """Whether the same spikes arrive."""
        return (
            other is not None
            and (self.circuit, self.cell) == (other.circuit, other.cell)
            and self.description is other.description
            and _parts(self.experiment) == _parts(other.experiment)
        )


@dataclass
class _Known:
    """What was read before: what is as it was is not read again. Used by one thread at a time."""

    sources: dict[str, tuple[object, "Found"]] = field(default_factory=dict)
    table: "tuple[object, AfferentSynapses] | None" = None


class ArrivingSpikes(QObject):
    """Computed in the background; what is shown stays until there is something newer."""

    changed = Signal()

    def __init__(self, session: "Session", parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._known = _Known()
        self._task: Task | None = None
        self._shown: _Wanted | None = None
        self._is_stale = False
        self.plot = RasterPlot()
        self.saving = PlotSaving(
            parent, session.notices, self.plot.legend_entries, numbers="spikes", file_name="arriving spikes"
        )
        self.found: Arriving | None = None
        self.text = ""  # what has to be said besides
        for signal in (
            *(session.document.experiment_changed, session.selection.cells_changed),
            *(session.circuit_opened, session.rig.described),
        ):
            signal.connect(self.update)
        self.update()

    @property
    def rows(self) -> list[RasterPlot]:
        """The row, if there is anything to see."""
        return [self.plot] if self.found is not None and self.found.count else []

    def update(self, *_what: object) -> None:
        """Compute what is not known yet."""
        wanted = self._wanted()
        if wanted is None:
            self._forget()
        elif self._task is not None:
            self._is_stale = True
        elif not wanted.is_like(self._shown):
            self._begin(wanted)

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.plot.dress()

    def add_saving(self, menu: QMenu) -> None:
        """Offer the spikes as a table."""
        menu.addAction("Copy spikes in view", self.copy)
        menu.addAction("Save all spikes (CSV)…", self.ask_and_save)

    def copy(self) -> None:
        """The spikes in view to the clipboard."""
        self.saving.copy_columns(self.columns(*self.plot.view.viewRange()[0]))

    def ask_and_save(self) -> None:
        """Ask for a file, then write all of them."""
        self.saving.ask_and_save_columns(self.columns())

    def columns(self, first_ms: float = float("-inf"), last_ms: float = float("inf")) -> list[Column]:
        """The spikes between two times as a table."""
        import numpy as np

        plot = self.plot
        begin, end = (
            np.searchsorted(plot.times, first_ms, "left"),
            np.searchsorted(plot.times, last_ms, "right"),
        )
        rows = plot.numbers[begin:end]
        names = np.array(plot.rows.populations, dtype=object)
        return [
            ("Time (ms)", plot.times[begin:end]),
            ("Population", names[plot.rows.groups[rows]]),
            ("Node id", plot.rows.node_ids[rows]),
        ]

    def _wanted(self) -> _Wanted | None:
        session = self._session
        experiment, circuit, cell = session.document.experiment, session.circuit, shown_cell(session)
        if experiment is None or circuit is None or cell is None:
            return None
        if not any(each.enabled for each in experiment.replays):
            return None
        return _Wanted(
            experiment, circuit, cell, session.rig.description(cell), session.rig.description_points(cell)
        )

    def _forget(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._shown, self._known, self._is_stale = None, None, _Known(), False
        if self.found is not None or self.text:
            self.found, self.text = None, ""
            self.plot.show_spikes(NOBODY, self.plot.times[:0], self.plot.numbers[:0])
            self.changed.emit()

    def _begin(self, wanted: _Wanted) -> None:
        known = self._known
        self._shown = wanted
        self._task = in_background(
            lambda _task: _found(wanted, known),
            lambda found: self._on_found(wanted, *found),
            self._on_failed,
        )

    def _on_found(self, wanted: _Wanted, found: "Arriving", problems: "list[Problem]") -> None:
        self._task = None
        self.found = found
        is_member = takes_part(self._session, wanted.cell)
        told = about(wanted.cell, wanted.experiment, found, takes_part=is_member)
        self.text = "\n".join(filter(None, (left_out(problems), told)))
        self.plot.name_it(title(wanted.cell, wanted.experiment, found))
        rows = RasterRows(
            found.node_ids, found.groups, found.populations, tuple(range(len(found.populations)))
        )
        self.plot.show_spikes(rows, found.times, found.rows)
        self.changed.emit()
        self._go_on()

    def _on_failed(self, error: EngineError) -> None:
        self._task, self.found, self.text = None, None, f"Arriving spikes: {error}"
        self.changed.emit()
        self._go_on()

    def _go_on(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.update()


def _parts(experiment: Experiment) -> tuple[object, ...]:
    return (
        *(experiment.replays, experiment.connections, experiment.cells, experiment.node_sets),
        *(experiment.conditions.tstop, experiment.circuit.path),
    )


def _found(wanted: _Wanted, known: _Known) -> "tuple[Arriving, list[Problem]]":
    """In the background: draw and read the spikes, and find out which of them have a synapse."""
    from engine.experiment.activation import are_active
    from engine.experiment.arriving import arriving
    from engine.experiment.source_spikes import source_spikes, spikes_of

    def read(source: "SpikeSource", experiment: Experiment, circuit: "Circuit", base: Path) -> "Found":
        key = (source, experiment.node_sets, experiment.cells, _changed_at(source))
        if source.id not in known.sources or known.sources[source.id][0] != key:
            known.sources[source.id] = key, spikes_of(source, experiment, circuit, base)
        return known.sources[source.id][1]

    experiment, circuit = wanted.experiment, wanted.circuit
    sent = source_spikes(experiment, circuit, Path(experiment.circuit.path).parent, read)
    table = _table(wanted, known)
    active: np.ndarray[Any, Any] = are_active(experiment.connections, wanted.cell, table)
    return arriving(sent.spikes, table, active, experiment.conditions.tstop), list(sent.problems)


def _table(wanted: _Wanted, known: _Known) -> "AfferentSynapses":
    from engine.circuit.afferent import AfferentSynapses
    from engine.messages.section_places import section_places

    cell, description = wanted.cell, wanted.description
    key = (wanted.circuit, cell, id(description))
    if known.table is None or known.table[0] != key:
        places = None
        if description is not None and wanted.points is not None:
            places = section_places(description, wanted.points)
        known.table = key, AfferentSynapses(wanted.circuit, cell.population, cell.node_id, places)
    return known.table[1]


def _changed_at(source: "SpikeSource") -> int:
    """When the file of a source was written, if it has one."""
    name = getattr(source, "spike_file", "")
    try:
        return Path(name).stat().st_mtime_ns if name else 0
    except OSError:  # told when it is read
        return 0
