"""What the map of the somata says: its legend, and what is under the mouse."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gui.plots.soma_density import Crowd
from gui.plots.soma_layers import NO_CLASS, STEPS, Colouring

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column

_MOST_NAMES: Final = 4  # of classes under the mouse


def density_legend(selected: str) -> str:
    """Rich text; the colour of the selected cells is given."""
    text = "Stronger colour: more cells, on a logarithmic scale. Zoom in to see single cells."
    return f"{text} {_mark(selected)}&nbsp;selected"


def legend_text(colouring: Colouring, unit: str, colour_of: Callable[[Colouring, int], str]) -> str:
    """Rich text: each class with its colour."""
    if colouring.kind == "numbers":
        marks = "".join(_mark(colour_of(colouring, step)) for step in range(STEPS))
        lowest, highest = colouring.names
        return f"{lowest} {marks} {highest} {html.escape(unit)}"
    return " &nbsp; ".join(
        f"{_mark(colour_of(colouring, index))}&nbsp;{html.escape(name)}"
        for index, name in enumerate(colouring.names)
    )


def crowd_text(found: Crowd, colouring: Colouring | None, column: "Column | None") -> str:
    """How many cells there are, and with which values of a column; "" for none. Plain text."""
    if not found.total:
        return ""
    cells = f"{found.total:,} {'cell' if found.total == 1 else 'cells'} here"
    if found.kept != found.total:
        cells += f", {found.kept:,} of them kept by the filter"
    if colouring is None or column is None or not found.classes:
        return cells
    if colouring.kind == "numbers":
        return f"{cells}\n{_span(found, colouring, column)}"
    shown = [f"{_name(colouring, each)} {count:,}" for each, count in found.classes[:_MOST_NAMES]]
    if left := sum(count for _, count in found.classes[_MOST_NAMES:]):
        shown.append(f"others {left:,}")
    return f"{cells}\n{column.name}: {', '.join(shown)}"


def _span(found: Crowd, colouring: Colouring, column: "Column") -> str:
    steps = [each for each, _ in found.classes if each != NO_CLASS]
    if not steps:
        return f"{column.name}: no value"
    lowest, highest = colouring.span(min(steps), max(steps))
    return f"{column.name}: between {lowest:.4g} and {highest:.4g} {column.unit}".rstrip()


def _name(colouring: Colouring, each: int) -> str:
    return colouring.names[each] if each < len(colouring.names) else "no value"


def _mark(colour: str) -> str:
    return f'<span style="color:{colour}">■</span>'
