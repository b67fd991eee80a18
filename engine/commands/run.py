"""`somascope run`: from what a person names to files of results, with trust, progress and Ctrl-C."""

import sys
import time
from pathlib import Path
from typing import TextIO

from engine.circuit.circuit import Circuit, open_circuit
from engine.commands.interrupts import Interrupts
from engine.commands.preparing import need_mechanisms, need_trust, tell
from engine.commands.progress import Progress
from engine.commands.recorded import run_recorded, summary
from engine.commands.results_folder import prepare
from engine.commands.sources import Source, find
from engine.errors import CircuitError
from engine.simulation.run import RunResult

_DONE, _INTERRUPTED = 0, 130


def run(  # noqa: PLR0913 - an argument for each option
    path: str, *, out: Path | None, overwrite: bool, trusted: bool, mechanisms: Path | None, quiet: bool
) -> int:
    """Run what `path` names; exit code 0, or 130 when it was interrupted and partial results are kept."""
    source = find(path)
    messages = None if quiet else sys.stderr
    with open_circuit(source.circuit_path) as circuit:
        tell_problems(source, circuit, messages)
        need_trust(circuit, mechanisms, trusted=trusted)
        need_mechanisms(source.experiment, circuit, mechanisms, messages)
        folder = prepare(out or source.output_folder, overwrite=overwrite)
        began = time.monotonic()
        result = _run_watched(source, circuit, folder, messages)
        if messages is not None:
            tell(result.problems, messages)
            print("\n".join(summary(result, folder, time.monotonic() - began)))
    return _DONE if result.complete else _INTERRUPTED


def tell_problems(source: Source, circuit: Circuit, messages: TextIO | None) -> None:
    """Warn of what will be missing. CircuitError where connections are wanted and cannot be complete."""
    known = source.experiment.circuit.fingerprint
    if messages is not None:
        tell(source.problems, messages)
        if known and known != circuit.fingerprint:
            print("The circuit's configuration has changed since this experiment was saved.", file=messages)
        tell(circuit.problems, messages)
    of_node_sets = set(circuit.node_sets.problems)
    errors = [each for each in circuit.problems if each.severity == "error" and each not in of_node_sets]
    if errors and source.experiment.connections.enabled:
        first, others = errors[0], len(errors) - 1
        more = f" ({others} more: `somascope info` lists them)" if others else ""
        raise CircuitError(
            f"The connections of this circuit cannot be built: {first.what.removesuffix('.')}{more}.",
            where=first.where,
            hint=first.hint,
        )


def _run_watched(source: Source, circuit: Circuit, folder: Path, messages: TextIO | None) -> RunResult:
    """Run with a line of progress, and obey Ctrl-C."""
    progress = Progress(source.experiment.conditions.tstop, messages)
    with Interrupts() as interrupts:

        def show(now_ms: float, _tstop_ms: float) -> None:
            interrupts.keep_results()
            progress.show(now_ms)

        try:
            return run_recorded(source, circuit, folder, show, interrupts.stopped)
        finally:
            progress.end()
