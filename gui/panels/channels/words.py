"""What the channel table says of parameters: their values, and what else changes them."""

from collections.abc import Sequence

from engine.experiment import cell_changes
from engine.experiment.manipulations import Assignment, Drug, Manipulation
from engine.messages.parameters import Parameter

SECTIONS = {
    "all": "All sections",
    "soma": "Soma",
    "axon": "Axon",
    "dend": "Basal dendrites",
    "apic": "Apical dendrites",
}
_SIGNS = {"=": "=", "*=": "×", "/=": "÷", "+=": "+", "-=": "\N{MINUS SIGN}"}
_DIGITS = 4


def number(value: float) -> str:
    """Return a value as tables show it."""
    text = f"{value:.{_DIGITS}g}".replace("e-0", "e-")
    return f"\N{MINUS SIGN}{text[1:]}" if text.startswith("-") else text


def in_range(values: Sequence[float], unit: str) -> str:
    """Return "0.12 S/cm²", or "0.01 to 0.2 S/cm²" where it varies."""
    low, high = number(min(values)), number(max(values))
    text = low if low == high else f"{low} to {high}"
    return f"{text} {unit}".strip()


def title(parameter: Parameter) -> str:
    """Return what a row is called: the words, and the mechanism that has it, first where there are many."""
    mechanism, said = parameter.mechanism, parameter.words
    if parameter.group == "channels":
        return f"{mechanism}: {said[0].lower()}{said[1:]}" if parameter.family else f"{mechanism}: {said}"
    is_said = mechanism in ("", "capacitance", "pas") or mechanism.endswith("_ion")
    return said if is_said else f"{said}, {mechanism}"


def with_others(
    parameter: Parameter,
    own: cell_changes.Change | None,
    changing: Sequence[Manipulation],
    lists: cell_changes.Lists,
) -> str:
    """Return what other manipulations do to a parameter, "" if there are none.

    `changing`: all that change it, in their order; `own`: the one of the row.
    """
    others = [each for each in changing if own is None or each.id != own.id]
    if not others:
        return ""
    values = [
        cell_changes.value_at_start(changing, parameter.variable, section, value, lists)
        for section, value in parameter.values.items()
    ]
    there = [_named(each, parameter.variable) for each in others if _is_there_at_start(each)]
    later = [
        f"{each.name} comes at {each.wash_in:g} ms"
        for each in others
        if isinstance(each, Drug) and each.wash_in > 0
    ]
    now = [f"{in_range(values, parameter.unit)} with {', '.join(there)}"] if there else []
    return "; ".join([*now, *later])


def _is_there_at_start(manipulation: Manipulation) -> bool:
    return not isinstance(manipulation, Drug) or manipulation.wash_in == 0


def _named(manipulation: Manipulation, variable: str) -> str:
    if isinstance(manipulation, Drug):
        return f"{manipulation.name or 'a drug'} {manipulation.percent:g} %"
    if not isinstance(manipulation, cell_changes.Change):
        return manipulation.name or manipulation.title
    where = cell_changes.sections_in(manipulation)
    said = [_said(each) for each in manipulation.assignments if each.variable == variable]
    return f"{' '.join(said)} in {SECTIONS.get(where, where).lower()}"


def _said(assignment: Assignment) -> str:
    return f"{_SIGNS[assignment.operator]} {number(assignment.value)}"
