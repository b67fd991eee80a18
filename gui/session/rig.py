"""The rig: builds the selected cell, runs the experiment, and says at any time what it is doing."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from engine.experiment.targets import CellReference
from engine.messages.events import Description
from engine.messages.live import Setting
from gui.session.run import Run
from gui.session.worker_pool import WorkerPool

if TYPE_CHECKING:
    from gui.session.session import Session

RigState = Literal["empty", "unavailable", "untrusted", "ready", "starting", "running", "paused", "stopping"]


class Rig(QObject):
    """Owns the talk with the workers. Every method may be called at any time; what makes no sense does nothing.

    `empty`: no experiment is open. `unavailable`: NEURON cannot be started, `reason` says why and what to do.
    `untrusted`: the circuit's code may not run yet.
    """

    state_changed = Signal(object)  # RigState
    building = Signal(object, object, object)  # text such as "building L5_TPC…", done, total; "" when over
    described = Signal(object)  # CellReference, whose `description` is known now
    trust_wanted = Signal(object)  # TrustQuestion: ask the user, then call `give_trust` or do nothing
    worker_changed = Signal()  # `worker_text` is another

    def __init__(self, session: "Session", pool: WorkerPool) -> None:
        super().__init__(session)
        self.state: RigState = "empty"
        self.reason = ""
        self.worker_text = ""  # such as "worker 4711, NEURON 9.0.1"
        self.current: Run | None = None  # under way, or the last of this rig

    def description(self, cell: CellReference) -> Description | None:
        """What a built cell consists of; None: not known yet, it is built when it is selected."""

    def can_run(self) -> bool: ...
    def can_pause(self) -> bool: ...  # also resume
    def can_stop(self) -> bool: ...
    def can_step(self) -> bool: ...
    def can_continue(self) -> bool: ...

    def run(self) -> None: ...
    def pause_or_resume(self) -> None: ...
    def step(self) -> None: ...  # one time step; when nothing runs: begin paused
    def stop(self) -> None: ...
    def continue_for(self, milliseconds: float) -> None: ...  # after the end: extend the last run
    def set(self, setting: Setting) -> None: ...
    def ask_for_trust(self) -> None: ...
    def give_trust(self) -> None: ...
    def restart_worker(self) -> None: ...
    def shutdown(self) -> None: ...
