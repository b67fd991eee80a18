"""The L5PC as a script of plain NEURON runs it, in a process that others measure against.

`python -m tests.benchmarks.bare_neuron CIRCUIT` builds the cell, then does what lines of JSON ask for.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tests import peers
from tests.benchmarks.l5pc_step import CELSIUS, DELAY_MS, V_INIT_MV, Place
from tests.engine.acceptance import l5pc


@dataclass(frozen=True, slots=True)
class Took:
    """What runs took. `digest` is of all their samples."""

    wall_s: float
    processor_s: float
    digest: str


class BareNeuron:
    """Owns the process; it begins to build its cell at once."""

    def __init__(self, circuit: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.bare_neuron", str(circuit)],
            cwd=peers.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, amplitudes_na: Sequence[float], duration_ms: float, recorded: Sequence[Place]) -> None:
        """Ask for a run with each amplitude, one after the other."""
        assert self._process.stdin is not None
        asked = {"amplitudes": list(amplitudes_na), "duration": duration_ms, "places": list(recorded)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def end(self) -> Took:
        """Wait for what was begun."""
        assert self._process.stdout is not None
        line = next(line for line in self._process.stdout if line.startswith("{"))
        return Took(**json.loads(line))

    def run(self, amplitudes_na: Sequence[float], duration_ms: float, recorded: Sequence[Place]) -> Took:
        """Both."""
        self.begin(amplitudes_na, duration_ms, recorded)
        return self.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()


def digest_of(traces: Sequence[NDArray[np.float64]]) -> str:
    """Equal for traces whose every bit is equal."""
    digest = hashlib.sha256()
    for trace in traces:
        digest.update(np.ascontiguousarray(trace).tobytes())
    return digest.hexdigest()


def _serve(circuit: Path) -> None:
    from neuron import h

    cell = _built(circuit)
    for line in sys.stdin:
        asked = json.loads(line)
        clamp = h.IClamp(cell.soma[0](0.5))
        clamp.delay, clamp.dur = DELAY_MS, asked["duration"]
        vectors = [
            h.Vector().record(getattr(cell, kind)[number](x)._ref_v) for kind, number, x in asked["places"]
        ]
        traces: list[NDArray[np.float64]] = []
        wall_s = processor_s = 0.0
        for amplitude in asked["amplitudes"]:
            clamp.amp = amplitude
            began, began_processor = time.perf_counter(), time.process_time()
            h.stdinit()
            h.ParallelContext().psolve(asked["duration"])
            wall_s += time.perf_counter() - began
            processor_s += time.process_time() - began_processor
            traces += [np.array(vector) for vector in vectors]
        took = {"wall_s": wall_s, "processor_s": processor_s, "digest": digest_of(traces)}
        print(json.dumps(took), flush=True)


def _built(circuit: Path) -> Any:
    from neuron import h

    from engine.simulation.mechanisms import compile_mechanisms

    library = compile_mechanisms([circuit / "components" / "mechanisms"], lambda _line: None).library
    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    h.nrn_load_dll(str(library))
    h.load_file(str(circuit / "components" / "hoc" / "l5pc.hoc"))
    h.celsius, h.v_init, h.dt, h.steps_per_ms = CELSIUS, V_INIT_MV, 0.025, 40
    h.ParallelContext().set_maxstep(10)
    return h.l5pc(0, str(circuit / "components" / "asc"), f"{l5pc.MORPHOLOGY}.asc")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
