"""A current at which a cell fires, found in one short run: what a first step should be set to."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from engine.circuit.circuit import Circuit
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import Samples
from engine.simulation.cell_store import CellStore
from engine.simulation.pace import Pace
from engine.simulation.simulation import Simulation

_SETTLING_MS: Final = 150.0  # a cell may fire on its way from the initial voltage to rest
_REST_MS: Final = 250.0  # before anything is injected
_PULSE_MS, _EVERY_MS = 60.0, 100.0
_PULSES_NA: Final = (
    *(0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15),
    *(0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0),
)
_SPIKE_MV: Final = -20.0
_BEYOND_SPIKES_MV: Final = 100.0  # what is lifted to there is passive
_SLICE_S: Final = 0.012
FIRES_BY_ITSELF: Final = 0.0


def firing_current(
    circuit: Circuit,
    cell: CellReference,
    conditions: Conditions,
    store: CellStore | None = None,
    heed: Callable[[], object] = lambda: None,
) -> float | None:
    """A current (nA) into the soma that makes the cell fire; 0: it fires by itself; None: nothing does.

    Pulses of 60 ms, each stronger than the one before, up to 3 nA, until there is a spike: many cells get
    used to a current that rises slowly. `heed` is called every few milliseconds on the wall; it may raise to
    give up.
    """
    end = _REST_MS + len(_PULSES_NA) * _EVERY_MS
    site = Site(cell=cell)
    experiment = Experiment(
        circuit=CircuitReference(path=circuit.config_path.as_posix()),
        cells=ListedCells(cells=(cell,)),
        stimuli=tuple(_pulses(site)),
        recordings=(SiteRecording(site=site),),
        conditions=changed(conditions, tstop=end, variable_step=False),
    )
    simulation = Simulation(experiment, circuit, Path(), store)
    simulation.start()
    pace, dt = Pace(conditions.dt, _SLICE_S), conditions.dt
    voltage: Samples = np.empty(0)
    while not simulation.finished:
        simulation.advance(min(pace.begin(simulation.time), simulation.time + _EVERY_MS))
        pace.end(simulation.time)
        voltage = np.concatenate([voltage, simulation.fresh()[:, 0]])
        for spike in _spikes(voltage, dt):
            if (current := _current_of(spike)) is not None:
                return current
        if voltage.max() > _BEYOND_SPIKES_MV:
            return None
        heed()
    return None


def _pulses(site: Site) -> list[Step]:
    return [
        Step(target=site, amplitude=amplitude, delay=_REST_MS + number * _EVERY_MS, duration=_PULSE_MS)
        for number, amplitude in enumerate(_PULSES_NA)
    ]


def _spikes(voltage: Samples, dt: float) -> Iterator[tuple[float, float]]:
    """When the voltage rose over the level and when it fell below it again, in ms."""
    is_above = voltage > _SPIKE_MV
    turns = (np.flatnonzero(is_above[1:] != is_above[:-1]) + 1) * dt
    first = int(voltage.size > 0 and is_above[0])  # it began above
    yield from zip(turns[first::2].tolist(), turns[first + 1 :: 2].tolist(), strict=False)


def _current_of(spike: tuple[float, float]) -> float | None:
    """The pulse (nA) that made a spike; None: it is none, as what a pulse only lifts stays till its end."""
    rise, fall = spike
    if fall < _REST_MS:
        return None if rise < _SETTLING_MS else FIRES_BY_ITSELF
    number, phase = divmod(fall - _REST_MS, _EVERY_MS)
    began = _REST_MS + number * _EVERY_MS
    return _PULSES_NA[int(number)] if rise >= began and phase < _PULSE_MS else None
