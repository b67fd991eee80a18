"""Groups: several cells at once, connected as the circuit says, with a few of their voltages recorded."""

from collections.abc import Sequence
from typing import Final

from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.presets import record_soma
from engine.experiment.targets import CellReference

MOST_CELLS: Final = 500  # of a group: each is built in full
MOST_RECORDED: Final = 4  # somata: more traces than that hide each other; all spikes are kept anyhow


def with_group(
    experiment: Experiment, cells: Sequence[CellReference], recorded: Sequence[CellReference] = ()
) -> Experiment:
    """Let cells take part with the circuit's connections, and record the somata of some of them.

    EngineError if there are too many together, or if a node set says which cells take part.
    """
    if not isinstance(experiment.cells, ListedCells):
        raise EngineError(
            "The cells of this experiment are those of a node set, so no others can be added.",
            hint="Begin a new experiment, or list its cells one by one.",
        )
    together = tuple(dict.fromkeys([*experiment.cells.cells, *cells]))
    if len(together) > MOST_CELLS:
        raise EngineError(
            f"The experiment would have {len(together):,} cells; at most {MOST_CELLS} are built together.",
            hint="Select fewer cells.",
        )
    grouped = changed(
        experiment,
        cells=ListedCells(cells=together),
        connections=changed(experiment.connections, enabled=True),
    )
    for cell in recorded:
        grouped = record_soma(grouped, cell)
    return grouped


def spread(cells: Sequence[CellReference], count: int = MOST_RECORDED) -> list[CellReference]:
    """Up to `count` of them, from the first to the last at even distances."""
    if len(cells) <= count:
        return list(cells)
    last = len(cells) - 1
    return [cells[round(place * last / (count - 1))] for place in range(count)]
