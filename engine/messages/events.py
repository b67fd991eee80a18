"""What a worker says. `kind` tells the events apart; README.md tells in which order they come."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from engine.experiment.base import Frozen
from engine.experiment.targets import CellReference, Site
from engine.messages.live import AppliedSetting, Setting
from engine.units import Micrometres, Milliseconds, Nanoamperes

PROTOCOL_VERSION: Final = 2


class Hello(Frozen):
    """First message of a worker: NEURON is imported, it can take requests."""

    kind: Literal["hello"] = "hello"
    protocol: int = PROTOCOL_VERSION
    program: str
    neuron: str
    python: str
    process_id: int


class Problematic(Frozen):
    """Something that works only in part: what, where, what to do."""

    what: str
    where: str = ""
    hint: str = ""


class Progress(Frozen):
    """How far a Load, a Prepare or the start of a run is: a line of the compiler, or cells built."""

    kind: Literal["progress"] = "progress"
    request_id: str  # or the run_id
    text: str
    done: int = 0
    total: int = 0


class Loaded(Frozen):
    """The circuit is open, its mechanisms are loaded. Circuits with equal `mechanisms` can share a worker."""

    kind: Literal["loaded"] = "loaded"
    request_id: str
    mechanisms: str  # key of the compiled set
    fingerprint: str  # of the circuit's configuration
    problems: tuple[Problematic, ...] = ()


class Prepared(Frozen):
    """The cells are built. `built` of them were not there before."""

    kind: Literal["prepared"] = "prepared"
    request_id: str
    built: int
    seconds: float


class VariableKind(Frozen):
    """One variable of a mechanism or a point process.

    `name` is how a recording asks for it (`hh.m`, `ina`, `Exp2Syn.g`), `hoc_name` how a manipulation or a
    ChannelDensity does (`m_hh`). A reversal potential that NEURON computes is no parameter, but assigned.
    """

    name: str
    hoc_name: str
    unit: str
    role: Literal["parameter", "assigned", "state"]


class MechanismKind(Frozen):
    """A density mechanism, an ion, or a point process, and the variables that it has wherever it is.

    `carries`: the ions whose current it carries, such as "na"; of some channels NEURON does not know it.
    """

    name: str
    variables: tuple[VariableKind, ...]
    carries: tuple[str, ...] = ()


class InsertedMechanism(Frozen):
    """A mechanism in a section; values at its middle, as its kind orders the variables (None: not finite).

    They are those that the cell was built with, whatever a run does to it.
    """

    name: str
    values: tuple[float | None, ...]


class SectionDescription(Frozen):
    """A section as NEURON has it. Its 3-D points are in the body of the message."""

    name: str
    section_type: str  # soma, axon, dend, apic, myelin …
    number: int | None  # in SONATA
    parent: str | None
    parent_x: float
    length: Micrometres
    axial_resistance: float  # Ω cm
    distance_from_soma: Micrometres  # of its near end from the middle of the soma, along the path
    diameters: tuple[float, ...]  # µm, one for each segment
    first_point: int  # row of the body
    points: int  # rows of the body; 0 where NEURON has no 3-D points
    mechanisms: tuple[InsertedMechanism, ...]


class Description(Frozen):
    """What a built cell consists of. Body: float64, points × (x, y, z, diameter) in µm.

    Everywhere `v` (mV) and `i_membrane` (nA) can be recorded, and all variables of what is inserted.
    """

    kind: Literal["description"] = "description"
    request_id: str
    cell: CellReference
    sections: tuple[SectionDescription, ...]
    section_lists: dict[str, tuple[str, ...]]
    mechanisms: tuple[MechanismKind, ...]  # those that are inserted somewhere in the cell
    point_processes: tuple[MechanismKind, ...]  # those that can be placed


class FiringCurrent(Frozen):
    """What makes a cell fire, a little over its threshold; it is remembered for this user."""

    kind: Literal["firing_current"] = "firing_current"
    request_id: str
    cell: CellReference
    current: Nanoamperes | None  # 0: it fires by itself; None: nothing that was tried makes it fire


class Refused(Frozen):
    """A request could not be done. Only the client says `died`, in the place of a worker that cannot."""

    kind: Literal["refused"] = "refused"
    request_id: str
    what: str
    where: str = ""
    hint: str = ""
    reason: Literal["error", "cancelled", "not_trusted", "bug", "died"] = "error"
    detail: str = ""  # for the log: what NEURON printed, or a traceback

    @property
    def cancelled(self) -> bool:
        """Whether it was given up, so that no one needs to be told."""
        return self.reason == "cancelled"


class TraceHead(Frozen):
    """One column of the chunks."""

    id: str
    label: str
    variable: str
    unit: str
    site: Site


class Started(Frozen):
    """The run begins at `time`; its chunks have these columns, sample k is at k × `interval`."""

    kind: Literal["started"] = "started"
    run_id: str
    traces: tuple[TraceHead, ...]
    interval: Milliseconds
    time: Milliseconds = 0.0
    tstop: Milliseconds
    first_sample: int = 0  # of an extension or a branch: the number of its first sample in the whole run
    problems: tuple[Problematic, ...] = ()


class Chunk(Frozen):
    """A stretch of samples. Body: float64, samples × traces, C order, columns in the units of the traces."""

    kind: Literal["chunk"] = "chunk"
    run_id: str
    first_sample: int
    samples: int
    traces: int
    time: Milliseconds
    tstop: Milliseconds
    speed: float  # model time over wall time since the last chunk


class SpikeBatch(Frozen):
    """Spikes since the last batch. Body: float64, count × (time in ms, node id), as they happened."""

    kind: Literal["spikes"] = "spikes"
    run_id: str
    population: str
    count: int


class Frames(Frozen):
    """A stretch of what is watched. Body: float32, count × segments, C order, as an Anatomy counts segments.

    Frame k of the whole run is at k × `interval`.
    """

    kind: Literal["frames"] = "frames"
    run_id: str
    cell: CellReference
    variable: str
    unit: str
    first_frame: int
    count: int
    segments: int
    interval: Milliseconds


class Paused(Frozen):
    """The run waits at `time` for Resume, Step, Set, TakeSnapshot or Stop. All samples so far are sent."""

    kind: Literal["paused"] = "paused"
    run_id: str
    time: Milliseconds


class Resumed(Frozen):
    """The run goes on."""

    kind: Literal["resumed"] = "resumed"
    run_id: str
    time: Milliseconds


class Applied(Frozen):
    """A setting holds from exactly this model time on."""

    kind: Literal["applied"] = "applied"
    request_id: str
    run_id: str
    time: Milliseconds
    setting: Setting


class SnapshotTaken(Frozen):
    """The state at this model time is kept until the worker loads another circuit."""

    kind: Literal["snapshot_taken"] = "snapshot_taken"
    request_id: str
    run_id: str
    snapshot: str
    time: Milliseconds


class Finished(Frozen):
    """The last word of a run that did not fail. `settings`, from t = 0 on, replay it."""

    kind: Literal["finished"] = "finished"
    run_id: str
    time: Milliseconds
    stopped: bool = False
    settings: tuple[AppliedSetting, ...] = ()


class Failed(Frozen):
    """The last word of a run that did. What was streamed before stays valid."""

    kind: Literal["failed"] = "failed"
    run_id: str
    what: str
    where: str = ""
    hint: str = ""
    reason: Literal["error", "not_trusted", "bug", "died"] = "error"
    detail: str = (
        ""  # for the log: what NEURON printed, a traceback, or the last lines of a process that died
    )
    settings: tuple[AppliedSetting, ...] = ()


Answer: TypeAlias = Loaded | Prepared | Description | FiringCurrent | Applied | SnapshotTaken | Refused
LastWord: TypeAlias = Finished | Failed
OfRun: TypeAlias = Started | Chunk | SpikeBatch | Frames | Paused | Resumed | LastWord
AnyEvent: TypeAlias = Hello | Progress | Answer | OfRun
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])
