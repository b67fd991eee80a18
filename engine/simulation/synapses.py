"""What the edges of a circuit do to the cells that they end at: the synapse, its weight and its delay."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.manifest import read_json
from engine.circuit.unplaced import POSITION, SECTION
from engine.errors import CircuitError, SimulationError
from engine.experiment.release_streams import ReleaseStreams
from engine.simulation.bbp_synapses import stochastic_synapses
from engine.simulation.cells.cell import Cell
from engine.simulation.contacts import FAR_END, NEAR_END, Contacts, Edges, Numbers, UnsupportedEdgesError
from engine.simulation.host import explaining, h
from engine.simulation.stand_ins import are_stochastic

_EXP2SYN = "exp2syn"
_OF_EXP2SYN = ("tau1", "tau2", "erev")
_ANOTHER_MODEL = "Choose another model in the connection override."


def contacts_of(
    edges: Edges, cells: Mapping[int, Cell], circuit: Circuit, streams: ReleaseStreams
) -> Contacts:
    """Read what is needed to build these edges; `UnsupportedEdgesError` says why they are not built."""
    if edges.population.edge_type == "point_process":
        return Contacts(_place_nothing, edges.numbers("conductance", "syn_weight"), edges.numbers("delay"))
    if edges.model == "Exp2Syn" and not all(edges.has(name) for name in _OF_EXP2SYN):
        raise UnsupportedEdgesError(
            f"They are to be Exp2Syn synapses, and have no {', '.join(_OF_EXP2SYN)}.", hint=_ANOTHER_MODEL
        )
    if edges.model == "Exp2Syn" or (edges.population.edge_type == "Exp2Syn_synapse" and not edges.model):
        return _exp2syn_of_columns(edges, cells)
    if edges.model and not are_stochastic(edges.population):
        raise UnsupportedEdgesError(
            f"They are to be {edges.model} synapses, and do not say what such ones need.", hint=_ANOTHER_MODEL
        )
    if edges.has("dynamics_params") and edges.has("syn_weight"):
        return _allen(edges, cells, circuit)
    if are_stochastic(edges.population):
        return stochastic_synapses(edges, streams)
    raise UnsupportedEdgesError(
        f"Edges of the kind {edges.population.edge_type!r} with their attributes are not simulated yet."
    )


def _exp2syn_of_columns(edges: Edges, cells: Mapping[int, Cell]) -> Contacts:
    """The conductance is not scaled: BlueCelluLab and neurodamus hand it to NEURON, which takes it as µS."""
    rises, decays = edges.numbers("tau1"), edges.numbers("tau2")
    if not ((rises > 0) & (decays > 0)).all():
        raise CircuitError(
            f"The edges of {edges.population.name} have time constants that are not above 0 ms.",
            hint="Mend their attributes tau1 and tau2.",
        )
    reversals = edges.numbers("erev")
    at_points = _at_points(edges, cells)
    sections, positions = _locations(edges, ~at_points)
    positions = np.clip(positions, NEAR_END, FAR_END)

    def place(index: int, cell: Cell) -> Any:
        if cell.is_point:
            return cell.netcon_target
        segment = cell.segment(int(sections[index]), float(positions[index]))
        return _exp2syn(segment, rises[index], decays[index], reversals[index])

    return Contacts(place, edges.numbers("conductance"), edges.numbers("delay"))


def _allen(edges: Edges, cells: Mapping[int, Cell], circuit: Circuit) -> Contacts:
    """BMTK: parameters in a JSON file for each type of edge; a point cell takes the weight with a sign."""
    names = edges.texts("dynamics_params")
    models = {name: _synapse_model(name, edges.population, circuit) for name in set(names)}
    at_points = _at_points(edges, cells)
    if not at_points.all():
        _require_exp2syn(edges, models)
    signs = np.array([models[name].get("sign", 1) for name in names], dtype=np.float64)
    weights = _allen_weights(edges, circuit)
    weights = np.where(at_points, weights * (signs * edges.numbers("nsyns", default=1)), weights)
    segment_of = _segments(edges, ~at_points)

    def place(index: int, cell: Cell) -> Any:
        if cell.is_point:
            return cell.netcon_target
        model = models[names[index]]
        segment = segment_of(index, cell)
        return _exp2syn(segment, model["tau1"], model["tau2"], model["erev"])

    return Contacts(place, weights, edges.numbers("delay"))


def _at_points(edges: Edges, cells: Mapping[int, Cell]) -> NDArray[np.bool_]:
    return np.array([cells[target].is_point for target in edges.targets.tolist()], dtype=bool)


def _segments(edges: Edges, needed: NDArray[np.bool_]) -> Callable[[int, Cell], Any]:
    """How to find where an edge ends: drawn at random where the circuit does not say it."""
    if edges.drawn is not None:
        names, xs = edges.drawn
        return lambda index, cell: cell.segment(names[index], float(xs[index]))
    sections, positions = _locations(edges, needed)
    return lambda index, cell: cell.segment(int(sections[index]), float(positions[index]))


def _locations(edges: Edges, needed: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Section numbers and positions; they must be there for the edges that need them."""
    default = None if needed.any() else 0.0
    sections = edges.numbers(*SECTION, default=default)
    positions = edges.numbers(*POSITION, default=default)
    sound = np.isfinite(sections) & (positions >= 0) & (positions <= 1)
    if not sound[needed].all():
        raise CircuitError(
            f"The edges of {edges.population.name} have places that are on no section.",
            hint=f"Mend their attributes {SECTION[0]} and {POSITION[0]} (0 to 1).",
        )
    return sections, positions


