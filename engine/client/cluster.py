"""Sweeps of protocols on a cluster of dask.distributed: its workers do what a crew does at home."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.client.crew import Crew
from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages.outcomes import STOPPED
from engine.protocols.sweeps import Outcome, Sweep
from engine.protocols.tree import Tree

_LONGEST_WAIT_S = 30.0
_crews: dict[tuple[str, str, str], Crew] = {}  # of this process, where it is one of the cluster's


class Cluster:
    """Sends sweeps to the workers of a scheduler, which see the circuit under the same path.

    `told` hears of each sweep that is done. EngineError if the scheduler does not answer, or dask is missing.
    """

    def __init__(
        self,
        address: str,
        circuit: Path,
        base: Path,
        mechanisms: Path | None = None,
        told: Callable[[Outcome], object] = lambda _outcome: None,
    ) -> None:
        try:
            from distributed import Client as Scheduler  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise EngineError(
                "dask.distributed is not installed.",
                hint="Install it with `pip install 'somascope[cluster]'`.",
            ) from error
        try:
            self._scheduler = Scheduler(address, timeout=_LONGEST_WAIT_S)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(
                f"The scheduler at {address} does not answer.",
                hint="Start it with `dask scheduler`, and give the address that it prints.",
            ) from error
        self._place = (str(circuit.absolute()), str(base.absolute()), str(mechanisms or ""))
        self._told = told
        self._stopping = False

    def run(self, sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        """All of them, in their order."""
        if self._stopping:
            return tuple(Outcome.nothing(each, STOPPED) for each in sweeps)
        from distributed import as_completed  # noqa: PLC0415 - an extra

        futures = {
            self._scheduler.submit(
                run_there, self._place, each.experiment.model_dump_json(), pure=False
            ): number
            for number, each in enumerate(sweeps)
        }
        outcomes: dict[int, Outcome] = {}
        for future in as_completed(futures):  # type: ignore[no-untyped-call]
            sweep = sweeps[futures[future]]
            if future.status == "finished":
                interval, columns, problem = future.result()
                outcome = Outcome(sweep, interval, columns, problem)
            else:
                outcome = Outcome.nothing(sweep, "Its place in the cluster died.")
            outcomes[futures[future]] = outcome
            self._told(outcome)
        return tuple(outcomes[number] for number in range(len(sweeps)))

    def tree(self, cell: CellReference, conditions: Conditions) -> Tree:
        """The sections of a cell."""
        future = self._scheduler.submit(tree_there, self._place, cell, conditions, pure=False)
        tree: Tree = future.result()
        return tree

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.close()  # type: ignore[no-untyped-call]


def run_there(place: tuple[str, str, str], experiment: str) -> tuple[float, dict[str, Any], str]:
    """One sweep, in a process of the cluster: interval (ms), columns, and what went wrong.

    The simulator is a process of its own there too, kept for the next sweep of the same circuit.
    """
    sweep = Sweep(0.0, Experiment.model_validate_json(experiment))
    (outcome,) = _crew_of(place).run([sweep])
    return outcome.interval, dict(outcome.columns), outcome.problem


def tree_there(place: tuple[str, str, str], cell: CellReference, conditions: Conditions) -> Tree:
    """The sections of a cell, built in a process of the cluster."""
    return _crew_of(place).tree(cell, conditions)


def _crew_of(place: tuple[str, str, str]) -> Crew:
    if place not in _crews:
        circuit, base, mechanisms = place
        _crews[place] = Crew(Path(circuit), Path(base), 1, Path(mechanisms) if mechanisms else None)
    return _crews[place]
