"""Which earlier results stay in sight, and how the present one differs from one of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.forms.editors import ComboBox
from gui.models.result_table import ResultTable
from gui.plots.saving import PlotSaving
from gui.plots.table import Column
from gui.session.measuring import Measurement
from gui.session.session import Session
from gui.widgets.flow import FlowRow
from gui.widgets.row_table import RowTable

_NO_ROWS: Final = "No value of the axis is the same in both: type the same values for both."


class EarlierResults(QToolButton):
    """A menu of the results that can be laid under the present one; the last of the same place is usual."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: dict[int, bool] = {}  # by the number of a measurement: what the user said
        self._measurement: Measurement | None = None
        self.setText("Earlier results")
        self.setToolTip("Which earlier results are drawn behind the present one")
        self.setAccessibleName("Earlier results in sight")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choices = QMenu("Earlier results", self)
        self.choices.aboutToShow.connect(self.fill)
        session.document.replaced.connect(self._wanted.clear)  # measurements are counted anew
        self.setMenu(self.choices)
        self.show_measurement(None)

    def show_measurement(self, measurement: Measurement | None) -> None:
        """What is laid under this one."""
        self._measurement = measurement
        self.setVisible(bool(self.comparable()))

    def comparable(self) -> list[Measurement]:
        """Results before the present one that have its axes, the newest last."""
        from engine.protocols.difference import is_comparable

        present = self._measurement
        if present is None or present.found is None:
            return []
        return [
            each
            for each in self._session.measuring.measurements
            if each.number < present.number
            and each.protocol.title == present.protocol.title
            and each.result is not None
            and is_comparable(each.result, present.found)
        ]

    def in_sight(self) -> list[Measurement]:
        """Those that are drawn: what the user said; else the last one of the same place."""
        found = self.comparable()
        present = self._measurement
        usual = [each for each in found if present is not None and each.site == present.site][-1:]
        return [each for each in found if self._wanted.get(each.number, each in usual)]

    def show_behind(self, measurement: Measurement, *, wanted: bool) -> None:
        """Draw an earlier result behind the present one, or do not."""
        self._wanted[measurement.number] = wanted
        self.changed.emit()

    def fill(self) -> None:
        """Made anew each time: the newest on top."""
        self.choices.clear()
        shown = self.in_sight()
        for each in reversed(self.comparable()):
            action = self.choices.addAction(name_of(each))
            action.setCheckable(True)
            action.setChecked(each in shown)
            action.toggled.connect(lambda wanted, each=each: self.show_behind(each, wanted=wanted))


class DifferenceView(QWidget):
    """The present result less an earlier one, where both have the same value of the axis."""

    def __init__(self, session: Session, earlier: EarlierResults, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._earlier = earlier
        self._measurement: Measurement | None = None
        self._choices: list[Measurement] = []
        self.choice = ComboBox()
        self.choice.setAccessibleName("Earlier result that is taken away")
        self.choice.setToolTip("The difference is the present result less this one")
        self.model = ResultTable()
        self.table = RowTable(self.model, "Differences of the results", several=True)
        self.table.let_sort()
        self.numbers = QLabel(wordWrap=True)
        self.numbers.setAccessibleName("Differences of single results")
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.saving = PlotSaving(self, session.notices, list, numbers="differences", file_name="differences")
        self._lay_out()
        self.choice.activated.connect(lambda _at: self._show())

    def show_measurement(self, measurement: Measurement | None) -> bool:
        """Its difference from the one that was chosen, or the newest; whether there is any."""
        self._measurement = measurement
        chosen, choices = self._chosen(), self._earlier.comparable()[::-1]
        if choices != self._choices:  # not while it grows: the list may be open
            self._choices = choices
            self.choice.clear()
            self.choice.addItems([name_of(each) for each in choices])
            self.choice.setCurrentIndex(choices.index(chosen) if chosen in choices else 0 if choices else -1)
        self._show()
        return bool(self._choices)

    def columns(self) -> Sequence[Column]:
        """For copying and saving."""
        result = self.model.result
        if result is None:
            return []
        return [
            (f"{each.name} ({each.unit})" if each.unit else each.name, np.array(each.values))
            for each in result.columns
        ]

    def _chosen(self) -> Measurement | None:
        at = self.choice.currentIndex()
        return self._choices[at] if 0 <= at < len(self._choices) else None

    def _show(self) -> None:
        from engine.protocols.difference import difference

        present, chosen = self._measurement, self._chosen()
        if present is None or present.found is None or chosen is None or chosen.result is None:
            self.model.show(None)
            self.numbers.clear()
            return
        result = difference(present.found, chosen.result)
        self.model.show(result)
        self.table.resizeColumnsToContents()
        words = [f"{each.name}: {each.value:.4g} {each.unit}".rstrip() for each in result.numbers]
        if result.x and not self.model.rowCount():
            words.insert(0, _NO_ROWS)
        self.numbers.setText("\n".join(words).replace("-", "−"))

    def _lay_out(self) -> None:
        less = QLabel("Less")
        less.setBuddy(self.choice)
        copy, save = QToolButton(), QToolButton()
        copy.setText("Copy")
        copy.setToolTip("Put the differences on the clipboard, as a table")
        copy.clicked.connect(lambda: self.saving.copy_columns(self.columns()))
        save.setText("Save…")
        save.setToolTip("Write the differences as CSV, with units")
        save.clicked.connect(lambda: self.saving.ask_and_save_columns(self.columns()))
        for button in (copy, save):
            button.setAccessibleName(f"{button.text().rstrip('…')} differences")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = FlowRow(less)
        row.add(self.choice, grows=1)
        row.add(copy)
        row.add(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 0)
        column.addWidget(row)
        column.addWidget(self.table, 1)
        column.addWidget(self.numbers)


def name_of(measurement: Measurement) -> str:
    """What lists call it."""
    return f"No. {measurement.number}: {measurement.protocol.title} of {measurement.site.cell}"
