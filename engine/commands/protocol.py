"""`somascope protocol NAME PATH --cell POPULATION:ID`: measure a cell, and write what was found."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from engine.circuit.circuit import Circuit, open_circuit
from engine.client.crew import Crew, conducted
from engine.commands.interrupts import Interrupts
from engine.commands.preparing import need_trust
from engine.commands.progress import counted
from engine.commands.results_folder import prepare, write_record
from engine.commands.sources import find
from engine.errors import DocumentError, EngineError
from engine.experiment.beside import usual_conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.properties import properties_of
from engine.experiment.targets import CellReference, Site
from engine.output import nwb_file
from engine.output.family_files import TRACES, TraceFile, write_result
from engine.output.recorded import of_protocol
from engine.output.sweep_store import SweepStore
from engine.protocols.protocol import Protocol
from engine.protocols.remembering import remember_result
from engine.protocols.settings import protocol_from, varied_by
from engine.protocols.sweeps import Bench, Outcome, Result, Sweep

if TYPE_CHECKING:
    from engine.client.cluster import Cluster

_DONE, _INTERRUPTED = 0, 130
_NWB = "sweeps.nwb"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    name: str
    path: str
    cell: str
    out: Path
    section: str = "soma[0]"
    x: float = 0.5
    settings: Sequence[str] = ()
    vary: str = ""
    jobs: int = 1
    scheduler: str = ""
    overwrite: bool = False
    trusted: bool = False
    mechanisms: Path | None = None
    quiet: bool = False
    nwb: bool = False


def measure(wanted: Wanted) -> int:
    """Play the protocol on its cell. What was computed before Ctrl-C is kept."""
    protocol = protocol_from(wanted.name, wanted.settings)
    if wanted.vary:
        protocol = varied_by(protocol, wanted.vary)
    if wanted.nwb and not nwb_file.is_available():  # said before an hour of sweeps, not after it
        raise EngineError(f"NWB cannot be written: {nwb_file.MISSING}.")
    site = _site(wanted)
    experiment, base, circuit_path = _experiment(wanted.path)
    with open_circuit(circuit_path) as circuit:
        circuit.cell(site.cell.population, site.cell.node_id)  # it must exist
        need_trust(circuit, wanted.mechanisms, trusted=wanted.trusted)
        bench = _bench(experiment, site, circuit)
    folder = prepare(wanted.out, overwrite=wanted.overwrite)
    facts = {"circuit": str(circuit_path), "cell": str(site.cell), "site": str(site)}
    write_record(folder, "running", files=[TRACES], **facts)
    messages = None if wanted.quiet else sys.stderr
    kept = _Kept(TraceFile(folder / TRACES), messages, holds=wanted.nwb)
    try:
        result, stopped = _played(protocol, bench, wanted, base, circuit_path, kept)
    except EngineError:
        write_record(folder, "failed", files=[TRACES], **facts)
        raise
    files: list[str] = [TRACES]
    if result is not None:
        files += write_result(folder, protocol, result, **facts)
        with open_circuit(circuit_path) as circuit:
            remember_result(circuit, bench, protocol, result)
    if kept.outcomes:
        recorded = of_protocol(protocol, kept.outcomes, result)
        nwb_file.write_nwb(recorded, lambda _cell, _conditions: bench.properties, folder / _NWB)
        files.append(_NWB)
    write_record(folder, "interrupted" if stopped else "complete", files=files, **facts)
    if messages is not None:
        _conclude(result, files, folder)
    return _INTERRUPTED if stopped else _DONE


def _played(  # noqa: PLR0913, PLR0917 - what a play needs
    protocol: Protocol, bench: Bench, wanted: Wanted, base: Path, circuit_path: Path, kept: "_Kept"
) -> tuple[Result | None, bool]:
    """What was found (None if it was stopped before anything was), and whether it was stopped."""
    with Interrupts() as interrupts, _crew(wanted, base, circuit_path, kept) as crew:
        run, stop = crew.run, crew.stop
        interrupts.keep_results()

        def run_watched(sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
            if interrupts.stopped():
                stop()
            outcomes = run(sweeps)
            kept.keep(outcomes)
            return outcomes

        kept.heed = lambda: stop() if interrupts.stopped() else None
        try:
            if protocol.needs_tree:
                bench = replace(bench, known_tree=crew.tree(bench.site.cell, bench.experiment.conditions))
            return conducted(protocol.play(bench), run_watched), interrupts.stopped()
        except EngineError:
            if not interrupts.stopped():
                raise
            return None, True


def _crew(wanted: Wanted, base: Path, circuit_path: Path, kept: "_Kept") -> "Crew | Cluster":
    if wanted.scheduler:
        from engine.client.cluster import Cluster  # noqa: PLC0415 - an extra

        return Cluster(wanted.scheduler, circuit_path, base, wanted.mechanisms, kept.hear)
    return Crew(circuit_path, base, wanted.jobs, wanted.mechanisms, kept.hear, SweepStore())


@dataclass(slots=True)
class _Kept:
    """Counts sweeps as they end, and keeps their traces; in memory too, if it `holds` them."""

    file: TraceFile
    messages: TextIO | None
    holds: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    heed: Callable[[], object] = field(default=lambda: None)
    count: int = 0

    def hear(self, outcome: Outcome) -> None:
        self.count += 1
        self.heed()
        if self.messages is None:
            return
        if not outcome.is_there:
            print(f"\rThe sweep at {outcome.sweep.amount} failed: {outcome.problem}", file=self.messages)
        ending = "" if self.messages.isatty() else "\n"
        print(f"\r{counted(self.count, 'sweep')}", end=ending, file=self.messages, flush=True)

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        self.file.add(outcomes)
        if self.holds:
            self.outcomes += outcomes


def _conclude(result: Result | None, files: Sequence[str], folder: Path) -> None:
    print(file=sys.stderr)
    for number in result.numbers if result is not None else ():
        error = "" if number.error is None else f" ± {number.error:.3g}"
        print(f"{number.name}: {number.value:.6g}{error} {number.unit}".rstrip())
    print(f"Written: {', '.join(files)} in {folder}")


def _site(wanted: Wanted) -> Site:
    population, colon, number = wanted.cell.rpartition(":")
    if not (population and colon and number.isdecimal()):
        raise EngineError(f"{wanted.cell!r} names no cell.", hint="Write POPULATION:ID, such as column:105.")
    try:
        return Site(cell=CellReference(population, int(number)), section=wanted.section, x=wanted.x)
    except ValueError as error:
        raise EngineError(f"{wanted.section}({wanted.x:g}) is no place on a cell.") from error


def _experiment(text: str) -> tuple[Experiment, Path, Path]:
    """The experiment that is named, the folder of its paths, and its circuit; of a circuit, an empty one."""
    try:
        source = find(text)
    except DocumentError:
        with open_circuit(Path(text)) as circuit:
            path = circuit.config_path
            empty = Experiment(
                circuit=CircuitReference(path=path.as_posix()), conditions=usual_conditions(circuit)
            )
        return empty, path.parent, path
    return source.experiment, source.base, source.circuit_path


def _bench(experiment: Experiment, site: Site, circuit: Circuit) -> Bench:
    return Bench(experiment, site, properties_of(circuit, site.cell, experiment.conditions))
