"""One run: what was asked for, what came back, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.experiment.experiment import Experiment
from engine.messages import events as e
from engine.messages.live import AppliedSetting
from gui.session.frames import Frames
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces

RunState = Literal["starting", "running", "paused", "stopping", "finished", "stopped", "failed"]
OVER: tuple[RunState, ...] = ("finished", "stopped", "failed")


@dataclass(eq=False)
class Run:
    """Changed only by the Rig while it is under way, and by the RunList in what the user decides.

    `traces` has a column for each of `heads`, in their order; both are empty before the worker has started.
    Times are in ms. `settings`: what was changed live, with the exact times; they replay the run.
    A reference is no run of ours: its traces come from a file, and `reference` says from which. That of a
    simulation has the `experiment` that should reproduce it; of one that `is_loaded` nobody knows how it was
    made, and `experiment` is the one beside which it was loaded. `is_single`: its numbers have 32 bits.
    `onset`: when its stimulus begins (ms), where its file says so.
    """

    id: str
    number: int  # as the user counts: "Run 7"
    experiment: Experiment
    began_at: datetime
    state: RunState = "starting"
    heads: tuple[e.TraceHead, ...] = ()
    traces: Traces = field(default_factory=lambda: Traces(0, 0.025))
    spikes: dict[str, SpikeTimes] = field(default_factory=dict)  # by population
    frames: Frames | None = None  # if a cell was watched; only of the newest runs, and not on the disk
    time: float = 0.0
    tstop: float = 0.0
    speed: float = 0.0  # model time over wall time
    problem: e.Failed | None = None
    settings: tuple[AppliedSetting, ...] = ()
    reference: str = ""
    is_single: bool = False
    is_loaded: bool = False
    onset: float | None = None
    # what the user decides
    name: str = ""
    colour: str = ""  # "#rrggbb"; "": by the order of the traces
    is_visible: bool = True  # its eye: set by the list of runs until the user opens or closes it
    is_eye_set: bool = False
    is_pinned: bool = False

    @property
    def is_over(self) -> bool:
        """Whether its last word has come."""
        return self.state in OVER

    @property
    def title(self) -> str:
        """What lists and legends call it."""
        return self.name or self.usual_title

    @property
    def usual_title(self) -> str:
        """What they call it unless it was given a name."""
        return "Reference" if self.reference else f"Run {self.number}"
