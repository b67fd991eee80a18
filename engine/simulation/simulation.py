"""One experiment on built cells: what is attached to them, and the run in slices."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.circuit.spikes import Spikes
from engine.errors import SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.targets import Site
from engine.experiment.waveforms import Samples
from engine.simulation import manipulate
from engine.simulation.cell_store import CellStore
from engine.simulation.clamps import Clamp
from engine.simulation.connections import Wiring, wire, wiring_key
from engine.simulation.electrodes import place_electrodes
from engine.simulation.host import explaining, h, need_standard_run
from engine.simulation.places import Places, taking_part
from engine.simulation.replay import Trains, read_replays
from engine.simulation.spikes import SpikeDetectors
from engine.simulation.stability import Watch
from engine.simulation.traces import Trace, TraceDescription, record_traces
from engine.simulation.variables import set_variable

_INTEGRATION = {"euler": 0, "crank_nicolson": 1, "crank_nicolson_ion": 2}
_LONGEST_STEP_MS = 10.0  # between exchanges of spikes; NEURON wants a number, one process needs none


@dataclass(slots=True)
class _Attached:
    """What a simulation put on the cells.

    It knows nothing of the simulation: a circle of references would leave it to the garbage collector when
    NEURON gets rid of it.
    """

    changes: manipulate.Changes
    wiring: Wiring | None
    clamps: dict[str, list[Clamp]]
    traces: list[Trace]
    detectors: SpikeDetectors
    watch: Watch


class _Attachment:
    """Holds what is attached until it is taken off."""

    def __init__(self, parts: _Attached) -> None:
        self._parts: _Attached | None = parts

    @property
    def parts(self) -> _Attached:
        if self._parts is None:
            raise SimulationError("Another simulation has taken over the cells.", hint="Make this one again.")
        return self._parts

    def take_off(self) -> None:
        """Give the cells back as they were."""
        if self._parts is not None:
            self._parts.changes.undo()
            self._parts = None


class Simulation:
    """Cells, electrodes, synapses and recorders of one experiment; run it as often as you like.

    Two runs are bit-identical, and so is one run in any slices (with the fixed step; the variable step agrees
    to its tolerance). With a `store`, cells and synapses that an earlier simulation built are used again; one
    simulation is attached to a store at a time, and a new one detaches the last.

    Raises EngineError: cells that cannot be built, targets that do not exist, files that cannot be read.
    """

    def __init__(
        self,
        experiment: Experiment,
        circuit: Circuit,
        base: Path,
        store: CellStore | None = None,
        *,
        built: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        self.experiment = experiment
        self.conditions = experiment.conditions
        self.circuit = circuit
        self._own_store = store is None
        self.store = store or CellStore(circuit)
        need_standard_run()
        self._trains: Trains = read_replays(experiment, circuit, base)
        references = taking_part(experiment.cells, experiment, circuit)
        if not references:
            raise SimulationError(
                "No cell takes part in the experiment.", hint="Choose cells, or a node set that is not empty."
            )
        self.places = Places(self.store.provide(references, self.conditions, built), experiment, circuit)
        self._attachment = _Attachment(self._attach())
        self.store.attach(self._attachment.take_off)
        self.problems: tuple[Problem, ...] = tuple(self._problems())

    @property
    def traces(self) -> tuple[TraceDescription, ...]:
        """The columns of `fresh`."""
        return tuple(trace.description for trace in self._parts.traces)

    @property
    def time(self) -> float:
        """Where the run is, in ms."""
        return float(h.t)

    @property
    def finished(self) -> bool:
        """Whether the run has reached its end."""
        return self.time >= self.conditions.tstop - self.conditions.dt / 2

    @property
    def spikes(self) -> Mapping[str, Spikes]:
        """The spikes of all cells so far, by population, in the order they happened."""
        return self._parts.detectors.spikes()

    @property
    def connection_count(self) -> int:
        """How many NetCons carry spikes to the cells."""
        wiring = self._parts.wiring
        return 0 if wiring is None else len(wiring)

    def start(self) -> None:
        """Go back to t = 0: conditions, seeds, initial values. The first samples are there afterwards."""
        parts = self._parts
        self._set_conditions()
        h.Random().Random123_globalindex(self.conditions.random_seed)
        for cell in self.places.cells.values():
            cell.reseed(self.conditions.ionchannel_seed)
        with explaining("initialising the cells"):
            h.stdinit()
        if parts.wiring is not None:
            parts.wiring.replay.play(self._trains)

    def advance(self, until: float) -> None:
        """Solve up to `until` ms, at most to the end; SimulationError when the solution has no bounds."""
        until = min(until, self.conditions.tstop)
        if until > self.time:
            with explaining(f"solving after t = {self.time:g} ms", hint="Try a smaller time step."):
                h.ParallelContext().psolve(until)
        self._parts.watch.check(self.time)

    def fresh(self) -> Samples:
        """(samples, traces) taken since the last call; sample k of a run is at k times the time step."""
        traces = self._parts.traces
        if not traces:
            return np.empty((0, 0))
        count = min(trace.recorder.waiting for trace in traces)
        return np.column_stack([trace.recorder.fetch(count) for trace in traces])

    def hold(self, stimulus: str, amplitude: float) -> None:
        """From now on let a stimulus deliver a constant amplitude, in the unit of its waveform."""
        for clamp in self._clamps(stimulus):
            clamp.hold(amplitude)

    def play_again(self, stimulus: str) -> None:
        """Take back `hold`."""
        for clamp in self._clamps(stimulus):
            clamp.play_again()

    def set_variable(self, site: Site, variable: str, value: float) -> None:
        """Change a range variable of a segment, also in a run under way, until this is detached."""
        (spot,) = self.places.spots(site)
        before = set_variable(spot.segment, variable, value)
        self._parts.changes.remember(functools.partial(set_variable, spot.segment, variable, before))

    def detach(self) -> None:
        """Take everything off the cells and undo the manipulations; the cells stay in the store."""
        self._attachment.take_off()

    def close(self) -> None:
        """Detach, and let go of the cells too unless they are in somebody else's store."""
        self.detach()
        if self._own_store:
            self.store.close()

    @property
    def _parts(self) -> _Attached:
        return self._attachment.parts

    def _attach(self) -> _Attached:
        experiment, cells = self.experiment, self.places.cells
        changes = manipulate.apply(experiment.manipulations, self.places)
        try:
            self._set_conditions()
            wiring = self._wire()
            clamps = place_electrodes(experiment, self.places, self.circuit)
            traces = record_traces(experiment, self.places, clamps, self._sampling_interval())
            detectors = SpikeDetectors(cells.values(), self.conditions)
        except Exception:
            changes.undo()
            raise
        return _Attached(changes, wiring, clamps, traces, detectors, Watch(cells.values()))

    def _sampling_interval(self) -> float | None:
        """None: at every step, as NEURON does at a fixed step where it has a membrane to solve."""
        at_every_step = not self.conditions.variable_step and any(
            cell.sections for cell in self.places.cells.values()
        )
        return None if at_every_step else self.conditions.dt

    def _wire(self) -> Wiring | None:
        key = wiring_key(self.experiment, self.circuit, self._trains)
        if not key.edge_populations:
            return None
        make = functools.partial(wire, key, self.places.cells, self.circuit, self.conditions)
        wiring: Wiring = self.store.wiring(key, make)
        return wiring

    def _set_conditions(self) -> None:
        conditions = self.conditions
        h.dt = conditions.dt
        h.steps_per_ms = 1 / conditions.dt
        h.tstop = conditions.tstop
        h.celsius = conditions.celsius
        h.v_init = conditions.v_init
        h.secondorder = _INTEGRATION[conditions.integration_method]
        solver = h.CVode()
        with explaining("choosing the time step", hint="Turn the variable time step off."):
            solver.active(conditions.variable_step)
        solver.atol(conditions.absolute_tolerance)
        h.ParallelContext().set_maxstep(_LONGEST_STEP_MS)

    def _clamps(self, stimulus: str) -> list[Clamp]:
        clamps = self._parts.clamps
        if stimulus not in clamps:
            raise SimulationError(f"There is no enabled stimulus {stimulus!r} in this simulation.")
        return clamps[stimulus]

    def _problems(self) -> list[Problem]:
        parts = self._parts
        found = list(parts.changes.problems)
        if parts.wiring is not None:
            found += parts.wiring.problems
        elif self._trains:
            found.append(
                Problem(
                    "The replayed spikes reach no cell: the connections of the circuit are not built.",
                    hint="Enable connections.",
                    severity="warning",
                )
            )
        return found
