"""How compared runs are laid over one another, and from which difference on they differ."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QLabel,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gui.forms.editors import ComboBox
from gui.panels.scope.fitting import ALIGNMENTS, SCALES, Options
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton

HELP_PAGE: Final = "comparing"
_SHORTEST_TEXT: Final = 14  # letters
_MOST_SPIKES: Final = 100_000
_LONGEST_MS: Final = 1e5
_LARGEST: Final = 1e4


class ComparisonBar(FlowRow):
    """Shows options, and tells which ones the user would rather have."""

    edited = Signal(object)  # Options
    traces_wanted = Signal()  # which two traces are compared is to be chosen
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._options = Options()
        self._unit = ""
        self.scale = _choice("Values of compared traces", SCALES.values())
        self.scale.setToolTip("Bring all traces to one range, to compare their shapes")
        self.align = _choice("Times of compared runs", ALIGNMENTS.values())
        self.align.setToolTip("Move the others in time onto the newest run")
        self.spike = QSpinBox()
        self.spike.setRange(1, _MOST_SPIKES)
        self.spike.setPrefix("spike ")
        self.spike.setKeyboardTracking(False)
        self.spike.setAccessibleName("Which spike is laid over which")
        self.spike.setToolTip("The number of the spike, from 1, at which runs are laid over one another")
        self.later = _number("How much the others are moved", "The others are drawn so much later")
        self.later.setRange(-_LONGEST_MS, _LONGEST_MS)
        self.later.setSuffix(" ms")
        self.tolerance = _number(
            "Tolerance of the comparison", "Runs that differ by no more than this are called the same"
        )
        self.tolerance.setRange(0, _LARGEST)
        self._same = QLabel("Same within")
        self._same.setBuddy(self.tolerance)
        traces = _button("Traces…", "Choose which two traces are compared")
        traces.clicked.connect(self.traces_wanted)
        stop = _button("Stop", "Stop comparing: show runs as usual again")
        stop.clicked.connect(self.stop_wanted)
        self.help = HelpButton(HELP_PAGE)
        for each in self._in_their_order(traces, stop):
            self.add(each)
        self._connect()
        self.show_options(self._options, "mV")

    def show_options(self, options: Options, unit: str) -> None:
        """`unit`: of what is compared. Emits nothing."""
        self._options, self._unit = options, unit
        editors = (self.scale, self.align, self.spike, self.later, self.tolerance)
        for editor in editors:
            editor.blockSignals(True)
        self.scale.setCurrentIndex(list(SCALES).index(options.scale))
        self.align.setCurrentIndex(list(ALIGNMENTS).index(options.align))
        self.spike.setValue(options.spike)
        self.later.setValue(options.later)
        self.tolerance.setValue(options.tolerances.get(unit, 0.0))
        for editor in editors:
            editor.blockSignals(False)
        self.tolerance.setSuffix(f" {unit}".rstrip())
        self.spike.setVisible(options.align == "spike")
        self.later.setVisible(options.align == "hand")
        self._same.setVisible(options.scale == "recorded")
        self.tolerance.setVisible(options.scale == "recorded")

    def _in_their_order(self, *buttons: QWidget) -> tuple[QWidget, ...]:
        numbers = self.scale, self.align, self.spike, self.later, self._same, self.tolerance
        return *numbers, *buttons, self.help

    def _connect(self) -> None:
        self.scale.activated.connect(lambda at: self._edit(scale=list(SCALES)[at]))
        self.align.activated.connect(lambda at: self._edit(align=list(ALIGNMENTS)[at]))
        self.spike.valueChanged.connect(lambda value: self._edit(spike=value))
        self.later.valueChanged.connect(lambda value: self._edit(later=value))
        self.tolerance.valueChanged.connect(
            lambda value: self._edit(tolerances={**self._options.tolerances, self._unit: value})
        )

    def _edit(self, **what: object) -> None:
        options = replace(self._options, **what)  # type: ignore[arg-type]  # fields by their names
        self.edited.emit(options)


def _choice(name: str, texts: Iterable[str]) -> ComboBox:
    box = ComboBox()
    box.setMinimumContentsLength(_SHORTEST_TEXT)
    box.addItems(list(texts))
    box.setAccessibleName(name)
    return box


def _number(name: str, tip: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(4)
    box.setKeyboardTracking(False)
    box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    return button
