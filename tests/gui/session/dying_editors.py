"""Programs that edit until they are killed: `python -m tests.gui.session.dying_editors COUNT SEED`.

One process imports everything and forks COUNT children, one after the other. Each edits a document with a
journal and says the number of each edit when it is made, then kills itself with SIGKILL at any moment. After
it is gone, the line `child PID LAST` says which of its edits was the last that it told.
"""

import os
import random
import signal
import sys
import threading
import time

from PySide6.QtCore import QCoreApplication

from engine.experiment.base import changed
from gui.session.document import Document
from gui.session.journal import Journal
from tests.gui.session.experiments import at_random, small


def edit_until_killed(seed: int, says: int) -> None:
    """Never returns. Notes hold the number of the edit, so that the journal says which one it has."""
    dice = random.Random(seed)
    _application = QCoreApplication([])
    document = Document()
    _journal = Journal(document)
    document.put(small())
    delay_s = dice.uniform(0.001, 0.03)
    threading.Thread(target=_kill_after, args=(delay_s,), daemon=True).start()
    number = 0
    while True:
        number += 1
        assert document.experiment is not None
        document.change(changed(at_random(document.experiment, dice), notes=str(number)), "Edit")
        os.write(says, f"{number}\n".encode())


def _kill_after(delay_s: float) -> None:
    time.sleep(delay_s)
    os.kill(os.getpid(), signal.SIGKILL)


def main(count: int, seed: int) -> None:
    """One child after the other."""
    for index in range(count):
        hears, says = os.pipe()
        child = os.fork()
        if child == 0:
            edit_until_killed(seed + index, says)
        os.close(says)
        with os.fdopen(hears, "rb") as pipe:
            lines = pipe.read().split(b"\n")[:-1]
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), status
        print("child", child, int(lines[-1]) if lines else 0, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
