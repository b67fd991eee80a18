"""Sentences over the plots: as high as they need to be, and scrolled where that would leave no plot."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget
from typing_extensions import override

_MARGIN = 4
_FEWEST_LINES = 2.2
_SHARE = 5  # of the panel's height it takes no more than a fifth


class Remarks(QScrollArea):
    """One text that can be selected; nothing is shown while there is none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(wordWrap=True)
        self._label.setAccessibleName(name)
        self._label.setMargin(_MARGIN)
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._label)
        self.hide()

    def text(self) -> str:
        """What is said."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Say something else; "" for nothing."""
        if text != self._label.text():
            self._label.setText(text)
            self.fit()
        self.setVisible(bool(text))

    def fit(self) -> None:
        """Take the height that the text needs, as far as the panel has it."""
        if not self._label.text():
            return
        panel = self.parentWidget()
        needed = self._label.heightForWidth(max(self.viewport().width(), 1))
        lines = round(self.fontMetrics().lineSpacing() * _FEWEST_LINES) + 2 * _MARGIN
        most = max(lines, panel.height() // _SHARE if panel is not None else 0)
        self.setFixedHeight(min(needed, most))

    @override
    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        self.fit()
