"""`somascope run`: from what a person names to files of results, with trust, progress and Ctrl-C."""

import sys
import time
from pathlib import Path
from typing import TextIO

from engine.circuit.circuit import Circuit, open_circuit
from engine.commands.interrupts import Interrupts
from engine.commands.preparing import need_mechanisms, need_trust, tell
from engine.commands.progress import Progress, counted, duration
from engine.commands.results_folder import State, prepare, write_record
from engine.commands.sources import Source, find
from engine.errors import CircuitError
from engine.simulation.run import RunResult, run_experiment

_DONE, _INTERRUPTED = 0, 130


def run(  # noqa: PLR0913 - an argument for each option
    path: str, *, out: Path | None, overwrite: bool, trusted: bool, mechanisms: Path | None, quiet: bool
) -> int:
    """Run what `path` names; exit code 0, or 130 when it was interrupted and partial results are kept."""
    source = find(path)
    messages = None if quiet else sys.stderr
    with open_circuit(source.circuit_path) as circuit:
        _tell_problems(source, circuit, messages)
        need_trust(circuit, mechanisms, trusted=trusted)
        need_mechanisms(source.experiment, circuit, mechanisms, messages)
        folder = prepare(out or source.output_folder, overwrite=overwrite)
        began = time.monotonic()
        result = _run_recorded(source, circuit, folder, messages)
        if messages is not None:
            tell(result.problems, messages)
            print("\n".join(_summary(result, folder, time.monotonic() - began)))
    return _DONE if result.complete else _INTERRUPTED


def _tell_problems(source: Source, circuit: Circuit, messages: TextIO | None) -> None:
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


def _run_recorded(source: Source, circuit: Circuit, folder: Path, messages: TextIO | None) -> RunResult:
    """Run, with a record in the folder that says, even after a crash, whether its files are whole."""
    conditions = source.experiment.conditions
    progress = Progress(conditions.tstop, messages)
    facts = {"circuit": str(source.circuit_path), "tstop_ms": conditions.tstop}
    write_record(folder, "running", **facts)
    result = None
    with Interrupts() as interrupts:

        def show(now_ms: float, _tstop_ms: float) -> None:
            interrupts.keep_results()
            progress.show(now_ms)

        try:
            result = run_experiment(
                source.experiment,
                circuit,
                source.base,
                folder,
                progress=show,
                stopped=interrupts.stopped,
                # A configuration may name a whole path; results stay in the folder chosen here.
                spikes_name=Path(source.output.spikes_file).name,
                sort=source.output.sort,
            )
        finally:
            progress.end()
            if result is None:
                write_record(folder, "failed", **facts)
    names = [path.relative_to(folder).as_posix() for path in result.files]
    state: State = "complete" if result.complete else "interrupted"
    write_record(folder, state, **facts, reached_ms=round(result.stopped_at, 9), files=names)
    return result


def _summary(result: RunResult, folder: Path, took_s: float) -> list[str]:
    ended = "Done" if result.complete else "Interrupted"
    lines = [f"{ended}: {result.stopped_at:g} ms, computed in {duration(took_s)}"]
    for population, spikes in result.spikes.items():
        firing = len(set(spikes.node_ids.tolist()))
        lines.append(f"  {population}: {counted(len(spikes), 'spike')} of {counted(firing, 'cell')}")
    lines.append(f"Written into {folder}{'' if result.complete else ', marked as partial'}:")
    return lines + [f"  {path.relative_to(folder)}" for path in result.files]
