"""One experiment from start to end, its results in a folder."""

import csv
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.circuit.spike_writing import write_spikes
from engine.circuit.spikes import Spikes
from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.store import with_file
from engine.experiment.waveforms import Samples
from engine.simulation.ranks import ALONE, Columns, Ranks
from engine.simulation.reports import ReportStream, open_reports
from engine.simulation.sharing import all_problems, all_spikes, all_traces, shared_simulation
from engine.simulation.simulation import Simulation
from engine.simulation.traces import TraceDescription
from engine.user_files import write_whole

SPIKES_NAME = "out.h5"
TRACES_NAME = "traces.csv"
EXPERIMENT_NAME = "experiment.somascope.json"
_SLICE_S = 0.05  # of wall time: how soon a stop takes effect
_FIRST_SLICE_STEPS = 40


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run left behind. `complete`: it reached its end; `stopped_at` (ms) says how far it came."""

    files: tuple[Path, ...]
    spikes: Mapping[str, Spikes]
    complete: bool
    stopped_at: float
    problems: tuple[Problem, ...] = ()


def run_experiment(  # noqa: PLR0913 - what to run, where, who is told, and what the files are called
    experiment: Experiment,
    circuit: Circuit,
    base: Path,
    out_folder: Path,
    *,
    progress: Callable[[float, float], None] = lambda _t, _tstop: None,
    stopped: Callable[[], bool] = lambda: False,
    spikes_name: str = SPIKES_NAME,
    sort: Literal["none", "by_id", "by_time"] = "by_time",
    ranks: Ranks = ALONE,
) -> RunResult:
    """Run, and write spikes, reports, traces and a copy of the experiment into an existing folder.

    `base` is the folder that the experiment's paths are relative to. `progress` is told time and end in ms;
    when `stopped` says True the run ends within a slice. What a stopped or failed run has computed is kept,
    and marked as partial. Several `ranks` call this together: each does its part of the cells, the first one
    writes, tells and is asked to stop, and has the result of all.
    """
    with (
        closing(_build(experiment, circuit, base, ranks)) as simulation,
        _Results(simulation, out_folder, ranks) as results,
    ):
        with ranks.exchanging():
            simulation.start()
        results.collect()
        try:
            for now in slices(simulation, stopped, ranks=ranks):
                results.collect()
                progress(now, simulation.conditions.tstop)
        except EngineError:
            results.collect()  # the slice that went wrong shows how
            results.finish(spikes_name, sort, partial=True)
            raise
        complete = simulation.finished
        results.finish(spikes_name, sort, partial=not complete)
        copy = out_folder / EXPERIMENT_NAME
        with ranks.together():
            if ranks.is_first:
                write_whole(copy, _moved(experiment, base, out_folder).model_dump_json(indent=2) + "\n")
        problems = (*all_problems(simulation, ranks), *results.problems)
        return RunResult((*results.files, copy), results.spikes, complete, simulation.time, problems)


def _build(experiment: Experiment, circuit: Circuit, base: Path, ranks: Ranks) -> Simulation:
    if ranks.count == 1:
        return Simulation(experiment, circuit, base)
    return shared_simulation(experiment, circuit, base, ranks)


def slices(
    simulation: Simulation,
    stopped: Callable[[], bool],
    slice_s: float = _SLICE_S,
    *,
    ranks: Ranks = ALONE,
) -> Iterator[float]:
    """Advance a started simulation to its end in slices of about `slice_s` of solving; yields its time.

    Of several ranks the first one measures, and says how far the next slice goes.
    """
    step = simulation.conditions.dt * _FIRST_SLICE_STEPS
    while not simulation.finished:
        until = ranks.share(None if stopped() else simulation.time + step)
        if until is None:
            return
        began = time.perf_counter()
        with ranks.exchanging():
            simulation.solve(until)
        with ranks.together():
            simulation.check()
        solved = time.perf_counter()
        yield simulation.time
        # Who gathers much after each slice, such as a report of all compartments, gets longer ones.
        wanted = max(slice_s, time.perf_counter() - solved)
        step *= min(max(wanted / max(solved - began, 1e-6), 0.5), 2.0)
        step = max(step, simulation.conditions.dt)


class _Results:
    """The files of a run while they grow; the first rank has them."""

    def __init__(self, simulation: Simulation, folder: Path, ranks: Ranks) -> None:
        self.files: tuple[Path, ...] = ()
        self.problems: list[Problem] = []
        self.spikes: Mapping[str, Spikes] = {}
        self._simulation = simulation
        self._folder = folder
        self._ranks = ranks
        self._reports: list[ReportStream] = open_reports(
            simulation.experiment, simulation.places, folder, self.problems, ranks
        )
        self._columns = Columns(simulation.trace_keys, ranks)
        traces = all_traces(simulation, self._columns)
        with ranks.together():
            self._traces = _TraceFile(folder / TRACES_NAME, traces, simulation.conditions.dt)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for report in self._reports:
            report.discard()
        self._traces.close()

    def collect(self) -> None:
        """Write what the last slice brought."""
        for report in self._reports:
            report.collect()
        waiting = [each for each in self._ranks.all_of(self._simulation.waiting) if each is not None]
        samples = self._columns.joined(self._simulation.fetch(min(waiting, default=0)))
        with self._ranks.together():
            self._traces.append(samples)

    def finish(self, spikes_name: str, sort: Literal["none", "by_id", "by_time"], *, partial: bool) -> None:
        """Complete all files."""
        spikes = self._folder / spikes_name
        self.spikes = all_spikes(self._simulation, self._ranks)
        pairs = {population: (each.times, each.node_ids) for population, each in self.spikes.items()}
        with self._ranks.together():
            if self._ranks.is_first:
                write_spikes(spikes, pairs, sort, partial=partial)
            for report in self._reports:
                report.finish(partial=partial)
            self._traces.finish(partial=partial)
        self.files = (spikes, *(report.path for report in self._reports), *self._traces.paths)


class _TraceFile:
    """A table of the single traces: time in ms and a column for each, with its unit in the header."""

    def __init__(self, path: Path, traces: tuple[TraceDescription, ...], interval: float) -> None:
        self._path = path
        self._interval = interval
        self._samples = 0
        self._file: TextIO | None = None
        if traces:
            with self._explaining():
                self._file = path.open("w", newline="", encoding="utf-8")
            names = [f"{trace.label} ({trace.unit})" if trace.unit else trace.label for trace in traces]
            self._writer = csv.writer(self._file)
            self._write([["time (ms)", *names]])

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file, if there is one."""
        return () if self._file is None else (self._path,)

    def append(self, samples: Samples) -> None:
        """Add samples × traces, next in time."""
        if self._file is None:
            return
        times = range(self._samples, self._samples + len(samples))
        self._write(
            [
                [_tidy(k * self._interval), *map(repr, row)]
                for k, row in zip(times, samples.tolist(), strict=True)
            ]
        )
        self._samples += len(samples)

    def finish(self, *, partial: bool) -> None:
        """Complete the file; a partial one says so in its last line."""
        if self._file is not None:
            if partial:
                self._write([["# partial: the run did not reach its end"]])
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with self._explaining():
                self._file.close()

    def _write(self, rows: list[list[str]]) -> None:
        with self._explaining():
            self._writer.writerows(rows)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise EngineError(
                f"The traces could not be written: {error.strerror}.",
                where=str(self._path),
                hint="Make room on the disk or choose a folder that you may write to.",
            ) from error


def _tidy(milliseconds: float) -> str:
    """A time without the dust of binary fractions: 0.3, not 0.30000000000000004."""
    return f"{milliseconds:.9f}".rstrip("0").rstrip(".")


def _moved(experiment: Experiment, base: Path, folder: Path) -> Experiment:
    """The same experiment with paths relative to another folder."""

    def relative(path: str) -> str:
        absolute = (base / path).resolve()
        try:
            return Path(os.path.relpath(absolute, folder.resolve())).as_posix()
        except ValueError:  # on another drive
            return absolute.as_posix()

    circuit = changed(experiment.circuit, path=relative(experiment.circuit.path))
    replays = tuple(with_file(each, relative) for each in experiment.replays)
    return changed(experiment, circuit=circuit, replays=replays)
