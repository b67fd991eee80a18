"""Two stretches of time that are measured; they stay while runs come and go."""

from collections.abc import Mapping
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from gui.session.run_list import RunList
from gui.session.time_span import Span

RegionName = Literal["A", "B"]
REGIONS: Final[tuple[RegionName, ...]] = ("A", "B")


class Regions(QObject):
    """Their ends lie on samples of the newest run, in ms."""

    changed = Signal()

    def __init__(self, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._spans: dict[RegionName, Span] = {}

    @property
    def spans(self) -> Mapping[str, Span]:
        """Those that there are, A first."""
        return {name: self._spans[name] for name in REGIONS if name in self._spans}

    @property
    def missing(self) -> RegionName | None:
        """The first that there is not; None: there are both."""
        return next((name for name in REGIONS if name not in self._spans), None)

    def put(self, name: RegionName, begin: float, end: float) -> None:
        """Have a region from one time (ms) to another, whichever is the earlier."""
        span = self.snapped(min(begin, end)), self.snapped(max(begin, end))
        if self._spans.get(name) != span:
            self._spans[name] = span
            self.changed.emit()

    def remove(self, *names: RegionName) -> None:
        """Have these no more; without a name, none."""
        gone = [name for name in names or REGIONS if self._spans.pop(name, None) is not None]
        if gone:
            self.changed.emit()

    def snapped(self, time: float) -> float:
        """The nearest time of a sample, were the newest run long enough; never before 0."""
        newest = self._runs.latest
        if newest is None or not newest.heads:
            return max(time, 0.0)
        start, interval = newest.traces.start, newest.traces.interval
        steps = max(round((time - start) / interval), 0)
        return round(start + steps * interval, 9)  # 0.3, not 0.30000000000000004
