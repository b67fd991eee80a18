"""Requests as methods: the part that the clients with and without Qt have in common."""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages import requests as r
from engine.messages.live import AppliedSetting, Setting
from engine.messages.watch import Watch


def new_name() -> str:
    """A name for a request or a run."""
    return uuid.uuid4().hex[:12]


class Asking:
    """What a worker can be asked. Methods return at once; the id that they return is the answer's.

    Who inherits says how a request is sent, and which run is under way.
    """

    @property
    def run_id(self) -> str | None:
        """The run that has not had its last word."""
        raise NotImplementedError

    def ask(self, request: r.AnyRequest) -> None:
        """Send a request."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a run has not had its last word."""
        return self.run_id is not None

    def load(self, circuit: Path, mechanisms: Path | None = None) -> str:
        """Open a circuit, with a folder of mod files besides its own."""
        request = r.Load(
            request_id=new_name(),
            circuit=str(circuit.absolute()),
            mechanisms=None if mechanisms is None else str(mechanisms.absolute()),
        )
        self.ask(request)
        return request.request_id

    def prepare(self, cells: Iterable[CellReference], conditions: Conditions) -> str:
        """Build cells, in the place of an earlier such request."""
        request = r.Prepare(request_id=new_name(), cells=tuple(cells), conditions=conditions)
        self.ask(request)
        return request.request_id

    def describe(self, cell: CellReference, conditions: Conditions) -> str:
        """Ask what a cell consists of."""
        request = r.Describe(request_id=new_name(), cell=cell, conditions=conditions)
        self.ask(request)
        return request.request_id

    def find_firing_current(self, cell: CellReference, conditions: Conditions) -> str:
        """Ask for a current that makes a cell fire; given up as soon as anything else is asked for."""
        request = r.FindFiringCurrent(request_id=new_name(), cell=cell, conditions=conditions)
        self.ask(request)
        return request.request_id

    def cancel(self, request_id: str) -> None:
        """Give up what is asked for between runs: it is refused as cancelled, unless it is done by then."""
        self.ask(r.Cancel(request_id=request_id))

    def run(
        self,
        experiment: Experiment,
        base: Path,
        *,
        settings: Sequence[AppliedSetting] = (),
        paused: bool = False,
        watch: Watch | None = None,
    ) -> str:
        """Run an experiment whose paths are below `base`. One run at a time."""
        request = r.Run(
            run_id=new_name(),
            experiment=experiment,
            base=str(base.absolute()),
            settings=tuple(settings),
            paused=paused,
            watch=watch,
        )
        return self._begin(request)

    def extend(self, previous: str, duration_ms: float, *, paused: bool = False) -> str:
        """Go on from the end of the last run, in a run of its own."""
        return self._begin(
            r.Extend(run_id=new_name(), previous=previous, duration=duration_ms, paused=paused)
        )

    def branch(
        self, snapshot: str, until_ms: float, settings: Sequence[Setting] = (), *, paused: bool = False
    ) -> str:
        """Go on from a snapshot, in a run of its own."""
        request = r.Branch(
            run_id=new_name(),
            snapshot=snapshot,
            until=until_ms,
            settings=tuple(settings),
            paused=paused,
        )
        return self._begin(request)

    def pause(self) -> None:
        """Let the run wait."""
        if self.run_id is not None:
            self.ask(r.Pause(run_id=self.run_id))

    def resume(self) -> None:
        """Let it go on."""
        if self.run_id is not None:
            self.ask(r.Resume(run_id=self.run_id))

    def step(self, duration_ms: float | None = None) -> None:
        """Go on by one time step, or for so long, and wait again."""
        if self.run_id is not None:
            self.ask(r.Step(run_id=self.run_id, duration=duration_ms))

    def stop(self) -> None:
        """End the run and keep what it computed; a worker that does not obey in time is killed."""
        if self.run_id is not None:
            self.ask(r.Stop(run_id=self.run_id))

    def set(self, setting: Setting) -> str:
        """Change a parameter of the run."""
        assert self.run_id is not None, "there is no run to change"
        request = r.Set(request_id=new_name(), run_id=self.run_id, setting=setting)
        self.ask(request)
        return request.request_id

    def take_snapshot(self) -> str:
        """Keep the state of the run, under the name that is returned; the request has the same id."""
        assert self.run_id is not None, "there is no run to keep"
        name = new_name()
        self.ask(r.TakeSnapshot(request_id=name, run_id=self.run_id, snapshot=name))
        return name

    def _begin(self, request: r.RunRequest) -> str:
        assert not self.busy, "one run at a time: sequences and families queue them"
        self.ask(request)
        return request.run_id
