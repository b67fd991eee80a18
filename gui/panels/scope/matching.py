"""Which trace of a run is compared with which of another."""

from collections.abc import Callable
from typing import TypeAlias

from engine.messages.events import TraceHead
from gui.panels.scope.quantities import unit_of
from gui.session.run import Run

Pair: TypeAlias = tuple[int, int]  # a column of the first, and one of the second
_Rule: TypeAlias = Callable[[TraceHead, TraceHead], bool]


def matched(first: Run, second: Run, chosen: tuple[str, str] | None = None) -> list[Pair]:
    """Columns of one unit: the same recording, or the same variable at the same site.

    Of a file whose places nobody knows, the first of a unit is taken where nothing else fits. `chosen`:
    the recordings that the user wants compared, by their ids; they count where both runs have them.
    """
    if chosen is not None and (pair := _chosen(first, second, chosen)) is not None:
        return [pair]
    pairs: list[Pair] = []
    for rule in (_is_same, _is_of_same_place):
        _take(first, second, rule, pairs)
    if first.is_loaded or second.is_loaded:
        units = {unit_of(first.heads[column]) for column, _ in pairs}
        for column, head in enumerate(first.heads):
            if unit_of(head) not in units:
                units.add(unit_of(head))
                _take(first, second, _has_same_unit, pairs, column)
    return sorted(pairs, key=lambda pair: pair[1])


def _chosen(first: Run, second: Run, chosen: tuple[str, str]) -> Pair | None:
    columns = [
        next((column for column, head in enumerate(run.heads) if head.id == wanted), None)
        for run, wanted in zip((first, second), chosen, strict=True)
    ]
    return (columns[0], columns[1]) if columns[0] is not None and columns[1] is not None else None


def _take(first: Run, second: Run, rule: _Rule, pairs: list[Pair], only: int | None = None) -> None:
    """Add pairs of what is in no pair yet."""
    for column, head in enumerate(first.heads):
        if column in {pair[0] for pair in pairs} or only not in (None, column):
            continue
        taken = {pair[1] for pair in pairs}
        for other, theirs in enumerate(second.heads):
            if other not in taken and unit_of(head) == unit_of(theirs) and rule(head, theirs):
                pairs.append((column, other))
                break


def _is_same(first: TraceHead, second: TraceHead) -> bool:
    return first.id == second.id


def _is_of_same_place(first: TraceHead, second: TraceHead) -> bool:
    return first.site == second.site and first.variable == second.variable


def _has_same_unit(_first: TraceHead, _second: TraceHead) -> bool:
    return True
