"""One run minus another."""

import numpy as np

from engine.messages.events import TraceHead
from gui import theme
from gui.panels.scope.quantities import unit_of
from gui.plots import look
from gui.plots.trace_plot import Line
from gui.session.run import Run
from gui.session.traces import Traces


class Comparison:
    """Two runs, and the differences of the recordings that both have, as far as both are computed."""

    def __init__(self, first: Run, second: Run) -> None:
        self.first, self.second = first, second
        theirs = {head.id: column for column, head in enumerate(first.heads)}
        self._columns = [
            (column, theirs[head.id], head)
            for column, head in enumerate(second.heads)
            if head.id in theirs and unit_of(first.heads[theirs[head.id]]) == unit_of(head)
        ]
        self.traces = Traces(len(self._columns), second.traces.interval, second.traces.start)
        self.refusal = self._why_not()

    @property
    def runs(self) -> tuple[Run, Run]:
        """Both."""
        return self.first, self.second

    @property
    def title(self) -> str:
        """Such as "Run 2 − Run 1"."""
        return f"{self.second.title} − {self.first.title}"

    def update(self) -> None:
        """Subtract what has come since the last time."""
        ready = min(self.first.traces.samples, self.second.traces.samples)
        begin = self.traces.samples
        if self.refusal or ready <= begin:
            return
        mine = [self.second.traces.column(column)[begin:ready] for column, _, _ in self._columns]
        others = [self.first.traces.column(column)[begin:ready] for _, column, _ in self._columns]
        with np.errstate(invalid="ignore", over="ignore"):  # an infinity minus another is not a number
            self.traces.append(np.array([a - b for a, b in zip(mine, others, strict=True)]).T)

    def lines(self) -> list[tuple[TraceHead, Line]]:
        """A line for each difference, with the head of its recording."""
        found = []
        for place, (column, _, head) in enumerate([] if self.refusal else self._columns):
            pen = look.line_pen(theme.trace_colour(column), theme.trace_dash(place))
            name = f"{head.label}, {self.title}"
            found.append((head, Line(("difference", head.id), name, head.unit, self.traces, place, pen)))
        return found

    def _why_not(self) -> str:
        one, two = self.first, self.second
        if not self._columns:
            return (
                f"{two.title} and {one.title} have no recording in common, so there is no difference to draw."
            )
        if one.traces.interval != two.traces.interval:
            return (
                f"{two.title} has a sample every {two.traces.interval:g} ms and {one.title} every"
                f" {one.traces.interval:g} ms. Run both with the same time step to see their difference."
            )
        if one.traces.start != two.traces.start:
            return (
                f"{two.title} begins at {two.traces.start:g} ms and {one.title} at {one.traces.start:g} ms,"
                " so there is no difference to draw."
            )
        return ""
