"""Runs laid over one another, and what there is to say of their differences."""

from typing import Final

from engine.messages.events import TraceHead
from gui import theme
from gui.panels.scope.difference import Difference, Side
from gui.panels.scope.fitting import Fitting, Options
from gui.panels.scope.matching import Pair, matched
from gui.panels.scope.quantities import unit_of
from gui.plots import look
from gui.plots.placing import AS_TAKEN, Placing
from gui.plots.trace_plot import Line
from gui.session.run import Run

_ALIKE: Final = 1e-3  # of the range of the first: where nobody typed a tolerance
_AT_ONCE: Final = 100_000  # samples that are subtracted in one go: some 5 ms
_AS_RECORDED: Final = Options()


class Comparison:
    """Runs, and how each of the others differs from the first, as far as both are computed."""

    def __init__(
        self, first: Run, *others: Run, options: Options = _AS_RECORDED, chosen: tuple[str, str] | None = None
    ) -> None:
        """`chosen`: the two recordings that are wanted, by their ids; None: all that fit."""
        self.first, self.others, self.options = first, others, options
        self._made_of = tuple(run.traces for run in self.runs)
        self._pairs: list[tuple[Run, list[Pair]]] = [
            (other, matched(first, other, chosen)) for other in others
        ]
        self.fitting = Fitting(self.runs, options, self._voltage_of)
        self.differences = self._made()
        self.refusal = self._why_not()

    @property
    def runs(self) -> tuple[Run, ...]:
        """All."""
        return self.first, *self.others

    @property
    def title(self) -> str:
        """Such as "Run 2 − Run 1"."""
        others = self.others[0].title if len(self.others) == 1 else "Others"
        return f"{others} − {self.first.title}"

    @property
    def is_outdated(self) -> bool:
        """Whether a run has begun meanwhile: it has other traces now."""
        return self._made_of != tuple(run.traces for run in self.runs)

    @property
    def unit(self) -> str:
        """Of what is compared first, as it was recorded."""
        return unit_of(self._head(self.differences[0])) if self.differences else ""

    def placing(self, run: Run, column: int) -> Placing:
        """Where a column of a run is drawn."""
        return self.fitting.placing(run, column) if run in self.runs else AS_TAKEN

    def update(self) -> bool:
        """Subtract some of what has come since the last time; whether there is more."""
        self.fitting.update()
        if any(self._is_elsewhere(each) for each in self.differences):
            self.differences = self._made()
        most = max(_AT_ONCE // max(len(self.differences), 1), 1)
        has_more = False
        for each in self.differences:
            has_more |= each.update(most)
        return has_more

    def lines(self) -> list[tuple[TraceHead, Line]]:
        """A line for each difference, with the head of its recording."""
        found = []
        for place, each in enumerate(self.differences):
            head, run = self._head(each), each.second.run
            number = each.first.column if len(self.others) == 1 else self.runs.index(run)
            pen = look.line_pen(theme.trace_colour(number), theme.trace_dash(place))
            name = f"{head.label}, {run.title} − {self.first.title}"
            unit = head.unit if self.options.scale == "recorded" else ""
            key = "difference", run.id, head.id
            found.append((head, Line(key, name, unit, each.traces, 0, pen)))
        return found

    def has_chosen(self, line: Line) -> bool:
        """Whether a line is one of those that are compared."""
        sides = (side for each in self.differences for side in (each.first, each.second))
        return any(side.run.traces is line.traces and side.column == line.column for side in sides)

    def in_words(self) -> str:
        """How large the differences are so far, a sentence for each recording; why there are none."""
        if self.refusal or not any(each.traces.samples for each in self.differences):
            return self.refusal
        sentences = [self._sentence(each) for each in self.differences]
        return "\n".join(sentences + self._remarks())

    def _made(self) -> list[Difference]:
        return [
            Difference(self._side(self.first, column), self._side(other, theirs))
            for other, pairs in self._pairs
            for column, theirs in pairs
        ]

    def _side(self, run: Run, column: int) -> Side:
        return Side(run, column, self.fitting.placing(run, column))

    def _is_elsewhere(self, each: Difference) -> bool:
        return any(
            side.placing != self.fitting.placing(side.run, side.column) for side in (each.first, each.second)
        )

    def _voltage_of(self, run: Run) -> int | None:
        """The first voltage that is compared."""
        columns = [pair[0] for _, pairs in self._pairs for pair in pairs] if run is self.first else []
        columns += [pair[1] for other, pairs in self._pairs for pair in pairs if other is run]
        return next((each for each in columns if unit_of(run.heads[each]) == "mV"), None)

    def _head(self, each: Difference) -> TraceHead:
        return each.second.run.heads[each.second.column]

    def _sentence(self, each: Difference) -> str:
        head, base = self._head(each), self.first.heads[each.first.column]
        which = ""
        if len(self.differences) > len(self.others):
            which = f"{head.label}: "
        elif head.label != base.label and max(len(self.first.heads), len(each.second.run.heads)) > 1:
            which = f"{head.label} − {base.label}: "
        one, two, size = self.first.title, each.second.run.title, each.size
        is_as_recorded = self.options.scale == "recorded"
        unit = unit_of(head) if is_as_recorded else "of the range"
        if not size.count:
            return f"{which}{two} and {one} have no time in common."
        if size.largest == 0:
            digits = ", in all digits that it keeps" if self.first.is_single else ""
            return f"{which}{two} is the same as {one}{digits} ({size.count:,} samples)."
        rms, largest = (f"{value:.3g} {unit}".rstrip() for value in (size.rms, size.largest))
        typed = self.options.tolerances.get(unit_of(head)) if is_as_recorded else None
        if typed is not None:
            within = f"{typed:g} {unit}"
            if size.largest <= typed:
                return (
                    f"{which}{two} is the same as {one} within {within}"
                    f" (largest difference {largest} at {size.at:.6g} ms, rms {rms})."
                )
            return (
                f"{which}{two} differs from {one} by up to {largest} at {size.at:.6g} ms (rms {rms}),"
                f" which is more than {within}."
            )
        low, high = each.first.placing.extremes(self.first.traces, each.first.column)
        if size.largest <= _ALIKE * (high - low):
            return f"{which}{two} is the same as {one} within {largest} (rms {rms}, at {size.at:.6g} ms)."
        return f"{which}{two} differs from {one} by up to {largest} at {size.at:.6g} ms (rms {rms})."

    def _remarks(self) -> list[str]:
        """What was done to traces before they were subtracted."""
        moved = [(run, later) for run in self.runs if (later := self.fitting.later(run))]
        lacks = "stimulus that is known"
        if self.options.align == "spike":
            lacks = f"spike {self.options.spike}"
        finer = dict.fromkeys(each.interpolated for each in self.differences if each.is_interpolated)
        return [
            *(
                f"{run.title} is drawn {abs(by):.4g} ms {'later' if by > 0 else 'earlier'}."
                for run, by in moved
            ),
            *(f"{run.title} has no {lacks}: it stays where it is." for run in self.fitting.without_moment()),
            *(f"Sample times differ: {run.title} was interpolated to those of the other." for run in finer),
        ]

    def _why_not(self) -> str:
        one = self.first
        for two, pairs in self._pairs:
            if not two.heads and not two.is_over:
                return ""  # it is being built
            if not pairs:
                hint = " Compare two traces… lets you choose." if one.is_loaded or two.is_loaded else ""
                return (
                    f"{two.title} and {one.title} have no recording in common, so there is no difference"
                    f" to draw.{hint}"
                )
        return ""
