"""One run in a folder: experiment.json, traces.npy, spikes-N.npy, and run.json, without which it is none."""

import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.base import Frozen
from engine.experiment.experiment import Experiment
from engine.messages.events import Failed, TraceHead
from engine.messages.live import AppliedSetting
from engine.user_files import write_whole
from gui.session.run import OVER, Run, RunState
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces

Numbers = NDArray[np.float64]

_RUN: Final = "run.json"
_EXPERIMENT: Final = "experiment.json"
_TRACES: Final = "traces.npy"


class _Head(Frozen):
    """All of a run but its numbers and its experiment. Times in ms."""

    format: int = 1
    id: str
    number: int
    began_at: datetime
    state: RunState
    heads: tuple[TraceHead, ...]
    interval: float
    start: float
    time: float
    tstop: float
    speed: float
    populations: tuple[str, ...]  # of the spikes: those of the N-th are in spikes-N.npy
    settings: tuple[AppliedSetting, ...]
    problem: Failed | None
    reference: str = ""
    is_single: bool = False
    is_loaded: bool = False
    onset: float | None = None
    name: str
    colour: str
    is_visible: bool
    is_eye_set: bool = False
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run as it is at a moment, to be written by a thread. Its samples are views: only new ones follow."""

    head: _Head
    experiment: Experiment
    columns: tuple[Numbers, ...]
    spikes: tuple[Numbers, ...]


def folder_name(run: Run) -> str:
    """Of the folder of a run: names are in the order of time."""
    return f"{run.began_at:%Y%m%d-%H%M%S}-{run.id}"


def snapshot(run: Run) -> Snapshot:
    """What there is of a run that is over. Copies no samples."""
    traces = run.traces
    head = _Head(
        id=run.id,
        number=run.number,
        began_at=run.began_at,
        state=run.state,
        heads=run.heads,
        interval=traces.interval,
        start=traces.start,
        time=run.time,
        tstop=run.tstop,
        speed=run.speed,
        populations=tuple(run.spikes),
        settings=run.settings,
        problem=run.problem,
        reference=run.reference,
        is_single=run.is_single,
        is_loaded=run.is_loaded,
        onset=run.onset,
        name=run.name,
        colour=run.colour,
        is_visible=run.is_visible,
        is_eye_set=run.is_eye_set,
        is_pinned=run.is_pinned,
    )
    spikes = tuple(np.stack([each.times, each.node_ids], axis=1) for each in run.spikes.values())
    columns = tuple(traces.column(index) for index in range(traces.columns))
    return Snapshot(head, run.experiment, columns, spikes)


def write(shot: Snapshot, folder: Path) -> None:
    """Write a run; EngineError, and no half of it, if that fails."""
    is_new = not (folder / _RUN).exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        store.save(shot.experiment, folder / _EXPERIMENT, folder=folder)
        samples = len(shot.columns[0]) if shot.columns else 0
        _write_table(folder / _TRACES, (len(shot.columns), samples), shot.columns)
        for index, spikes in enumerate(shot.spikes):
            _write_table(_spikes_file(folder, index), (len(spikes), 2), [spikes])
        write_head(shot, folder)
    except (OSError, EngineError) as error:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise refusal(error, folder.parent) from error


def write_head(shot: Snapshot, folder: Path) -> None:
    """Write what the user decided about a run that is there."""
    write_whole(folder / _RUN, shot.head.model_dump_json(indent=1))


def refusal(error: OSError | EngineError, folder: Path) -> EngineError:
    """What the user is told when runs cannot be kept."""
    why = error.what if isinstance(error, EngineError) else f"{error.strerror}."
    return EngineError(
        f"A run could not be kept on the disk: {why}",
        where=str(folder),
        hint="It stays here until the window is closed. Make room, or save the experiment elsewhere.",
    )


def read(folder: Path) -> Run | None:
    """The run in a folder; None if there is none, or not all of it."""
    try:
        head = _Head.model_validate_json((folder / _RUN).read_bytes())
        experiment = store.with_absolute_paths(store.load(folder / _EXPERIMENT), folder)
        table = np.load(folder / _TRACES, allow_pickle=False)
        spikes = {
            population: np.load(_spikes_file(folder, index), allow_pickle=False)
            for index, population in enumerate(head.populations)
        }
        return _run(head, experiment, table, spikes)
    except (OSError, ValueError, EOFError, EngineError, ValidationError):
        return None


def move(old: Path, new: Path) -> None:
    """Move a run, whose experiment names files relative to where it is."""
    experiment = store.with_absolute_paths(store.load(old / _EXPERIMENT), old)
    new.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(old, new)
    store.save(experiment, new / _EXPERIMENT, folder=new)


def copy(old: Path, new: Path) -> None:
    """Have a run in another place, too; not half of it, and not one that could not be read there.

    Raises OSError or EngineError if there is no room.
    """
    if new.exists() or not (old / _RUN).exists():
        return
    try:
        experiment = store.with_absolute_paths(store.load(old / _EXPERIMENT), old)
    except EngineError:  # it was spoilt, and is not in the list of runs
        return
    new.parent.mkdir(parents=True, exist_ok=True)
    partial = new.with_name(f".{new.name}.{secrets.token_hex(4)}")
    try:
        shutil.copytree(old, partial, copy_function=_copy_file)
        store.save(experiment, partial / _EXPERIMENT, folder=partial)
        partial.rename(new)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_file(old: str, new: str) -> None:
    """Numbers are never changed: where the disk can do it, they are there once, under two names."""
    if old.endswith(".npy"):
        try:
            os.link(old, new)
        except OSError:
            shutil.copy2(old, new)
    else:
        shutil.copy2(old, new)


def _run(head: _Head, experiment: Experiment, table: Numbers, spikes: dict[str, Numbers]) -> Run:
    if (
        table.dtype != np.float64
        or table.ndim != 2
        or len(table) != len(head.heads)
        or head.state not in OVER
    ):
        raise ValueError("not the samples of this run")
    traces = Traces(len(table), head.interval, head.start, table.shape[1])
    traces.append(table.T)
    run = Run(head.id, head.number, experiment, head.began_at, head.state, head.heads, traces)
    for population, events in spikes.items():
        run.spikes[population] = SpikeTimes()
        run.spikes[population].append(events)
    fields: dict[str, Any] = {
        name: getattr(head, name)
        for name in (
            "time",
            "tstop",
            "speed",
            "problem",
            "settings",
            "reference",
            "is_single",
            "is_loaded",
            "onset",
            "name",
            "colour",
            "is_visible",
            "is_eye_set",
            "is_pinned",
        )
    }
    for name, value in fields.items():
        setattr(run, name, value)
    return run


def _spikes_file(folder: Path, index: int) -> Path:
    return folder / f"spikes-{index}.npy"


def _write_table(path: Path, shape: tuple[int, int], parts: Iterable[Numbers]) -> None:
    """A table in NumPy's format, part by part: it may be as large as half of the memory."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:
            np.lib.format.write_array_header_1_0(
                file, {"descr": "<f8", "fortran_order": False, "shape": shape}
            )
            for part in parts:
                file.write(np.ascontiguousarray(part, "<f8").data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
