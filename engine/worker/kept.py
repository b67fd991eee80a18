"""Which of the cells that were built earlier stay: the newest, as long as they fit."""

from collections.abc import Collection
from typing import Final

from engine.experiment.targets import CellReference
from engine.worker.memory import resident_mib

_MOST: Final = 100  # where the system does not say how much memory a process has


class KeptCells:
    """Remembers what each cell cost, in MiB of memory, when it was built."""

    def __init__(self, limit_mib: float) -> None:
        self._limit_mib = limit_mib
        self._costs: dict[CellReference, float] = {}  # the newest last
        self._before_mib = 0.0

    def begin(self) -> None:
        """Cells will be built now."""
        self._before_mib = resident_mib()

    def note(self, cells: Collection[CellReference]) -> None:
        """These are the newest: they were built since `begin` or the last call, or are used once more."""
        now_mib = resident_mib()
        unknown = [cell for cell in cells if cell not in self._costs]
        cost = max(now_mib - self._before_mib, 0.0) / max(len(unknown), 1)
        for cell in cells:
            self._costs[cell] = self._costs.pop(cell, cost)
        self._before_mib = now_mib

    def beside(
        self, wanted: Collection[CellReference], there: Collection[CellReference]
    ) -> list[CellReference]:
        """Those of the cells that are `there` which stay beside the `wanted` ones, the oldest first."""
        self._costs = {cell: cost for cell, cost in self._costs.items() if cell in there}
        room_mib = self._limit_mib - sum(self._costs.get(cell, 0.0) for cell in wanted)
        kept: list[CellReference] = []
        for cell in reversed(self._costs):
            room_mib -= self._costs[cell] if cell not in wanted else 0.0
            if room_mib < 0 or len(kept) == _MOST:
                break
            if cell not in wanted:
                kept.append(cell)
        return kept[::-1]
