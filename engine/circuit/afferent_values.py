"""What the edges of one population say of their synapses, whichever dialect they are written in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.manifest import read_json

Reals = NDArray[np.float64]

MODEL: Final = "dynamics_params"  # the Allen Institute's: parameters stand in a JSON file for each type
EXCITATORY, INHIBITORY = 0.0, 1.0
_FIRST_EXCITATORY_TYPE: Final = 100  # syn_type_id
_EXCITES_ABOVE_MV: Final = -45.0  # reversal potential: about the threshold of an action potential
_PER_MICRO: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Edges:
    """Some edges of one population: their rows, and the nodes that they begin at, (n,) each."""

    population: EdgePopulation
    rows: NDArray[np.int64]
    sources: NDArray[np.int64]

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self.population.columns

    def texts(self, name: str) -> NDArray[Any]:
        """(n,) str objects; "" where there is no such column."""
        values = np.full(len(self.rows), "", dtype=object)
        if self.has(name):
            values[:] = [str(each) for each in self.population.read_rows(name, self.rows)]
        return values


def numbers(edges: Edges, *names: str) -> Reals:
    """(n,) of the first of these columns that there is; NaN where there is none."""
    for name in names:
        if edges.has(name) and edges.population.columns[name].kind in ("integer", "real"):
            return np.asarray(edges.population.read_rows(name, edges.rows), dtype=np.float64)
    return np.full(len(edges.rows), np.nan)


def conductances(edges: Edges, _circuit: Circuit) -> Reals:
    """(n,) nS: what one spike opens, at its peak; NaN where a spike has a weight without a unit."""
    if edges.population.edge_type == "point_process":
        return np.full(len(edges.rows), np.nan)
    if edges.has("conductance"):
        are_micro = edges.population.edge_type == "Exp2Syn_synapse"
        return numbers(edges, "conductance") * (_PER_MICRO if are_micro else 1.0)
    return numbers(edges, "syn_weight") * _PER_MICRO


def decays(edges: Edges, circuit: Circuit) -> Reals:
    """(n,) ms: the time constant with which the conductance falls; NaN where it is not known."""
    if edges.has("decay_time") or edges.has("tau2"):
        return numbers(edges, "decay_time", "tau2")
    return _of_models(edges, circuit, lambda model: _number(model, "tau2"))


def kinds(edges: Edges, circuit: Circuit) -> Reals:
    """(n,) EXCITATORY or INHIBITORY: by the type of the synapse or its reversal; NaN: not known."""
    if edges.has("syn_type_id"):
        types = numbers(edges, "syn_type_id")
        return np.where(
            np.isnan(types), np.nan, np.where(types >= _FIRST_EXCITATORY_TYPE, EXCITATORY, INHIBITORY)
        )
    if edges.has("erev"):
        return _by_reversal(numbers(edges, "erev"))
    return _by_reversal(_of_models(edges, circuit, _reversal_of))


def _by_reversal(reversals: Reals) -> Reals:
    excites = np.where(reversals > _EXCITES_ABOVE_MV, EXCITATORY, INHIBITORY)
    return np.where(np.isnan(reversals), np.nan, excites)


def _of_models(edges: Edges, circuit: Circuit, value: Callable[[Mapping[str, Any]], float]) -> Reals:
    """(n,) of the JSON file that each edge names; NaN where it names none."""
    names = edges.texts(MODEL)
    folder = circuit.component(edges.population.name, "synaptic_models_dir")
    known = {
        name: value(read_json(Path(name) if folder is None else folder / name)) if name else np.nan
        for name in set(names.tolist())
    }
    return np.array([known[name] for name in names], dtype=np.float64)


def _reversal_of(model: Mapping[str, Any]) -> float:
    """mV; of a model that says no more than the sign of its weight, some voltage on that side."""
    if "erev" not in model and "sign" in model:
        return 0.0 if _number(model, "sign") > 0 else -np.inf
    return _number(model, "erev")


def _number(model: Mapping[str, Any], name: str) -> float:
    value = model.get(name)
    return float(value) if isinstance(value, int | float) else float("nan")
