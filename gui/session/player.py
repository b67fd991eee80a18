"""Plays what was recorded everywhere: moves the playhead through the frames of the newest run."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from gui.session.playhead import Playhead
from gui.session.run import Run
from gui.session.run_list import RunList

SPEEDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # ms of the model in each second
USUAL_SPEED: Final = 20
_TURN_MS: Final = 33  # about 30 pictures a second
NO_RUN: Final = "Run to record the whole cell."
NO_FRAMES: Final = "This run has no recording of the whole cell. Run again to make one."
_NOTHING_YET: Final = "Waiting for the first values…"


class Player(QObject):
    """Stops at the end of what there is, or begins again; goes over to live where the run is under way."""

    changed = Signal()  # whether it plays, loops, can play; how fast; from when to when

    def __init__(self, playhead: Playhead, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playhead, self._runs = playhead, runs
        self.is_playing = False
        self.loops = False
        self.speed = USUAL_SPEED
        self._is_moving = False
        self._since = QElapsedTimer()
        self._turns = QTimer(self)
        self._turns.setTimerType(Qt.TimerType.PreciseTimer)
        self._turns.setInterval(_TURN_MS)
        self._turns.timeout.connect(self._on_turn)
        playhead.moved.connect(self._on_moved)
        for signal in (runs.added, runs.advanced, runs.ended, runs.removed):
            signal.connect(self._on_run)

    @property
    def span(self) -> tuple[float, float] | None:
        """The first and the last moment (ms) of the newest run that can be shown; None: there is none."""
        run = self._runs.latest
        if run is None or run.frames is None or not run.frames.count:
            return None
        times = run.frames.times()
        return float(times[0]), float(times[-1])

    @property
    def reason(self) -> str:
        """Why nothing can be played, "" if something can."""
        run = self._runs.latest
        if run is None:
            return NO_RUN
        if run.frames is None:
            return NO_FRAMES if run.is_over else _NOTHING_YET
        return "" if self.span is not None else _NOTHING_YET

    def play(self) -> None:
        """Go on from the playhead; from the beginning, if it is at the end."""
        span = self.span
        if span is None or self.is_playing:
            return
        time = self._playhead.time
        if time is None or not span[0] <= time < span[1]:
            self._move(span[0])
        self.is_playing = True
        self._since.start()
        self._turns.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stay where it is."""
        if self.is_playing:
            self.is_playing = False
            self._turns.stop()
            self.changed.emit()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def toggle_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self.loops = not self.loops
        self.changed.emit()

    def play_at(self, speed: int) -> None:
        """Play so many ms of the model in each second."""
        self.speed = speed
        self.changed.emit()

    def change_speed(self, steps: int) -> None:
        """Take a faster one of the speeds, or a slower."""
        place = SPEEDS.index(self.speed) + steps
        self.play_at(SPEEDS[min(max(place, 0), len(SPEEDS) - 1)])

    def go_on(self, seconds: float) -> None:
        """Show what comes so long after what is shown now, on the clock on the wall."""
        span = self.span
        if span is None:
            self.pause()
            return
        first, last = span
        now = self._playhead.time if self._playhead.time is not None else first
        time = now + self.speed * seconds
        if time < last:
            self._move(time)
        elif self.loops and last > first:
            self._move(first + (time - last) % (last - first))
        else:
            run = self._runs.latest
            self._move(last if run is None or run.is_over else None)
            self.pause()

    def _on_turn(self) -> None:
        self.go_on(self._since.restart() / 1000)

    def _move(self, time: float | None) -> None:
        self._is_moving = True
        self._playhead.move(time)
        self._is_moving = False

    def _on_moved(self, time: float | None) -> None:
        if time is None and not self._is_moving:  # somebody wants to see the newest
            self.pause()

    def _on_run(self, run: Run) -> None:
        if run is self._runs.latest or self._runs.latest is None:
            self.changed.emit()
