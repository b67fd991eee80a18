"""`somascope run A B C --jobs N`: several runs, each in a process of its own, N at a time."""

import math
import queue
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from engine.circuit.circuit import open_circuit
from engine.client.client import Client
from engine.commands.interrupts import Interrupts
from engine.commands.preparing import need_trust
from engine.commands.progress import Progress, counted
from engine.commands.results_folder import check, prepare, read_record, write_record
from engine.commands.run import tell_problems
from engine.commands.sources import Source, find
from engine.errors import EngineError
from engine.launch import WorkerCommand, job_command
from engine.messages import events as e
from engine.messages.lost_ranks import LOST_RANK
from engine.mpi import under_mpi

_DONE, _BAD_INPUT, _BUG, _INTERRUPTED = 0, 2, 70, 130
_LOOK_AGAIN_S: Final = 0.1
_WRITING_S: Final = 60.0  # a job that was stopped completes its files


@dataclass(slots=True)
class _Job:
    """One run, how far it is, and how it ended (None: it was not begun)."""

    name: str
    source: Source
    folder: Path
    overwrite: bool
    mechanisms: Path | None
    ranks: int | None = None
    reached_ms: float = 0.0
    summary: str = ""
    last_word: e.LastWord | None = None

    @property
    def exit_code(self) -> int:
        match self.last_word:
            case e.Finished(stopped=False):
                return _DONE
            case e.Failed(reason="bug"):
                return _BUG
            case e.Failed():
                return _BAD_INPUT
            case _:
                return _INTERRUPTED


def run_many(  # noqa: PLR0913 - an argument for each option
    paths: Sequence[str],
    *,
    jobs: int,
    out: Path | None,
    overwrite: bool,
    trusted: bool,
    mechanisms: Path | None,
    quiet: bool,
    ranks: int | None = None,
) -> int:
    """Run what the paths name, each as `somascope run` would, into `out`/NAME; the worst of the exit codes.

    What cannot be used at all is found before anything is begun. A run that fails does not end the others.
    """
    messages = None if quiet else sys.stderr
    sources = [find(path) for path in paths]
    tasks = [
        _Job(name, source, folder.absolute(), overwrite, mechanisms, ranks)
        for source, (name, folder) in zip(sources, _folders(sources, out), strict=True)
    ]
    for task in tasks:
        with open_circuit(task.source.circuit_path) as circuit:
            tell_problems(task.source, circuit, messages)
            need_trust(circuit, mechanisms, trusted=trusted)
        check(task.folder, overwrite=overwrite)
    _Batch(tasks, messages).run(jobs)
    return _conclude(tasks, messages)


def run_shared(  # noqa: PLR0913 - an argument for each option
    path: str,
    *,
    ranks: int,
    out: Path | None,
    overwrite: bool,
    trusted: bool,
    mechanisms: Path | None,
    quiet: bool,
) -> int:
    """Run what the path names in processes that share its cells; results and exit code are those of `run`."""
    messages = None if quiet else sys.stderr
    source = find(path)
    folder = (out or source.output_folder).absolute()
    with open_circuit(source.circuit_path) as circuit:
        tell_problems(source, circuit, messages)
        need_trust(circuit, mechanisms, trusted=trusted)
    check(folder, overwrite=overwrite)
    task = _Job(source.name, source, folder, overwrite, mechanisms, ranks)
    _command(task)  # says what is missing before anything is begun
    _Batch([task], messages, alone=True).run(1)
    _conclude([task], None)
    if isinstance(task.last_word, e.Failed):
        if task.last_word.reason == "bug":
            raise RuntimeError(f"{task.last_word.what}\n{task.last_word.detail}")
        failed = task.last_word
        raise EngineError(failed.what, where=failed.where, hint=failed.hint)
    if messages is not None and task.summary:
        print(task.summary)
    return task.exit_code


def _folders(sources: Iterable[Source], out: Path | None) -> Iterable[tuple[str, Path]]:
    """A name and a folder for each; those that would be alike are numbered."""
    taken: set[Path] = set()
    for source in sources:
        usual = source.output_folder if out is None else out / source.name
        folder, number = usual, 1
        while folder.resolve() in taken:
            number += 1
            folder = usual.with_name(f"{usual.name}-{number}")
        taken.add(folder.resolve())
        yield source.name if number == 1 else f"{source.name}-{number}", folder


