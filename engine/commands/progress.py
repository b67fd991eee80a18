"""How far a run is: one line that rewrites itself on a terminal, plain lines in a file."""

import time
from collections.abc import Callable
from typing import TextIO

_REDRAW_EVERY_S = 0.1
_BAR_WIDTH = 24
_PLAIN_STEPS = 10  # lines per run where there is no terminal


class Progress:
    """Tells a person how far a run is, how fast, and for how long still; silent when `stream` is None."""

    def __init__(
        self, tstop_ms: float, stream: TextIO | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tstop_ms = tstop_ms
        self._stream = stream
        self._clock = clock
        self._live = stream is not None and stream.isatty()
        self._started_s: float | None = None
        self._started_ms = 0.0
        self._drawn_s = -1.0
        self._plain_steps = -1

    def show(self, now_ms: float) -> None:
        """Tell that the simulation has reached `now_ms`; cheap, call it as often as you like."""
        if self._stream is None:
            return
        now_s = self._clock()
        if self._started_s is None:
            self._started_s, self._started_ms = now_s, now_ms
        done = now_ms >= self._tstop_ms
        if self._live:
            if done or now_s - self._drawn_s >= _REDRAW_EVERY_S:
                self._drawn_s = now_s
                self._stream.write(f"\r\x1b[K{self.line(now_ms, now_s)}")
                self._stream.flush()
            return
        steps = int(_PLAIN_STEPS * now_ms / self._tstop_ms)
        if steps > self._plain_steps:
            self._plain_steps = steps
            self._stream.write(f"{self.line(now_ms, now_s)}\n")
            self._stream.flush()

    def say(self, line: str) -> None:
        """Print a line above the one that rewrites itself."""
        if self._stream is not None:
            self._stream.write(f"\r\x1b[K{line}\n" if self._live else f"{line}\n")
            self._stream.flush()
            self._drawn_s = -1.0

    def end(self) -> None:
        """Leave the line that was rewritten."""
        if self._stream is not None and self._live and self._started_s is not None:
            self._stream.write("\n")
            self._stream.flush()

    def line(self, now_ms: float, now_s: float) -> str:
        """The line: bar, per cent, model time, speed and time left, as far as they are known."""
        part = min(1.0, now_ms / self._tstop_ms)
        bar = ""
        if self._live:
            full = round(part * _BAR_WIDTH)
            bar = f"[{'#' * full}{'.' * (_BAR_WIDTH - full)}] "
        text = f"{bar}{part:4.0%}  {now_ms:.1f} of {self._tstop_ms:g} ms"
        passed_s = now_s - self._started_s if self._started_s is not None else 0.0
        solved_ms = now_ms - self._started_ms
        if passed_s <= 0 or solved_ms <= 0:
            return text
        left_s = passed_s * (self._tstop_ms - now_ms) / solved_ms
        return f"{text}  {speed(solved_ms, passed_s)}  {duration(left_s)} left"


def speed(solved_ms: float, passed_s: float) -> str:
    """How the model's time compares with ours: `3.2x slower than real time`."""
    ratio = solved_ms / 1000 / passed_s
    return f"{ratio:.1f}x faster than real time" if ratio >= 1 else f"{1 / ratio:.1f}x slower than real time"


def duration(seconds: float) -> str:
    """A time to wait, as people say it: `48 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if 0.05 <= seconds < 9.95:
        return f"{seconds:.1f} s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def counted(number: int, what: str) -> str:
    """A number of things: `1 spike`, `1,024 spikes`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
