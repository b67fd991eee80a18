"""`python -m tests.benchmarks.all_segments`: what it costs to stream the voltages of all segments."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from engine.messages import events as e
from engine.messages.watch import Watch
from tests.benchmarks.bare_neuron import digest_of
from tests.benchmarks.big_cells import write_big_cells
from tests.benchmarks.table import processor_s_of, show, verdict

_CELLS: Final = ((1000, 200.0), (5000, 50.0), (20_000, 20.0))  # segments, and how long they run (ms)
_GOAL: Final = 1.10
_REPEATS: Final = 9


@dataclass(frozen=True, slots=True)
class _Took:
    wall_s: float
    processor_s: float
    digest: str
    interval: float  # ms, between frames
    bytes: int  # of frames


def main() -> None:
    """With and without in turns, beginning with the one and with the other, and the median of the ratios."""
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = write_big_cells(folder, [segments for segments, _ in _CELLS])
        with open_circuit(config) as circuit:
            trust(circuit)
        for channels in ("passive", "active"):
            for segments, duration_ms in _CELLS:
                with Client() as client:
                    client.answer(client.load(config))
                    cell = CellReference(channels, [each for each, _ in _CELLS].index(segments))
                    rows.append(_row(client, cell, segments, duration_ms))
    header = (
        *("cell", "segments", "ms", "frame every ms", "MiB", "without: s"),
        *("processor ratio", "wall ratio", "goal", ""),
    )
    show("Streaming all voltages of a cell, against the same run without", header, rows)


def _row(client: Client, cell: CellReference, segments: int, duration_ms: float) -> list[object]:
    experiment = _experiment(cell, duration_ms)
    client.answer(client.prepare([cell], experiment.conditions))
    _run(client, experiment, None)  # the first run of a cell takes longer
    pairs = [_pair(client, experiment, Watch(cell=cell), turn) for turn in range(_REPEATS)]
    processor = median(watched.processor_s / plain.processor_s for watched, plain in pairs)
    wall = median(watched.wall_s / plain.wall_s for watched, plain in pairs)
    watched, _ = pairs[0]
    assert watched.bytes > 0, "no frame came"
    plain_s = median(plain.wall_s for _, plain in pairs)
    mebibytes = round(watched.bytes / 2**20)
    return [
        *(cell.population, segments, duration_ms, watched.interval, mebibytes, plain_s),
        *(processor, wall, *verdict(processor, _GOAL)),
    ]


def _pair(client: Client, experiment: Experiment, watch: Watch, turn: int) -> tuple[_Took, _Took]:
    """With and without, close in time."""
    if turn % 2:
        watched, plain = _run(client, experiment, watch), _run(client, experiment, None)
    else:
        plain, watched = _run(client, experiment, None), _run(client, experiment, watch)
    assert watched.digest == plain.digest, "the traces differ"
    return watched, plain


def _run(client: Client, experiment: Experiment, watch: Watch | None) -> _Took:
    chunks, count, interval = [], 0, 0.0
    began, began_processor = time.perf_counter(), processor_s_of(client.process_id)
    for event, numbers in client.follow(client.run(experiment, Path("/"), watch=watch)):
        if isinstance(event, e.Chunk):
            chunks.append(numbers)
        elif isinstance(event, e.Frames):
            count, interval = count + numbers.nbytes, event.interval
        assert not isinstance(event, e.Failed), event
    wall_s = time.perf_counter() - began
    processor_s = processor_s_of(client.process_id) - began_processor
    digest = digest_of(list(np.concatenate(chunks).T))
    return _Took(wall_s, processor_s, digest, interval, count)


def _experiment(cell: CellReference, duration_ms: float) -> Experiment:
    soma = Site(cell=cell)
    return Experiment(
        circuit=CircuitReference(path="/"),
        cells=ListedCells(cells=(cell,)),
        stimuli=(Step(target=soma, amplitude=2.0, delay=1.0, duration=duration_ms),),
        recordings=(SiteRecording(site=soma),),
        conditions=Conditions(tstop=duration_ms, v_init=-65.0, celsius=6.3),
    )


if __name__ == "__main__":
    main()
