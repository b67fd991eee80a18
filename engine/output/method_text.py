"""What was done, in words and tables with units: for the methods of a report."""

import platform
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from engine import __version__
from engine.experiment.base import Frozen, metadata_of
from engine.experiment.conditions import Conditions
from engine.experiment.edits import Element
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.recordings import StimulusRecording
from engine.experiment.summaries import name_of, noun_of, summary
from engine.experiment.targets import CompartmentSetTarget, NodeSetTarget, Site
from engine.units import Unit

Rows = list[tuple[str, str]]  # what, and how much of it with its unit

_SOLVERS: Final = {
    "euler": "backward Euler, first order",
    "crank_nicolson": "Crank–Nicolson, second order",
    "crank_nicolson_ion": "Crank–Nicolson, second order, also of ionic currents",
}
_PASSED_OVER: Final = {"id", "kind", "name", "label", "enabled", "title", "notes"}
_IN_UNIT: Final = re.compile(r"In (per cent|[^\s;,.]+(?=[;,.]|$))")  # how a family of numbers says its unit
_MOST_NUMBERS: Final = 12
_NOTHING: Final = "–"


def sentences(experiment: Experiment) -> list[str]:
    """The cells, the solver, the conditions."""
    conditions = experiment.conditions
    verb = "was" if _is_single(experiment) else "were"
    circuit = _file_name(experiment.circuit.path)
    start = f"from an initial voltage of {_number(conditions.v_init)} mV"
    warm = f"at {_number(conditions.celsius)} °C"
    return [
        f"{_cells(experiment)} of the circuit {circuit} {verb} simulated in NEURON {_neuron_version()}.",
        f"The run lasted {_number(conditions.tstop)} ms {warm}, {start}, {_step(conditions)}.",
        _of_connections(experiment),
    ]


def elements(experiment: Experiment) -> list[tuple[str, Rows]]:
    """Each stimulus, recording, source of spikes and change that took part: a heading, and its numbers."""
    chosen = (
        *experiment.stimuli,
        *experiment.replays,
        *experiment.recordings,
        *experiment.manipulations,
    )
    return [(_heading(experiment, each), parameters(each)) for each in chosen if each.enabled]


def _heading(experiment: Experiment, element: Element) -> str:
    words, name = summary(experiment, element), name_of(element)
    named = "" if words.startswith(name) else name
    return ": ".join(filter(None, (noun_of(element).capitalize(), named, words)))


def parameters(model: Frozen) -> Rows:
    """The fields of a model by their titles; values with units."""
    rows: Rows = []
    for name, field in type(model).model_fields.items():
        if name in _PASSED_OVER or (name == "stimulus" and isinstance(model, StimulusRecording)):
            continue  # what is passed over is in the heading
        unit = metadata_of(field, Unit)
        said = _IN_UNIT.match(field.description or "")
        of_series = said[1].replace("per cent", "%") if said else getattr(model, f"{name}_in", "")
        symbol = unit.symbol if unit is not None else of_series
        if " | " in symbol:
            symbol = symbol.split(" | ")[0 if getattr(model, "mode", "current") == "current" else 1]
        rows.append(
            (field.title or name.replace("_", " ").capitalize(), _value(getattr(model, name), symbol))
        )
    return rows


def software() -> Rows:
    """Programs and their versions."""
    return [
        ("Somascope", __version__),
        ("NEURON", _neuron_version()),
        ("Python", platform.python_version()),
        ("System", f"{platform.system()} {platform.machine()}"),
    ]


def _value(value: Any, unit: str) -> str:  # noqa: PLR0911 - one line for each kind
    match value:
        case None | () | "":
            return _NOTHING
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{_number(value)} {unit}".strip()
        case Site() | NodeSetTarget() | CompartmentSetTarget():
            return str(value)
        case Frozen() if hasattr(value, "numbers"):
            return _listed(value.numbers(), unit)
        case Frozen():
            return ", ".join(f"{title.lower()} {each}" for title, each in parameters(value))
        case tuple() | list():
            return _listed(value, unit)
        case _:
            return f"{value} {unit}".strip()


def _listed(values: Iterable[Any], unit: str) -> str:
    texts = [_value(each, "") for each in values]
    shown = texts if len(texts) <= _MOST_NUMBERS else [*texts[:3], "…", *texts[-2:]]
    count = "" if len(texts) <= _MOST_NUMBERS else f" ({len(texts)} values)"
    return f"{'; '.join(shown)} {unit}".strip() + count


def _number(value: float) -> str:
    return f"{value:.8g}".replace("-", "−")


def _is_single(experiment: Experiment) -> bool:
    return isinstance(experiment.cells, ListedCells) and len(experiment.cells.cells) == 1


def _cells(experiment: Experiment) -> str:
    if not isinstance(experiment.cells, ListedCells):
        node_set = experiment.cells.node_set
        return "All cells" if node_set is None else f"The cells of the node set {node_set}"
    names = [str(each) for each in experiment.cells.cells]
    if len(names) == 1:
        return f"The cell {names[0]}"
    return f"The {len(names)} cells {_joined(names)}"


def _joined(names: Sequence[str]) -> str:
    shown = names if len(names) <= _MOST_NUMBERS else [*names[:_MOST_NUMBERS], "…"]
    return ", ".join(shown)


def _step(conditions: Conditions) -> str:
    if conditions.variable_step:
        return f"with a variable time step (CVODE, absolute tolerance {conditions.absolute_tolerance:g})"
    return f"with a time step of {_number(conditions.dt)} ms ({_SOLVERS[conditions.integration_method]})"


def _of_connections(experiment: Experiment) -> str:
    connections = experiment.connections
    if not connections.enabled:
        return "Synapses between the cells of the circuit were off."
    if connections.edge_populations is None:
        return "The circuit's synapses between cells that took part, and from sources of spikes, were active."
    return (
        f"The circuit's synapses of {_joined(connections.edge_populations) or 'no population'} were active."
    )


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _neuron_version() -> str:
    try:
        return version("neuron")
    except PackageNotFoundError:
        return "(not installed here)"
