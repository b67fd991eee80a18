"""`somascope run --dry-run`: how long a run will take and how much memory, before it is begun."""

import sys
from pathlib import Path

from engine.circuit.circuit import open_circuit
from engine.commands.preparing import need_mechanisms, need_trust
from engine.commands.progress import counted, duration, speed
from engine.commands.run import tell_problems
from engine.commands.sources import find
from engine.simulation.estimate import Estimate, estimate
from engine.worker.memory import resident_mib


def dry_run(path: str, *, ranks: int, trusted: bool, mechanisms: Path | None, quiet: bool) -> int:
    """Tell what the run that `path` names would cost, on this computer, in so many processes."""
    source = find(path)
    messages = None if quiet else sys.stderr
    with open_circuit(source.circuit_path) as circuit:
        tell_problems(source, circuit, messages)
        need_trust(circuit, mechanisms, trusted=trusted)
        need_mechanisms(source.experiment, circuit, mechanisms, messages)
        found = estimate(source.experiment, circuit, source.base, ranks, resident_mib)
    print("\n".join(_lines(found, source.experiment.conditions.tstop, ranks)))
    return 0


def _lines(found: Estimate, tstop_ms: float, ranks: int) -> list[str]:
    shared = "" if ranks == 1 else f", shared by {ranks} processes"
    solving = f"{duration(found.solve_s)} for {tstop_ms:g} ms, {speed(tstop_ms, found.solve_s)}"
    largest = "" if ranks == 1 else f", {_mib(found.largest_mib)} in the largest process"
    what = f"{counted(found.cells, 'cell')} with {counted(found.connections, 'connection')}"
    measured = counted(found.measured, "cell")
    return [
        f"Estimate for {what}{shared}:",
        f"  building  {duration(found.build_s)}",
        f"  solving   {solving}",
        f"  memory    {_mib(found.memory_mib)}{largest}",
        f"Measured on {measured}, for this computer with nothing else to do; large reports take more.",
    ]


def _mib(number: float) -> str:
    return f"{number / 1024:.1f} GiB" if number >= 1024 else f"{number:.0f} MiB"
