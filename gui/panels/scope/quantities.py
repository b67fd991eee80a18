"""What is drawn together: traces of one unit share an axis."""

from dataclasses import dataclass, field
from typing import Final

from engine.messages.events import TraceHead
from gui.plots.trace_plot import Line

_NAMES: Final = {
    "mV": "Voltage",
    "nA": "Current",
    "pA": "Current",
    "mA/cm²": "Current density",
    "S/cm²": "Conductance density",
    "µS": "Conductance",
    "nS": "Conductance",
    "mM": "Concentration",
    "MΩ": "Resistance",
    "µm": "Length",
    "ms": "Time",
    "1/ms": "Rate",
    "°C": "Temperature",
}
_SPELLINGS: Final = {"uS": "µS", "mA/cm2": "mA/cm²", "S/cm2": "S/cm²", "um": "µm", "/ms": "1/ms", "1": ""}
_ORDER: Final = ("mV", "nA", "pA", "mA/cm²", "")


@dataclass
class Quantity:
    """The lines of one unit. `title` is what the axis is called, with the unit."""

    unit: str
    title: str
    lines: list[Line] = field(default_factory=list)


def unit_of(head: TraceHead) -> str:
    """The unit as people write it."""
    return _SPELLINGS.get(head.unit, head.unit)


def grouped(pairs: list[tuple[TraceHead, Line]]) -> list[Quantity]:
    """Lines by their unit: voltages first, then currents, then states, then what else there is."""
    units: dict[str, list[tuple[TraceHead, Line]]] = {}
    for head, line in pairs:
        units.setdefault(unit_of(head), []).append((head, line))
    order = {unit: place for place, unit in enumerate(_ORDER)}
    return [
        Quantity(unit, _title(unit, [head for head, _ in members]), [line for _, line in members])
        for unit, members in sorted(units.items(), key=lambda item: (order.get(item[0], 99), item[0]))
    ]


def _title(unit: str, heads: list[TraceHead]) -> str:
    if unit in _NAMES:
        return f"{_NAMES[unit]} ({unit})"
    variables = sorted({head.variable for head in heads})
    if not unit and (len(variables) > 1 or "." in variables[0]):
        return "Mechanism states"
    name = variables[0] if len(variables) == 1 else "Values"
    return f"{name} ({unit})" if unit else name
