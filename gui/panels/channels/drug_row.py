"""One drug: how much of which channels it blocks, and when it is there."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from engine.experiment.drugs import KnownDrug
from engine.experiment.manipulations import Drug
from engine.experiment.stimulus_base import LONGEST_MS
from gui import theme
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.widgets.choices_button import ChoicesButton
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.factor_slider import QuietSlider
from gui.widgets.flow import FlowRow

_PERCENT: Final = Limits(0.0, 100.0)
_TIMES: Final = Limits(0.0, LONGEST_MS)


class DrugRow(QWidget):
    """Shows a drug and says what the user would rather have."""

    toggled = Signal(object)  # KnownDrug
    changed = Signal(object, object)  # KnownDrug, fields of Drug by their names
    finished = Signal()  # the next edit is another step for undo

    def __init__(self, known: KnownDrug, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.known = known
        self._shown: object = None
        self._drug: Drug | None = None
        self.button = QPushButton(known.name, self)
        self.slider = QuietSlider(100, self)
        self.percent = NumberField(_PERCENT, step=5.0, parent=self)
        self.reason = ElidedLabel(self)
        self.wash_in = NumberField(_TIMES, step=10.0, parent=self)
        self.wash_out = NumberField(_TIMES, step=10.0, may_be_empty=True, parent=self)
        self.choices, self.by_hand = ChoicesButton(self), ChoicesButton(self)
        self.note = QLabel(self, wordWrap=True)
        self._details = FlowRow(parent=self)
        self._lay_out()
        self._name()
        self._connect()
        self.show_colours()

    def show_drug(self, drug: Drug | None, blocks: tuple[str, ...], channels: Mapping[str, str]) -> None:
        """Display a drug; `blocks`: what a new one would block, of the `channels` (by variable, in words)."""
        wanted = drug, blocks, tuple(channels.items())
        if wanted == self._shown:
            return
        self._shown, self._drug = wanted, drug
        percent = drug.percent if drug is not None and drug.enabled else 0.0
        is_possible = drug is not None or bool(blocks)
        self.button.setChecked(percent > 0)
        self._show_button()
        self.button.setEnabled(is_possible)
        self.slider.show_position(round(percent))
        self.percent.show_value(percent)
        self._show_times()
        self.slider.setVisible(is_possible)
        self.percent.setVisible(is_possible)
        self.reason.setVisible(not is_possible)
        self.by_hand.setVisible(not is_possible and bool(channels))
        self._details.setVisible(percent > 0)
        self._offer(drug.variables if drug is not None else blocks, channels)
        self._show_tip(is_possible=is_possible)

    def controls(self) -> tuple[QWidget, ...]:
        """What the tab key goes to, in its order."""
        first = self.button, self.slider, self.percent, self.by_hand
        return *first, self.wash_in, self.wash_out, self.choices

    def show_colours(self) -> None:
        """After the theme or the zoom has changed."""
        colours = theme.colours()
        self.reason.setStyleSheet(f"color: {colours.muted_text};")
        self.note.setStyleSheet(f"color: {colours.error};")
        self._show_button()
        letter = self.fontMetrics().averageCharWidth()
        self.button.setFixedWidth(letter * 11)
        self.percent.setMaximumWidth(letter * 13)

    def _show_button(self) -> None:
        """A drug that is there is seen from afar."""
        palette, colours = QPalette(), theme.colours()
        if self.button.isChecked():
            palette.setColor(QPalette.ColorRole.Button, QColor(colours.accent))
            palette.setColor(QPalette.ColorRole.ButtonText, QColor(colours.on_accent))
        self.button.setPalette(palette)

    def _show_times(self) -> None:
        drug = self._drug
        self.wash_in.show_value(drug.wash_in if drug is not None else 0.0)
        self.wash_out.show_value(drug.wash_out if drug is not None else None)

    def _offer(self, chosen: tuple[str, ...], channels: Mapping[str, str]) -> None:
        offered = dict(channels) | {name: name for name in chosen if name not in channels}
        self.choices.show_choices(offered, chosen)
        self.by_hand.show_choices(offered, chosen)
        count = len(chosen)
        self.choices.setText(f"{count} channel{'' if count == 1 else 's'}")
        self.choices.setToolTip(f"What {self.known.name} blocks here: {', '.join(chosen)}")

    def _show_tip(self, *, is_possible: bool) -> None:
        known = self.known
        reason = f"{known.name} blocks {known.purpose}, and this cell has none that is known as such"
        self.reason.setText("none in this cell")
        self.reason.setToolTip(f"{reason}. Channels can be chosen by hand.")
        does = f"{known.full_name} blocks {known.purpose}"
        self.button.setToolTip(f"{does}: press to block all of them, or none" if is_possible else reason)

    def _lay_out(self) -> None:
        self.button.setCheckable(True)
        self.note.hide()
        first = FlowRow(self.button)
        first.add(self.slider, grows=3)
        first.add(self.percent)
        first.add(self.reason, grows=1)
        first.add(self.by_hand)
        for text, field in (("from", self.wash_in), ("to", self.wash_out)):
            label = QLabel(text)
            label.setBuddy(field)
            self._details.add(label)
            self._details.add(field, grows=1)
        self._details.add(self.choices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addWidget(first)
        layout.addWidget(self._details)
        layout.addWidget(self.note)

    def _name(self) -> None:
        name = self.known.name
        self.percent.show_unit("%")
        self.by_hand.setText("Choose…")
        for field in (self.wash_in, self.wash_out):
            field.show_unit("ms")
        self.wash_out.lineEdit().setPlaceholderText("end")
        named = (
            (self.button, f"{self.known.full_name} on or off", ""),
            (self.slider, f"{name}: blocked, in per cent", "How much of the conductance is gone"),
            (self.percent, f"{name}: blocked", "How much of the conductance is gone, 0 to 100 %"),
            (self.wash_in, f"{name}: washed in at", "When it arrives; 0 ms: it is there from the start"),
            (self.wash_out, f"{name}: washed out at", "When it is gone; empty: it stays to the end"),
            (self.choices, f"{name}: channels", ""),
            (self.by_hand, f"{name}: choose channels", f"Choose by hand what {name} blocks in this cell"),
        )
        for control, title, tip in named:
            control.setAccessibleName(title)
            if tip:
                control.setToolTip(tip)

    def _connect(self) -> None:
        self.button.clicked.connect(self._on_clicked)
        self.slider.moved.connect(self._on_slid)
        self.percent.edited.connect(self._on_percent)
        self.wash_in.edited.connect(self._on_times)
        self.wash_out.edited.connect(self._on_times)
        self.choices.chosen.connect(self._on_chosen)
        self.by_hand.chosen.connect(self._on_chosen)
        for control in (self.slider, self.percent, self.wash_in, self.wash_out):
            control.finished.connect(self._on_finished)
        for field in (self.percent, self.wash_in, self.wash_out):
            field.complained.connect(self._on_complained)

    def _on_clicked(self, _checked: bool) -> None:  # noqa: FBT001 - a slot
        self.toggled.emit(self.known)

    def _on_slid(self) -> None:
        self._want(percent=float(self.slider.value()), enabled=True)

    def _on_percent(self) -> None:
        self._want(percent=self.percent.value, enabled=True)

    def _on_times(self) -> None:
        begin, end = self.wash_in.value or 0.0, self.wash_out.value
        if end is not None and end <= begin:
            self._on_complained(f"It is washed out after it was washed in: write more than {begin:g} ms.")
            return
        self._on_complained("")
        self._want(wash_in=begin, wash_out=end)

    def _on_chosen(self, variables: tuple[str, ...]) -> None:
        if variables:
            self._on_complained("")
            self._want(variables=variables)
        else:
            self._on_complained("A drug blocks something: switch it off, or choose other channels.")
        self.finished.emit()

    def _on_finished(self) -> None:
        """What was refused is gone; why is still said."""
        self._show_times()
        self.finished.emit()

    def _want(self, **fields: object) -> None:
        self._shown = None  # what is shown is what the user wants; the document answers
        self.changed.emit(self.known, fields)

    def _on_complained(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setAccessibleName(sentence)
        self.note.setVisible(bool(sentence))
