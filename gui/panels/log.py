"""Everything that was told in this session, and what the workers wrote."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.session.notices import Notice
from gui.session.session import Session

_MOST_BLOCKS: Final = 5_000


class LogPanel(QWidget):
    """Lines with their time, newest last."""

    unseen_changed = Signal(int)  # how many notices came while it was hidden

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unseen = 0
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(_MOST_BLOCKS)
        self.text.setAccessibleName("Log")
        self.text.setPlaceholderText("Nothing has been said yet.")
        copy = QPushButton("Copy all")
        copy.setToolTip("Puts the whole log on the clipboard")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        clear = QPushButton("Clear")
        clear.setToolTip("Empties this list; the log file of the program is not touched")
        clear.clicked.connect(self.text.clear)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 1)
        layout.addLayout(row)
        session.notices.posted.connect(self._on_notice)
        session.notices.printed.connect(self._on_printed)
        theme.notifier().changed.connect(self._scale_font)
        self._scale_font()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]
        """None of its own: showing and hiding it is the window's."""
        return ()

    def tail(self, lines: int) -> str:
        """The newest lines."""
        return "\n".join(self.text.toPlainText().splitlines()[-lines:])

    def write(self, text: str) -> None:
        """Add a line with the time, or several."""
        first, *others = text.splitlines() or [""]
        stamp = f"{datetime.now().astimezone():%H:%M:%S}  "
        self.text.appendPlainText("\n".join([stamp + first, *(" " * len(stamp) + line for line in others)]))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._see(0)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._see(0)

    def _on_notice(self, notice: Notice) -> None:
        where = f"In {notice.where}." if notice.where else ""
        sentence = " ".join(filter(None, [notice.what, where, notice.hint]))
        self.write(f"{sentence}\n{notice.detail}".rstrip())
        if not self.isVisible():
            self._see(self.unseen + 1)

    def _on_printed(self, lines: tuple[str, ...]) -> None:
        self.write("\n".join(lines))

    def _see(self, unseen: int) -> None:
        if unseen != self.unseen:
            self.unseen = unseen
            self.unseen_changed.emit(unseen)

    def _scale_font(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF())
        self.text.setFont(font)
