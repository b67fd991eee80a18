"""Coming back to a moment of a run: by the state that NEURON saved, or by computing it once more."""

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from engine.experiment.experiment import Experiment
from engine.messages.live import AppliedSetting
from engine.messages.watch import Watch
from engine.simulation.catalogue import has_hidden_state
from engine.simulation.host import explaining, h
from engine.simulation.live import apply_setting
from engine.simulation.pace import Pace
from engine.simulation.simulation import Simulation

_SLICE_S = 0.008


@dataclass(frozen=True, slots=True)
class SavedState:
    """What NEURON saved, and of which simulation.

    NEURON finds the same electrodes and connections again by their order, which another simulation of the
    same experiment need not have.
    """

    state: Any
    owner: "weakref.ref[Simulation]"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a run, and all that led there. `samples`: how many there are of each trace until then.

    `watch`: what the run streams all segments of.
    """

    experiment: Experiment
    base: Path
    settings: tuple[AppliedSetting, ...]
    time: float
    samples: int
    saved: SavedState | None = None
    watch: Watch | None = None

    def without_state(self) -> Self:
        """The same moment; coming back takes longer."""
        return replace(self, saved=None)


def save_state(simulation: Simulation) -> SavedState | None:
    """Save where a simulation is; None if NEURON would not save all of it.

    It does not save random streams and what else mechanisms keep to themselves, nor the past steps of the
    variable time step.
    """
    hides = not simulation.can_be_saved or simulation.conditions.variable_step
    if hides or any(map(has_hidden_state, _mechanisms(simulation))):
        return None
    with explaining("saving the state"):
        state = h.SaveState()
        state.save()
    return SavedState(state, weakref.ref(simulation))


def come_back(simulation: Simulation, moment: Moment, between: Callable[[], None]) -> None:
    """Bring a simulation of the moment's experiment there; the samples until then are dropped.

    `between` is called between two slices if it is computed once more; it may raise to give up.
    """
    simulation.start()
    simulation.end_at(max(moment.time, simulation.tstop))
    if moment.saved is not None and moment.saved.owner() is simulation:
        _set_again(simulation, moment, moment.saved)
    else:
        _compute_again(simulation, moment, between)
    _drop_samples(simulation)
    simulation.fresh_spikes()


def _set_again(simulation: Simulation, moment: Moment, saved: SavedState) -> None:
    """Restore the state, and make the changes that led there in their order: a state holds no parameters."""
    for applied in moment.settings:
        simulation.pass_changes(applied.time)
        apply_setting(applied.setting, simulation)
    with explaining("going back to the saved state"):
        saved.state.restore()
    simulation.pass_changes()


def _compute_again(simulation: Simulation, moment: Moment, between: Callable[[], None]) -> None:
    planned = deque(moment.settings)
    pace = Pace(simulation.conditions.dt, _SLICE_S)
    while True:
        while planned and simulation.has_reached(planned[0].time):
            apply_setting(planned.popleft().setting, simulation)
        if simulation.has_reached(moment.time):
            return
        goals = [pace.begin(simulation.time), moment.time, *(applied.time for applied in planned)]
        simulation.advance(min(goals))
        pace.end(simulation.time)
        _drop_samples(simulation)
        between()


def _drop_samples(simulation: Simulation) -> None:
    simulation.fresh()
    if simulation.film is not None:
        simulation.film.fetch()


def _mechanisms(simulation: Simulation) -> set[str]:
    """The names of all that is in the cells, point processes included."""
    found: set[str] = set()
    for cell in simulation.places.cells.values():
        if cell.is_point:
            found.add(_kind(cell.netcon_target))
        for section in cell.sections.values():
            found.update(str(mechanism.name()) for mechanism in section(0.5))
            found.update(_kind(process) for segment in section for process in segment.point_processes())
    return found


def _kind(process: Any) -> str:
    return str(process.hname()).partition("[")[0]
