"""A whole program that edits without end: `python -m tests.faults.editing_window SEED`.

It opens an example, and runs it where the seed is odd, so that a worker is at work too. Every edit is told by
its number when it is made.
"""

import random
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.experiment.base import changed
from gui.app import Program, Wanted
from gui.session.document import Document


class Editor:
    """Edits at random in the turns of the event loop."""

    def __init__(self, document: Document, seed: int) -> None:
        self._document, self._dice, self._number = document, random.Random(seed), 0

    def edit(self) -> None:
        """Once, if there is something to edit."""
        if self._document.experiment is None:
            return
        self._number += 1
        conditions = changed(self._document.experiment.conditions, tstop=self._dice.uniform(10.0, 1000.0))
        edited = changed(self._document.experiment, conditions=conditions, notes=str(self._number))
        self._document.change(edited, "Edit")
        print(self._number, flush=True)


def main(seed: int) -> None:
    """Until it is killed."""
    application = QApplication([])
    program = Program(Wanted(example="squid-axon", run=bool(seed % 2)))
    program.start()
    timer = QTimer()
    editors: list[Editor] = []  # a connection alone does not keep it alive

    def begin() -> None:
        assert program.session is not None
        editors.append(Editor(program.session.document, seed))
        timer.timeout.connect(editors[0].edit)
        timer.start(5)

    program.window.when_ready(lambda _bench: begin())
    application.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]))
