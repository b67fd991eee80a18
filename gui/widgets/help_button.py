"""The small question mark that leads to a page of the help."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget


class HelpButton(QToolButton):
    """Knows its page and nothing else; the window opens it."""

    wanted = Signal(str)  # name of a page, such as "stimuli"

    def __init__(self, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self.setText("?")
        self.setAutoRaise(True)
        self.setToolTip("Help about this")
        self.setAccessibleName(f"Help: {page.replace('-', ' ')}")
        self.clicked.connect(lambda: self.wanted.emit(self.page))
