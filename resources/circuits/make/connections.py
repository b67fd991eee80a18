"""Who is connected to whom, and where each synapse sits.

Two cells are connected with a probability that falls exponentially with the horizontal distance of their
somata. All numbers are modest choices in the range that paired recordings report, not a reconstruction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from resources.circuits.make.cells import PlacedCell
from resources.circuits.make.growth import APICAL, BASAL, SOMA
from resources.circuits.make.sections import Place, Section, places

_LENGTH_CONSTANT_UM: Final = 160.0
_VELOCITY_UM_PER_MS: Final = 300.0
_SYNAPTIC_DELAY_MS: Final = 0.5
_DELAY_STEP_MS: Final = 0.025
Zone = Callable[[Section], bool]


def _near(section: Section) -> bool:
    """The soma and the first 80 µm of all dendrites: where basket cells aim."""
    return section.kind == SOMA or (section.kind in {BASAL, APICAL} and section.distances[0] < 80)


def _far(section: Section) -> bool:
    """Dendrites beyond 100 µm, those of the apical tree above all: where Martinotti cells aim."""
    return section.kind in {BASAL, APICAL} and section.distances[-1] > (100 if section.kind == BASAL else 150)


def _dendrites(section: Section) -> bool:
    return section.kind in {BASAL, APICAL}


def _basal_and_oblique(section: Section) -> bool:
    return section.kind == BASAL or (section.kind == APICAL and section.distances[-1] < 350)


@dataclass(frozen=True, slots=True)
class Synapse:
    """NEURON's Exp2Syn: rise and decay times in ms, reversal potential in mV; weight in µS."""

    rise_ms: float
    decay_ms: float
    reversal_mv: float
    conductance_us: float
    zone: Zone


EXCITATORY: Final = Synapse(0.2, 2.5, 0.0, 0.0005, _dendrites)
THALAMIC: Final = Synapse(0.2, 2.0, 0.0, 0.0006, _basal_and_oblique)
FROM_BASKET: Final = Synapse(0.3, 8.0, -78.0, 0.0012, _near)
FROM_MARTINOTTI: Final = Synapse(1.0, 14.0, -78.0, 0.0008, _far)

# chance of a connection between neighbours, by kind of source and target
_CHANCES: Final[dict[str, dict[str, float]]] = {
    "L23_PC": {"L23_PC": 0.10, "L5_TTPC": 0.12, "LBC": 0.14, "MC": 0.14},
    "L4_SSC": {"L4_SSC": 0.14, "L23_PC": 0.14, "LBC": 0.12, "L5_TTPC": 0.05},
    "L5_TTPC": {"L5_TTPC": 0.12, "LBC": 0.10, "MC": 0.16, "L23_PC": 0.02},
    "LBC": {"L23_PC": 0.16, "L4_SSC": 0.16, "L5_TTPC": 0.16, "LBC": 0.16},
    "MC": {"L23_PC": 0.18, "L4_SSC": 0.10, "L5_TTPC": 0.20, "LBC": 0.08},
}
# thalamic axons that reach a cell of each kind
_THALAMIC_INPUTS: Final = {"L23_PC": 6, "L4_SSC": 24, "L5_TTPC": 14, "LBC": 12, "MC": 2}
_SYNAPSES_PER_CONNECTION: Final = (2, 5)
_VERTICAL_REACH_UM: Final = 300.0  # somata of basket cells' targets


@dataclass(frozen=True, slots=True)
class Edges:
    """Source and target ids and the columns of group 0, sorted by target, then source."""

    sources: NDArray[np.uint64]
    targets: NDArray[np.uint64]
    columns: dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Edge:
    source: int
    target: int
    synapse: Synapse
    place: Place
    centre: NDArray[np.float64]
    delay_ms: float


def connect_column(cells: Sequence[PlacedCell], sections: dict[str, list[Section]], seed: int) -> Edges:
    """Synapses between the cells of the column."""
    random = np.random.default_rng([seed, 202])
    edges: list[_Edge] = []
    for target, post in enumerate(cells):
        for source, pre in enumerate(cells):
            if source != target and random.random() < _chance(pre, post):
                number = int(random.integers(*_SYNAPSES_PER_CONNECTION))
                synapse = _synapse_of(pre)
                found = places(sections[post.morphology], number, synapse.zone, random)
                edges += [_edge((source, target), synapse, place, post, pre.position) for place in found]
    return _as_columns(edges)


def connect_thalamus(
    axons: NDArray[np.float64], cells: Sequence[PlacedCell], sections: dict[str, list[Section]], seed: int
) -> Edges:
    """Synapses of thalamic axons, whose places (n, 3) count for the delay, on the cells of the column."""
    random = np.random.default_rng([seed, 303])
    edges: list[_Edge] = []
    for target, post in enumerate(cells):
        inputs = random.choice(len(axons), _THALAMIC_INPUTS[post.kind.morphologies], replace=False)
        for source in np.sort(inputs):
            number = int(random.integers(*_SYNAPSES_PER_CONNECTION))
            found = places(sections[post.morphology], number, THALAMIC.zone, random)
            edges += [_edge((int(source), target), THALAMIC, place, post, axons[source]) for place in found]
    return _as_columns(edges)


def _synapse_of(pre: PlacedCell) -> Synapse:
    return {"LBC": FROM_BASKET, "MC": FROM_MARTINOTTI}.get(pre.kind.morphologies, EXCITATORY)


def _chance(pre: PlacedCell, post: PlacedCell) -> float:
    chance = _CHANCES[pre.kind.morphologies].get(post.kind.morphologies, 0.0)
    away = post.position - pre.position
    if pre.kind.morphologies == "LBC" and abs(away[1]) > _VERTICAL_REACH_UM:
        return 0.0
    return chance * float(np.exp(-np.hypot(away[0], away[2]) / _LENGTH_CONSTANT_UM))


def _edge(
    ends: tuple[int, int], synapse: Synapse, place: Place, post: PlacedCell, origin: NDArray[np.float64]
) -> _Edge:
    centre = post.to_circuit(place.point)
    delay = _SYNAPTIC_DELAY_MS + float(np.linalg.norm(centre - origin)) / _VELOCITY_UM_PER_MS
    return _Edge(*ends, synapse, place, centre, round(delay / _DELAY_STEP_MS) * _DELAY_STEP_MS)


def _as_columns(edges: list[_Edge]) -> Edges:
    def of(value: Callable[[_Edge], float], kind: type[np.generic] = np.float32) -> NDArray[Any]:
        return np.array([value(edge) for edge in edges], dtype=kind)

    columns = {
        "afferent_section_id": of(lambda edge: edge.place.section.number, np.uint32),
        "afferent_section_pos": of(lambda edge: edge.place.fraction),
        "afferent_section_type": of(lambda edge: edge.place.section.kind, np.uint8),
        **{
            f"afferent_center_{axis}": np.round(of(lambda edge, i=i: edge.centre[i]), 1)  # type: ignore[misc]
            for i, axis in enumerate("xyz")
        },
        "delay": of(lambda edge: edge.delay_ms),
        "conductance": of(lambda edge: edge.synapse.conductance_us),
        "tau1": of(lambda edge: edge.synapse.rise_ms),
        "tau2": of(lambda edge: edge.synapse.decay_ms),
        "erev": of(lambda edge: edge.synapse.reversal_mv),
    }
    return Edges(of(lambda edge: edge.source, np.uint64), of(lambda edge: edge.target, np.uint64), columns)
