"""Which runs are drawn, and how: the newest in colours, the one before as a ghost, others in one colour."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from PySide6.QtGui import QPen

from engine.messages.events import TraceHead
from gui import theme
from gui.plots import look
from gui.plots.placing import AS_TAKEN, Placing
from gui.plots.trace_plot import Line
from gui.session.run import Run
from gui.session.run_list import newest_of
from gui.session.shown_traces import ShownTrace

_OTHER, _GHOST, _NEWEST = 1, 0, 2  # what lies over what


@dataclass
class Appearance:
    """What the user decided about recordings, by their id."""

    colours: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)  # as the document has them now

    def label(self, head: TraceHead) -> str:
        """What legends and read-outs call a recording."""
        return self.labels.get(head.id) or head.label

    def colour(self, head_id: str, index: int) -> str:
        """The colour of a recording; `index` is its place among those of its run."""
        return self.colours.get(head_id) or theme.trace_colour(index)


@dataclass(frozen=True)
class DrawnRuns:
    """Each run is in one place only. In a comparison there are two of `others`, and nothing else."""

    newest: Run | None = None
    ghost: Run | None = None
    others: tuple[Run, ...] = ()

    @property
    def all(self) -> tuple[Run, ...]:
        """From the back to the front."""
        return tuple(run for run in (self.ghost, *self.others, self.newest) if run is not None)


def drawn_runs(runs: Iterable[Run], *, show_ghost: bool) -> DrawnRuns:
    """Choose from the list of runs."""
    listed = list(runs)
    newest = newest_of(listed)
    others = [run for run in listed if run is not newest]
    visible = [run for run in others if run.is_visible and run.is_over and run.heads]
    before = next((run for run in reversed(visible) if not run.is_loaded), None)
    ghost = before if before is not None and not before.is_pinned else None
    visible = [run for run in visible if run is not ghost]
    return DrawnRuns(
        newest if newest is not None and newest.is_visible else None,
        ghost if show_ghost else None,
        tuple(visible),
    )


def lines_of(
    drawn: DrawnRuns,
    appearance: Appearance,
    width: float = 1.0,
    placing: Callable[[Run, int], Placing] = lambda _run, _column: AS_TAKEN,
) -> list[tuple[TraceHead, Line]]:
    """A line for each recording that is not hidden, with its head. `placing`: of a run's column."""
    found: list[tuple[TraceHead, Line]] = []
    for run in drawn.all:
        units: Counter[str] = Counter()
        for column, head in enumerate(run.heads):
            place = units[head.unit]  # among its neighbours: a single line needs no dashes
            units[head.unit] += 1
            if head.id not in appearance.hidden and column < run.traces.columns:
                pen = pen_of(drawn, run, column, place, appearance)
                if run is drawn.newest:
                    pen.setWidthF(width)
                line = _line(drawn, run, column, pen, appearance)
                found.append((head, replace(line, placing=placing(run, column))))
    return found


def shown_traces(
    drawn: DrawnRuns, lines: Iterable[tuple[TraceHead, Line]], appearance: Appearance
) -> list[ShownTrace]:
    """What the lines show, for whoever measures it."""
    runs = {id(run.traces): run for run in drawn.all}
    return [
        ShownTrace(runs[id(line.traces)], line.column, appearance.label(head), line.pen.color().name())
        for head, line in lines
    ]


def pen_of(drawn: DrawnRuns, run: Run, column: int, place: int, appearance: Appearance) -> QPen:
    """The line of a recording; `place`: its number among those of its unit."""
    if run is drawn.ghost:
        return look.line_pen(theme.colours().ghost)
    if run is drawn.newest:
        return look.line_pen(appearance.colour(run.heads[column].id, column), theme.trace_dash(place))
    return look.line_pen(colour_of(run, drawn), theme.trace_dash(place))


def _line(drawn: DrawnRuns, run: Run, column: int, pen: QPen, appearance: Appearance) -> Line:
    head = run.heads[column]
    label = appearance.label(head)
    name = label if run is drawn.newest else f"{label} · {run.title}"
    order = _NEWEST if run is drawn.newest else _GHOST if run is drawn.ghost else _OTHER
    return Line((run.id, head.id), name, head.unit, run.traces, column, pen, order)


def colour_of(run: Run, drawn: DrawnRuns) -> str:
    """The one colour of a run that is drawn beside others."""
    behind = len(drawn.newest.heads) if drawn.newest is not None else 0
    return run.colour or theme.trace_colour(behind + drawn.others.index(run))
