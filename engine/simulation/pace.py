"""How much model time takes so much time on the wall."""

import time
from typing import Final

_FIRST_STEPS: Final = 10
_MOST, _LEAST = 2.0, 0.5  # how quickly to follow: a slice that was slow by chance must not stop everything


class Pace:
    """Measures slices, to make the next one last about `slice_s`: whoever waits is heard in between."""

    def __init__(self, dt_ms: float, slice_s: float) -> None:
        self.step_ms = dt_ms * _FIRST_STEPS
        self._dt_ms = dt_ms
        self._slice_s = slice_s
        self._began = (0.0, 0.0)

    def begin(self, now_ms: float) -> float:
        """Until when to solve, from `now_ms` of model time on."""
        self._began = (time.perf_counter(), now_ms)
        return now_ms + self.step_ms

    def end(self, now_ms: float) -> None:
        """The slice has come to `now_ms`, maybe not as far as it was to go."""
        began_s, began_ms = self._began
        took_s = max(time.perf_counter() - began_s, 1e-6)
        could_be_ms = max(now_ms - began_ms, self._dt_ms) * self._slice_s / took_s
        self.step_ms = max(min(could_be_ms, self.step_ms * _MOST), self.step_ms * _LEAST, self._dt_ms)
