"""Where a folder goes that is to be written: a line to type into, and a dialog to choose with."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget


class FolderRow(QWidget):
    """The dialog chooses where the folder goes; its name stays."""

    changed = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(str(folder))
        self.line.setAccessibleName("Folder to write")
        self.line.textChanged.connect(self.changed)
        where = QLabel("Folder")
        where.setBuddy(self.line)
        choose = QPushButton("Choose…")
        choose.setToolTip("Choose where the folder goes")
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(where)
        row.addWidget(self.line, 1)
        row.addWidget(choose)

    @property
    def folder(self) -> Path:
        """What is typed."""
        return Path(self.line.text()).expanduser()

    def is_usable(self) -> bool:
        """Whether it does not depend on where the program was started."""
        return self.folder.is_absolute()

    def _choose(self) -> None:
        there = self.folder
        chosen = QFileDialog.getExistingDirectory(self, "Where the folder goes", str(there.parent))
        if chosen:
            self.line.setText(str(Path(chosen) / there.name))
