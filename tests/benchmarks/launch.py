"""How long it takes from the command to the window: `python -m tests.benchmarks.launch`.

Each figure is of a fresh process, from its start by the system to the first paint, and to the end of the
making of all panels. Goals: 0.5 s and 1.5 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from engine.resources import ROOT

_RUNS = 9
_PROGRAM = """
import sys, time
from gui import app
from PySide6.QtWidgets import QApplication
application = QApplication(sys.argv[:1])
program = app.Program(app.Wanted())
times = []
program.start()
begin_session = program.window.painted
def painted():
    times.append(time.time())
    begin_session()
program.window.painted = painted
def ready(_bench):
    times.append(time.time())
    program.window.close()
program.window.when_ready(ready)
application.exec()
print(*times)
"""


def launch() -> tuple[float, float]:
    """Seconds to the first paint, and to the last panel."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "SOMASCOPE_HOME": home}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.time()
        said = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    painted, ready = map(float, said.stdout.split())
    return painted - began, ready - began


def main() -> None:
    """Print medians and the worst of warm starts; the first start warms the disk and is not counted."""
    launch()
    figures = [launch() for _ in range(_RUNS)]
    print(f"{'from the command to':<28}{'median':>9}{'worst':>9}{'goal':>9}")
    for name, column, goal in (("the window's first paint", 0, 0.5), ("all panels, ready to use", 1, 1.5)):
        seconds = [each[column] for each in figures]
        print(f"{name:<28}{statistics.median(seconds):>7.2f} s{max(seconds):>7.2f} s{goal:>7.1f} s")


if __name__ == "__main__":
    main()
