"""A worker without NEURON: `python -m tests.fakes.worker [SCENARIO]`.

It speaks the real protocol. A run behaves as the title of its experiment says, a Load as the name of the
circuit does; the scenario says how the process itself begins.
"""

import os
import queue
import signal
import sys
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from engine.experiment.experiment import Experiment
from engine.experiment.recordings import SiteRecording
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.framing import FrameReader, encode
from engine.messages.watch import Watch

SAMPLES = 40  # of a chunk
CHUNKS = 10  # of a run that comes to its end
DT = 0.025
GARBAGE = b"|-|       soma(0-1)\n"
_HELLO = {"kind": "hello", "protocol": e.PROTOCOL_VERSION, "program": "0", "neuron": "fake", "python": "3"}


class Pipe:
    """Requests in, events out."""

    def __init__(self) -> None:
        self._frames = os.dup(1)
        os.dup2(2, 1)
        self.requests: queue.SimpleQueue[r.AnyRequest] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, event: BaseModel, body: bytes = b"") -> None:
        self.write(encode(event, body))

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._frames, view) :]

    def _listen(self) -> None:
        reader = FrameReader()
        while data := os.read(0, 65536):
            for head, _ in reader.feed(data):
                self.requests.put(r.REQUESTS.validate_json(head))
        os._exit(0)


def die(how: str) -> None:
    """End as a worker may end, with last words on stderr."""
    os.write(2, f"last words before {how}\n".encode())
    if how.isdigit():
        os._exit(int(how))
    os.kill(os.getpid(), signal.Signals[how])
    threading.Event().wait()


class Run:
    """One run, as long and as obedient as its title says: `TITLE [ARGUMENT]`."""

    def __init__(self, pipe: Pipe, request: r.RunRequest) -> None:
        self.pipe, self.run_id, self.traces = pipe, request.run_id, 1
        self.watch = request.watch if isinstance(request, r.Run) else None
        self.heads: tuple[e.TraceHead, ...] = ()
        self.title, self.argument = "steady", ""
        if isinstance(request, r.Run):
            words = request.experiment.title.split(maxsplit=1)
            self.title, self.argument = [*words, "", ""][:2] if words else ("steady", "")
            self.heads = _heads(request.experiment)
            self.traces = len(self.heads)
        self.sample = 0
        self.paused = isinstance(request, r.Run) and request.paused
        self.stopped = False

    @property
    def time(self) -> float:
        return self.sample * DT

    def go(self) -> None:
        if self.title == "unborn":
            die(self.argument)
        tstop = CHUNKS * SAMPLES * DT
        self.pipe.say(e.Started(run_id=self.run_id, traces=self.heads, interval=DT, tstop=tstop))
        if self.title == "mute":
            threading.Event().wait()
        if self.paused:
            self.pipe.say(e.Paused(run_id=self.run_id, time=self.time))
        wanted = CHUNKS if self.title in ("steady", "dies", "fails", "dies-once") else 10**9
        while not self.stopped and self.sample < wanted * SAMPLES:
            if self.title != "deaf":
                self._obey()
            if not self.stopped:
                self._advance()
        self.pipe.say(e.Finished(run_id=self.run_id, time=self.time, stopped=self.stopped))

    def _advance(self) -> None:
        if self.title == "flood":
            self.pipe.write(encode(e.Resumed(run_id=self.run_id, time=0)) * 1000)
            return
        if self.title == "babble":
            os.write(2, b"spam\n" * 10_000)
        column = np.arange(self.sample, self.sample + SAMPLES, dtype="<f8")
        if self.watch is not None:
            self._say_frames(self.watch, column)
        chunk = e.Chunk(
            run_id=self.run_id,
            first_sample=self.sample,
            samples=SAMPLES,
            traces=self.traces,
            time=(self.sample + SAMPLES) * DT,
            tstop=CHUNKS * SAMPLES * DT,
            speed=1.0,
        )
        self.pipe.say(chunk, np.repeat(column, self.traces).tobytes())
        self.sample += SAMPLES
        if self.sample == 3 * SAMPLES:
            self._misbehave()

    def _say_frames(self, watch: Watch, values: NDArray[np.float64]) -> None:
        """One for each sample, of a cell with one segment."""
        frames = e.Frames(
            run_id=self.run_id,
            cell=watch.cell,
            variable=watch.variable,
            unit="mV",
            first_frame=self.sample,
            count=SAMPLES,
            segments=1,
            interval=DT,
        )
        self.pipe.say(frames, values.astype("<f4").tobytes())

    def _misbehave(self) -> None:
        match self.title:
            case "dies":
                die(self.argument)
            case "dies-once":
                if not Path(self.argument).exists():
                    Path(self.argument).touch()
                    die("SIGKILL")
            case "garbage":
                self.pipe.write(GARBAGE)
            case "nonsense":
                self.pipe.write(b"\x05\x00\x00\x00\x00\x00\x00\x00hello")
            case "short":
                self.pipe.write(encode(e.SpikeBatch(run_id=self.run_id, population="p", count=2), b"1234"))
            case "fails":
                self.pipe.say(
                    e.Failed(run_id=self.run_id, what="The voltage is not finite.", hint="Try less.")
                )
                self.stopped = True  # and so one word too many follows

    def _obey(self) -> None:
        while self.paused or not self.pipe.requests.empty():
            match request := self.pipe.requests.get():
                case r.Pause():
                    self.paused = True
                    self.pipe.say(e.Paused(run_id=self.run_id, time=self.time))
                case r.Resume():
                    self.paused = False
                    self.pipe.say(e.Resumed(run_id=self.run_id, time=self.time))
                case r.Step():
                    self._advance()
                    self.pipe.say(e.Paused(run_id=self.run_id, time=self.time))
                case r.Set():
                    head = {"request_id": request.request_id, "run_id": self.run_id, "time": self.time}
                    self.pipe.say(e.Applied(**head, setting=request.setting))
                case r.TakeSnapshot():
                    head = {"request_id": request.request_id, "run_id": self.run_id, "time": self.time}
                    self.pipe.say(e.SnapshotTaken(**head, snapshot=request.snapshot))
                case r.Stop():
                    self.stopped = self.title != "stubborn"
                    self.paused = False
                    return
                case _:
                    answer(self.pipe, request)


