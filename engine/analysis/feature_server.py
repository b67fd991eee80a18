"""eFEL in a process of its own: it is written in C++, and a trace that it does not expect may end it.

A request is a line of JSON (`samples`, `names`, `begin`, `end`, `current`), then the times (ms) and the
voltages (mV) as float64. The answer is a line of JSON: the value of each name. It ends with its input.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import efel
import numpy as np
from numpy.typing import NDArray

from engine.analysis.step_interval import StepInterval

Floats = NDArray[np.float64]


def features_of(times: Floats, voltage: Floats, step: StepInterval, names: Sequence[str]) -> dict[str, float]:
    """The mean of each feature of samples (n,) mV at `times` (n,) ms; NaN where there is none."""
    trace = {"T": times, "V": voltage, "stim_start": [step.begin], "stim_end": [step.end]}
    if step.current is not None:
        trace["stimulus_current"] = [step.current]
    (found,) = efel.get_feature_values([trace], list(names), raise_warnings=False)
    return {name: _mean(found[name]) for name in names}


def _mean(values: object) -> float:
    numbers = np.asarray([] if values is None else values, dtype=np.float64)
    return float(numbers.mean()) if numbers.size else float("nan")


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    while line := requests.readline():
        request: dict[str, Any] = json.loads(line)
        samples = request["samples"]
        numbers = np.frombuffer(requests.read(16 * samples), dtype=np.float64)
        step = StepInterval(request["begin"], request["end"], request["current"])
        found = features_of(numbers[:samples], numbers[samples:], step, request["names"])
        answers.write(json.dumps(found).encode() + b"\n")
        answers.flush()


def main() -> int:
    """Take stdout for answers: what eFEL prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, answers)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
