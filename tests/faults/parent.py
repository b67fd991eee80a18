"""A program with workers, to be killed: `python -m tests.faults.parent {Qt,headless} DOING CONFIG...`.

Says "ready" when its workers do what they should, and goes on until its stdin is closed.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication

from tests.faults.benches import Bench, HeadlessBench, WindowBench
from tests.faults.circuit import CONDITIONS, SLOW_CELLS, experiment

_ENDLESS_MS: Final = 1e7
_MANY: Final = 200


def _idle(bench: Bench) -> None:
    bench.run_to_end(experiment())


def _running(bench: Bench) -> None:
    bench.first_chunk(bench.run(experiment(tstop=_ENDLESS_MS)))


def _paused(bench: Bench) -> None:
    run_id = bench.run(experiment(), paused=True)
    bench.until(lambda: run_id in bench.record.paused)


def _blocked(bench: Bench) -> None:
    """Once nobody listens."""
    bench.first_chunk(bench.run(experiment(tstop=_ENDLESS_MS, recordings=_MANY)))


def _hanging(fault: str) -> Callable[[Bench], None]:
    def hang(bench: Bench) -> None:
        bench.run(experiment(fault))
        bench.until(lambda: bench.record.silence_s > 0.3)

    return hang


def _compiling(bench: Bench) -> None:
    request_id = bench.asking.load(Path(sys.argv[4]))
    bench.until(lambda: "Compiling fault.mod" in bench.record.progress.get(request_id, ""))


def _building(bench: Bench) -> None:
    request_id = bench.asking.prepare(SLOW_CELLS, CONDITIONS)
    bench.until(lambda: request_id in bench.record.progress)


def _starting(bench: Bench) -> None:
    """The spare."""
    assert isinstance(bench, WindowBench)
    bench.pool._drop_spare()
    bench.pool.start()


_DOINGS: Final[dict[str, Callable[[Bench], None]]] = {
    "idle": _idle,
    "running": _running,
    "paused": _paused,
    "blocked": _blocked,
    "hanging in C": _hanging("hang"),
    "asleep in C": _hanging("sleep"),
    "looping in hoc": _hanging("loop in hoc"),
    "looping when built": _hanging("loop when built"),
    "compiling": _compiling,
    "building": _building,
    "starting": _starting,
}
LISTENING: Final = ("running", "compiling", "building", "starting")


def main(kind: str, doing: str, config: Path) -> None:
    """Never ends by itself."""
    application = QCoreApplication([])
    bench: Bench = WindowBench(config) if kind == "Qt" else HeadlessBench(config)
    _DOINGS[doing](bench)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if doing in LISTENING:
        bench.until(lambda: False, within_s=60.0)
    sys.stdin.read()
    application.quit()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
