"""The moment that all views show, in the scope: a line through its plots, moved by mouse and keys."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.actions import Action
from gui.plots.stack import PlotStack
from gui.plots.time_cursor import TimeCursor
from gui.plots.trace_plot import Line, TracePlot
from gui.session.run import Run
from gui.session.session import Session

_MOST_VALUES = 3  # that the read-out names


class ShownMoment(QObject):
    """Moves the playhead of the session, from sample to sample of the newest run, and follows it."""

    told = Signal(str)  # what the traces are at the playhead, "" where it is at the newest sample

    def __init__(self, session: Session, stack: PlotStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._stack = session, stack
        self.cursor = TimeCursor(self)
        self.cursor.dragged.connect(self.move)
        stack.time_clicked.connect(self.move)
        stack.escaped.connect(self.to_newest)
        session.playhead.moved.connect(self._on_moved)

    @property
    def text(self) -> str:
        """Such as "At 12.3 ms: soma v −65.3 mV"."""
        time, run = self._session.playhead.time, self._run()
        if time is None or run is None:
            return ""
        index = run.traces.index_at(time)
        values = [_value(line, index) for line in self._lines(run)]
        more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
        named = "; ".join(values[:_MOST_VALUES])
        return f"At {time:.7g} ms: {named}{more}" if named else f"At {time:.7g} ms"

    def move(self, time: float) -> None:
        """Show the sample of the newest run that is nearest to a time (ms)."""
        run = self._run()
        if run is not None:
            self._show_sample(run, run.traces.index_at(time))

    def step(self, samples: int) -> None:
        """Go on by so many samples of the newest run, or back."""
        run = self._run()
        if run is None:
            return
        time = self._session.playhead.time
        now = run.traces.samples - 1 if time is None else run.traces.index_at(time)
        self._show_sample(run, min(max(now + samples, 0), run.traces.samples - 1))

    def to_first(self) -> None:
        """Show the first sample."""
        run = self._run()
        if run is not None:
            self._show_sample(run, 0)

    def to_newest(self) -> None:
        """Show the newest sample, whatever comes."""
        self._session.playhead.move(None)

    def actions(self) -> tuple[Action, ...]:
        """What the window's menus offer."""

        def action(name: str, text: str, tip: str, run: Callable[[], object], shortcut: str) -> Action:
            return Action(
                id=f"moment.{name}",
                text=text,
                tip=tip,
                run=run,
                menu="View",
                submenu="Moment shown",
                group=11,
                shortcut=shortcut,
                enabled=lambda: self._session.runs.latest is not None,
            )

        return (
            action(
                *("back", "One sample back", "Show all views as they were one sample earlier."),
                *(lambda: self.step(-1), "Alt+Left"),
            ),
            action(
                *("on", "One sample on", "Show all views as they were one sample later."),
                *(lambda: self.step(1), "Alt+Right"),
            ),
            action(
                *("first", "First sample", "Show all views as they were when the newest run began."),
                *(self.to_first, "Alt+Home"),
            ),
            action(
                *(
                    "newest",
                    "Newest sample",
                    "Show all views as they are now; Esc in the scope does it, too.",
                ),
                *(self.to_newest, "Alt+End"),
            ),
        )

    def _run(self) -> Run | None:
        run = self._session.runs.latest
        return run if run is not None and run.traces.samples else None

    def _show_sample(self, run: Run, index: int) -> None:
        self._session.playhead.move(run.traces.start + index * run.traces.interval)

    def _lines(self, run: Run) -> list[Line]:
        plots = (plot for plot in self._stack.rows if isinstance(plot, TracePlot))
        return [line for plot in plots for line in plot.lines if line.traces is run.traces]

    def _on_moved(self, time: float | None) -> None:
        self.cursor.show(time)
        self.told.emit(self.text)


def _value(line: Line, index: int) -> str:
    return f"{line.name} {line.values(index, index + 1)[0]:.5g} {line.unit}".rstrip()
