"""What a worker can be asked. `kind` tells the requests apart; README.md tells when each makes sense."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, TypeAdapter, model_validator

from engine.experiment.base import Frozen
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages.live import LONGEST_MS, AppliedSetting, Setting
from engine.messages.watch import Watch
from engine.units import Milliseconds

Name = Annotated[str, Field(min_length=1, max_length=64)]
Duration = Annotated[Milliseconds, Field(gt=0, le=LONGEST_MS)]


class Load(Frozen):
    """Open a circuit; compile its mechanisms if need be, and load them. Answered by Loaded or Refused."""

    kind: Literal["load"] = "load"
    request_id: Name
    circuit: str  # absolute path of a configuration
    mechanisms: str | None = None  # absolute path of a folder with mod files, besides the circuit's own


class Prepare(Frozen):
    """Build these cells and keep them. A newer Prepare, or a run, takes the place of one that is under way.

    Answered by Prepared or Refused.
    """

    kind: Literal["prepare"] = "prepare"
    request_id: Name
    cells: tuple[CellReference, ...]
    conditions: Conditions = Conditions()


class Describe(Frozen):
    """What is there in a cell, once built. Answered by Description or Refused."""

    kind: Literal["describe"] = "describe"
    request_id: Name
    cell: CellReference
    conditions: Conditions = Conditions()


class FindFiringCurrent(Frozen):
    """Look for a current into the soma that makes a cell fire, while nothing else is asked for.

    Answered by FiringCurrent or Refused: as cancelled as soon as any other request waits.
    """

    kind: Literal["find_firing_current"] = "find_firing_current"
    request_id: Name
    cell: CellReference
    conditions: Conditions = Conditions()


class Cancel(Frozen):
    """Give up an errand that waits or is under way: it is Refused as cancelled."""

    kind: Literal["cancel"] = "cancel"
    request_id: Name


class Run(Frozen):
    """Simulate an experiment. Started, and at the very end exactly one Finished or Failed.

    `settings` are applied at their times, as the log of an earlier run recorded them. `paused`: begin at
    t = 0 and wait. Relative paths of the experiment are below `base`, an absolute path. `watch`: also stream
    a variable of all segments of one cell, as Frames.
    """

    kind: Literal["run"] = "run"
    run_id: Name
    experiment: Experiment
    base: str
    settings: tuple[AppliedSetting, ...] = ()
    paused: bool = False
    watch: Watch | None = None

    @model_validator(mode="after")
    def _settings_are_in_order(self) -> Self:
        times = [applied.time for applied in self.settings]
        if times != sorted(times):
            raise ValueError("the settings are not in the order of their times")
        return self


class Extend(Frozen):
    """Go on from where the last run ended, for so long. A run of its own, with its own last word.

    It watches what the run before watched.
    """

    kind: Literal["extend"] = "extend"
    run_id: Name
    previous: Name
    duration: Duration
    paused: bool = False


class Branch(Frozen):
    """Go on from a snapshot until `until` ms, after changing `settings`. A run with its own last word.

    It watches what the run watched that the snapshot was taken of.
    """

    kind: Literal["branch"] = "branch"
    run_id: Name
    snapshot: Name
    until: Duration
    settings: tuple[Setting, ...] = ()
    paused: bool = False


class Pause(Frozen):
    """Wait between two slices. Answered by Paused."""

    kind: Literal["pause"] = "pause"
    run_id: Name


class Resume(Frozen):
    """Go on to the end. Answered by Resumed."""

    kind: Literal["resume"] = "resume"
    run_id: Name


class Step(Frozen):
    """Go on by a time step, or for `duration`, also beyond the end (which moves); answered by Paused."""

    kind: Literal["step"] = "step"
    run_id: Name
    duration: Duration | None = None


class Stop(Frozen):
    """End the run soon and keep what it computed. Answered by the last word: Finished, `stopped`."""

    kind: Literal["stop"] = "stop"
    run_id: Name


class Set(Frozen):
    """Change a parameter of the run at the next slice. Answered by Applied or Refused."""

    kind: Literal["set"] = "set"
    request_id: Name
    run_id: Name
    setting: Setting


class TakeSnapshot(Frozen):
    """Keep the state of the run at the next slice. Answered by SnapshotTaken or Refused."""

    kind: Literal["take_snapshot"] = "take_snapshot"
    request_id: Name
    run_id: Name
    snapshot: Name


class Shutdown(Frozen):
    """Exit at once."""

    kind: Literal["shutdown"] = "shutdown"


RunRequest: TypeAlias = Run | Extend | Branch
ControlRequest: TypeAlias = Pause | Resume | Step | Stop | Set | TakeSnapshot
Errand: TypeAlias = Load | Prepare | Describe | FindFiringCurrent  # what is done between runs
AnsweredRequest: TypeAlias = Errand | Set | TakeSnapshot
AnyRequest: TypeAlias = Errand | Cancel | RunRequest | ControlRequest | Shutdown
REQUESTS: TypeAdapter[AnyRequest] = TypeAdapter(Annotated[AnyRequest, Field(discriminator="kind")])
