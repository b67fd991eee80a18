"""How compared runs are laid over one another: moved in time, and brought to one range."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from engine.analysis.spikes import spike_times
from gui.plots.placing import AS_TAKEN, Placing
from gui.session.run import Run

Scale = Literal["recorded", "range", "peak"]
Align = Literal["recorded", "spike", "stimulus", "hand"]
SCALES: Final[Mapping[Scale, str]] = {
    "recorded": "Values as recorded",
    "range": "Least 0, greatest 1",
    "peak": "Baseline 0, peak 1",
}
ALIGNMENTS: Final[Mapping[Align, str]] = {
    "recorded": "Times as recorded",
    "spike": "Spike over spike",
    "stimulus": "Stimulus over stimulus",
    "hand": "Moved by hand",
}
_USUAL_TOLERANCES: Final = {"mV": 0.01}
_PART_FOR_BASELINE: Final = 0.05  # of a trace, where nobody knows when its stimulus begins


@dataclass(frozen=True, slots=True)
class Options:
    """What the user wants. `spike` counts from 1; `later` (ms): how much others are moved by hand.

    `tolerances`: by unit, how large a difference may be to be none.
    """

    scale: Scale = "recorded"
    align: Align = "recorded"
    spike: int = 1
    later: float = 0.0
    tolerances: Mapping[str, float] = field(default_factory=lambda: dict(_USUAL_TOLERANCES))


class Fitting:
    """Knows where each column of the runs is drawn. In time, all others are moved onto the newest run."""

    def __init__(
        self, runs: tuple[Run, ...], options: Options, column_of: Callable[[Run], int | None]
    ) -> None:
        """`column_of` a run: the voltage in which its spikes are looked for."""
        self._runs, self._options = runs, options
        self.anchor = next((run for run in reversed(runs) if not run.reference), runs[0])
        self._onsets = {run.id: onset_of(run) for run in runs}
        self._spikes = {run.id: _SpikeSearch(run, column_of(run)) for run in runs}

    def update(self) -> None:
        """Look at what has come since the last time."""
        if self._options.align == "spike":
            for search in self._spikes.values():
                search.go_on(self._options.spike)

    def placing(self, run: Run, column: int) -> Placing:
        """Where a column of a run is drawn."""
        later = self.later(run) or 0.0
        if self._options.scale == "recorded":
            return Placing(later) if later else AS_TAKEN
        zero, one = self._range(run, column)
        size = one - zero
        gain = 1 / size if size and math.isfinite(size) else 0.0
        return Placing(later, gain, -zero * gain if gain else 0.0)

    def later(self, run: Run) -> float | None:
        """How much a run is moved (ms); None: it has no such moment, or the newest has none."""
        if run is self.anchor or self._options.align == "recorded":
            return 0.0
        if self._options.align == "hand":
            return self._options.later
        mine, theirs = self._moment(run), self._moment(self.anchor)
        return round(theirs - mine, 9) if mine is not None and theirs is not None else None

    def without_moment(self) -> tuple[Run, ...]:
        """Runs that have no such spike, or no stimulus that is known."""
        if self._options.align not in ("spike", "stimulus"):
            return ()
        return tuple(run for run in self._runs if run.is_over and self._moment(run) is None)

    def _moment(self, run: Run) -> float | None:
        return self._spikes[run.id].time if self._options.align == "spike" else self._onsets[run.id]

    def _range(self, run: Run, column: int) -> tuple[float, float]:
        """What becomes 0 and what becomes 1."""
        low, high = run.traces.extremes(column)
        if self._options.scale == "range":
            return low, high
        base = _baseline(run, column, self._onsets[run.id])
        return base, high if abs(high - base) >= abs(low - base) else low


class _SpikeSearch:
    """The n-th spike of a run, looked for in new samples only."""

    def __init__(self, run: Run, column: int | None) -> None:
        self._run, self._column = run, column
        self._looked_at = self._found = 0
        self.time: float | None = None

    def go_on(self, number: int) -> None:
        traces = self._run.traces
        if self.time is not None or self._column is None or traces.samples - self._looked_at < 2:
            return
        begin = max(self._looked_at - 1, 0)
        samples = traces.column(self._column)[begin:]
        with np.errstate(invalid="ignore"):
            times = spike_times(samples, traces.interval) + traces.start + begin * traces.interval
        self._looked_at = traces.samples
        if self._found + len(times) >= number:
            self.time = float(times[number - self._found - 1])
        self._found += len(times)


def onset_of(run: Run) -> float | None:
    """When the first stimulus of a run begins (ms); of a loaded reference, if its file says it."""
    if run.is_loaded:
        return run.onset if run.onset is not None else _first_step(run)
    return min(
        (each.delay for each in run.experiment.stimuli if each.enabled and each.delay > 0), default=None
    )


def _first_step(run: Run) -> float | None:
    """When a current of a file leaves what it was at first, and stays so for two samples."""
    for column, head in enumerate(run.heads):
        if head.unit == "nA" and run.traces.samples > 1:
            samples = run.traces.column(column)
            steps = np.flatnonzero(samples != samples[0])
            is_step = len(steps) > 0 and len(np.unique(samples[:: max(len(samples) // 1000, 1)])) < 100
            return run.traces.start + float(steps[0]) * run.traces.interval if is_step else None
    return None


def _baseline(run: Run, column: int, onset: float | None) -> float:
    """The mean before the stimulus; where that is unknown, of the beginning."""
    traces = run.traces
    count = round(traces.samples * _PART_FOR_BASELINE)
    if onset is not None and onset > traces.start:
        count = min(round((onset - traces.start) / traces.interval), traces.samples)
    samples = traces.column(column)[: max(count, 1)]
    return float(np.nanmean(samples)) if np.isfinite(samples).any() else math.nan
