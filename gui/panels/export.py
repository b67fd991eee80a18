"""Asks which parts of an experiment go into a folder, and writes them."""

import functools
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.session.exporting import NEEDS, PARTS, Bundle, Part, Written, write_bundle
from gui.widgets.folder_row import FolderRow
from gui.widgets.help_button import HelpButton

HELP_PAGE: Final = "file-formats"
_WIDTH_IN_LETTERS: Final = 64
_BUG: Final = "Somascope met a bug of its own, and the export ended: the log has the details."


class ExportDialog(QDialog):
    """All parts that there are are ticked; `written` when they are in the folder."""

    written = Signal(object, object)  # Bundle, Written

    def __init__(self, bundle: Bundle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._bundle = bundle
        self._task: Task | None = None
        self.boxes: dict[Part, QCheckBox] = {}
        for part, words in PARTS.items():
            is_there = part in bundle.parts
            box = QCheckBox(words if is_there else f"{words} ({bundle.missing.get(part, 'not possible')})")
            box.setChecked(is_there)
            box.setEnabled(is_there)
            box.toggled.connect(self._update)
            self.boxes[part] = box
        for part, needed in NEEDS.items():
            self.boxes[part].toggled.connect(functools.partial(self._take_along, part, needed))
            self.boxes[needed].toggled.connect(functools.partial(self._leave_out, part))
        self.folder = FolderRow(bundle.folder)
        self.folder.changed.connect(self._update)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How much is written")
        self.progress.hide()
        self.remark = QLabel(wordWrap=True)
        self.remark.setAccessibleName("What is wrong")
        self.help = HelpButton(HELP_PAGE)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setDefault(True)
        self.buttons.accepted.connect(self.write)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._update()

    def write(self) -> None:
        """Write in the background; close when all is there."""
        if self._task is not None:
            return
        chosen = [part for part, box in self.boxes.items() if box.isChecked()]
        bundle = self._bundle.only(chosen, self.folder.folder)
        self._task = in_background(
            lambda task: write_bundle(bundle, task),
            lambda written: self._on_written(bundle, written),
            self._on_failed,
        )
        self._task.progressed.connect(self._on_progress)
        self._task.ended.connect(self._on_ended)
        self._update()

    @override
    def reject(self) -> None:
        """Cancel: what is being written is given up, what was written before stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if total:
            self.progress.setRange(0, total)
            self.progress.setValue(done)
            self.remark.setText(f"Writing: {text} …")

    def _on_written(self, bundle: Bundle, written: Written) -> None:
        self._task = None
        self.written.emit(bundle, written)
        self.accept()

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self.remark.setText(str(error))
        self._update()

    def _on_ended(self) -> None:
        """Neither written nor refused: a bug, which the log tells of."""
        if self._task is not None and self._task.is_over:
            self._task = None
            self.remark.setText(_BUG)
            self._update()

    def _take_along(self, part: Part, needed: Part, is_wanted: bool) -> None:  # noqa: FBT001 - a slot
        """What one part is written into is written, too."""
        if is_wanted and part in self._bundle.parts:
            self.boxes[needed].setChecked(True)

    def _leave_out(self, part: Part, is_wanted: bool) -> None:  # noqa: FBT001 - a slot
        """What would be written into something is not, if that is not."""
        if not is_wanted:
            self.boxes[part].setChecked(False)

    def _update(self) -> None:
        is_busy = self._task is not None
        is_absolute = self.folder.is_usable()
        is_any = any(box.isChecked() for box in self.boxes.values())
        self.save_button.setEnabled(is_absolute and is_any and not is_busy)
        self.progress.setVisible(is_busy)
        for part, box in self.boxes.items():
            box.setEnabled(part in self._bundle.parts and not is_busy)

    def _lay_out(self) -> None:
        last = QHBoxLayout()
        last.addWidget(self.help)
        last.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        for box in self.boxes.values():
            column.addWidget(box)
        column.addWidget(self.folder)
        column.addWidget(self.remark)
        column.addWidget(self.progress)
        column.addLayout(last)
        self.resize(self.fontMetrics().averageCharWidth() * _WIDTH_IN_LETTERS, self.sizeHint().height())
