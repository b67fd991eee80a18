"""What a file with reference traces offers, and a trace that was read from it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.experiment.targets import CellReference

Floats = NDArray[np.float64]


class TraceFileError(EngineError):
    """A file holds no trace that runs could be compared with, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Series:
    """One trace that a file offers. `unit`: ours; None: the file does not say it, so the user has to.

    `group`: those with the same one belong together, such as the channels of one sweep.
    """

    id: str
    label: str
    unit: str | None
    samples: int
    interval: float | None = None  # ms; None: the times are in the file, one by one, or nowhere
    group: str = ""
    cell: CellReference | None = None


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """What the user says of times that a file leaves open. `column`: of the table; None: there is none.

    `milliseconds`: how many ms one unit of the times has; None: not known. `interval` (ms) counts without
    a column of times.
    """

    column: int | None = None
    milliseconds: float | None = None
    interval: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether that is enough to read samples."""
        return (self.milliseconds if self.column is not None else self.interval) is not None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file offers; no sample is read yet. `kind`: such as "NWB file".

    `columns`: the titles of a table, of which one may be the times; `times`: what is known of them, None
    where the format leaves nothing open.
    """

    path: Path
    kind: str
    series: tuple[Series, ...]
    columns: tuple[str, ...] = ()
    times: TimeAxis | None = None

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to ask: one group, and all its units and times are known."""
        has_units = all(each.unit is not None for each in self.series)
        has_times = self.times is None or self.times.is_known
        return has_units and has_times and len({(each.group, each.cell) for each in self.series}) == 1


@dataclass(frozen=True, slots=True)
class Trace:
    """Samples in our units: sample k is at `start` + k × `interval` (ms).

    `is_single`: the file keeps them in 32 bits. `onset`: when its stimulus begins (ms), where the file says
    it. `remark`: a sentence about what was done to them, "" for nothing.
    """

    label: str
    unit: str
    samples: Floats
    start: float
    interval: float
    group: str = ""
    cell: CellReference | None = None
    section: str = ""
    x: float = 0.5
    is_single: bool = False
    onset: float | None = None
    remark: str = ""
