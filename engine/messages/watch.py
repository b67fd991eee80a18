"""What a run is asked to show besides its traces: one variable in every segment of one cell."""

from typing import Annotated

from pydantic import Field

from engine.experiment.base import Frozen
from engine.experiment.recordings import VariableName
from engine.experiment.targets import CellReference
from engine.messages.live import LONGEST_MS
from engine.units import Milliseconds


class Watch(Frozen):
    """A variable that a recording may name. Segments that do not have it are NaN.

    `interval` between two frames is rounded to whole time steps. None: 0.1 ms (0.2 ms in a cell without
    channels), or longer, so that a whole run stays within 64 MiB.
    """

    cell: CellReference
    variable: VariableName = "v"
    interval: Annotated[Milliseconds, Field(gt=0, le=LONGEST_MS)] | None = None
