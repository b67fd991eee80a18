"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.protocol_thousand [SWEEPS MS]`: a large family.

An f–I curve of the squid axon with 1,000 sweeps through the whole window: how much memory the window and its
workers have while the sweeps come, and whether the window stands still. Linux.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Spaced
from gui.app import Program, Wanted
from gui.background import wait_for_all
from gui.panels.protocols.panel import ProtocolsPanel
from gui.session.session import Session
from tests.benchmarks.table import show, verdict
from tests.end_to_end.watchdog import Watchdog

_POINTS = 10  # of the table
_WINDOW_GOAL_MIB = 150.0  # growth from the first tenth of the sweeps to the last
_WORKER_GOAL_MIB = 20.0
_LONGEST_S = 3600.0
_BEAT_MS = 4.0  # of the watchdog


@dataclass(frozen=True, slots=True)
class _Look:
    """After so many sweeps: resident memory in MiB, and seconds since the beginning."""

    sweeps: int
    window_mib: float
    workers_mib: float
    seconds: float


def main(count: int = 1000, duration_ms: float = 500.0) -> None:
    """One family, and what it took."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["SOMASCOPE_HOME"] = home
        application = QApplication([])
        program = Program(Wanted(example="squid-axon"))
        program.window.resize(1280, 800)
        program.start()
        try:
            looks, watchdog = _measured(application, program, count, duration_ms)
        finally:
            _end(application, program)
    rows = [[each.sweeps, each.window_mib, each.workers_mib, each.seconds] for each in looks]
    title = f"{count:,} sweeps of {duration_ms + 200:g} ms of the squid axon: resident memory"
    show(title, ("sweeps", "window MiB", "workers MiB", "s"), rows)
    grown = {
        "window": (looks[-1].window_mib - looks[0].window_mib, _WINDOW_GOAL_MIB),
        "all workers": (looks[-1].workers_mib - looks[0].workers_mib, _WORKER_GOAL_MIB),
    }
    samples_mib = count * (duration_ms + 200) / 0.025 * 8 / 2**20
    show(
        f"Growth after the first tenth (all samples are {samples_mib:.0f} MiB), MiB",
        ("", "MiB", "goal", ""),
        [[name, mib, *verdict(mib, goal)] for name, (mib, goal) in grown.items()],
    )
    gaps = np.array(watchdog.gaps_ms)
    longest_at_s = float(np.cumsum(gaps + _BEAT_MS)[np.argmax(gaps)] / 1000)
    show(
        "Gaps between two beats of the window, ms",
        ("median", "99 of 100", "longest", "at, s", "over 100 ms", "goal", ""),
        [
            [
                *map(float, (np.median(gaps), np.quantile(gaps, 0.99), gaps.max(), longest_at_s)),
                len(watchdog.stalls),
                *verdict(len(watchdog.stalls), 0),
            ]
        ],
    )


def _measured(
    application: QApplication, program: Program, count: int, duration_ms: float
) -> tuple[list[_Look], Watchdog]:
    window = program.window

    def is_there() -> bool:
        return window.workbench is not None and window.workbench.is_ready

    _until(application, is_there)
    bench = window.workbench
    assert bench is not None
    session: Session = bench.session
    _until(application, session.measuring.can_start)
    panel = bench.panels["protocols"]
    assert isinstance(panel, ProtocolsPanel)
    panel.come_forward("fi")
    series = Spaced(first=0.0, last=0.1, count=count)
    panel.form.edited.emit(FrequencyCurrent(amplitudes=series, duration=duration_ms), "amplitudes")
    looks: list[_Look] = []
    watchdog = Watchdog(window)
    began = time.perf_counter()

    def look(*_swept: object) -> None:
        measurement = session.measuring.current
        assert measurement is not None
        done = len(measurement.outcomes)
        if done % max(count // _POINTS, 1) == 0:
            looks.append(_Look(done, _resident_mib("self"), _workers_mib(), time.perf_counter() - began))

    session.measuring.swept.connect(look)
    watchdog.start()
    panel.run_or_stop()
    measurement = session.measuring.current
    assert measurement is not None
    _until(application, lambda: measurement.is_over)
    watchdog.stop()
    assert measurement.state == "finished", measurement.problem
    assert measurement.result is not None
    assert np.isfinite(measurement.result.column("Spikes").values).all()
    looks.append(_Look(count, _resident_mib("self"), _workers_mib(), time.perf_counter() - began))
    return looks, watchdog


def _workers_mib() -> float:
    return sum(_resident_mib(child) for child in _children())


def _children() -> list[str]:
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        found += (task / "children").read_text().split()
    return found


def _resident_mib(process: str) -> float:
    """0 for one that has just ended."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = (line for line in text.splitlines() if line.startswith("VmRSS:"))
    return sum(int(line.split()[1]) / 1024 for line in lines)


def _until(application: QApplication, condition: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + _LONGEST_S
    while not condition():
        application.processEvents()
        time.sleep(0.0005)
        assert time.perf_counter() < deadline, "it takes too long"


def _end(application: QApplication, program: Program) -> None:
    bench = program.window.workbench
    if bench is not None:
        bench.session.document.put(None)
    program.window.close()
    program.end()
    wait_for_all()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given = sys.argv[1:]
    main(*map(int, given[:1]), *map(float, given[1:2]))
