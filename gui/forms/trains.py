"""The editor of typed-in spikes: a row for each cell, its times with spaces between them."""

from typing import Any, Final

from pydantic import BaseModel
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from engine.experiment.spike_sources import LONGEST_MS
from engine.experiment.targets import CellReference
from gui.forms.grid import Column, Row
from gui.forms.number_text import exact_text
from gui.forms.places import cell_named
from gui.forms.surroundings import Surroundings
from gui.forms.tables import TableEditor

_FIRST: Final = CellReference("population", 0)


class TrainsEditor(TableEditor):
    """Which cells fire when."""

    def __init__(self, name: str, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        columns = (Column("Cell", str, _cell), Column("Times (ms)", _as_text, _times))
        super().__init__((name,), columns, parent)
        self._surroundings = surroundings

    @override
    def rows_of(self, model: BaseModel) -> list[Row]:
        return [(train.cell, train.times) for train in getattr(model, self.names[0])]

    @override
    def next_row(self) -> Row:
        """The next cell of the same population, at the same times."""
        if self.grid.rows:
            cell, times = self.grid.rows[-1]
            return CellReference(cell.population, cell.node_id + 1), times
        populations = self._surroundings.populations()
        return CellReference(populations[0], 0) if populations else _FIRST, ()

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: tuple({"cell": cell, "times": times} for cell, times in self.grid.rows)}

    @override
    def in_words(self, value: Any) -> str:
        return "1 cell" if len(value) == 1 else f"{len(value)} cells"


def _cell(text: str, _present: object) -> CellReference:
    return cell_named(text.strip())


def _as_text(times: tuple[float, ...]) -> str:
    return " ".join(map(exact_text, times))


def _times(text: str, _present: object) -> tuple[float, ...]:
    return tuple(map(_time, text.replace(",", " ").replace(";", " ").split()))


def _time(word: str) -> float:
    try:
        time = float(word)
    except ValueError as error:
        raise ValueError(f"“{word[:20]}” is no time: write numbers in ms, such as 10 25.5 100.") from error
    if not 0 <= time <= LONGEST_MS:
        raise ValueError(f"{word[:20]} ms is no time of a run: write numbers from 0 to {LONGEST_MS:,.0f}.")
    return time