def _require_exp2syn(edges: Edges, models: Mapping[str, Mapping[str, Any]]) -> None:
    templates = {name.lower() for name in edges.texts("model_template")} - {_EXP2SYN, ""}
    levels = {str(model.get("level_of_detail", _EXP2SYN)).lower() for model in models.values()} - {_EXP2SYN}
    if templates or levels:
        raise UnsupportedEdgesError(
            f"Synapses of the model {', '.join(sorted(templates | levels))} are not simulated yet."
        )
    for name, model in models.items():
        missing = {"tau1", "tau2", "erev"} - model.keys()
        if missing:
            raise CircuitError(f"The synapse model {name} lacks {', '.join(sorted(missing))}.")


def _allen_weights(edges: Edges, circuit: Circuit) -> Numbers:
    """µS for conductances, the step of `m` for point cells; a weight function may scale it for each pair."""
    weights = edges.numbers("syn_weight")
    functions = np.array(edges.texts("weight_function"), dtype=object)
    gaussian = functions == "gaussianLL"
    if gaussian.any():
        # The difference of two preferred orientations, folded into 0 … 90 degrees.
        tuned = _tuning(circuit, edges.population.target, edges.targets)
        tuning = _tuning(circuit, edges.population.source, edges.sources)
        apart = np.abs(np.abs(np.abs(180.0 - np.abs(tuned - tuning) % 360.0) - 90.0) - 90.0)
        narrowed = weights * np.exp(-((apart / edges.numbers("weight_sigma")) ** 2))
        weights = np.where(gaussian, narrowed, weights)
    unknown = set(functions.tolist()) - {"", "wmax", "gaussianLL"}
    if unknown:
        raise UnsupportedEdgesError(f"The weight function {', '.join(sorted(unknown))} is not known.")
    return weights


def _tuning(circuit: Circuit, population: str, node_ids: NDArray[np.int64]) -> Numbers:
    """Preferred orientations in degrees."""
    values = circuit.node_populations[population].read_rows("tuning_angle", node_ids)
    return np.asarray(values, dtype=np.float64)


def _synapse_model(name: str, population: EdgePopulation, circuit: Circuit) -> Mapping[str, Any]:
    folder = circuit.component(population.name, "synaptic_models_dir")
    path = Path(name) if folder is None else folder / name
    return read_json(path) if name else {}


def _place_nothing(_index: int, cell: Cell) -> Any:
    if not cell.is_point:
        raise SimulationError(
            "An edge of the kind point_process ends at a cell with a membrane.", where=f"cell {cell}"
        )
    return cell.netcon_target


def _exp2syn(segment: Any, tau1: float, tau2: float, reversal: float) -> Any:
    with explaining(f"putting an Exp2Syn at {segment}"):
        synapse = h.Exp2Syn(segment)
        synapse.tau1, synapse.tau2, synapse.e = tau1, tau2, reversal
    return synapse
