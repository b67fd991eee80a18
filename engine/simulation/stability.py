"""Notices when a solution has left all bounds."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.errors import SimulationError
from engine.simulation.cells.cell import Cell
from engine.simulation.host import h

_WILDEST_MV = 1000.0


class Stability:
    """Looks at the middle of every section of the cells."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._names = [f"{cell} {name}" for cell in cells for name in cell.sections]
        segments = [section(0.5) for cell in cells for section in cell.sections.values()]
        self._voltages = h.Vector(len(segments))
        self._values = self._voltages.as_numpy()  # a view; asking for it anew at each slice takes longer
        self._pointers: list[Any] = (
            [h.PtrVector(len(segments))] if segments else []
        )  # an empty one is refused
        for pointers in self._pointers:
            for place, segment in enumerate(segments):
                pointers.pset(place, segment._ref_v)

    def check(self, now: float) -> None:
        """Raise SimulationError if a voltage is no number or beyond ±1000 mV at `now` ms."""
        for pointers in self._pointers:
            pointers.gather(self._voltages)
        voltages = self._values
        sane = np.abs(voltages) <= _WILDEST_MV
        if not sane.all():
            worst = int(np.argmin(sane))
            raise SimulationError(
                f"The voltage left all bounds: {voltages[worst]:g} mV at t = {now:g} ms.",
                where=self._names[worst],
                hint="Make the time step smaller, or look at amplitudes and channel densities.",
            )
