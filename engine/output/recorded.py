"""What was recorded, in one form for runs and for the sweeps of protocols: for files that hold all of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.recordings import SiteRecording, StimulusRecording
from engine.experiment.stimuli import stream_numbers
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, Quantity, Samples, Waveform
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Outcome, Result

Properties = Callable[[CellReference, Conditions], CellProperties]
_VOLTAGE: Final = "v"


@dataclass(frozen=True, slots=True)
class Signal:
    """One column: (n,) samples in `unit`. `stimulus`: the id of that whose current it is, or empty."""

    label: str
    variable: str
    unit: str
    site: Site
    samples: Samples
    stimulus: str = ""

    @property
    def is_voltage(self) -> bool:
        """Whether it is the membrane voltage."""
        return self.variable == _VOLTAGE and not self.stimulus


@dataclass(frozen=True, slots=True)
class RecordedSweep:
    """One run; sample k of its signals is at `start` + k × `interval` ms.

    `value`, `second`: of what a protocol varies. `problem`: why there are no signals.
    """

    experiment: Experiment
    interval: float
    signals: tuple[Signal, ...]
    start: float = 0.0
    value: float | None = None
    second: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Sweeps that belong together; a single run is one. `spikes`: (n,) ms, by cell."""

    title: str
    sweeps: tuple[RecordedSweep, ...]
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    protocol: Protocol | None = None
    result: Result | None = None
    spikes: Mapping[CellReference, Samples] = field(default_factory=dict)

    @property
    def experiment(self) -> Experiment:
        """Of the first sweep; EngineError if nothing was recorded."""
        if not self.sweeps:
            raise EngineError("Nothing was recorded that could be written.", hint="Run it first.")
        return self.sweeps[0].experiment


def of_protocol(protocol: Protocol, outcomes: Sequence[Outcome], result: Result | None) -> Recorded:
    """The sweeps of a protocol, in the order in which they ended."""
    return Recorded(protocol.title, tuple(map(_sweep, outcomes)), protocol=protocol, result=result)


def _sweep(outcome: Outcome) -> RecordedSweep:
    experiment = outcome.sweep.experiment
    sites = {each.id: each.target for each in experiment.stimuli if isinstance(each.target, Site)}
    signals = []
    for recording in experiment.recordings:
        samples = outcome.columns.get(recording.id)
        if samples is None:
            continue
        if isinstance(recording, SiteRecording):
            label = recording.label or "Voltage"
            signals.append(Signal(label, recording.variable, "mV", recording.site, samples))
        elif isinstance(recording, StimulusRecording):
            site = sites[recording.stimulus]
            signals.append(Signal("Current", "i", "nA", site, samples, recording.stimulus))
    return RecordedSweep(
        experiment,
        outcome.interval,
        tuple(signals),
        value=outcome.sweep.value,
        second=outcome.sweep.second,
        problem=outcome.problem,
    )


@dataclass(frozen=True, slots=True)
class Command:
    """What the stimuli at one place played together: (n,) samples in the unit of the quantity."""

    site: Site
    quantity: Quantity
    samples: Samples
    names: tuple[str, ...]
    series_resistance: float = 0.0  # MΩ, of a voltage clamp


def commands(sweep: RecordedSweep, properties: Properties) -> tuple[Command, ...]:
    """What was played at single places, as many samples as were recorded; currents at one place are added.

    Stimuli of whole node sets, and synapses, are not among them.
    """
    experiment = sweep.experiment
    count = max((len(each.samples) for each in sweep.signals), default=0)
    times: Samples = sweep.start + np.arange(count, dtype=np.float64) * sweep.interval
    found: dict[tuple[str, Quantity], Command] = {}
    for stimulus, stream in zip(experiment.stimuli, stream_numbers(experiment.stimuli), strict=True):
        site = stimulus.target
        if not stimulus.enabled or not isinstance(site, Site) or isinstance(stimulus, PlacedSynapse):
            continue
        waveform = stimulus.waveform(
            properties(site.cell, experiment.conditions), experiment.conditions, stream
        )
        key = str(site), waveform.quantity
        command = Command(
            site,
            waveform.quantity,
            sampled(waveform, times),
            (stimulus.name or type(stimulus).title,),
            waveform.series_resistance if waveform.quantity == "voltage" else 0.0,
        )
        found[key] = _added(found[key], command) if key in found else command
    return tuple(found.values())


def _added(one: Command, other: Command) -> Command:
    return Command(
        one.site,
        one.quantity,
        one.samples + other.samples,
        (*one.names, *other.names),
        one.series_resistance,
    )


def sampled(waveform: Waveform, times: Samples) -> Samples:
    """(n,) what a waveform has at these times (ms): nothing before its first point and after its last one.

    At a jump it has the later value already.
    """
    points, values = np.append(waveform.time, np.inf), np.append(waveform.amplitude, 0.0)
    index = np.clip(np.searchsorted(points, times, side="right") - 1, 0, len(points) - 2)
    width = points[index + 1] - points[index]
    part = np.divide(times - points[index], width, out=np.zeros_like(times), where=width > 0)
    found: Samples = values[index] + part * (values[index + 1] - values[index])
    return np.where((times < waveform.time[0]) | (times > waveform.time[-1]), 0.0, found)
