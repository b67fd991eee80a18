"""What is said of the synapses of a cell."""

from typing import TYPE_CHECKING

import numpy as np

from engine.experiment.release_streams import ReleaseStreams, population_number
from engine.experiment.targets import CellReference
from gui.session.afferent import Afferent

if TYPE_CHECKING:
    from engine.circuit.afferent import AfferentSynapses


def count(afferent: Afferent) -> str:
    """How many there are, from where, and what of them is shown, selected and active."""
    table = afferent.table
    if table is None or not table.size:
        return afferent.words
    populations = len(table.populations)
    text = (
        f"{synapses(table.size)} onto {table.name} from {populations} "
        f"{'population' if populations == 1 else 'populations'}: {int(afferent.active.sum()):,} active"
    )
    if len(afferent.rows) != table.size:
        text += f", {len(afferent.rows):,} shown"
    if afferent.selected.size:
        text += f", {afferent.selected.size:,} selected"
    return f"{text}."


def synapses(number: int) -> str:
    """A number of them."""
    return f"{number:,} {'synapse' if number == 1 else 'synapses'}"


def about(table: "AfferentSynapses", row: int, cell: CellReference, streams: ReleaseStreams | None) -> str:
    """One synapse: where it comes from and ends, and what its random streams are numbered with."""

    def value(column: str) -> object:
        return table.values(column)[row]

    source = str(value("source"))
    where = f"{value('section')}({value('x'):.4g})" if value("section") else "a section that the cell lacks"
    text = f"Edge {value('edge')} of {value('edges')}, from {source}:{value('source_id')} to {where}."
    if np.isnan(table.values("U")[row]) or streams is None or cell.population not in streams.offsets:
        return text  # it releases nothing at random, or it is not known yet which cells take part
    raised = streams.offsets[cell.population]
    numbers = f"{population_number(source)} → {population_number(cell.population)}"
    release = ", ".join(map(str, streams.release(source, cell, int(str(value("synapse_id"))))))
    return (
        f"{text} Random streams: populations {numbers}, node ids raised by {raised},"
        f" synapse {value('synapse_id')}; release draws from ({release})."
    )
