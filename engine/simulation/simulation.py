"""One experiment on built cells: what is attached to them, and the run in slices."""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.circuit.spikes import Spikes
from engine.errors import SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import Manipulation
from engine.experiment.source_spikes import Trains, source_spikes
from engine.experiment.targets import CellReference
from engine.experiment.waveforms import Samples
from engine.messages.watch import Watch
from engine.simulation.attached import Attached, Attachment
from engine.simulation.cell_store import CellStore
from engine.simulation.connections import Wiring, wire
from engine.simulation.electrodes import Electrode, place_electrodes
from engine.simulation.film import Film
from engine.simulation.host import explaining, h, need_standard_run
from engine.simulation.manipulate import Manipulated, WayBack
from engine.simulation.places import Places, taking_part
from engine.simulation.recorder import Recorder, Recorders, record
from engine.simulation.sample_times import SampleTimes
from engine.simulation.spikes import SpikeDetectors
from engine.simulation.stability import Stability
from engine.simulation.synapse_electrode import SynapseElectrode
from engine.simulation.traces import TraceDescription, record_traces
from engine.simulation.wiring_key import wiring_key

_INTEGRATION = {"euler": 0, "crank_nicolson": 1, "crank_nicolson_ion": 2}
_LONGEST_STEP_MS = 10.0  # between exchanges of spikes; NEURON wants a number, one process needs none
_ROUNDING_STEPS = 1e-3  # NEURON adds up its time, and is off by less than this


