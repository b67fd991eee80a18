"""Electrodes: a waveform becomes a clamp of NEURON that plays it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import SimulationError
from engine.experiment.waveforms import Samples, Waveform
from engine.simulation.host import explaining, h

_OFF_MEGAOHM = 1e9  # the series resistance that stands for no conductance
_LEAST_MICROSIEMENS, _MOST_MICROSIEMENS = 1e-9, 1e9
_FOREVER_MS = 1e9


class Clamp:
    """An electrode at one segment, playing one waveform; it lives as long as this object is held.

    A current is played into `IClamp.amp`, a voltage into `SEClamp.amp1`, a conductance g(t) into `SEClamp.rs`
    as 1 / g(t) with the reversal potential as the voltage: interpolation is then linear in the resistance,
    and a conductance below 1e-9 µS (a negative one too) counts as none. All of them as neurodamus does.
    """

    def __init__(self, waveform: Waveform, segment: Any) -> None:
        self.waveform = waveform
        self.segment = segment
        with explaining(f"putting an electrode at {segment}"):
            self.element = _element(waveform, segment)
        played = _from_zero(waveform)
        self._time = h.Vector(played.time)
        self._played = h.Vector(_played_values(played))
        self._played.play(self._played_reference(), self._time, 1)

    @property
    def current_reference(self) -> Any:
        """Where NEURON keeps the current that the clamp delivers (nA, positive into the cell)."""
        return self.element._ref_i

    def hold(self, amplitude: float) -> None:
        """From now on, also in a run under way, deliver this amplitude, in the unit of the waveform."""
        if self.waveform.quantity == "current":
            self.element.dur = _FOREVER_MS
        else:
            self.element.dur1 = _FOREVER_MS
        # The points stay and take another value: NEURON crashes when a Vector stops playing during a run.
        self._played.fill(float(_resistance(np.array([amplitude]))[0]) if self._is_conductance else amplitude)

    def play(self, waveform: Waveform) -> None:
        """From now on, also in a run under way, play this: a waveform with the same times and quantity."""
        played = _from_zero(waveform)
        if waveform.quantity != self.waveform.quantity or not np.array_equal(played.time, self._time):
            raise SimulationError("A stimulus can change its amplitudes while it is played, not its times.")
        self._played.copy(h.Vector(_played_values(played)))
        _set_duration(self.element, waveform)

    @property
    def _is_conductance(self) -> bool:
        return self.waveform.quantity == "conductance"

    def _played_reference(self) -> Any:
        if self.waveform.quantity == "current":
            return self.element._ref_amp
        return self.element._ref_rs if self._is_conductance else self.element._ref_amp1


def play(waveform: Waveform, segment: Any) -> Clamp:
    """Put an electrode at a segment; raises SimulationError for a waveform that cannot be played."""
    if len(waveform.time) == 0 or not (
        np.isfinite(waveform.time).all() and np.isfinite(waveform.amplitude).all()
    ):
        raise SimulationError(
            "A stimulus has no points, or points that are not numbers.",
            where=str(segment),
            hint="Look at its amplitude and at the cell's threshold current and input resistance.",
        )
    return Clamp(waveform, segment)


def _element(waveform: Waveform, segment: Any) -> Any:
    element = h.IClamp(segment) if waveform.quantity == "current" else h.SEClamp(segment)
    if waveform.quantity == "conductance":
        element.amp1 = waveform.reversal
        element.rs = _OFF_MEGAOHM
    elif waveform.quantity == "voltage":
        element.amp1 = waveform.amplitude[0]
        element.rs = waveform.series_resistance
    _set_duration(element, waveform)
    return element


def _set_duration(element: Any, waveform: Waveform) -> None:
    """The clamp ends with its last point; before the first one it plays zero."""
    if waveform.quantity == "current":
        element.delay = 0
        element.dur = waveform.time[-1]
    else:
        element.dur1 = waveform.time[-1]
        element.dur2 = element.dur3 = 0


def _from_zero(waveform: Waveform) -> Waveform:
    """Silence before the first point: NEURON would hold, or extrapolate, the first value."""
    first = float(waveform.time[0])
    if first <= 0 or waveform.quantity == "voltage":
        return waveform
    return Waveform(
        np.concatenate(([0.0, first], waveform.time)),
        np.concatenate(([0.0, 0.0], waveform.amplitude)),
        waveform.quantity,
    )


def _played_values(waveform: Waveform) -> Samples:
    return _resistance(waveform.amplitude) if waveform.quantity == "conductance" else waveform.amplitude


def _resistance(conductance: NDArray[np.float64]) -> Samples:
    """1 / g in MΩ of conductances in µS."""
    usable = (conductance > _LEAST_MICROSIEMENS) & (conductance < _MOST_MICROSIEMENS)
    resistance = np.full(len(conductance), _OFF_MEGAOHM)
    resistance[usable] = 1.0 / conductance[usable]
    return resistance
