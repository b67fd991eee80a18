"""The scope: all that a run records against time, live."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.actions import Action
from gui.panels.scope import words
from gui.panels.scope.lines import Appearance, DrawnRuns, drawn_runs, lines_of
from gui.panels.scope.quantities import grouped
from gui.plots.stack import PlotStack
from gui.plots.trace_plot import TracePlot
from gui.session.run import Run
from gui.session.session import Session
from gui.settings import settings


class ScopePanel(QWidget):
    """Follows the newest run and keeps others for comparison."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.appearance = Appearance()
        self.drawn = DrawnRuns()
        self._took_s: dict[str, float] = {}
        self._plots: dict[str, TracePlot] = {}
        self.stack = PlotStack()
        self.stack.setAccessibleName("Traces")
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._empty = QLabel(words.NO_RUN)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.stack.drawing.connect(self._refresh)
        for signal in (session.runs.added, session.runs.advanced, session.runs.changed, session.runs.removed):
            signal.connect(self._on_run)
        session.runs.ended.connect(self._on_ended)
        theme.notifier().changed.connect(self._on_theme)
        settings().changed.connect(self.stack.touch)
        self._refresh()

    def actions(self) -> tuple[Action, ...]:
        """What the window's menus offer of this panel."""
        return (
            Action(
                id="scope.home",
                text="Whole run",
                tip="Show the whole run and all values; in the scope, the Home key does it, too",
                run=self.stack.home,
                menu="View",
            ),
        )

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.stack)
        self._scroll = scroll
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._state)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._empty, 1)

    def _on_run(self, _run: Run) -> None:
        self.stack.touch()

    def _on_ended(self, run: Run) -> None:
        self._took_s[run.id] = (datetime.now(run.began_at.tzinfo) - run.began_at).total_seconds()
        self.stack.touch()

    def _on_theme(self) -> None:
        self.stack.dress()
        self.stack.touch()

    def _refresh(self) -> None:
        """Bring the rows up to date with the runs."""
        self.drawn = drawn_runs(self._session.runs, show_ghost=settings().value.show_ghost)
        quantities = grouped(lines_of(self.drawn, self.appearance))
        rows = []
        for quantity in quantities:
            plot = self._plots.get(quantity.unit)
            if plot is None:
                plot = self._plots[quantity.unit] = TracePlot(quantity.unit, quantity.title)
            plot.show_lines(quantity.lines)
            rows.append(plot)
        if tuple(rows) != self.stack.rows:
            self.stack.show_rows(rows, [None] * len(rows))
        if self.drawn.newest is not None:
            self.stack.show_whole(0.0, self.drawn.newest.tstop)
        newest = self._session.runs.latest
        self._state.setText(words.state_in_words(newest, self._took_s.get(newest.id) if newest else None))
        self._scroll.setVisible(bool(rows))
        self._empty.setVisible(not rows)
