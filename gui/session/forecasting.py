"""How long a protocol will take: said before it begins, and corrected while it goes."""

import os
import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.targets import CellReference, Site
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.experiment.experiment import Experiment
    from engine.protocols.protocol import Protocol
    from engine.protocols.sweeps import Outcome, Plan
    from gui.session.session import Session

# Of a step of the solver on the processors of today: each segment with its channels, and the step itself.
# A guess for before anything was run; sweeps correct it.
_SEGMENT_S: Final = 0.25e-6
_STEP_S: Final = 1e-6
_FEWEST_FOR_PACE: Final = 2  # sweeps


class Forecast(QObject):
    """Of the protocol that would be started, or has been."""

    changed = Signal()

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._plan: Plan | None = None
        self._cell: CellReference | None = None
        self._dt = 0.025
        self._asked: tuple[object, ...] = ()
        self._task: Task | None = None
        self._paces: dict[CellReference, float] = {}  # s on the wall, with all cores, for a ms of the model
        self._began: float | None = None
        self._done, self._done_ms, self._known_ms = 0, 0.0, 0.0

    @property
    def sweeps(self) -> int:
        """How many there will be, about; 0: not known."""
        return self._plan.sweeps if self._plan is not None else 0

    @property
    def seconds_left(self) -> float | None:
        """On the wall; None: it cannot be said."""
        if self._plan is None or self._cell is None:
            return None
        if self._began is None:
            pace = self._paces.get(self._cell, self._guess())
            return None if pace is None else pace * self._plan.model_ms
        if self._done < _FEWEST_FOR_PACE:
            return None
        left_ms = max(self._plan.model_ms, self._known_ms) - self._done_ms
        return max(left_ms, 0.0) * self._pace

    def want(self, protocol: "Protocol", experiment: "Experiment | None", cell: CellReference | None) -> None:
        """Find out what this would take; `changed` when it is known."""
        circuit = self._session.circuit
        asked = protocol, experiment, cell, circuit
        if all(new is old for new, old in zip(asked, self._asked, strict=False)) and self._asked:
            return
        self._asked = asked
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._plan = None
        if experiment is None or cell is None or circuit is None:
            return
        self._cell, self._dt = cell, experiment.conditions.dt

        def work(_task: Task) -> "Plan | None":
            from engine.experiment.properties import properties_of
            from engine.protocols.sweeps import Bench

            properties = properties_of(circuit, cell, experiment.conditions)
            return protocol.plan(Bench(experiment, Site(cell=cell), properties))

        self._task = in_background(work, self._take, self._on_failed)

    def begin(self) -> None:
        """The protocol starts."""
        self._began = time.monotonic()
        self._done, self._done_ms, self._known_ms = 0, 0.0, 0.0

    def ask(self, model_ms: float) -> None:
        """So much of it is run next."""
        self._known_ms += model_ms

    def take(self, outcome: "Outcome") -> None:
        """A sweep has ended."""
        self._done += 1
        self._done_ms += outcome.sweep.experiment.conditions.tstop

    def end(self) -> None:
        """It is over; how fast it was is remembered."""
        if self._began is not None and self._done >= _FEWEST_FOR_PACE and self._cell is not None:
            self._paces[self._cell] = self._pace
        self._began = None

    @property
    def _pace(self) -> float:
        assert self._began is not None
        return (time.monotonic() - self._began) / self._done_ms

    def _guess(self) -> float | None:
        """From the size of the cell, if it is built."""
        assert self._cell is not None and self._plan is not None
        description = self._session.rig.description(self._cell)
        if description is None:
            return None
        segments = sum(len(each.diameters) for each in description.sections)
        cores = max(min(os.cpu_count() or 1, self._plan.sweeps), 1)
        return (_STEP_S + segments * _SEGMENT_S) / self._dt / cores

    def _take(self, plan: "Plan") -> None:
        self._task, self._plan = None, plan
        self.changed.emit()

    def _on_failed(self, _error: EngineError) -> None:
        """Whoever starts it is told why."""
        self._task = None


def seconds_in_words(seconds: float) -> str:
    """`9 s`, `3 min`; no finer than it can be known."""
    return f"{max(seconds, 1.0):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
