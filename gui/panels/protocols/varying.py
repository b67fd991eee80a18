"""What else is varied: a second setting, at each value of which the whole protocol is played."""

from typing import Final

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from engine.protocols.protocol import Protocol
from engine.protocols.series import typed
from engine.protocols.varied import Setting, Varied, settings_of
from gui import theme
from gui.forms.editors import ComboBox, TextLine
from gui.forms.problems import in_plain_words

_HOW: Final = "FIRST:LAST:COUNT, or A, B, C"


class Varying(QWidget):
    """Two rows below the settings of a protocol. What was chosen is kept for each protocol."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._protocol: Protocol | None = None
        self._chosen: dict[str, tuple[str, str]] = {}  # by protocol: setting, values as they were typed
        self._applied: Protocol | None = None
        self.refusal = ""
        self.choice = ComboBox()
        self.choice.setAccessibleName("Vary also")
        self.choice.setToolTip("Play the whole protocol at each value of one more setting")
        self.values = TextLine()
        self.values.setPlaceholderText(_HOW)
        self.values.setToolTip("The values of that setting")
        self._values_label = QLabel("Values")
        self._values_label.setBuddy(self.values)
        self._sentence = QLabel(wordWrap=True)
        self._sentence.setAccessibleName("Why these values cannot be used")
        choice_label = QLabel("Vary also")
        choice_label.setBuddy(self.choice)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 0)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._layout.addRow(choice_label, self.choice)
        self._layout.addRow(self._values_label, self.values)
        self._layout.addRow(self._sentence)
        self.choice.activated.connect(self._on_edited)
        self.values.committed.connect(self._on_edited)

    def show_protocol(self, protocol: Protocol) -> None:
        """Offer its settings, with what was chosen for it before."""
        if type(protocol) is not type(self._protocol):
            self._protocol = protocol
            setting, text = self._chosen.get(type(protocol).__name__, ("", ""))
            self.choice.clear()
            self.choice.addItem("Nothing", Setting("", "", ""))
            for each in settings_of(type(protocol)):
                self.choice.addItem(f"{each.title} ({each.unit})" if each.unit else each.title, each)
                if each.name == setting:
                    self.choice.setCurrentIndex(self.choice.count() - 1)
            self.values.show_text(text)
        self._protocol = protocol
        self._check()

    @property
    def applied(self) -> Protocol | None:
        """What is to be played; None if the values are none that the setting can have."""
        return self._applied

    def _apply(self) -> Protocol:
        assert self._protocol is not None
        setting = self._setting
        if not setting.name:
            return self._protocol
        values = typed(self.values.text().strip())
        return Varied.model_validate({"protocol": self._protocol, "setting": setting.name, "values": values})

    def dress(self) -> None:
        """Take the colours of the window."""
        self._sentence.setStyleSheet(f"color: {theme.colours().error};")

    @property
    def _setting(self) -> Setting:
        found: Setting = self.choice.currentData()
        return found

    def _on_edited(self, *_what: object) -> None:
        self._chosen[type(self._protocol).__name__] = self._setting.name, self.values.text()
        self._check()
        self.changed.emit()

    def _check(self) -> None:
        setting = self._setting
        try:
            self._applied, self.refusal = self._apply(), ""
        except ValidationError as error:
            self._applied = None
            is_empty = not self.values.text().strip()
            self.refusal = f"Type the values: {_HOW}." if is_empty else in_plain_words(error, "Values")
        self._values_label.setText(f"Values ({setting.unit})" if setting.unit else "Values")
        self.values.setAccessibleName(f"Values of {setting.title.lower()}" if setting.name else "Values")
        self._layout.setRowVisible(self.values, bool(setting.name))
        self._layout.setRowVisible(self._sentence, bool(self.refusal))
        self._sentence.setText(self.refusal)
