"""Features of traces, computed by eFEL in a process beside: who asks shares neither lock nor crash."""

import contextlib
import json
import logging
import math
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from engine.analysis.step_interval import StepInterval
from engine.errors import EngineError
from engine.launch import WorkerCommand, features_command

Floats = NDArray[np.float64]
_PATIENCE_S: Final = 60.0  # with one trace
_GOODBYE_S: Final = 2.0
_LOG: Final = logging.getLogger(__name__)


class _GoneError(Exception):
    """The process has ended without an answer."""


class FeatureProcess:
    """Started when it is asked first. Called by any thread; one at a time is answered.

    `crashed`: features that eFEL did not survive since `forget_crashes`; the answer to these is NaN.
    """

    def __init__(self) -> None:
        self.crashed: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()
        self._is_closed = False

    @property
    def process_id(self) -> int | None:
        """Of the process; None while there is none."""
        return self._process.pid if self._process is not None else None

    def features(
        self, times: Floats, voltage: Floats, step: StepInterval, names: Sequence[str]
    ) -> dict[str, float]:
        """The mean of each feature of samples (n,) mV at `times` (n,) ms; NaN where the trace has none.

        Features that need a current have it of the step. EngineError if no process can be started.
        """
        with self._asking:
            try:
                return self._ask(times, voltage, step, names)
            except _GoneError:
                return self._one_by_one(times, voltage, step, names)

    def forget_crashes(self) -> None:
        """Begin to count anew."""
        self.crashed.clear()

    def close(self) -> None:
        """End the process; nothing is answered any more."""
        self._is_closed = True
        process, self._process = self._process, None
        if process is not None:
            self._end(process)

    def _one_by_one(
        self, times: Floats, voltage: Floats, step: StepInterval, names: Sequence[str]
    ) -> dict[str, float]:
        """One of them is not survived: the others can be known."""
        found: dict[str, float] = {}
        for name in names:
            try:
                found |= self._ask(times, voltage, step, [name])
            except _GoneError:
                _LOG.warning("eFEL ended when it was asked for %s; there is no number for it", name)
                self.crashed.add(name)
                found[name] = math.nan
        return found

    def _ask(
        self, times: Floats, voltage: Floats, step: StepInterval, names: Sequence[str]
    ) -> dict[str, float]:
        request = {
            "samples": len(voltage),
            "names": list(names),
            "begin": step.begin,
            "end": step.end,
            "current": step.current,
        }
        process = self._running()
        assert process.stdin is not None and process.stdout is not None, "they are pipes"
        impatience = threading.Timer(_PATIENCE_S, process.kill)
        impatience.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.write(np.concatenate([times, voltage]).tobytes())
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):  # the pipe is closed
            answer = b""
        finally:
            impatience.cancel()
        if not answer.endswith(b"\n"):
            self._process = None
            self._end(process)
            raise _GoneError
        found: dict[str, float] = json.loads(answer)
        return found

    def _running(self) -> subprocess.Popen[bytes]:
        if self._is_closed:
            raise EngineError("Features are not computed any more: the program ends.")
        if self._process is None:
            self._process = _started(features_command())
        return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait(_GOODBYE_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was not written yet cannot be
        pipe.close()


def _started(command: WorkerCommand) -> subprocess.Popen[bytes]:
    try:
        return command.start(
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",  # Ctrl-C in a terminal is for who asks
        )
    except OSError as error:
        raise EngineError(
            f"Features cannot be computed: {error.strerror}.",
            where=command.program,
            hint="`somascope doctor` says what is missing.",
        ) from error
