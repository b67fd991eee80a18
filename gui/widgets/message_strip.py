"""What the program has to say, in a strip under the toolbar: it never holds up the work."""

from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.session.notices import Notice

_MOST: Final = 3  # further ones push out the oldest
_INFORMATION_MS: Final = 8_000


class Message(QFrame):
    """One of them: what happened in bold; where, and what to do, below it."""

    dismissed = Signal()
    details_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, notice: Notice, *, has_details: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        second = " ".join(filter(None, [f"In {notice.where}." if notice.where else "", notice.hint]))
        self.setAccessibleName(notice.what)
        self.setAccessibleDescription(second)
        self._icon = QLabel()
        self._what = _label(notice.what)
        font = self._what.font()
        font.setBold(True)
        self._what.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._what)
        if second:
            words.addWidget(_label(second))
        row = QHBoxLayout(self)
        gap = self.fontMetrics().height() // 3
        row.setContentsMargins(2 * gap, gap, gap, gap)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for button in self._buttons(has_details=has_details):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.colour()

    def colour(self) -> None:
        """As the theme has it."""
        colours = theme.colours()
        colour = {"information": colours.accent, "warning": colours.warning, "error": colours.error}
        self.setObjectName("message")
        self.setStyleSheet(
            f"#message {{ background: {colours.raised}; border: 0px solid {colour[self.notice.severity]};"
            f" border-left-width: 4px; border-bottom: 1px solid {colours.border}; }}"
        )
        self._icon.setPixmap(theme.icon(self.notice.severity).pixmap(theme.icon_size()))
        self._close.setIcon(theme.icon("close"))

    def _buttons(self, *, has_details: bool) -> list[QWidget]:
        details = QPushButton("Details")
        details.setToolTip("Shows everything that is known about it")
        details.clicked.connect(self.details_wanted)
        details.setVisible(has_details)
        copy = QPushButton("Copy report")
        copy.setToolTip("Puts this, the versions in use and the end of the log on the clipboard")
        copy.clicked.connect(self.copy_wanted)
        copy.setVisible(self.notice.severity != "information")
        self._close = close = QToolButton(autoRaise=True)
        close.setToolTip("Hide this message; the log keeps it")
        close.setAccessibleName("Hide this message")
        close.clicked.connect(self.dismissed)
        return [details, copy, close]


class MessageStrip(QWidget):
    """Messages, newest at the bottom; the same one never twice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Messages")
        self._shown: dict[Hashable, Message] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        theme.notifier().changed.connect(self._colour)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Those on the screen."""
        return tuple(self._shown.values())

    def post(
        self, notice: Notice, report: Callable[[], str], details: Callable[[], object] | None = None
    ) -> None:
        """Show a message; `report` gives the text for "Copy report", `details` opens what more there is."""
        key = (notice.what, notice.where, notice.hint)
        if key in self._shown:
            return
        message = Message(notice, has_details=details is not None)
        message.dismissed.connect(lambda: self._dismiss(key))
        message.copy_wanted.connect(lambda: QGuiApplication.clipboard().setText(report()))
        if details is not None:
            message.details_wanted.connect(details)
        if len(self._shown) == _MOST:
            self._dismiss(next(iter(self._shown)))
        self._shown[key] = message
        self._column.addWidget(message)
        self.show()
        if notice.severity == "information":
            QTimer.singleShot(_INFORMATION_MS, message, message.dismissed.emit)

    def clear(self) -> None:
        """Another document is here: what was said of the last one is in the log."""
        for key in tuple(self._shown):
            self._dismiss(key)

    def _dismiss(self, key: Hashable) -> None:
        message = self._shown.pop(key, None)
        if message is not None:
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()
        self.setVisible(bool(self._shown))

    def _colour(self) -> None:
        for message in self._shown.values():
            message.colour()


def _label(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