class _Batch:
    """Keeps so many jobs going; this thread tells and stops, one thread for each job listens to it."""

    def __init__(self, tasks: Sequence[_Job], messages: TextIO | None, *, alone: bool = False) -> None:
        self._tasks = tasks
        self._alone = alone  # then lines need no name, and a failure is told by whoever asked
        self._messages = messages
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._progress = Progress(sum(task.source.experiment.conditions.tstop for task in tasks), messages)
        self._clients: set[Client] = set()
        self._stopping = False

    def run(self, jobs: int) -> None:
        """Do them all; Ctrl-C ends those that run and begins no more."""
        with Interrupts() as interrupts, ThreadPoolExecutor(jobs) as threads:
            interrupts.keep_results()
            doing = [threads.submit(self._do, task) for task in self._tasks]
            while wait(doing, _LOOK_AGAIN_S).not_done:
                self._tell()
                if interrupts.stopped() and not self._stopping:
                    self._stop()
        self._tell()
        self._progress.end()
        _raise_bugs(doing)

    def _stop(self) -> None:
        self._stopping = True
        for client in tuple(self._clients):
            client.stop()

    def _tell(self) -> None:
        while not self._lines.empty():
            self._progress.say(self._lines.get())
        self._progress.show(sum(task.reached_ms for task in self._tasks))

    def _do(self, task: _Job) -> None:
        if self._stopping:
            return
        try:
            prepare(task.folder, overwrite=task.overwrite)
            task.last_word = self._follow(task)
        except EngineError as error:
            task.last_word = e.Failed(run_id="", what=error.what, where=error.where, hint=error.hint)
        task.reached_ms = task.source.experiment.conditions.tstop
        if isinstance(task.last_word, e.Failed) and not self._alone:
            self._lines.put(f"error: {task.name}: {_sentence(task.last_word)}")

    def _follow(self, task: _Job) -> e.LastWord:
        source = task.source
        lost: list[e.Failed] = []

        def hear(line: str) -> None:
            if line.startswith(LOST_RANK):
                lost.append(e.Failed.model_validate_json(line.removeprefix(LOST_RANK)))

        command = _command(task)
        with Client(command, patience_s=math.inf, stop_deadline_s=_WRITING_S, printed=hear) as client:
            run_id = client.run(source.experiment, source.base)
            self._clients.add(client)
            if self._stopping:  # between our look and our registration
                client.stop()
            try:
                for event, _ in client.follow(run_id):
                    match event:
                        case e.Progress(done=1):
                            task.summary = event.text
                        case e.Progress():
                            self._lines.put(event.text if self._alone else f"{task.name}: {event.text}")
                        case e.Chunk():
                            task.reached_ms = event.time
                        case e.Failed(reason="died") if lost:
                            return lost[0]
                        case e.Finished() | e.Failed():
                            return event
                        case _:
                            pass
            finally:
                self._clients.discard(client)
        raise AssertionError("a run ends with its last word")


def _command(task: _Job) -> WorkerCommand:
    """What to start for a task; EngineError where it takes an MPI that this machine does not have."""
    source = task.source
    command = job_command(
        source.circuit_path.absolute(),
        task.mechanisms,
        task.folder,
        source.output.spikes_file,
        source.output.sort,
        ranks=task.ranks,
    )
    return command if task.ranks is None else under_mpi(command, task.ranks)


def _conclude(tasks: Sequence[_Job], messages: TextIO | None) -> int:
    for task in tasks:
        if isinstance(task.last_word, e.Failed) and read_record(task.folder).get("state") == "running":
            write_record(task.folder, "failed", circuit=str(task.source.circuit_path))  # it died too quickly
    codes = [task.exit_code for task in tasks]
    if messages is not None:
        for task in tasks:
            if task.summary:
                print(f"{task.name}: {task.summary}")
        print(f"{codes.count(_DONE)} of {counted(len(tasks), 'run')} complete.")
    return max(codes)


def _raise_bugs(doing: Sequence[Future[None]]) -> None:
    for future in doing:
        future.result()


def _sentence(failed: e.Failed) -> str:
    return str(EngineError(failed.what, where=failed.where, hint=failed.hint))
