"""The numbers between the cursors, to read, type and copy."""

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QGridLayout, QLabel, QToolButton, QWidget

from gui.plots.cursors import CURSORS, Cursors, Which

_TITLES: dict[Which, str] = {"time 1": "t₁", "time 2": "t₂", "value 1": "a", "value 2": "b"}


class CursorReadout(QWidget):
    """Places can be typed; differences can be selected and copied."""

    def __init__(self, cursors: Cursors, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cursors = cursors
        self._places = {which: self._place(which) for which in CURSORS}
        self.differences = QLabel()
        self.differences.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.differences.setAccessibleName("Differences between the cursors")
        self.differences.setWordWrap(True)
        copy = QToolButton()
        copy.setText("Copy")
        copy.setToolTip("Copy places and differences, one a line")
        copy.setAccessibleName("Copy what the cursors measure")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        layout = QGridLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        for position, which in enumerate(CURSORS):
            layout.addWidget(QLabel(_TITLES[which]), 0, 2 * position)
            layout.addWidget(self._places[which], 0, 2 * position + 1)
        layout.addWidget(copy, 0, 8)
        layout.addWidget(self.differences, 1, 0, 1, 9)
        for position in range(4):
            layout.setColumnStretch(2 * position + 1, 1)
        cursors.changed.connect(self._show)
        self._show()

    def text(self) -> str:
        """Places and differences with units, one a line, tab-separated, in full precision."""
        places = self._cursors.places
        unit = self._unit()
        t1, t2, a, b = (places[which] for which in CURSORS)
        rows = [("t1 (ms)", t1), ("t2 (ms)", t2), ("Δt (ms)", t2 - t1), ("1/Δt (Hz)", _rate(t2 - t1))]
        rows += [(f"{name}{unit}", value) for name, value in (("a", a), ("b", b), ("b − a", b - a))]
        return "\n".join(f"{name}\t{value!r}" for name, value in rows)

    def _place(self, which: Which) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(-1e12, 1e12)
        box.setDecimals(4)
        box.setKeyboardTracking(False)
        box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setMinimumWidth(box.fontMetrics().horizontalAdvance("−0000.0000 ms "))
        box.setAccessibleName(f"Cursor {which}")
        box.setToolTip("Where the cursor is: type a number, or use the up and down keys")
        box.valueChanged.connect(lambda value, which=which: self._on_typed(which, value))
        return box

    def _on_typed(self, which: Which, value: float) -> None:
        if abs(value - self._cursors.places[which]) > 0.5e-4:  # more than what rounding does
            self._cursors.move(which, value)

    def _unit(self) -> str:
        title = self._cursors.plot.title if self._cursors.plot is not None else ""
        return f" {title[title.rindex('(') :]}" if title.endswith(")") else ""

    def _show(self) -> None:
        self.setVisible(self._cursors.is_shown)
        if not self._cursors.is_shown:
            return
        places, unit = self._cursors.places, self._unit().strip(" ()")
        for which, box in self._places.items():
            box.blockSignals(True)
            box.setSuffix(" ms" if which.startswith("time") else f" {unit}".rstrip())
            box.setValue(places[which])
            box.blockSignals(False)
        dt, dv = places["time 2"] - places["time 1"], places["value 2"] - places["value 1"]
        slope = f"{dv / dt:.5g} {unit}/ms".replace(" /", " 1/") if dt else "–"
        self.differences.setText(
            f"Δt {dt:.6g} ms      1/Δt {_rate(dt):.5g} Hz      b − a {dv:.6g} {unit}".rstrip()
            + f"      (b − a)/Δt {slope}"
        )


def _rate(interval_ms: float) -> float:
    return 1000 / interval_ms if interval_ms else math.nan