class Simulation:
    """Cells, electrodes, synapses and recorders of one experiment; run it as often as you like.

    `mine` chooses which of the cells are built here when several processes share them; they exchange spikes.

    Two runs are bit-identical, and so is one run in any slices. With a `store`, cells and synapses that an
    earlier simulation built are used again; one simulation is attached to a store at a time, and a new one
    detaches the last.

    Raises EngineError: cells that cannot be built, targets that do not exist, files that cannot be read.
    """

    def __init__(  # noqa: PLR0913 - what to run, on what, and which part of it
        self,
        experiment: Experiment,
        circuit: Circuit,
        base: Path,
        store: CellStore | None = None,
        *,
        built: Callable[[int, int], None] = lambda _done, _of: None,
        mine: Callable[[Sequence[CellReference]], Iterable[CellReference]] | None = None,
    ) -> None:
        self.experiment = experiment
        self.conditions = experiment.conditions
        self.circuit = circuit
        self._tstop = self.conditions.tstop
        self._own_store = store is None
        self.store = store or CellStore(circuit)
        need_standard_run()
        # Names of hoc are looked up in a long list, which costs 0.1 ms at every slice: caches are cold then.
        self._clock, self._solver = h._ref_t, h.ParallelContext()
        self._grid = SampleTimes(self.conditions.dt)
        sources = source_spikes(experiment, circuit, base)
        self._trains: Trains = sources.by_cell()
        references = taking_part(experiment.cells, experiment, circuit)
        if not references:
            raise SimulationError(
                "No cell takes part in the experiment.", hint="Choose cells, or a node set that is not empty."
            )
        self._is_shared = mine is not None
        chosen = references if mine is None else list(mine(references))
        cells = self.store.provide(chosen, self.conditions, built)
        self.places = Places(cells, experiment, circuit, references)
        self._attachment = Attachment(self._attach())
        self.store.attach(self._attachment.take_off, self._parts.manipulated.original)
        self.problems: tuple[Problem, ...] = (*sources.problems, *self._problems())
        self.film: Film | None = None

    @property
    def traces(self) -> tuple[TraceDescription, ...]:
        """The columns of `fresh`."""
        return tuple(trace.description for trace in self._parts.traces)

    @property
    def trace_keys(self) -> tuple[tuple[int, int], ...]:
        """What the columns of `fresh` are sorted by, also among those of other processes."""
        return tuple(trace.key for trace in self._parts.traces)

    @property
    def idle(self) -> frozenset[Problem]:
        """Those of the problems that say that something changes none of the cells built here."""
        return frozenset(self._parts.manipulated.idle)

    @property
    def change_times(self) -> list[float]:
        """When drugs come or go (ms)."""
        return self._parts.manipulated.times

    def also_stop_at(self, times: Iterable[float]) -> None:
        """Let all processes that share a run stop when drugs come or go in one of them (ms)."""
        self._parts.manipulated.also_stop_at(times)

    @property
    def time(self) -> float:
        """Where the run is, in ms."""
        return float(self._clock[0])

    @property
    def tstop(self) -> float:
        """When the run ends, in ms."""
        return self._tstop

    @property
    def finished(self) -> bool:
        """Whether the run has reached its end."""
        return self.has_reached(self._tstop)

    @property
    def attached(self) -> bool:
        """Whether the cells are still this simulation's."""
        return self._attachment.holds

    @property
    def spikes(self) -> Mapping[str, Spikes]:
        """The spikes of all cells so far, by population, in the order they happened."""
        return self._parts.detectors.spikes()

    @property
    def connection_count(self) -> int:
        """How many NetCons carry spikes to the cells."""
        wiring = self._parts.wiring
        return 0 if wiring is None else len(wiring)

    @property
    def can_be_saved(self) -> bool:
        """Whether the events that NEURON holds are all that will happen by itself."""
        return self._parts.wiring is None or not self._parts.wiring.plans

    def start(self) -> None:
        """Go back to t = 0: conditions, seeds, initial values. The first samples are there afterwards.

        Live changes of an earlier run are taken back.
        """
        parts = self._parts
        parts.live.go()
        parts.manipulated.restart()
        self._tstop = self.conditions.tstop
        self._set_conditions()
        self._solver.set_maxstep(_LONGEST_STEP_MS)
        h.Random().Random123_globalindex(self.conditions.random_seed)
        for cell in self.places.cells.values():
            cell.reseed(self.conditions.ionchannel_seed)
        if parts.wiring is not None:
            parts.wiring.restart()
        with explaining("initialising the cells"):
            h.stdinit()
        if parts.wiring is not None:
            parts.wiring.begin(self._trains, self.conditions)
        for electrode in itertools.chain.from_iterable(parts.electrodes.values()):
            if isinstance(electrode, SynapseElectrode):
                electrode.send_events()
        parts.detectors.forget()
        if self.film is not None:
            self.film.begin()

    def watch(self, watch: Watch | None) -> None:
        """From the next start on, take frames of a cell into `film`; None: of nothing.

        EngineError if the cell takes no part, or has no such variable: there are no frames then.
        """
        self.film = None
        if watch is not None:
            cell, cells = self.places.cell(watch.cell), self.places.cells.values()
            self.film = Film(cell, watch, self.conditions, cells)

    def end_at(self, tstop: float) -> None:
        """Let the run that is under way end at another time (ms)."""
        self._tstop = h.tstop = tstop
        if self._parts.wiring is not None:
            self._parts.wiring.minis.play_on(self.conditions, tstop)

    def has_reached(self, time: float) -> bool:
        """Whether the run is at `time` ms or later: on the step, or the sample, nearest to it."""
        return self._steps_to(time) == 0

    def advance(self, until: float) -> None:
        """Solve up to the step, or the sample, nearest to `until` ms, at most to the end.

        SimulationError when the solution has no bounds.
        """
        self.solve(until)
        self.check()

    def check(self) -> None:
        """SimulationError when the solution has no bounds."""
        self._parts.stability.check(self.time)

    def solve(self, until: float) -> None:
        """Advance without a look at what comes out."""
        until = min(until, self._tstop)
        self.pass_changes()
        while self._steps_to(until) > 0:
            change = self._parts.manipulated.next_time()
            self._solve(until if change is None else min(change, until))
            self.pass_changes()

    def pass_changes(self, until: float | None = None) -> None:
        """Let drugs come and go that are due now, or (coming back to a moment) would be at another time."""
        now = self.time if until is None else until
        if self._parts.manipulated.pass_to(lambda time: self._steps_between(now, time) == 0):
            self.notice_changes()

    def fresh(self) -> Samples:
        """(samples, traces) taken since the last call; sample k of a run is at k times the time step."""
        return self.fetch(None)

    def fetch(self, most: int | None) -> Samples:
        """The same, but the `most` oldest of them."""
        if self._parts.ticks is not None:
            self._parts.ticks.fetch()
        return self._parts.recorders.fetch(most)

    @property
    def waiting(self) -> int | None:
        """How many samples there are to fetch; None where there are no traces."""
        return self._parts.recorders.waiting

    def fresh_spikes(self) -> Mapping[str, Spikes]:
        """The spikes since the last call, by population; populations without any are left out."""
        return self._parts.detectors.fresh()

    def electrodes(self, stimulus: str) -> list[Electrode]:
        """The electrodes of an enabled stimulus, by its id."""
        electrodes = self._parts.electrodes
        if stimulus not in electrodes:
            raise SimulationError(f"There is no enabled stimulus {stimulus!r} in this run.")
        return electrodes[stimulus]

    def connections_of(self, edge_population: str, edge: int) -> list[Any]:
        """The NetCons that stand for an edge (row of the population)."""
        wiring = self._parts.wiring
        found = [] if wiring is None else wiring.connections_of(edge_population, edge)
        if not found:
            raise SimulationError(
                f"Edge {edge} of {edge_population} is not a connection of this run.",
                hint="It must end at one of its cells, and begin at one of them or at a replayed node.",
            )
        return found

    @property
    def live(self) -> WayBack:
        """What was changed in the run under way; remember here how to take a change back."""
        return self._parts.live

    def at_start(self, segment: Any, hoc_name: str) -> float:
        """What a range variable was when the run started; the next start gives it this value again."""
        return self._parts.manipulated.at_start(segment, hoc_name)

    def manipulate(self, manipulations: Iterable[Manipulation]) -> None:
        """Go on with other manipulations than those of the experiment, until the next start."""
        self._parts.manipulated.replace(manipulations, self.has_reached)

    def notice_changes(self) -> None:
        """Let the solver see what was changed from outside between two slices."""
        if self.conditions.variable_step:
            with explaining("going on after a change"):
                h.CVode().re_init()

    def detach(self) -> None:
        """Take everything off the cells and undo the manipulations; the cells stay in the store."""
        self._attachment.take_off()

    def close(self) -> None:
        """Detach, and let go of the cells too unless they are in somebody else's store."""
        self.detach()
        if self._own_store:
            self.store.close()
        if self._is_shared:
            self._solver.gid_clear()

    @property
    def _parts(self) -> Attached:
        return self._attachment.parts

    def _attach(self) -> Attached:
        experiment, cells = self.experiment, self.places.cells
        manipulated = Manipulated(experiment.manipulations, self.places)
        try:
            self._set_conditions()
            wiring = self._wire()
            electrodes = place_electrodes(experiment, self.places, self.circuit)
            traces = record_traces(experiment, self.places, electrodes, self._sampling_interval())
            gid_of = self.places.number if self._is_shared else None
            detectors = SpikeDetectors(cells.values(), self.conditions, gid_of)
        except Exception:
            manipulated.undo()
            raise
        recorders = Recorders([trace.recorder for trace in traces])
        stability = Stability(cells.values())
        ticks = None if traces else self._ticks()
        return Attached(manipulated, wiring, electrodes, traces, recorders, detectors, stability, ticks)

    def _ticks(self) -> Recorder | None:
        """Samples that nobody wants: a variable step may stop where there are some, see SampleTimes."""
        cells = self.places.cells.values()
        segment = next((section(0.5) for cell in cells for section in cell.sections.values()), None)
        if segment is None or not self.conditions.variable_step:
            return None
        return record(segment, "v", self.conditions.dt)

    def _sampling_interval(self) -> float | None:
        """None: at every step, as NEURON does at a fixed step where it has a membrane to solve."""
        at_every_step = not self.conditions.variable_step and any(
            cell.sections for cell in self.places.cells.values()
        )
        return None if at_every_step else self.conditions.dt

    def _wire(self) -> Wiring | None:
        key = wiring_key(self.experiment, self.circuit, self._trains)
        if not key.edge_populations:
            self.store.unwire()
            return None
        remote = self.places.elsewhere
        make = functools.partial(wire, key, self.places.cells, self.circuit, self.conditions, remote)
        wiring: Wiring = self.store.wiring(key, make)
        return wiring

    def _solve(self, until: float) -> None:
        """To a step, or a sample, that is still to come."""
        with explaining(f"solving after t = {self.time:g} ms", hint="Try a smaller time step."):
            if self.film is None:
                self._leap(until)
            else:
                while self._steps_to(until) > 0:
                    self.film.solve(until, self._leap)
            if self.conditions.variable_step:  # the least that lets the sample be taken that is due now
                self._solver.psolve(math.nextafter(self.time, math.inf))

    def _leap(self, until: float) -> None:
        """Let NEURON solve up to `until` ms, all at once."""
        steps = self._steps_to(until)
        if self.conditions.variable_step:
            self._solver.psolve(self._grid.after(self.time, steps))
        else:
            # To a quarter of a step more: so many steps are made, however far the sum of all steps is off.
            self._solver.psolve(self.time + (steps + 0.25) * self.conditions.dt)

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

    def _steps_to(self, time: float) -> int:
        return self._steps_between(self.time, time)

    def _steps_between(self, now: float, time: float) -> int:
        """How many steps, or samples, there are to do: none if half of one would be too far."""
        left = (time - now) / self.conditions.dt
        return math.ceil(max(left - 0.5 - _ROUNDING_STEPS, 0))

    def _problems(self) -> list[Problem]:
        parts = self._parts
        found = [*parts.manipulated.problems, *parts.manipulated.idle]
        if parts.wiring is not None:
            found += parts.wiring.problems
        elif self._trains:
            found.append(
                Problem(
                    "The spikes of the sources reach no cell: the connections of the circuit are not built.",
                    hint="Enable connections.",
                    severity="warning",
                )
            )
        return found
