"""The names under the plots: one for each recording, one for each other run."""

from collections import Counter
from collections.abc import Callable

from PySide6.QtGui import QPen

from engine.messages.events import TraceHead
from gui import theme
from gui.panels.scope.comparison import Comparison
from gui.panels.scope.legend import Entry
from gui.panels.scope.lines import Appearance, DrawnRuns, colour_of, pen_of
from gui.plots import look


def entries_of(
    drawn: DrawnRuns,
    appearance: Appearance,
    comparison: Comparison | None,
    can_rename: Callable[[str], bool],
) -> list[Entry]:
    """Recordings of the newest run (or of the two that are compared), then the other runs."""
    entries: list[Entry] = []
    leading = drawn.newest or (drawn.all[-1] if drawn.all else None)
    units: Counter[str] = Counter()
    for column, head in enumerate(leading.heads if leading is not None else ()):
        assert leading is not None, "it has heads"
        place = units[head.unit]
        units[head.unit] += 1
        pen = pen_of(drawn, leading, column, place, appearance)
        if comparison is not None:
            pen = look.line_pen(theme.colours().text, theme.trace_dash(place))
        entries.append(_of_recording(head, pen, appearance, can_rename))
    entries += [
        Entry(f"run {run.id}", run.title, look.line_pen(colour_of(run, drawn))) for run in drawn.others
    ]
    if drawn.ghost is not None:
        pen = look.line_pen(theme.colours().ghost)
        entries.append(Entry(f"run {drawn.ghost.id}", f"{drawn.ghost.title} (previous)", pen, is_ghost=True))
    return entries


def _of_recording(
    head: TraceHead, pen: QPen, appearance: Appearance, can_rename: Callable[[str], bool]
) -> Entry:
    return Entry(
        f"recording {head.id}",
        appearance.label(head),
        pen,
        head.id,
        head.unit == "mV",
        head.id not in appearance.hidden,
        can_rename(head.id),
    )