def _heads(experiment: Experiment) -> tuple[e.TraceHead, ...]:
    """Of the recordings, all of which are of sites."""
    return tuple(
        e.TraceHead(id=each.id, label=each.label, variable=each.variable, unit="mV", site=each.site)
        for each in experiment.recordings
        if isinstance(each, SiteRecording)
    )


def _load(pipe: Pipe, request: r.Load) -> None:
    name, _, argument = Path(request.circuit).stem.partition("-")
    if name == "dies":
        die(argument)
    if name == "mute":
        threading.Event().wait()
    if name == "bad":
        pipe.say(e.Refused(request_id=request.request_id, what="There is no such circuit."))
        return
    pipe.say(e.Progress(request_id=request.request_id, text="compiling", done=1, total=2))
    os.write(2, f"loaded {request.circuit}\n".encode())
    pipe.say(e.Loaded(request_id=request.request_id, mechanisms="none", fingerprint=""))


def answer(pipe: Pipe, request: r.AnyRequest) -> None:
    """Answer what is not about a run."""
    match request:
        case r.Load():
            _load(pipe, request)
        case r.Prepare():
            if any(cell.population.startswith("dies-") for cell in request.cells):
                die(request.cells[0].population.removeprefix("dies-"))
            os.write(2, f"prepared {len(request.cells)}\n".encode())
            pipe.say(e.Prepared(request_id=request.request_id, built=len(request.cells), seconds=0))
        case r.Describe():
            section = e.SectionDescription(
                name="soma[0]",
                section_type="soma",
                number=0,
                parent=None,
                parent_x=0,
                length=10,
                axial_resistance=100,
                distance_from_soma=0,
                diameters=(10,),
                first_point=0,
                points=3,
                mechanisms=(),
            )
            description = e.Description(
                request_id=request.request_id,
                cell=request.cell,
                sections=(section,),
                section_lists={},
                mechanisms=(),
                point_processes=(),
            )
            pipe.say(description, np.arange(12, dtype="<f8").tobytes())
        case r.FindFiringCurrent():
            pipe.say(e.FiringCurrent(request_id=request.request_id, cell=request.cell, current=0.15))
        case r.Shutdown():
            os._exit(0)
        case r.Set() | r.TakeSnapshot():
            pipe.say(e.Refused(request_id=request.request_id, what="That run is over."))
        case _:
            pass


def main(scenario: str) -> None:
    """Serve until stdin ends."""
    pipe = Pipe()
    name, _, argument = scenario.partition("-")
    if name == "dies":
        die(argument)
    if name == "silent":
        threading.Event().wait()
    if name == "counts":  # how many processes were started
        Path(argument, str(os.getpid())).touch()
    if name == "old":
        pipe.write(encode(Hello(**{**_HELLO, "protocol": 999})))
    elif name == "prints":
        pipe.write(b"NEURON -- VERSION 9\n")
    else:
        pipe.say(e.Hello(**_HELLO, process_id=os.getpid()))
    while True:
        request = pipe.requests.get()
        if isinstance(request, r.RunRequest):
            Run(pipe, request).go()
        else:
            answer(pipe, request)


class Hello(BaseModel):
    """Of a program of some other time."""

    kind: str
    protocol: int
    program: str
    neuron: str
    python: str


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
