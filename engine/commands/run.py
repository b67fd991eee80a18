"""`somascope run`: from what a person names to files of results, with trust, progress and Ctrl-C."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TextIO

from engine.circuit.circuit import Circuit, open_circuit
from engine.commands.interrupts import Interrupts
from engine.commands.preparing import need_mechanisms, need_mechanisms_together, need_trust, tell
from engine.commands.progress import Progress
from engine.commands.recorded import run_recorded, summary
from engine.commands.results_folder import prepare
from engine.commands.sources import Source, find
from engine.errors import CircuitError
from engine.mpi import library_environment
from engine.simulation.ranks import ALONE, AgreedError, LostRanksError, Ranks, join_ranks, leave
from engine.simulation.run import RunResult

_DONE, _BAD_INPUT, _INTERRUPTED = 0, 2, 130


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


def run_as_rank(  # noqa: PLR0913 - an argument for each option
    path: str,
    say: Callable[[BaseException], int],
    *,
    out: Path | None,
    overwrite: bool,
    trusted: bool,
    mechanisms: Path | None,
    quiet: bool,
) -> NoReturn:
    """Run a part of what `path` names, in one of the processes that mpiexec or srun has started.

    The first of them tells and writes. It obeys SIGTERM as Ctrl-C: so a cluster ends what takes too long.
    `say` tells a person of an error, and knows the exit code.
    """
    ranks: Ranks = ALONE
    try:
        ranks = join_ranks(environment=library_environment())
        messages = None if quiet or not ranks.is_first else sys.stderr
        with ranks.together():
            source = find(path)
            opened = open_circuit(source.circuit_path)
        with opened as circuit:
            with ranks.together():
                if ranks.is_first:
                    tell_problems(source, circuit, messages)
                    need_trust(circuit, mechanisms, trusted=trusted)
            need_mechanisms_together(source.experiment, circuit, mechanisms, messages, ranks)
            folder = out or source.output_folder
            with ranks.together():
                if ranks.is_first:
                    prepare(folder, overwrite=overwrite)
            code = _finish_part(source, circuit, folder, messages, ranks)
    except LostRanksError as lost:
        code = say(lost.error)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a person gets a sentence, whatever it is
        agreed = isinstance(error, AgreedError)
        code = say(error) if ranks.is_first or not agreed else _BAD_INPUT
        if agreed:
            ranks.all_of(None)  # until it is told
    leave(code)


def _finish_part(
    source: Source, circuit: Circuit, folder: Path, messages: TextIO | None, ranks: Ranks
) -> int:
    began = time.monotonic()
    if ranks.is_first:
        result = _run_watched(source, circuit, folder, messages, ranks)
    else:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # the first rank says when all stop
        result = run_recorded(source, circuit, folder, ranks=ranks)
    if messages is not None:
        tell(result.problems, messages)
        print("\n".join(summary(result, folder, time.monotonic() - began)))
    ranks.all_of(None)  # until it is told
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


def _run_watched(
    source: Source, circuit: Circuit, folder: Path, messages: TextIO | None, ranks: Ranks = ALONE
) -> RunResult:
    """Run with a line of progress, and obey Ctrl-C."""
    progress = Progress(source.experiment.conditions.tstop, messages)
    with Interrupts(also_terminate=ranks.count > 1) as interrupts:

        def show(now_ms: float, _tstop_ms: float) -> None:
            interrupts.keep_results()
            progress.show(now_ms)

        try:
            return run_recorded(source, circuit, folder, show, interrupts.stopped, ranks=ranks)
        finally:
            progress.end()
