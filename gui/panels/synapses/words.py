"""What is said of the synapses of a cell."""

from collections.abc import Iterator

import numpy as np

from engine.experiment.release_streams import StreamIds, population_number
from engine.experiment.targets import CellReference
from gui.session.afferent import Afferent


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


def about(afferent: Afferent, row: int) -> str:
    """One synapse: where it comes from and ends, and what is different about it."""
    table = afferent.table
    assert table is not None, "there is a row"

    def value(column: str) -> object:
        return table.values(column)[row]

    where = f"{value('section')}({value('x'):.4g})" if value("section") else "a section that the cell lacks"
    if "placement" in table.columns and value("placement") == "unknown":
        where = f"{where}, placement unknown"
    text = (
        f"Edge {value('edge')} of {value('edges')}, from {value('source')}:{value('source_id')} to {where}."
    )
    return " ".join(filter(None, (text, _what_is_overridden(afferent, row), of_streams(afferent, row))))


def _what_is_overridden(afferent: Afferent, row: int) -> str:
    found = afferent.overridden
    if found is None:
        return ""
    if not found.are_built[row]:
        return "Connection overrides leave it out."
    told = [f"weight × {found.weights[row]:g}"] if found.weights[row] != 1 else []
    told += [f"{found.minis[row]:g} releases a second by itself"] if found.minis[row] else []
    return f"In runs: {', '.join(told)}." if told else ""


def of_streams(afferent: Afferent, row: int) -> str:
    """What its random streams are numbered with; "" if it draws from none, or that is not known yet."""
    table, cell, streams = afferent.table, afferent.cell, afferent.streams
    if table is None or cell is None or streams is None or cell.population not in streams.offsets:
        return ""
    source, place = str(table.values("source")[row]), int(table.values("synapse_id")[row])
    drawn = list(_drawn(afferent, row, source, cell, place))
    if not drawn:
        return ""
    numbers = f"{population_number(source)} → {population_number(cell.population)}"
    raised = streams.offsets[cell.population]
    return (
        f"Random streams: populations {numbers}, node ids raised by {raised}, synapse {place};"
        f" {', '.join(drawn)}."
    )


def _drawn(afferent: Afferent, row: int, source: str, cell: CellReference, place: int) -> Iterator[str]:
    """What it draws, and from which streams."""
    table, streams, found = afferent.table, afferent.streams, afferent.overridden
    assert table is not None and streams is not None, "they are known"
    if not np.isnan(table.values("U")[row]):
        yield f"release draws from {_numbers(streams.release(source, cell, place))}"
        if table.values("kind")[row] == "inhibitory" and streams.conditions.randomize_gaba_rise_time:
            yield f"the rise time from {_numbers(streams.rise_time_ids(source, cell, place))}"
    if found is not None and found.minis[row] > 0:
        yield f"minis from {' and '.join(map(_numbers, streams.minis(source, cell, place)))}"


def _numbers(ids: StreamIds) -> str:
    return f"({', '.join(map(str, ids))})"
