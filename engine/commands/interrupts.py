"""Ctrl-C: the first one ends a run at the next slice and keeps its results, the second ends the program."""

import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """While entered, the first interrupt is remembered instead of raised, once there are results to keep.

    Before `keep_results` is called an interrupt is a KeyboardInterrupt as usual: there is nothing to lose.
    """

    def __init__(self, *, also_terminate: bool = False) -> None:
        """`also_terminate`: the signal by which clusters end what takes too long counts as Ctrl-C."""
        self._signals = (signal.SIGINT, *((signal.SIGTERM,) if also_terminate else ()))
        self._results_exist = False
        self._stopping = False
        self._told = False
        self._previous: list[signal.Handlers | object] = []

    def keep_results(self) -> None:
        """From now on a stop is a clean one."""
        self._results_exist = True

    def stopped(self) -> bool:
        """Whether to stop; the first time that this is so, the user is told.

        The handler does not tell: it runs in the middle of anything, also where NEURON's lines are caught.
        """
        if self._stopping and not self._told:
            self._told = True
            print("\nStopping: what was computed is kept. Ctrl-C again aborts.", file=sys.stderr)
        return self._stopping

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._previous = [signal.signal(each, self._on_interrupt) for each in self._signals]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if threading.current_thread() is threading.main_thread():
            for number, previous in zip(self._signals, self._previous, strict=True):
                signal.signal(number, previous)  # type: ignore[arg-type]  # what signal() gave us

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if not self._results_exist:
            raise KeyboardInterrupt
        self._stopping = True
        # The second one must work inside of NEURON too, which lets no Python run until its slice is over.
        for each in self._signals:
            signal.signal(each, signal.SIG_DFL)
