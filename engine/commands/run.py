"""`somascope run`: from what a person names to files of results, with trust, progress and Ctrl-C."""

import sys
import time
from pathlib import Path
from typing import TextIO

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.mod_files import find_mod_folders, require_mechanisms
from engine.circuit.problems import Problem
from engine.circuit.trust import code_files, is_trusted, require_trust, trust
from engine.commands.interrupts import Interrupts
from engine.commands.progress import Progress, duration, speed
from engine.commands.results_folder import State, prepare, write_record
from engine.commands.sources import Source, find
from engine.errors import CircuitError
from engine.simulation.mechanisms import available, compile_mechanisms, load_mechanisms
from engine.simulation.places import taking_part
from engine.simulation.run import RunResult, run_experiment

_DONE, _INTERRUPTED = 0, 130
_FILES_SHOWN = 20


def run(  # noqa: PLR0913 - an argument for each option
    path: str, *, out: Path | None, overwrite: bool, trusted: bool, mechanisms: Path | None, quiet: bool
) -> int:
    """Run what `path` names; exit code 0, or 130 when it was interrupted and partial results are kept."""
    source = find(path)
    messages = None if quiet else sys.stderr
    with open_circuit(source.circuit_path) as circuit:
        _tell_problems(source, circuit, messages)
        _need_trust(circuit, mechanisms, trusted=trusted)
        _need_mechanisms(source, circuit, mechanisms, messages)
        folder = prepare(out or source.output_folder, overwrite=overwrite)
        began = time.monotonic()
        result = _run_recorded(source, circuit, folder, messages)
        if messages is not None:
            _tell(result.problems, messages)
            print("\n".join(_summary(result, folder, time.monotonic() - began)))
    return _DONE if result.complete else _INTERRUPTED


def _tell_problems(source: Source, circuit: Circuit, messages: TextIO | None) -> None:
    """Warn of what will be missing. CircuitError where connections are wanted and cannot be complete."""
    known = source.experiment.circuit.fingerprint
    if messages is not None:
        _tell(source.problems, messages)
        if known and known != circuit.fingerprint:
            print("The circuit's configuration has changed since this experiment was saved.", file=messages)
    of_node_sets = set(circuit.node_sets.problems)
    errors = [each for each in circuit.problems if each.severity == "error" and each not in of_node_sets]
    if not errors:
        return
    if source.experiment.connections.enabled:
        first, others = errors[0], len(errors) - 1
        more = f" ({others} more: `somascope info` lists them)" if others else ""
        raise CircuitError(
            f"The connections of this circuit cannot be built: {first.what.removesuffix('.')}{more}.",
            where=first.where,
            hint=first.hint,
        )
    if messages is not None:
        _tell(errors, messages)


def _tell(problems: tuple[Problem, ...] | list[Problem], messages: TextIO) -> None:
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=messages)


def _need_trust(circuit: Circuit, mechanisms: Path | None, *, trusted: bool) -> None:
    """TrustError, after a list of what would be executed, unless the user trusts the code."""
    if is_trusted(circuit, mechanisms):
        return
    if trusted:
        trust(circuit, mechanisms)
        return
    files = code_files(circuit, mechanisms)
    print("This would execute:", file=sys.stderr)
    for path in files[:_FILES_SHOWN]:
        print(f"  {path}", file=sys.stderr)
    if len(files) > _FILES_SHOWN:
        print(f"  and {len(files) - _FILES_SHOWN} more", file=sys.stderr)
    require_trust(circuit, mechanisms)


def _need_mechanisms(source: Source, circuit: Circuit, extra: Path | None, messages: TextIO | None) -> None:
    """Compile and load; MechanismError, with the files to provide, before anything is built without them."""
    folders = find_mod_folders(circuit, extra)
    seen = set()
    for reference in taking_part(source.experiment.cells, source.experiment, circuit):
        description = circuit.cell(reference.population, reference.node_id)
        made_of = (description.model_template, description.template_path, description.dynamics_params_path)
        if made_of not in seen:
            seen.add(made_of)
            require_mechanisms(description, folders, available())

    def report(line: str) -> None:
        if messages is not None:
            print(line, file=messages)

    load_mechanisms(compile_mechanisms(folders, report))


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
                stopped=lambda: interrupts.stopping,
                spikes_name=source.output.spikes_file,
                sort=source.output.sort,
            )
        finally:
            progress.end()
            if result is None:
                write_record(folder, "failed", **facts)
    names = [path.relative_to(folder).as_posix() for path in result.files]
    state: State = "complete" if result.complete else "interrupted"
    write_record(folder, state, **facts, reached_ms=result.stopped_at, files=names)
    return result


def _summary(result: RunResult, folder: Path, took_s: float) -> list[str]:
    ended = "Done" if result.complete else "Interrupted"
    pace = speed(result.stopped_at, took_s) if result.stopped_at > 0 else "before the first step"
    lines = [f"{ended}: {result.stopped_at:g} ms in {duration(took_s)} ({pace})"]
    for population, spikes in result.spikes.items():
        firing = len(set(spikes.node_ids.tolist()))
        lines.append(f"  {population}: {len(spikes.times):,} spikes of {firing:,} cells")
    lines.append(f"Written into {folder}{'' if result.complete else ', marked as partial'}:")
    return lines + [f"  {path.relative_to(folder)}" for path in result.files]
