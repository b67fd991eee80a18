"""A part of a panel under a heading that folds it away."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme


class Folding(QWidget):
    """`content` is the layout of what is folded, `head` the button that folds it."""

    def __init__(self, title: str, *, is_open: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._body = QWidget(self)
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.head = QToolButton(self)
        self.head.setText(title)
        self.head.setAccessibleName(title)
        self.head.setCheckable(True)
        self.head.setAutoRaise(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.head.toggled.connect(self._on_toggled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.head)
        layout.addWidget(self._body)
        theme.notifier().changed.connect(self._show_title)
        self.head.setChecked(is_open)
        self._on_toggled(is_open)

    @property
    def is_open(self) -> bool:
        """Whether what is below the heading can be seen."""
        return self.head.isChecked()

    def open(self) -> None:
        """Show what is below the heading."""
        self.head.setChecked(True)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        """As much of it as there is room for, beside the arrow."""
        metrics = self.head.fontMetrics()
        room = self.width() - 2 * metrics.height()
        self.head.setText(metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room))

    def _on_toggled(self, is_open: bool) -> None:  # noqa: FBT001 - a slot
        self._body.setVisible(is_open)
        self.head.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.head.setToolTip(f"{self._title}: {'fold this away' if is_open else 'show what is here'}")
