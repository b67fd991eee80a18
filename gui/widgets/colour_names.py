"""What the colours of a plot are, in as many lines as the names need."""

import html
from collections.abc import Sequence

from PySide6.QtGui import QPen
from PySide6.QtWidgets import QLabel, QWidget

from gui.widgets.flow import FlowRow


class ColourNames(FlowRow):
    """A piece of line in its colour, and its name, for each entry; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=10, parent=parent)
        self.names: list[str] = []
        self._labels: list[QLabel] = []
        self.setAccessibleName("What the colours are")
        self.hide()

    def show_entries(self, entries: Sequence[tuple[QPen, str]]) -> None:
        """Name these."""
        while len(self._labels) < len(entries):
            self._labels.append(QLabel())
            self.add(self._labels[-1])
        self.names = [name for _, name in entries]
        for label, (pen, name) in zip(self._labels, entries, strict=False):
            mark = f'<span style="color:{pen.color().name()}">■</span>'
            label.setText(f"{mark}&nbsp;{html.escape(name)}")
            label.setAccessibleName(name)
        for number, label in enumerate(self._labels):
            label.setVisible(number < len(entries))
        self.setVisible(bool(entries))
