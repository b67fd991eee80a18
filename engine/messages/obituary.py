"""What to tell of a worker that is gone: from exit codes and last lines to a sentence."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NO_NEURON: Final = 3  # exit code of a worker that cannot simulate on this machine; it has printed why
_AGAIN: Final = "The experiment is untouched: you can run it again."
_CODE_OF_CIRCUIT: Final = (
    "The cause is most often in a mod file or a hoc file of the circuit; the details show where Python was."
)
_ERRORS_OF_COMPILED_CODE: Final = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT"}
_SHELL_ADDS: Final = 128  # shells and mpiexec, to the number of the signal that ended what they started
_SIGNALS: Final = {each.value for each in signal.Signals}
_NO_MEMORY_LEFT: Final = ("bad_alloc", "MemoryError", "Cannot allocate memory", "out of memory")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: with an exit code, or by the signal of this number."""

    code: int
    by_signal: bool = False


def obituary(ending: Ending, last_lines: Sequence[str]) -> tuple[str, str]:
    """What happened, and what to try."""
    if not ending.by_signal and ending.code - _SHELL_ADDS in _SIGNALS:
        ending = Ending(ending.code - _SHELL_ADDS, by_signal=True)
    how = _how(ending)
    if ending == Ending(NO_NEURON) and last_lines:
        hint = "`somascope doctor` says what this installation lacks."
        return f"The simulator cannot work here: {last_lines[-1]}", hint
    if any(sign in line for line in last_lines for sign in _NO_MEMORY_LEFT):
        hint = "Simulate fewer cells or record less, or raise the memory limit in the settings."
        return f"The simulator ran out of memory ({how}).", hint
    if how in _ERRORS_OF_COMPILED_CODE:
        return f"The simulator crashed ({how}).", f"{_CODE_OF_CIRCUIT} {_AGAIN}"
    if how == "SIGKILL":
        hint = f"Someone killed it: most often the system, when memory runs out. {_AGAIN}"
        return "The simulator was killed (SIGKILL).", hint
    if ending.by_signal:
        return f"The simulator was ended from outside ({how}).", _AGAIN
    hint = f"Code of the circuit may have called quit() or exit(). {_AGAIN}"
    return f"The simulator ended by itself ({how}).", hint


def _how(ending: Ending) -> str:
    if not ending.by_signal:
        # Windows gives a status such as 0xC0000005 for an access violation
        return f"exit code {ending.code:#x}" if ending.code > 255 else f"exit code {ending.code}"
    known = {each.value: each.name for each in signal.Signals}
    return known.get(ending.code, f"signal {ending.code}")
