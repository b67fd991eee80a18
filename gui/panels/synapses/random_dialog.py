"""Asks how many synapses are to be active, chosen at random."""

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

_LARGEST_SEED = 2**31 - 1  # of a spin box


class RandomDialog(QDialog):
    """Says which with `accepted`: read `number`, `seed` and `text` then."""

    def __init__(self, size: int, filter_text: str, shown: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = filter_text.strip()
        self.setWindowTitle("Activate synapses at random")
        self.count_box, self.seed_box = QSpinBox(), QSpinBox()
        self.count_box.setRange(0, size)
        self.count_box.setValue(min(100, size))
        self.seed_box.setRange(0, _LARGEST_SEED)
        self.seed_box.setValue(1)
        form = QFormLayout()
        for text, field, tip in (
            ("Synapses", self.count_box, "How many of them are active"),
            ("Seed", self.seed_box, "The same one always chooses the same synapses"),
        ):
            label = QLabel(text)
            label.setBuddy(field)
            field.setToolTip(tip)
            field.setAccessibleName(text)
            form.addRow(label, field)
        self.within = QCheckBox(f"Only among the {shown:,} that the filter shows")
        self.within.setVisible(bool(self._filter))
        self.within.setChecked(bool(self._filter))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.within)
        column.addWidget(buttons)

    @property
    def number(self) -> int:
        """How many."""
        return self.count_box.value()

    @property
    def seed(self) -> int:
        """Which ones."""
        return self.seed_box.value()

    @property
    def text(self) -> str:
        """The filter among whose synapses they are chosen; "" among all."""
        return self._filter if self.within.isChecked() else ""
