"""Asks for the name of a node set that is made of the selected cells."""

from collections.abc import Collection

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget


class NameNodeSet(QDialog):
    """A name that is not taken yet; one of the experiment's own sets may be replaced."""

    def __init__(
        self, count: int, taken: Collection[str], own: Collection[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._taken, self._own = set(taken), set(own)
        self.setWindowTitle("Save as node set")
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name of the node set")
        self.name.setPlaceholderText("Name, such as ChosenCells")
        self._word = QLabel(self)
        self._word.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Save | buttons.Cancel, self)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        cells = "1 selected cell" if count == 1 else f"{count:,} selected cells"
        layout.addWidget(QLabel(f"A node set of {cells}, kept in the experiment:", self))
        for part in (self.name, self._word, self.buttons):
            layout.addWidget(part)
        self.name.textChanged.connect(self._on_text)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)
        self._on_text("")

    @property
    def chosen(self) -> str:
        """The name."""
        return self.name.text().strip()

    def _on_text(self, _text: str) -> None:
        name = self.chosen
        word = ""
        if name in self._own:
            word = "The experiment has a node set of this name; saving replaces it."
        elif name in self._taken:
            word = "The circuit has a node set or a population of this name. Choose another one."
        self._word.setText(word)
        may = bool(name) and (name in self._own or name not in self._taken)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(may)
