"""One run minus another, and what there is to say of the difference."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.messages.events import TraceHead
from gui import theme
from gui.panels.scope.alignment import aligned
from gui.panels.scope.quantities import unit_of
from gui.plots import look
from gui.plots.trace_plot import Line
from gui.session.run import Run
from gui.session.traces import Traces

Numbers = NDArray[np.float64]
_ALIKE: Final = 1e-3  # of the range of the first: a difference no larger is called one within it


@dataclass(slots=True)
class _Size:
    """How large the differences of one recording are."""

    count: int = 0
    squares: float = 0.0
    largest: float = 0.0
    at: float = 0.0  # ms

    def take(self, difference: Numbers, times: Numbers) -> None:
        """Count more of them; what is no number is left out."""
        sizes = np.abs(np.where(np.isfinite(difference), difference, 0.0))
        if not sizes.size:
            return
        self.count += len(sizes)
        self.squares += float(np.dot(sizes, sizes))
        place = int(np.argmax(sizes))
        if sizes[place] > self.largest:
            self.largest, self.at = float(sizes[place]), float(times[place])

    @property
    def rms(self) -> float:
        """Root of the mean of squares."""
        return math.sqrt(self.squares / self.count) if self.count else 0.0


class Comparison:
    """Two runs, and the differences of the recordings that both have, as far as both are computed.

    Where one has finer samples, or begins earlier, only those at the times of the other count. Where one
    keeps its numbers in 32 bits, the other's are rounded to as many before they are subtracted.
    """

    def __init__(self, first: Run, second: Run) -> None:
        self.first, self.second = first, second
        self._made_of = first.traces, second.traces
        theirs = {head.id: column for column, head in enumerate(first.heads)}
        self._columns = [
            (column, theirs[head.id], head)
            for column, head in enumerate(second.heads)
            if head.id in theirs and unit_of(first.heads[theirs[head.id]]) == unit_of(head)
        ]
        self._sizes = [_Size() for _ in self._columns]
        self._alignment = aligned(first.traces, second.traces)
        times = self._alignment or second.traces
        self.traces = Traces(len(self._columns), times.interval, times.start)
        self.refusal = self._why_not()

    @property
    def runs(self) -> tuple[Run, Run]:
        """Both."""
        return self.first, self.second

    @property
    def title(self) -> str:
        """Such as "Run 2 − Run 1"."""
        return f"{self.second.title} − {self.first.title}"

    @property
    def is_outdated(self) -> bool:
        """Whether a run has begun meanwhile: it has other traces now."""
        return self._made_of != (self.first.traces, self.second.traces)

    def update(self) -> None:
        """Subtract what has come since the last time."""
        alignment = self._alignment
        if self.refusal or alignment is None:
            return
        one, two = alignment.first, alignment.second
        begin = self.traces.samples
        ready = min(one.ready(self.first.traces.samples), two.ready(self.second.traces.samples))
        if ready <= begin:
            return
        differences = np.empty((len(self._columns), ready - begin))
        for row, (column, other, _) in enumerate(self._columns):
            mine = self._rounded(self.second.traces.column(column)[two.between(begin, ready)])
            theirs = self._rounded(self.first.traces.column(other)[one.between(begin, ready)])
            with np.errstate(invalid="ignore", over="ignore"):  # an infinity minus another is not a number
                differences[row] = mine - theirs
        self.traces.append(differences.T)
        times = self.traces.times(begin)
        for size, difference in zip(self._sizes, differences, strict=True):
            size.take(difference, times)

    def lines(self) -> list[tuple[TraceHead, Line]]:
        """A line for each difference, with the head of its recording."""
        found = []
        for place, (column, _, head) in enumerate([] if self.refusal else self._columns):
            pen = look.line_pen(theme.trace_colour(column), theme.trace_dash(place))
            name = f"{head.label}, {self.title}"
            found.append((head, Line(("difference", head.id), name, head.unit, self.traces, place, pen)))
        return found

    def in_words(self) -> str:
        """How large the differences are so far, a sentence for each recording; why there are none."""
        if self.refusal or not self.traces.samples:
            return self.refusal
        return "\n".join(
            self._sentence(head, column, size)
            for (_, column, head), size in zip(self._columns, self._sizes, strict=True)
        )

    def _sentence(self, head: TraceHead, column: int, size: _Size) -> str:
        which = "" if len(self._columns) == 1 else f"{head.label}: "
        one, two, unit = self.first.title, self.second.title, unit_of(head)
        if size.largest == 0:
            digits = ", in all digits that it keeps" if self.first.is_single else ""
            return f"{which}{two} is the same as {one}{digits} ({size.count:,} samples)."
        rms, largest = (f"{value:.3g} {unit}".rstrip() for value in (size.rms, size.largest))
        low, high = self.first.traces.extremes(column)
        if size.largest <= _ALIKE * (high - low):
            return f"{which}{two} is the same as {one} within {largest} (rms {rms}, at {size.at:.6g} ms)."
        return f"{which}{two} differs from {one} by up to {largest} at {size.at:.6g} ms (rms {rms})."

    def _rounded(self, samples: Numbers) -> Numbers:
        if not (self.first.is_single or self.second.is_single):
            return samples
        with np.errstate(over="ignore"):
            return samples.astype(np.float32).astype(np.float64)

    def _why_not(self) -> str:
        one, two = self.first, self.second
        if not two.heads and not two.is_over:
            return ""  # it is being built
        if not self._columns:
            return (
                f"{two.title} and {one.title} have no recording in common, so there is no difference to draw."
            )
        if self._alignment is None:
            return (
                f"{two.title} has a sample every {two.traces.interval:g} ms and {one.title} every"
                f" {one.traces.interval:g} ms. Run both with the same time step to see their difference."
            )
        return ""
