"""What should be known before a run: a few sentences under the list, with a button where one click helps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.advice import Advice
from gui import theme

_MOST_SHOWN = 4
_LETTERS_BESIDE_BUTTON = 22  # that a line should have; else the button goes below


class AdviceList(QScrollArea):
    """Hidden while there is nothing to say; as high as needed, up to `most_height` pixels."""

    wanted = Signal(object)  # Advice whose remedy the user wants

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Before you run")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: tuple[Advice, ...] = ()
        self._rows: tuple[_Row, ...] = ()
        self._most_height = 1000
        self.hide()
        theme.notifier().changed.connect(self._show_again)

    def show_advice(self, given: Sequence[Advice]) -> None:
        """Show these and no others."""
        if tuple(given) != self._shown:
            self._show(tuple(given))

    def limit(self, most_height: int) -> None:
        """Leave room for others; what does not fit is scrolled to."""
        self._most_height = most_height
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show(self, given: tuple[Advice, ...]) -> None:
        self._shown = given
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        self._rows = tuple(_Row(each, self) for each in given[:_MOST_SHOWN])
        for row in self._rows:
            layout.addWidget(row)
        if len(given) > _MOST_SHOWN:
            layout.addWidget(_sentence(f"… and {len(given) - _MOST_SHOWN} more."))
        self.setWidget(inside)  # deletes the one before
        self.setVisible(bool(given))
        self._fit()

    def _show_again(self) -> None:
        """In the colours and the size of text that are valid now."""
        self._show(self._shown)

    def _fit(self) -> None:
        inside = self.widget()
        layout = inside.layout() if inside is not None and self._rows else None
        if layout is None:
            return
        width = self.viewport().width()
        for row in self._rows:
            row.fit(width)
        self.setFixedHeight(min(layout.totalHeightForWidth(width), self._most_height))


class _Row(QWidget):
    def __init__(self, advice: Advice, owner: AdviceList) -> None:
        super().__init__()
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(_sentence(f"⚠ {advice.text}"), stretch=1)
        self._button: QPushButton | None = None
        if advice.remedy:
            self._button = QPushButton(advice.remedy_text)
            self._button.setToolTip("Can be undone")
            self._button.setAccessibleName(f"{advice.remedy_text}. {advice.text}")
            self._button.clicked.connect(lambda: owner.wanted.emit(advice))
            self._layout.addWidget(self._button, alignment=Qt.AlignmentFlag.AlignTop)

    def fit(self, width: int) -> None:
        """Put the button below the sentence where it would leave the latter too little room."""
        if self._button is not None:
            left = width - self._button.sizeHint().width()
            narrow = left < self.fontMetrics().averageCharWidth() * _LETTERS_BESIDE_BUTTON
            way = QBoxLayout.Direction
            self._layout.setDirection(way.TopToBottom if narrow else way.LeftToRight)


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setStyleSheet(f"color: {theme.colours().warning}")
    return label
