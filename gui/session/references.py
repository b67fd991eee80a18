"""Traces of files that are shown and compared as if they were runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.base import new_id
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference, Site
from engine.messages.events import TraceHead
from gui.background import Task, in_background
from gui.session.run import Run
from gui.session.shown_cell import shown_cell
from gui.session.traces import Traces

if TYPE_CHECKING:
    from engine.reference.trace import Contents, TimeAxis, Trace
    from gui.session.session import Session

_UNNUMBERED: Final = 0  # runs are counted from 1
_SOMA: Final = "soma[0]"
_VARIABLES: Final = {"mV": "v", "nA": "i"}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which traces of a file are wanted, by id, and what the user says where the file does not."""

    contents: "Contents"
    wanted: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    times: "TimeAxis | None" = None


class References(QObject):
    """Looks into files and reads traces in the background; what is under way goes with the document."""

    began = Signal(object)  # Task: a file is being read, and nobody else shows how far it is
    asked = Signal(object)  # Contents: it is to be said which of its traces are wanted, or their units
    loaded = Signal(object)  # tuple of Runs that are in the list now

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._under_way: set[Task] = set()
        session.document.replaced.connect(self.give_up)

    def can_load(self) -> bool:
        """Whether there is an experiment beside which a trace can be shown."""
        return self._session.document.experiment is not None

    def look(self, path: Path) -> None:
        """Load all of a file in which nothing is left open; ask about others."""
        from engine.reference.files import look

        refused = self._session.notices.post_error
        self.began.emit(self._begin(lambda _task: look(path), self._on_looked, refused))

    def load(
        self, wish: Wish, done: Callable[[], object], refused: Callable[[EngineError], object]
    ) -> Task | None:
        """Read what is wanted, put it into the list of runs, and say that it is done."""
        experiment = self._session.document.experiment
        if experiment is None:
            return None
        from engine.reference.files import read

        cell = shown_cell(self._session)

        def work(task: Task) -> tuple[list[Run], list[str]]:
            told = wish.contents.path.name
            traces = read(*_arguments(wish), lambda at, of: task.report(at, of, told))
            runs = runs_of(wish.contents, traces, experiment, cell)
            return runs, [each.remark for each in traces if each.remark]

        def put(found: tuple[list[Run], list[str]]) -> None:
            self._put(wish.contents.path, *found)
            done()

        return self._begin(work, put, refused)

    def give_up(self) -> None:
        """Forget what is being read."""
        for task in self._under_way:
            task.cancel()

    def _begin(
        self,
        work: Callable[[Task], object],
        done: Callable[..., object],
        refused: Callable[[EngineError], object],
    ) -> Task:
        task = in_background(work, done, refused)
        self._under_way.add(task)
        task.ended.connect(lambda: self._under_way.discard(task))
        return task

    def _on_looked(self, contents: "Contents") -> None:
        if contents.is_clear:
            wish = Wish(contents, tuple(each.id for each in contents.series))
            self.began.emit(self.load(wish, _nothing, self._session.notices.post_error))
        else:
            self.asked.emit(contents)

    def _put(self, path: Path, runs: Sequence[Run], remarks: Iterable[str]) -> None:
        for run in runs:
            self._session.runs.add(run)
        for remark in dict.fromkeys(remarks):
            self._session.notices.post(remark, where=str(path), severity="warning")
        self.loaded.emit(tuple(runs))


def runs_of(
    contents: "Contents", traces: Iterable["Trace"], experiment: Experiment, cell: CellReference | None
) -> list[Run]:
    """Traces of one group that have the same times are one run, in the list of runs.

    `cell`: the one that they are of, where the file does not say it.
    """
    groups: dict[tuple[object, ...], list[Trace]] = {}
    for each in traces:
        groups.setdefault((each.group, each.start, each.interval, len(each.samples)), []).append(each)
    return [_run(contents, group, experiment, cell) for group in groups.values()]


def _run(
    contents: "Contents", group: Sequence["Trace"], experiment: Experiment, cell: CellReference | None
) -> Run:
    path, first = contents.path, group[0]
    traces = Traces(len(group), first.interval, first.start, len(first.samples))
    traces.append(np.column_stack([each.samples for each in group]))
    heads = tuple(_head(each, cell or CellReference("reference", 0)) for each in group)
    run = Run(new_id(), _UNNUMBERED, experiment, datetime.now(UTC), "finished", heads=heads, traces=traces)
    run.time = run.tstop = round(first.start + len(first.samples) * first.interval, 9)
    run.name = f"{path.name}, {first.group}" if first.group else path.name
    run.reference = f"the {contents.kind} {path}"
    run.is_loaded = run.is_pinned = True
    run.is_single = all(each.is_single for each in group)
    run.onset = first.onset
    return run


def _head(trace: "Trace", cell: CellReference) -> TraceHead:
    return TraceHead(
        id=f"reference-{new_id()}",
        label=trace.label,
        variable=_VARIABLES.get(trace.unit, trace.label),
        unit=trace.unit,
        site=Site(cell=trace.cell or cell, section=trace.section or _SOMA, x=trace.x),
    )


def _arguments(
    wish: Wish,
) -> tuple["Contents", tuple[str, ...], Mapping[str, str], "TimeAxis | None"]:
    return wish.contents, wish.wanted, wish.units, wish.times


def _nothing() -> None:
    return None
