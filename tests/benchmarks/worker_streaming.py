"""`python -m tests.benchmarks.worker_streaming`: runs that are streamed, against one call of `psolve`."""

import time
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engine.client.client import Client
from engine.messages import events as e
from tests.benchmarks.bare_neuron import BareNeuron, Took, digest_of
from tests.benchmarks.l5pc_step import CELL, Place, experiment, places, trusted_circuit
from tests.benchmarks.table import processor_s_of, show, verdict

_COUNTS = (1, 10, 100)
_GOALS = {10: 1.03}
_DURATION_MS, _AMPLITUDE_NA = 400.0, 0.6
_REPEATS = 9


def main() -> None:
    """Both in turns, beginning with the one and with the other, and the median of the ratios."""
    rows: list[list[object]] = []
    with trusted_circuit() as circuit, Client() as client, BareNeuron(circuit.folder) as bare:
        client.answer(client.load(circuit.config))
        client.answer(client.prepare([CELL], experiment(0, _DURATION_MS).conditions))
        for count in _COUNTS:
            recorded = places(count)
            pairs = [_pair(client, bare, circuit.folder, recorded, turn) for turn in range(_REPEATS)]
            processor = median(ours.processor_s / theirs.processor_s for ours, theirs in pairs)
            wall = median(ours.wall_s / theirs.wall_s for ours, theirs in pairs)
            theirs_s = median(theirs.processor_s for _, theirs in pairs)
            rows.append([count, theirs_s, processor, wall, *verdict(processor, _GOALS.get(count))])
    header = ("recordings", "psolve: processor s", "processor ratio", "wall ratio", "goal", "")
    show(f"Streaming {_DURATION_MS:g} ms of the L5PC, request to last word, against psolve", header, rows)


def _pair(
    client: Client, bare: BareNeuron, folder: Path, recorded: list[Place], turn: int
) -> tuple[Took, Took]:
    """We and they, close in time."""
    if turn % 2:
        ours = _streamed(client, folder, recorded)
        theirs = bare.run([_AMPLITUDE_NA], _DURATION_MS, recorded)
    else:
        theirs = bare.run([_AMPLITUDE_NA], _DURATION_MS, recorded)
        ours = _streamed(client, folder, recorded)
    assert ours.digest == theirs.digest, "the traces differ"
    return ours, theirs


def _streamed(client: Client, folder: Path, recorded: list[Place]) -> Took:
    asked = experiment(_AMPLITUDE_NA, _DURATION_MS, recorded)
    chunks: list[NDArray[np.float64]] = []
    began, began_processor = time.perf_counter(), processor_s_of(client.process_id)
    for event, numbers in client.follow(client.run(asked, folder)):
        if isinstance(event, e.Chunk):
            chunks.append(numbers)
    wall_s = time.perf_counter() - began
    processor_s = processor_s_of(client.process_id) - began_processor
    return Took(wall_s, processor_s, digest_of(list(np.concatenate(chunks).T)))


if __name__ == "__main__":
    main()
