"""A run into a folder, with a record beside the results that says whether they are whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.circuit.circuit import Circuit
from engine.commands.progress import counted, duration
from engine.commands.results_folder import State, write_record
from engine.commands.sources import Source
from engine.simulation.ranks import ALONE, Ranks
from engine.simulation.run import RunResult, run_experiment


def run_recorded(  # noqa: PLR0913 - what to run, where, and who takes part
    source: Source,
    circuit: Circuit,
    folder: Path,
    progress: Callable[[float, float], None] = lambda _t, _tstop: None,
    stopped: Callable[[], bool] = lambda: False,
    *,
    ranks: Ranks = ALONE,
) -> RunResult:
    """Run, and write the record: "running" before, how it ended after; even a crash leaves a true one.

    Of several `ranks`, which call this together, the first one writes.
    """

    def write(state: State, **more: Any) -> None:
        if ranks.is_first:
            write_record(folder, state, **facts, **more)

    facts = {"circuit": str(source.circuit_path), "tstop_ms": source.experiment.conditions.tstop}
    write("running")
    result = None
    try:
        result = run_experiment(
            source.experiment,
            circuit,
            source.base,
            folder,
            progress=progress,
            stopped=stopped,
            # A configuration may name a whole path; results stay in the folder chosen here.
            spikes_name=Path(source.output.spikes_file).name,
            sort=source.output.sort,
            ranks=ranks,
        )
    finally:
        if result is None:
            write("failed")
    names = [path.relative_to(folder).as_posix() for path in result.files]
    state: State = "complete" if result.complete else "interrupted"
    write(state, reached_ms=round(result.stopped_at, 9), files=names)
    return result


def summary(result: RunResult, folder: Path, took_s: float) -> list[str]:
    """What a person is told at the end: how far, how many spikes, which files."""
    ended = "Done" if result.complete else "Interrupted"
    lines = [f"{ended}: {result.stopped_at:g} ms, computed in {duration(took_s)}"]
    for population, spikes in result.spikes.items():
        firing = len(set(spikes.node_ids.tolist()))
        lines.append(f"  {population}: {counted(len(spikes), 'spike')} of {counted(firing, 'cell')}")
    lines.append(f"Written into {folder}{'' if result.complete else ', marked as partial'}:")
    return lines + [f"  {path.relative_to(folder)}" for path in result.files]
