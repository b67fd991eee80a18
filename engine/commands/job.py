"""One run of several: a process that is asked like a worker and writes its results into a folder.

It says what a worker says, but chunks without samples: those are in the files. Several processes may share
the run as ranks; the first of them is asked and answers.
"""

import io
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from typing_extensions import override

from engine import __version__
from engine.circuit.circuit import open_circuit
from engine.commands.preparing import need_mechanisms_together, tell
from engine.commands.recorded import run_recorded, summary
from engine.commands.sources import Source
from engine.experiment.sonata_import import OutputSettings, SortOrder
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.lost_ranks import LOST_RANK
from engine.simulation.host import VERSION
from engine.simulation.ranks import ALONE, AgreedError, LostRanksError, Ranks, join_ranks, leave
from engine.worker.beginning import listen
from engine.worker.channel import Channel
from engine.worker.failures import failure
from engine.worker.memory import Ceiling

_TELL_EVERY_S = 0.1
_FAILED: Final = 2


@dataclass(frozen=True, slots=True)
class Files:
    """Where a job reads its circuit and writes its results: absolute paths, and what OutputSettings has."""

    circuit: Path
    mechanisms: Path | None
    results: Path
    spikes_file: str
    sort: SortOrder


def serve_one(channel: Channel, files: Files) -> int:
    """Do the one run that is asked for. The exit code is 0.

    Lines for people come as Progress; the one that counts 1 of 1 done is the summary.
    """
    request = _asked(channel)
    try:
        last_word: e.LastWord = _run(channel, request, files)
    except Exception as error:  # noqa: BLE001 - whatever it is, the client must learn it
        last_word = failure(request.run_id, error, (), Ceiling(None))
    channel.send(last_word)
    return 0


def serve_as_rank(events: BinaryIO, files: Files, count: int) -> NoReturn:
    """Do a part of the one run that the first of `count` ranks is asked for."""
    run_id = ""
    channel: Channel | None = None
    try:
        ranks = join_ranks(count)
        channel = listen(events) if ranks.is_first else None
        request = ranks.share(None if channel is None else _asked(channel))
        assert request is not None, "the first rank has a channel"
        run_id = request.run_id
        last_word: e.LastWord = (
            _do_part(request, files, ranks) if channel is None else _run(channel, request, files, ranks)
        )
    except AgreedError as error:
        last_word = failure(run_id, error, (), Ceiling(None))
    except LostRanksError as lost:
        _give_up(channel, failure(run_id, lost.error, (), Ceiling(None)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the client must learn it
        _give_up(channel, failure(run_id, error, (), Ceiling(None)))
    if channel is not None:
        channel.send(last_word)
    leave(0)


def _asked(channel: Channel) -> r.Run:
    channel.send(
        e.Hello(program=__version__, neuron=VERSION, python=platform.python_version(), process_id=os.getpid())
    )
    request = channel.next()
    assert isinstance(request, r.Run), f"a job cannot {request.kind}"
    return request


def _give_up(channel: Channel | None, last_word: e.Failed) -> NoReturn:
    """End all ranks, after the client was told why: the first has a pipe for it, the others can but print."""
    if channel is None:
        print(f"{LOST_RANK}{last_word.model_dump_json()}", file=sys.stderr)
    else:
        channel.send(last_word)
    leave(_FAILED)


def _do_part(request: r.Run, files: Files, ranks: Ranks) -> e.Finished:
    """The part of a rank that is not the first."""
    with open_circuit(files.circuit) as circuit:
        need_mechanisms_together(request.experiment, circuit, files.mechanisms, None, ranks)
        result = run_recorded(_source(request, files), circuit, files.results, ranks=ranks)
    return e.Finished(run_id=request.run_id, time=result.stopped_at, stopped=not result.complete)


def _source(request: r.Run, files: Files) -> Source:
    output = OutputSettings(spikes_file=files.spikes_file, sort=files.sort)
    return Source("", request.experiment, Path(request.base), files.circuit, output, files.results)


def _run(channel: Channel, request: r.Run, files: Files, ranks: Ranks = ALONE) -> e.Finished:
    source = _source(request, files)
    lines = _Lines(channel, request.run_id)
    with open_circuit(files.circuit) as circuit:
        need_mechanisms_together(source.experiment, circuit, files.mechanisms, lines, ranks)
        began = time.monotonic()
        telling = _Telling(channel, request)
        telling.begin()
        result = run_recorded(
            source,
            circuit,
            files.results,
            telling.tell,
            lambda: channel.is_stopped(request.run_id),
            ranks=ranks,
        )
        tell(result.problems, lines)
        told = "\n".join(summary(result, files.results, time.monotonic() - began))
        channel.send(e.Progress(request_id=request.run_id, text=told, done=1, total=1))
    return e.Finished(run_id=request.run_id, time=result.stopped_at, stopped=not result.complete)


class _Telling:
    """How far the run is, not too often."""

    def __init__(self, channel: Channel, request: r.Run) -> None:
        self._channel = channel
        self._request = request
        self._told = (time.perf_counter(), 0.0)

    def begin(self) -> None:
        conditions = self._request.experiment.conditions
        self._channel.send(
            e.Started(run_id=self._request.run_id, traces=(), interval=conditions.dt, tstop=conditions.tstop)
        )

    def tell(self, now_ms: float, tstop_ms: float) -> None:
        (told_s, told_ms), now_s = self._told, time.perf_counter()
        if now_s - told_s < _TELL_EVERY_S and now_ms < tstop_ms:
            return
        self._told = now_s, now_ms
        chunk = e.Chunk(
            run_id=self._request.run_id,
            first_sample=0,
            samples=0,
            traces=0,
            time=now_ms,
            tstop=tstop_ms,
            speed=(now_ms - told_ms) / max((now_s - told_s) * 1000, 1e-6),
        )
        self._channel.send(chunk)


class _Lines(io.StringIO):
    """A file whose lines go to the client."""

    def __init__(self, channel: Channel, run_id: str) -> None:
        super().__init__()
        self._channel = channel
        self._run_id = run_id
        self._rest = ""

    @override
    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._channel.send(e.Progress(request_id=self._run_id, text=line))
        return len(text)
