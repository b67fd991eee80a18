"""A window with the whole story of something that went wrong, to be read and passed on."""

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget


class ReportWindow(QDialog):
    """A sentence and the report. Does not hold up the program: show it with `show`."""

    def __init__(self, heading: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report – Somascope")
        self.setModal(False)
        label = QLabel(heading, wordWrap=True)
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip("Puts the whole report on the clipboard")
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (label, self.text, buttons):
            layout.addWidget(widget)
        letter = self.fontMetrics().averageCharWidth()
        room = self.screen().availableSize()
        self.resize(min(90 * letter, room.width() * 9 // 10), min(60 * letter, room.height() * 8 // 10))

    def copy(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
