"""The question that is asked once for each circuit that comes with code: may that be executed."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.session.trusting import TrustQuestion

_WIDTH_IN_LETTERS = 66
_LINES_OF_LIST = 8


class TrustDialog(QDialog):
    """Accepted: the user trusts this code. What Enter does without a choice is "Not now"."""

    def __init__(self, question: TrustQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Trust this circuit?")
        heading = _text("May the code of this circuit run?")
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        heading.setFont(font)
        self._layout = layout = QVBoxLayout(self)
        layout.setSpacing(self.fontMetrics().lineSpacing() * 2 // 3)
        layout.addWidget(heading)
        if question.changed:
            changed = _text("The code is not the same any more as when you trusted this circuit.")
            changed.setStyleSheet(f"color: {theme.colours().warning}; font-weight: bold")
            layout.addWidget(changed)
        folder = _text(str(question.folder))
        folder.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        folder.setAccessibleName("Folder of the circuit")
        layout.addWidget(_text(f"To build a cell, {_what(question)} in this folder must be executed:"))
        layout.addWidget(folder)
        layout.addWidget(
            _text(
                "Such code can do whatever you can do on this computer, also read or delete your files."
                " Trust it if you know where the circuit comes from."
            )
        )
        layout.addWidget(
            _text("Without it you can still browse the circuit. You are asked once, until the code changes.")
        )
        self._files = self._made_list(question)
        self._toggle = QPushButton("Show the files")
        self._toggle.setCheckable(True)
        self._toggle.setAutoDefault(False)
        self._toggle.toggled.connect(self._show_files)
        layout.addWidget(self._toggle, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._files, stretch=1)
        layout.addWidget(self._made_buttons())
        self._later.setFocus()
        self._fit()

    def _made_list(self, question: TrustQuestion) -> QListWidget:
        files = QListWidget()
        files.setAccessibleName("Files that would be executed")
        for path in (*question.hoc_files, *question.mod_files):
            files.addItem(_seen_from(path, question.folder))
        files.setMinimumHeight(self.fontMetrics().lineSpacing() * _LINES_OF_LIST)
        files.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        files.hide()
        return files

    def _made_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        trust = buttons.addButton("Trust and build", QDialogButtonBox.ButtonRole.AcceptRole)
        later = buttons.addButton("Not now", QDialogButtonBox.ButtonRole.RejectRole)
        trust.setToolTip("Let this code run, now and later, until it changes")
        later.setToolTip("Run nothing; Run asks again")
        trust.setAutoDefault(False)
        later.setDefault(True)
        self._later = later
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _show_files(self, visible: bool) -> None:  # noqa: FBT001 - a slot
        self._files.setVisible(visible)
        self._toggle.setText("Hide the files" if visible else "Show the files")
        self._fit()

    def _fit(self) -> None:
        """As wide as a good line of text, but never larger than the screen."""
        most = self.screen().availableSize().width() * 9 // 10
        width = min(self.fontMetrics().averageCharWidth() * _WIDTH_IN_LETTERS, most)
        self.setMinimumWidth(width)
        self._layout.activate()
        self.resize(width, self._layout.totalHeightForWidth(width))


def _text(sentence: str) -> QLabel:
    label = QLabel(sentence)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _what(question: TrustQuestion) -> str:
    """Such as "3 hoc files (cell templates) and 17 mod files (channels and synapses)"."""
    kinds = (
        (len(question.hoc_files), "hoc", "cell templates"),
        (len(question.mod_files), "mod", "channels and synapses"),
    )
    return " and ".join(
        f"{count} {kind} {'file' if count == 1 else 'files'} ({purpose})"
        for count, kind, purpose in kinds
        if count
    )


def _seen_from(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
