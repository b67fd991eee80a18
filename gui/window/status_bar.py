"""The line at the bottom: what the rig does, in words."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStatusBar, QToolButton, QWidget

from gui import theme
from gui.session.run import Run
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel

_WORDS = {
    "empty": "No experiment is open",
    "unavailable": "Cells cannot be built here",
    "untrusted": "The circuit's code may not run yet",
    "starting": "Starting…",
    "running": "Running",
    "stopping": "Stopping…",
}


class RunStatusBar(QStatusBar):
    """State, hint, cursor, speed, time, worker; and a button for the log, which tells of news."""

    log_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._building = ""
        self.state = _part("State of the simulator")
        self.hint = _part("What the thing under the mouse does")
        self.cursor_text = _part("Cursor")
        self.speed = _part("Speed against real time")
        self.time = _part("Time of the run")
        self.worker = _part("Simulator process")
        self.log_button = QToolButton(autoRaise=True)
        self.log_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.log_button.clicked.connect(self.log_wanted)
        self.setSizeGripEnabled(False)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.state)
        self.addWidget(self.hint, 1)
        for part in (self.cursor_text, self.speed, self.time, self.worker):
            self.addPermanentWidget(part)
        self.addPermanentWidget(self.log_button)
        self.show_unseen(0)
        session.rig.state_changed.connect(self._refresh)
        session.rig.building.connect(self._on_building)
        session.rig.worker_changed.connect(self._refresh)
        session.document.experiment_changed.connect(self._refresh)
        for signal in (session.runs.advanced, session.runs.ended, session.runs.removed):
            signal.connect(self._refresh)
        session.opening.connect(lambda path: self.hint.setText(f"Reading {path.name}…"))
        session.opened.connect(lambda: self.hint.setText(""))
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()
        self._refresh()

    def show_hint(self, text: str) -> None:
        """What a menu entry or a button does."""
        self.hint.setText(text)

    def show_unseen(self, unseen: int) -> None:
        """How many messages came while the log was hidden."""
        text = f"Log ({unseen} new)" if unseen else "Log"
        self.log_button.setText(text)
        self.log_button.setAccessibleName(text)
        self.log_button.setToolTip("Everything that was said in this session")

    def _on_building(self, text: str, done: int, total: int) -> None:
        self._building = text
        if text and total and " of " not in text:
            self._building = f"{text} {done} of {total}"
        self._refresh()

    def _refresh(self, *_what: object) -> None:
        run = self._session.rig.current
        self.state.setText(self._state_in_words(run))
        has_run = run is not None and self._session.document.experiment is not None
        self.time.setText(f"t {run.time:.4g} / {run.tstop:g} ms" if run is not None and has_run else "")
        fast = run is not None and has_run and run.speed > 0
        self.speed.setText(f"{run.speed:.2g} × real time" if run is not None and fast else "")
        self.worker.setText(self._session.rig.worker_text)

    def _state_in_words(self, run: Run | None) -> str:
        state = self._session.rig.state
        if state in ("ready", "starting") and self._building:
            return self._building[0].upper() + self._building[1:]
        if state == "paused" and run is not None:
            return f"Paused at {run.time:.4g} ms"
        if state == "ready":
            return _last_word(run)
        return _WORDS.get(state, "Paused")

    def _on_theme(self) -> None:
        gap = self.fontMetrics().averageCharWidth()
        self.setContentsMargins(gap, 0, gap, 0)
        for part in (self.state, self.hint, self.cursor_text, self.speed, self.time, self.worker):
            part.setContentsMargins(0, 0, 2 * gap, 0)
        self.log_button.setIconSize(theme.icon_size())
        self.log_button.setIcon(theme.icon("log"))
        font = self.state.font()
        font.setBold(True)
        self.state.setFont(font)


def _last_word(run: Run | None) -> str:
    if run is None or not run.is_over:
        return "Ready"
    if run.state == "failed":
        return f"Failed: {run.problem.what}" if run.problem is not None else "Failed"
    return "Finished" if run.state == "finished" else f"Stopped at {run.time:.4g} ms"


def _part(name: str) -> ElidedLabel:
    label = ElidedLabel()
    label.setAccessibleName(name)
    return label
