"""Cells of a finished simulation, run again: what there is to choose from, and the choice put to work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.circuit.problems import Problem
from engine.errors import EngineError
from engine.experiment.base import new_id
from engine.messages.events import TraceHead
from gui.background import Task, in_background
from gui.session.following import Following
from gui.session.run import Run
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.experiment.finished import FinishedSimulation, ReportedCell
    from engine.experiment.rerun import Rerun
    from gui.session.session import Session

_UNNUMBERED: Final = 0  # runs are counted from 1


@dataclass(frozen=True, slots=True)
class _Prepared:
    rerun: "Rerun"
    reference: Run
    problems: tuple[Problem, ...]


class Rerunning(QObject):
    """Knows the finished simulation that was opened, if one was."""

    taken = Signal(object)  # Run, the reference: the experiment that should reproduce it is the document

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.simulation: FinishedSimulation | None = None
        self.following = Following(session.runs, self)
        self._taking: Task | None = None

    def put(self, simulation: "FinishedSimulation | None") -> None:
        """Another document is here, and what its configuration left when it was run."""
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        self.simulation = simulation

    def tell(self) -> None:
        """Say what can be done with it."""
        if self.simulation is not None and self._taking is None:
            self._session.notices.post(
                f"This simulation has been run: {_listed(self.simulation)} can be compared with.",
                hint="Choose Re-run a cell of this simulation… in the menu Run.",
            )

    def read_cells(
        self, use: Callable[[tuple["ReportedCell", ...]], object], refused: Callable[[EngineError], object]
    ) -> Task | None:
        """Call `use` with the cells that its reports are about, soon; None: there is no simulation."""
        simulation, circuit = self.simulation, self._session.circuit
        if simulation is None or circuit is None:
            return None
        return in_background(lambda _task: _cells(simulation, circuit), use, refused)

    def take(self, reported: "ReportedCell") -> None:
        """The experiment that reproduces a cell becomes the document, and its report a reference."""
        simulation, circuit = self.simulation, self._session.circuit
        if simulation is None or circuit is None:
            return
        if self._taking is not None:
            self._taking.cancel()
        self._taking = in_background(
            lambda _task: _prepared(simulation, reported, circuit), self._put, self._refuse
        )

    def _refuse(self, error: EngineError) -> None:
        self._taking = None
        self._session.notices.post_error(error)

    def _put(self, found: _Prepared) -> None:
        self._taking = None
        session = self._session
        (cell,) = found.rerun.experiment.cells.cells  # type: ignore[union-attr]  # the one that is run again
        session.document.change(found.rerun.experiment, f"Re-run {cell}")
        session.selection.select_cell(cell)
        session.runs.compare()
        session.runs.add(found.reference)
        self.following.follow(found.reference)
        for each in found.problems:
            session.notices.post(each.what, where=each.where, hint=each.hint, severity="warning")
        self.taken.emit(found.reference)


def _cells(simulation: "FinishedSimulation", circuit: "Circuit") -> tuple["ReportedCell", ...]:
    from engine.experiment.finished import reported_cells

    return reported_cells(simulation, circuit)


def _prepared(simulation: "FinishedSimulation", reported: "ReportedCell", circuit: "Circuit") -> _Prepared:
    from engine.experiment.finished import stored_trace
    from engine.experiment.rerun import rerun
    from engine.experiment.sonata_import_reports import unit_of_variable

    made = rerun(simulation, reported.report, reported.cell, circuit)
    stored = stored_trace(simulation, reported.report, reported.cell)
    recording = made.recording
    unit = unit_of_variable(recording.variable) or stored.unit  # not every program writes the right one
    head = TraceHead(
        id=recording.id, label=recording.label, variable=recording.variable, unit=unit, site=recording.site
    )
    traces = Traces(1, stored.interval, stored.start, len(stored.samples))
    traces.append(stored.samples[:, np.newaxis])
    end = stored.start + len(stored.samples) * stored.interval
    reference = Run(
        new_id(), _UNNUMBERED, made.experiment, datetime.now(UTC), "finished", heads=(head,), traces=traces
    )
    reference.time = reference.tstop = round(end, 9)
    reference.name = f"Reference {reported.cell}"
    reference.reference = f"the report {reported.report.name} of {simulation.path}"
    reference.is_single = stored.is_single
    reference.is_pinned = True
    if len(stored.spikes):
        times = SpikeTimes()
        ids = np.full(len(stored.spikes), float(reported.cell.node_id))
        times.append(np.column_stack([stored.spikes, ids]))
        reference.spikes[reported.cell.population] = times
    return _Prepared(made, reference, made.problems + _doubts(reported, partial=stored.is_partial))


def _doubts(reported: "ReportedCell", *, partial: bool) -> tuple[Problem, ...]:
    if not partial:
        return ()
    what = f"The report {reported.report.name} is of a simulation that did not reach its end."
    return (Problem(what, str(reported.report.path), "It is compared as far as it goes.", "warning"),)


def _listed(simulation: "FinishedSimulation") -> str:
    names = [each.name for each in simulation.reports if each.is_of_places]
    return f"its report {names[0]}" if len(names) == 1 else f"its reports {', '.join(names)}"
