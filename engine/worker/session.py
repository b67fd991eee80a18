"""What a worker holds: the circuit that is open, built cells, the last run, snapshots."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.trust import require_trust
from engine.errors import EngineError, SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.properties import remember
from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import AppliedSetting
from engine.simulation.cell_store import CellStore
from engine.simulation.describe import describe
from engine.simulation.excitability import firing_current
from engine.simulation.mechanisms import Compiled, load_mechanisms
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, come_back
from engine.simulation.stand_ins import compile_for
from engine.worker.kept import KeptCells
from engine.worker.memory import Ceiling
from engine.worker.running import Run
from engine.worker.watching import watch

Tell = Callable[[str, int, int], None]  # a text, how many are done, of how many; may raise to give up
_MOST_SAVED_STATES: Final = 32


class Session:
    """Does what requests ask for, one at a time; EngineError for what it cannot do, and it goes on.

    NEURON solves every section there is: a run has only its own cells, and all others go when it begins.
    Until then, cells that were built stay as long as there is room for them.
    """

    def __init__(self, ceiling: Ceiling) -> None:
        self._ceiling = ceiling
        self._kept = KeptCells(ceiling.for_kept_cells_mib)
        self._store: CellStore | None = None
        self._last: Run | None = None
        self._snapshots: dict[str, Moment] = {}

    def load(self, request: r.Load, tell: Tell) -> e.Loaded:
        """Open a circuit in the place of the one before, which stays if this fails."""
        extra = None if request.mechanisms is None else Path(request.mechanisms)
        circuit = open_circuit(request.circuit)
        try:
            require_trust(circuit, extra)
            with self._ceiling.lifted():
                compiled = _compile(circuit, extra, tell)
                load_mechanisms(compiled)
        except BaseException:
            circuit.close()
            raise
        self._close()
        self._store = CellStore(circuit)
        problems = [
            e.Problematic(what=each.what, where=each.where, hint=each.hint) for each in circuit.problems
        ]
        return e.Loaded(
            request_id=request.request_id,
            mechanisms=compiled.key,
            fingerprint=circuit.fingerprint,
            problems=tuple(problems),
        )

    def prepare(self, request: r.Prepare, tell: Tell) -> e.Prepared:
        """Build cells; those that are there already stay."""
        store = self._open_store
        began = time.perf_counter()
        built = self._have_built(store, request.cells, request.conditions, tell)
        seconds = time.perf_counter() - began
        return e.Prepared(request_id=request.request_id, built=built, seconds=seconds)

    def describe(self, request: r.Describe, tell: Tell) -> tuple[e.Description, bytes]:
        """Describe a cell, built for this if need be; the others stay where they can."""
        store = self._open_store
        self._have_built(store, (request.cell,), request.conditions, tell)
        return describe(store.cells[request.cell], request.request_id, store.original)

    def find_firing_current(self, request: r.FindFiringCurrent, tell: Tell) -> e.FiringCurrent:
        """Find out what makes a cell fire, and remember it; all other cells go, as for a run."""
        store, cell, conditions = self._open_store, request.cell, request.conditions
        self._kept.begin()
        try:
            current = firing_current(
                store.circuit, cell, conditions, store, lambda: tell("Looking for what makes it fire", 0, 0)
            )
        finally:
            self._kept.note(store.cells)
        if current is not None:
            remember(store.circuit, cell, conditions, {"firing_current_nA": current})
        return e.FiringCurrent(request_id=request.request_id, cell=cell, current=current)

    def has_at_hand(self, request: r.AnyRequest) -> bool:
        """Whether a request can be served while a run is under way."""
        return (
            isinstance(request, r.Describe)
            and self._store is not None
            and self._store.holds([request.cell], request.conditions)
        )

    def begin(self, request: r.RunRequest, tell: Tell) -> Run:
        """A run that has started, or come back to where it goes on from."""
        self._last = self._begun(request, tell)
        return self._last

    def forget_last(self) -> None:
        """The last run failed: there is no going on from it."""
        self._last = None

    def keep(self, name: str, moment: Moment) -> None:
        """Keep a snapshot; of old ones the way to compute them once more."""
        self._snapshots.pop(name, None)
        self._snapshots[name] = moment
        for old in list(self._snapshots)[:-_MOST_SAVED_STATES]:
            self._snapshots[old] = self._snapshots[old].without_state()

    def _have_built(
        self, store: CellStore, wanted: tuple[CellReference, ...], conditions: Conditions, tell: Tell
    ) -> int:
        """Build what is missing, beside what can stay; how many cells that was."""
        there = store.cells if store.built_under(conditions) else {}
        old = [cell for cell in wanted if cell in there]
        missing = [cell for cell in dict.fromkeys(wanted) if cell not in there]
        if missing:
            cells = [*self._kept.beside(wanted, there.keys()), *old, *missing]
            first = len(cells) - len(missing)
            self._kept.begin()

            def built(done: int, _total: int) -> None:
                if done > first:
                    self._kept.note([cells[done - 1]])
                    tell(f"Built {done - first} of {len(missing)} cells", done - first, len(missing))

            store.provide(cells, conditions, built)
        self._kept.note(old)
        return len(missing)

    def _begun(self, request: r.RunRequest, tell: Tell) -> Run:
        match request:
            case r.Run():
                return self._begin(request, tell)
            case r.Extend():
                return self._extend(request, tell)
            case r.Branch():
                return self._branch(request, tell)

    def _begin(self, request: r.Run, tell: Tell) -> Run:
        past = Moment(request.experiment, Path(request.base), (), 0.0, 0, watch=request.watch)
        simulation = self._simulate(past, tell)
        watch(simulation, past.watch)
        simulation.start()
        return Run(request.run_id, simulation, past, request.settings)

    def _extend(self, request: r.Extend, tell: Tell) -> Run:
        last = self._last
        if last is None or last.run_id != request.previous:
            raise SimulationError(
                f"The run {request.previous} cannot go on: it is not the last one.", hint="Run it again."
            )
        past, simulation = last.moment, last.simulation
        if not simulation.attached:
            simulation = self._come_back(past, tell)
        simulation.end_at(past.time + request.duration)
        return Run(request.run_id, simulation, past, last.planned)

    def _branch(self, request: r.Branch, tell: Tell) -> Run:
        past = self._snapshots.get(request.snapshot)
        if past is None:
            raise SimulationError(f"There is no snapshot {request.snapshot!r}.", hint="Take it again.")
        if request.until <= past.time:
            raise SimulationError(
                f"The snapshot is of t = {past.time:g} ms: it cannot go on until {request.until:g} ms."
            )
        simulation = self._come_back(past, tell)
        simulation.end_at(request.until)
        planned = [AppliedSetting(time=past.time, setting=each) for each in request.settings]
        return Run(request.run_id, simulation, past, planned)

    def _come_back(self, past: Moment, tell: Tell) -> Simulation:
        simulation = self._attached_for(past) or self._simulate(past, tell)
        watch(simulation, past.watch)

        what = f"Computing again what led to t = {past.time:g} ms"
        come_back(simulation, past, lambda: tell(what, round(simulation.time), round(past.time)))
        return simulation

    def _attached_for(self, past: Moment) -> Simulation | None:
        """The last simulation, if it is of this experiment and still on the cells."""
        last = self._last
        if last is None or not last.simulation.attached or last.simulation.experiment != past.experiment:
            return None
        return last.simulation if last.moment.base == past.base else None

    def _simulate(self, past: Moment, tell: Tell) -> Simulation:
        store = self._open_store
        self._kept.begin()
        simulation = Simulation(past.experiment, store.circuit, past.base, store, built=_building(tell))
        self._kept.note(store.cells)
        return simulation

    @property
    def _open_store(self) -> CellStore:
        if self._store is None:
            raise EngineError("No circuit is open.", hint="Open one first.")
        return self._store

    def _close(self) -> None:
        self._last = None
        self._snapshots.clear()
        self._kept = KeptCells(self._ceiling.for_kept_cells_mib)
        if self._store is not None:
            self._store.close()
            self._store.circuit.close()


def _compile(circuit: Circuit, extra: Path | None, tell: Tell) -> Compiled:
    """Compile mod files; every line is told, and the last one again while nothing else happens."""
    said = "Looking for compiled mechanisms"

    def report(line: str) -> None:
        nonlocal said
        said = line
        tell(said, 0, 0)

    def stopped() -> bool:
        tell(said, 0, 0)
        return False

    return compile_for(circuit, extra, report, stopped)


def _building(tell: Tell) -> Callable[[int, int], None]:
    def built(done: int, total: int) -> None:
        tell(f"Built {done} of {total} cells", done, total)

    return built
