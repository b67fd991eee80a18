"""`python -m tests.benchmarks.ranks`: 200 cells of the built-in circuit on one rank and on two.

Both are jobs as `somascope run --mpi` starts them, timed from the first step to the last; two ranks at best
take half the time of one on a machine with two idle cores.
"""

import math
import tempfile
import time
from pathlib import Path

from engine.client.client import Client
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, NodeSetOfCells
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.launch import job_command
from engine.messages import events as e
from engine.mpi import under_mpi
from engine.resources import resources_folder
from tests.benchmarks.table import show, verdict

_CIRCUIT = resources_folder() / "circuits" / "cortical_column"
_SPIKES = _CIRCUIT / "simulations" / "thalamic_replay" / "thalamus_spikes.h5"
_TSTOP_MS = 20.0
_REPEATS = 2


def main() -> None:
    """In turns; the best of each."""
    pairs = [(_measured(1), _measured(2)) for _ in range(_REPEATS)]
    rows = []
    for place, what in enumerate(("build s", "solve s", "in all s")):
        one, two = (min(times[place] for times in column) for column in zip(*pairs, strict=True))
        goal = 1.0 if what == "solve s" else None
        rows.append((what, one, two, two / one, *verdict(two / one, goal)))
    title = f"200 cells of the built-in circuit, {_TSTOP_MS:g} ms"
    show(title, ("", "1 rank", "2 ranks", "ratio", "goal", ""), rows)


def _measured(ranks: int) -> tuple[float, float, float]:
    """Seconds until the first step, from there to the last, and until the files are written."""
    experiment = Experiment(
        circuit=CircuitReference(path=str(_CIRCUIT / "circuit_config.json")),
        cells=NodeSetOfCells(node_set="Column"),
        conditions=Conditions(tstop=_TSTOP_MS, celsius=34.0, v_init=-75.0, spike_threshold=-20.0),
        connections=Connections(enabled=True),
        replays=(SpikeReplay(spike_file=str(_SPIKES)),),
    )
    with tempfile.TemporaryDirectory() as name:
        config = _CIRCUIT / "circuit_config.json"
        command = job_command(config, None, Path(name), "out.h5", "by_time", ranks=ranks)
        began = time.perf_counter()
        with Client(under_mpi(command, ranks), patience_s=math.inf) as client:
            run_id = client.run(experiment, Path(name))
            times = []
            for event, _ in client.follow(run_id):
                assert not isinstance(event, e.Failed), event.what
                if isinstance(event, e.Chunk):
                    times.append(time.perf_counter())
        return times[0] - began, times[-1] - times[0], time.perf_counter() - began


if __name__ == "__main__":
    main()
