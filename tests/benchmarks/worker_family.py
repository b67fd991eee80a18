"""`python -m tests.benchmarks.worker_family`: steps over two cores, against plain NEURON one by one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gui.session.family import Sweep
from gui.session.worker_client import WorkerClient
from gui.session.worker_pool import WorkerPool
from tests.benchmarks.bare_neuron import BareNeuron, Took, digest_of
from tests.benchmarks.l5pc_step import SOMA, experiment, trusted_circuit
from tests.benchmarks.qt_worker import PreparedWorker, application, turn_until
from tests.benchmarks.table import processor_s_of, show, verdict
from tests.engine.acceptance import l5pc

_CORES = 2
_AMPLITUDES_NA = tuple(round(0.05 * number, 2) for number in range(1, 17))
_DURATION_MS = 200.0
_REPEATS = 5
_GOAL = 0.55


@dataclass(frozen=True, slots=True)
class _Turn:
    """The same runs in four ways; the processor time of a family is that of both workers."""

    serial: Took
    halves_s: float
    first_family: Took
    family: Took


def main() -> None:
    """In turns, and the medians of the ratios."""
    application()
    with (
        trusted_circuit() as circuit,
        BareNeuron(circuit.folder) as bare,
        BareNeuron(circuit.folder) as other,
    ):
        turns = [_turn(circuit, bare, other) for _ in range(_REPEATS)]
    serial_s = median(turn.serial.wall_s for turn in turns)
    halves = median(turn.halves_s / turn.serial.wall_s for turn in turns)
    first = median(turn.first_family.wall_s / turn.serial.wall_s for turn in turns)
    again = median(turn.family.wall_s / turn.serial.wall_s for turn in turns)
    processor = median(turn.family.processor_s / turn.serial.processor_s / _CORES for turn in turns)
    rows = [
        ["plain NEURON, one after the other", serial_s, 1.0, "", ""],
        ["plain NEURON, one half in each of two processes", serial_s * halves, halves, "", ""],
        ["a family, while the second worker starts", serial_s * first, first, *verdict(first, _GOAL)],
        ["a family, both workers prepared", serial_s * again, again, *verdict(again, _GOAL)],
        ["the same, processor time of both / 2", "", processor, *verdict(processor, _GOAL)],
    ]
    title = f"{len(_AMPLITUDES_NA)} steps of {_DURATION_MS:g} ms into the L5PC on {_CORES} cores"
    show(title, ("", "wall s", "ratio", "goal", ""), rows)


def _turn(circuit: l5pc.Circuit, bare: BareNeuron, other: BareNeuron) -> _Turn:
    pool = WorkerPool(cores=_CORES)
    pool.start()
    PreparedWorker(pool, circuit)
    turn_until(lambda: pool.is_ready)
    first_family = _family(pool, circuit)
    serial = bare.run(_AMPLITUDES_NA, _DURATION_MS, [SOMA])
    family = _family(pool, circuit)
    began = time.perf_counter()
    bare.begin(_AMPLITUDES_NA[::2], _DURATION_MS, [SOMA])
    other.begin(_AMPLITUDES_NA[1::2], _DURATION_MS, [SOMA])
    bare.end()
    other.end()
    halves_s = time.perf_counter() - began
    pool.shutdown()
    assert first_family.digest == family.digest == serial.digest, "the traces differ"
    return _Turn(serial, halves_s, first_family, family)


def _family(pool: WorkerPool, circuit: l5pc.Circuit) -> Took:
    """From the request to the last run."""
    sweeps: list[Sequence[Sweep]] = []
    asked = [experiment(amplitude, _DURATION_MS) for amplitude in _AMPLITUDES_NA]
    began = time.perf_counter()
    family = pool.family(circuit.config, asked, circuit.folder)
    clients = family.clients
    before = [_processor_s(client) for client in clients]
    family.finished.connect(sweeps.append)
    turn_until(lambda: bool(sweeps))
    wall_s = time.perf_counter() - began
    processor_s = sum(map(_processor_s, clients)) - sum(before)
    assert all(sweep.complete for sweep in sweeps[0])
    return Took(wall_s, processor_s, digest_of([sweep.data.samples[:, 0] for sweep in sweeps[0]]))


def _processor_s(client: WorkerClient) -> float:
    return 0.0 if client.hello is None else processor_s_of(client.hello.process_id)


if __name__ == "__main__":
    main()
