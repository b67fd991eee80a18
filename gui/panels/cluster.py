"""Asks what a cluster is to be asked for, and where the folder for it goes."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.forms.form import Form
from gui.forms.surroundings import Surroundings
from gui.panels.estimate import EstimateLabel
from gui.session.session import Session
from gui.widgets.fitting import grow_to_fit
from gui.widgets.folder_row import FolderRow
from gui.widgets.help_button import HelpButton

if TYPE_CHECKING:
    from engine.experiment.base import Frozen
    from engine.output.cluster import ClusterJob, Prepared

HELP_PAGE: Final = "large-runs"
_WIDTH_IN_LETTERS, _LINES_OF_SHELL = 84, 3
_WORDS: Final = (
    "Writes a folder with the experiment, the same as a SONATA simulation, and scripts that run it in many "
    "processes: on a cluster with SLURM, or by mpiexec. The circuit itself is not copied."
)


class ClusterDialog(QDialog):
    """Shows a job; `written` when its folder is there."""

    written = Signal(object)  # Prepared

    def __init__(self, session: Session, job: "ClusterJob", folder: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Prepare for cluster")
        self._session, self.job = session, job
        self._task: Task | None = None
        self.form = Form(type(job), Surroundings(session, self))
        self.form.edited.connect(self._on_edited)
        self.form.show_model(job)
        self.setup = QPlainTextEdit(job.setup)
        self.setup.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setup.setAccessibleName("Environment: lines of shell before the run")
        self.setup.setTabChangesFocus(True)
        self.setup.setFixedHeight(self.setup.fontMetrics().lineSpacing() * (_LINES_OF_SHELL + 1))
        self.folder = FolderRow(folder)
        self.estimate_button = QPushButton("Estimate time and memory")
        self.estimate_button.setToolTip("Build a few of the cells on this computer, to tell what all take")
        self.estimate_button.setAutoDefault(False)
        self.estimate = EstimateLabel()
        self.estimate.told.connect(lambda: self.estimate_button.setEnabled(True))
        self.estimate.grew.connect(lambda: grow_to_fit(self))
        self.remark = QLabel()
        self.remark.setWordWrap(True)
        self.remark.setAccessibleName("What is wrong")
        self.help = HelpButton(HELP_PAGE)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write_button = self.buttons.addButton("Write folder", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.write_button.setDefault(True)
        self._lay_out()
        self.folder.changed.connect(self._update)
        self.estimate_button.clicked.connect(self.begin_estimate)
        self.finished.connect(self.estimate.forget)
        self.buttons.accepted.connect(self.write)
        self.buttons.rejected.connect(self.reject)
        self._update()

    def write(self) -> None:
        """Write the folder in the background; close when it is there."""
        from engine.experiment.base import changed
        from engine.output.cluster import prepare_for_cluster

        experiment, circuit = self._session.document.experiment, self._session.circuit
        if experiment is None or circuit is None or self._task is not None:
            return
        self.job = changed(self.job, setup=self.setup.toPlainText())
        job, folder, config = self.job, self.folder.folder, circuit.config_path
        self._task = in_background(
            lambda _task: prepare_for_cluster(experiment, folder, config, folder, job),
            self._on_written,
            self._on_failed,
        )
        self._say("Writing …")
        self._update()

    def begin_estimate(self) -> None:
        """Ask in the background what the run will take."""
        experiment = self._session.document.experiment
        if experiment is not None:
            self.estimate_button.setEnabled(False)
            self.estimate.begin(experiment, self.job.ranks)

    def _on_written(self, prepared: "Prepared") -> None:
        self._task = None
        self.written.emit(prepared)
        self.accept()

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self._say(str(error))
        self._update()

    def _on_edited(self, job: "Frozen", _field: str) -> None:
        self.job = job  # type: ignore[assignment]  # the form shows a ClusterJob
        self._update()

    def _say(self, words: str) -> None:
        self.remark.setText(words)
        grow_to_fit(self)

    def _update(self) -> None:
        is_absolute = self.folder.is_usable()
        self.write_button.setEnabled(self._task is None and is_absolute)
        self.write_button.setToolTip(f"Write the folder for {self.job.ranks:,} processes")

    def _lay_out(self) -> None:
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        setup = QLabel("Environment: lines of shell, run before the program starts")
        setup.setBuddy(self.setup)
        last = QHBoxLayout()
        last.addWidget(self.help)
        last.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        for each in (words, self.form, setup, self.setup):
            column.addWidget(each)
        column.addWidget(self.folder)
        estimate = QHBoxLayout()
        estimate.addWidget(self.estimate_button)
        estimate.addStretch(1)
        column.addLayout(estimate)
        column.addWidget(self.estimate)
        column.addWidget(self.remark)
        column.addLayout(last)
        self.resize(self.fontMetrics().averageCharWidth() * _WIDTH_IN_LETTERS, self.sizeHint().height())
