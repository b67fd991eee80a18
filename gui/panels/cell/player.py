"""The bar that plays what was recorded in the whole cell: play, loop, how fast, and when."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.session.player import SPEEDS, Player
from gui.session.session import Session

_STEPS: Final = 10_000  # of the slider
_FRAME_MS: Final = 33


class PlayerBar(QWidget):
    """Shows where the playhead is in the newest run, and moves it."""

    actions_changed = Signal()  # what the commands may do, or are called, is different now

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playhead, self._runs = session.playhead, session.runs
        self.player = Player(session.playhead, session.runs, self)
        self._told: object = None
        self.play = _button(self.player.toggle)
        self.loop = _button(self.player.toggle_loop)
        self.loop.setCheckable(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setSingleStep(_STEPS // 500)
        self.slider.setAccessibleName("Moment of the run that is shown")
        self.slider.setToolTip("Drag to show another moment; Esc shows the newest again")
        self.slider.installEventFilter(self)
        self.time = QLabel()
        self.time.setAccessibleName("Time that is shown, and length of the run")
        self.reason = QLabel()
        self.reason.setAccessibleName("Why nothing can be played")
        self.reason.setWordWrap(True)
        self.speed = QComboBox()
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:,} ms/s", speed)
        self.speed.setAccessibleName("How fast it plays, in milliseconds of the run in each second")
        self.speed.setToolTip("How much of the run passes in each second. Slower: [, faster: ]")
        self._lay_out()
        self.slider.valueChanged.connect(self._on_slid)
        self.speed.activated.connect(self._on_speed)
        self.player.changed.connect(self._refresh)
        self._playhead.moved.connect(self._refresh)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(_FRAME_MS)
        self._due.timeout.connect(self._draw)
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()
        self._draw()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of playing."""
        player = self.player

        def action(
            name: str, text: str | Callable[[], str], tip: str, run: Callable[[], object], shortcut: str
        ) -> Action:
            return Action(
                id=f"player.{name}",
                text=text,
                tip=tip,
                run=run,
                menu="View",
                submenu="Moment shown",
                group=11,
                shortcut=shortcut or None,
                enabled=lambda: not player.reason,
                checked=(lambda: player.loops) if name == "loop" else None,
            )

        return (
            action(
                *("play", lambda: "Pause playing" if player.is_playing else "Play"),
                "Play what the newest run recorded in the whole cell, slowly.",
                *(player.toggle, "Shift+Space"),
            ),
            action("loop", "Loop", "Begin again at the end.", player.toggle_loop, ""),
            action(
                *("slower", "Play slower", "Let less of the run pass in each second."),
                *(lambda: player.change_speed(-1), "["),
            ),
            action(
                *("faster", "Play faster", "Let more of the run pass in each second."),
                *(lambda: player.change_speed(1), "]"),
            ),
        )

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is self.slider and is_escape and event.type() == QEvent.Type.KeyPress:
            self._playhead.move(None)
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for widget, stretch in (
            *((self.play, 0), (self.loop, 0), (self.slider, 1), (self.time, 0)),
            *((self.reason, 1), (self.speed, 0)),
        ):
            layout.addWidget(widget, stretch)

    def _refresh(self, *_what: object) -> None:
        """Something is different: show it soon, once."""
        if not self._due.isActive():
            self._due.start()

    def _draw(self) -> None:
        player, reason = self.player, self.player.reason
        can_play = not reason
        for control in (self.play, self.loop, self.slider, self.speed):
            control.setEnabled(can_play)
        self.slider.setVisible(can_play)
        self.time.setVisible(can_play)
        self.reason.setText(reason)
        self.reason.setVisible(not can_play)
        self._show_time()
        told = player.is_playing, player.loops, player.speed, can_play
        if told != self._told:
            self._told = told
            self._show_buttons()
            self.actions_changed.emit()

    def _show_time(self) -> None:
        span, run = self.player.span, self._runs.latest
        if span is None or run is None:
            return
        time, end = self._playhead.time, max(run.tstop, span[1])
        shown = span[1] if time is None else time
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(shown / end * _STEPS) if end > 0 else 0)
        self.time.setText(f"newest, {shown:.2f} ms" if time is None else f"{shown:.2f} of {end:g} ms")

    def _show_buttons(self) -> None:
        player = self.player
        name = "Pause playing" if player.is_playing else "Play"
        self.play.setIcon(theme.icon("pause") if player.is_playing else theme.icon("play"))
        self.play.setAccessibleName(name)
        self.play.setToolTip(player.reason or f"{name} (Shift+Space)")
        self.loop.setIcon(theme.icon("loop"))
        self.loop.setAccessibleName("Loop")
        self.loop.setToolTip(player.reason or "Begin again at the end")
        self.loop.setChecked(player.loops)
        self.speed.setCurrentIndex(self.speed.findData(player.speed))

    def _on_slid(self, step: int) -> None:
        span, run = self.player.span, self._runs.latest
        if span is not None and run is not None:
            wanted = step / _STEPS * max(run.tstop, span[1])
            self._playhead.move(min(max(wanted, span[0]), span[1]))

    def _on_speed(self, _index: int) -> None:
        self.player.play_at(self.speed.currentData())

    def _on_theme(self) -> None:
        metrics = self.fontMetrics()
        self.time.setMinimumWidth(metrics.horizontalAdvance("888.88 of 1000 ms "))
        for button in (self.play, self.loop):
            button.setIconSize(theme.icon_size())
        self._show_buttons()


def _button(pressed: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.clicked.connect(lambda _checked=False: pressed())
    return button
