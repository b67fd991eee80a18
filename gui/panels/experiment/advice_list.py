"""What should be known before a run: a few sentences under the list, with a button where one click helps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.experiment.advice import Advice
from gui import theme

_MOST_SHOWN = 4


class AdviceList(QFrame):
    """Hidden while there is nothing to say."""

    wanted = Signal(object)  # Advice whose remedy the user wants

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Before you run")
        self._shown: tuple[Advice, ...] = ()
        self._rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.hide()
        theme.notifier().changed.connect(lambda: self._show(self._shown))

    def show_advice(self, given: Sequence[Advice]) -> None:
        """Show these and no others."""
        if tuple(given) != self._shown:
            self._show(tuple(given))

    def _show(self, given: tuple[Advice, ...]) -> None:
        self._shown = given
        for row in self._rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        shown = given[:_MOST_SHOWN]
        self._rows = [self._made_row(each) for each in shown]
        if len(given) > len(shown):
            self._rows.append(_sentence(f"and {len(given) - len(shown)} more like these."))
        for row in self._rows:
            self._layout.addWidget(row)
        self.setVisible(bool(given))

    def _made_row(self, advice: Advice) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(_sentence(f"⚠ {advice.text}"), stretch=1)
        if advice.remedy:
            button = QPushButton(advice.remedy_text)
            button.setToolTip(f"{advice.remedy_text}: can be undone")
            button.setAccessibleName(f"{advice.remedy_text}. {advice.text}")
            button.clicked.connect(lambda: self.wanted.emit(advice))
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        return row


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAccessibleName(text)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    label.setStyleSheet(f"color: {theme.colours().warning}")
    return label
