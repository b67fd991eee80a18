"""What a run will cost, in words: measured on a few of its cells while the window goes on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.background import Task, in_background
from gui.widgets.fitting import grow_to_fit
from gui.widgets.help_button import HelpButton

if TYPE_CHECKING:
    from engine.experiment.experiment import Experiment

HELP_PAGE = "large-runs"
_WIDTH_IN_LETTERS, _LINES = 68, 10


class EstimateLabel(QLabel):
    """Says that it measures, then what came of it, or why nothing did."""

    told = Signal()  # the last word is there
    grew = Signal()  # it may be higher than before

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))  # it is a small table
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("Estimate")
        self._task: Task | None = None

    def begin(self, experiment: "Experiment", ranks: int = 1) -> None:
        """Measure for so many processes; what was begun before is given up."""
        from gui.session.estimating import estimated

        self.forget()
        for_whom = f" for {ranks:,} processes" if ranks > 1 else ""
        self._say(f"Building a few cells, to tell{for_whom} …")
        self._task = in_background(
            lambda task: estimated(task, experiment, ranks), self._tell, lambda error: self._tell(str(error))
        )

    def forget(self) -> None:
        """Nobody wants to know any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _tell(self, words: str) -> None:
        self._task = None
        self._say(words)
        self.told.emit()

    def _say(self, words: str) -> None:
        self.setText(words)
        self.grew.emit()


class EstimateDialog(QDialog):
    """Begins to measure at once, and gives it up when it is closed."""

    def __init__(self, experiment: "Experiment", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Estimate of the run")
        self.estimate = EstimateLabel()
        self.estimate.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.help = HelpButton(HELP_PAGE)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self.estimate.forget)
        last = QHBoxLayout()
        last.addWidget(self.help)
        last.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.estimate, 1)
        column.addLayout(last)
        metrics = self.estimate.fontMetrics()
        self.resize(metrics.averageCharWidth() * _WIDTH_IN_LETTERS, metrics.lineSpacing() * _LINES)
        self.estimate.grew.connect(lambda: grow_to_fit(self))
        self.estimate.begin(experiment)
