"""What a killed program had not saved is offered at the next start."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from gui.settings import SettingsStore
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.peers import ROOT

_VICTIM = """
import os, signal
from PySide6.QtCore import QCoreApplication
from engine.experiment import store
from engine.experiment.base import changed
from engine.resources import example_file
from gui.session.document import Document
from gui.session.journal import Journal

application, document = QCoreApplication([]), Document()
journal, file = Journal(document), example_file("squid-axon")
document.put(store.with_absolute_paths(store.load(file), file.parent))
for number in range(1, 21):
    document.change(changed(document.experiment, notes=f"edit {number}"), "Edit notes")
os.kill(os.getpid(), signal.SIGKILL)
"""


class Answering(QObject):
    """Presses a button of the question that comes."""

    def __init__(self, button: str, keep_as: Path) -> None:
        super().__init__()
        self.questions: list[str] = []
        self._button, self._keep_as = button, keep_as
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            return
        self._timer.stop()
        self.questions.append(box.text())
        box.grab().save(str(self._keep_as))
        wanted = next(each for each in box.buttons() if each.text().replace("&", "") == self._button)
        Hand().press(wanted)


@pytest.mark.parametrize("button", ["Bring back", "Throw away"])
def test_that_the_edits_of_a_killed_program_are_offered(
    launch: Callable[..., Rig], store: SettingsStore, shots: Path, button: str
) -> None:
    died = subprocess.run([sys.executable, "-c", _VICTIM], cwd=ROOT, env=os.environ, check=False)
    assert died.returncode == -signal.SIGKILL
    answering = Answering(button, shots / "10-recovery-question.png")
    rig = launch()
    rig.until(lambda: bool(answering.questions))
    assert "Bring back unsaved changes" in answering.questions[0]
    document = rig.bench.session.document
    if button == "Bring back":
        rig.until_open()
        assert document.experiment is not None and document.experiment.notes == "edit 20"
        assert document.is_modified
    else:
        assert document.experiment is None
