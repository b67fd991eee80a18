"""A slider from 0 to 3 times, with 1 in its middle."""

import math
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget
from typing_extensions import override

LARGEST: Final = 3.0
_POSITIONS: Final = 1000
_MIDDLE: Final = _POSITIONS // 2
_CATCHES: Final = 12  # positions around the middle that mean exactly 1
_DIGITS: Final = 3
_LETTERS: Final = 14  # how long a slider is at least


class QuietSlider(QSlider):
    """A horizontal slider that leaves the wheel to who scrolls; a drag, or a series of keys, is one edit."""

    moved = Signal()  # by the user, to another position
    finished = Signal()  # the next move is another step for undo

    def __init__(self, positions: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, positions)
        self.setSingleStep(max(positions // 100, 1))
        self.setPageStep(max(positions // 10, 1))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._on_moved)
        self.sliderReleased.connect(self.finished)

    @override
    def minimumSizeHint(self) -> QSize:
        """Long enough to be dragged with some care."""
        return QSize(_LETTERS * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def show_position(self, position: int) -> None:
        """Display another position. Never emits."""
        with QSignalBlocker(self):
            self.setValue(position)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.finished.emit()

    def _on_moved(self, _position: int) -> None:
        self.moved.emit()


class FactorSlider(QuietSlider):
    """Fine where factors are small: half of its way is 0 to 1, the other half 1 to 3."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_POSITIONS, parent)
        self.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.setTickInterval(_MIDDLE)

    @property
    def factor(self) -> float:
        """Where it is, to three digits; exactly 0, 1 and 3 at the ends and in the middle."""
        position = self.value()
        if abs(position - _MIDDLE) <= _CATCHES:
            return 1.0
        return float(f"{4 ** (position / _POSITIONS) - 1:.{_DIGITS}g}")

    def show_factor(self, factor: float) -> None:
        """Display a factor, at the end if it is beyond. Never emits."""
        within = min(max(factor, 0.0), LARGEST)
        if within != self.factor:
            self.show_position(round(_POSITIONS * math.log(1 + within, LARGEST + 1)))
