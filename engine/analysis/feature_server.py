"""eFEL in a process of its own: it is written in C++, and a trace that it does not expect may end it.

A request is a line of JSON (`samples`, `names`, `begin`, `end`, `current`), then the times (ms) and the
voltages (mV) as float64. The answer is a line of JSON: the value of each name. It ends with its input.
"""

import json
import os
import sys
from typing import Any, BinaryIO

import numpy as np

from engine.analysis.features import StepInterval, features_of


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
