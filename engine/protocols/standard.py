"""The stimuli by which cells of Blue Brain's circuits were characterised, in per cent of their threshold."""

import itertools
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field
from typing_extensions import override

from engine.analysis.spikes import SPIKE_MV
from engine.experiment.stimuli import ArbitraryWaveform
from engine.experiment.targets import Site
from engine.protocols.current_clamp import firing_columns
from engine.protocols.protocol import Protocol, SpikeLevel
from engine.protocols.series import Series
from engine.protocols.sweeps import Bench, Column, Plan, Play, Result, Sweep
from engine.protocols.thresholds import plan_of_threshold, spikes_in, threshold_of

Points = tuple[tuple[float, ...], tuple[float, ...]]  # ms, and parts of the amplitude
Name = Literal["ap_waveform", "idrest", "iv", "fire_pattern", "pos_cheops", "neg_cheops"]


def _step(before: float, length: float, after: float) -> Points:
    end = before + length
    return (0.0, before, before, end, end, end + after), (0.0, 0.0, 1.0, 1.0, 0.0, 0.0)


def _pyramids(before: float, slopes: tuple[float, ...], between: float, after: float, top: float) -> Points:
    """Triangles, each as long up as down."""
    times, parts = [0.0, before], [0.0, 0.0]
    for number, slope in enumerate(slopes):
        gap = between if number else 0.0
        lengths = (gap, slope, slope) if gap else (slope, slope)
        levels = (0.0, top, 0.0) if gap else (top, 0.0)
        times += [times[-1] + each for each in itertools.accumulate(lengths)]
        parts += levels
    return (*times, times[-1] + after), (*parts, 0.0)


# name: its title, per cent of the threshold, and its shape (BlueCelluLab's stimulus factory)
SHAPES: Final[dict[Name, tuple[str, float, Points]]] = {
    "ap_waveform": ("AP waveform", 220.0, _step(250, 50, 250)),
    "idrest": ("IDrest", 200.0, _step(250, 1350, 250)),
    "iv": ("IV", -40.0, _step(250, 3000, 250)),
    "fire_pattern": ("Fire pattern", 200.0, _step(250, 3600, 250)),
    "pos_cheops": ("Positive Cheops", 300.0, _pyramids(250, (4000, 2000, 1333), 2000, 250, 1.0)),
    "neg_cheops": ("Negative Cheops", 300.0, _pyramids(1750, (3333, 1666, 1111), 2000, 250, -1.0)),
}


class StandardStimulus(Protocol):
    """One of the six, in as many sweeps as there are strengths."""

    title: ClassVar = "Standard stimuli"
    purpose: ClassVar = "The stimuli that cells of published circuits were tuned with."
    kind: Literal["standard"] = "standard"
    stimulus: Annotated[Name, Field(title="Stimulus")] = "idrest"
    percents: Annotated[
        Series | None,
        Field(title="Strengths", description="In per cent of the threshold; empty: the usual one"),
    ] = None
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def plan(self, bench: Bench) -> Plan:
        count = 1 if self.percents is None else len(self.percents.numbers())
        return plan_of_threshold(bench) + plan_of_sweep(self.stimulus).times(count)

    @override
    def play(self, bench: Bench) -> Play:
        threshold = yield from threshold_of(bench, self.spike_level)
        _, usual, (times, _) = SHAPES[self.stimulus]
        percents = self.percents.numbers() if self.percents is not None else (usual,)
        outcomes = yield tuple(standard_sweep(bench, self.stimulus, each, threshold) for each in percents)
        firing = [
            spikes_in(each, 0.0, times[-1], self.spike_level) if each.is_there else None for each in outcomes
        ]
        on_ms = sum(b - a for a, b in itertools.pairwise(times[1:-1]))
        return Result(
            (
                Column("Strength", "%", percents),
                Column("Current", "nA", tuple(threshold * each / 100 for each in percents)),
                *firing_columns(firing, on_ms),
            ),
            *("Current", ("Spikes",)),
        )


def plan_of_sweep(stimulus: Name) -> Plan:
    """One of the six, once."""
    times, _ = SHAPES[stimulus][2]
    return Plan(1, times[-1])


def standard_sweep(
    bench: Bench, stimulus: Name, percent: float, threshold: float, places: Sequence[Site] = ()
) -> Sweep:
    """One of the six in per cent of a threshold (nA), recorded at further places, too."""
    times, parts = SHAPES[stimulus][2]
    amplitude = threshold * percent / 100
    wave = ArbitraryWaveform(
        target=bench.site,
        delay=0.0,
        duration=times[-1],
        times=times,
        amplitudes=tuple(each * amplitude for each in parts),
    )
    return bench.sweep(amplitude, times[-1], wave, places=places)
