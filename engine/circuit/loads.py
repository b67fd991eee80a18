"""How much work cells are, told from their files: nothing is built."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from engine.circuit.cells import CellDescription
from engine.circuit.mod_files import mechanisms_needed
from engine.circuit.morphology import read_morphology
from engine.errors import EngineError

_SEGMENT_UM: Final = 40.0  # as most templates have it
_POINT: Final = 0.1  # of a compartment without channels
_UNKNOWN: Final = 100.0  # compartments of a cell whose morphology does not say
_ITSELF: Final = 1  # what a compartment costs without any channel, in channels


class Loads:
    """Estimates; each file is read once."""

    def __init__(self) -> None:
        self._compartments = cache(_compartments)
        self._mechanisms: dict[tuple[object, ...], int] = {}

    def of(self, cell: CellDescription) -> float:
        """Compartments times mechanisms, which is what a time step costs."""
        if cell.model_type not in {"biophysical", "single_compartment"}:
            return _POINT
        compartments = _UNKNOWN
        if cell.morphology_path is not None:
            compartments = self._compartments(cell.morphology_path, cell.morphology_name)
        return compartments * (_ITSELF + self._mechanisms_of(cell))

    def _mechanisms_of(self, cell: CellDescription) -> int:
        made_of = (cell.model_template, cell.template_path, cell.dynamics_params_path)
        if made_of not in self._mechanisms:
            self._mechanisms[made_of] = len(mechanisms_needed(cell))
        return self._mechanisms[made_of]


def _compartments(path: Path, name: str) -> float:
    """Of a morphology that is cut as templates do it; an unreadable one is told of when it is built."""
    try:
        sections = read_morphology(path, name).sections
    except EngineError:
        return _UNKNOWN
    lengths = [float(np.linalg.norm(np.diff(each.points, axis=0), axis=1).sum()) for each in sections]
    return sum(1.0 + 2.0 * int(length / (2 * _SEGMENT_UM)) for length in lengths)
