"""The stochastic synapses of BBP circuits, by the mechanisms of the circuit or by our own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import CircuitError, SimulationError
from engine.experiment.release_streams import ReleaseStreams, StreamIds
from engine.experiment.targets import CellReference
from engine.simulation.cells.cell import Cell
from engine.simulation.contacts import FAR_END, NEAR_END, Contacts, Edges, Numbers, UnsupportedEdgesError
from engine.simulation.host import explaining, h
from engine.simulation.plasticity import plastic_values
from engine.simulation.stand_ins import EXCITATORY, INHIBITORY, PLASTIC, model_of, stands_in

_BY_MODEL: Final = {"AMPANMDA": EXCITATORY, "GABAAB": INHIBITORY, "GluSynapse": PLASTIC}
_KIND = "syn_type_id"
_FIRST_EXCITATORY = 100
_PER_SYNAPSE = ("u_syn", "depression_time", "facilitation_time", "decay_time")
_REFERENCE_CALCIUM_MM: Final = 2.0  # at which the utilisations of circuits are given


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """What the edges say of their synapses, (n,) each.

    `parameters`: values under the names that both mechanisms have; NaN where the mechanism's own is to stay.
    `decays` in ms; `ratios` of the slow conductance to the fast one, NaN as above. `plastic`: what excitatory
    synapses with long-term plasticity have besides, by the variables of their mechanism; empty without it.
    `model`: of all of them, where an override chose it.
    """

    inhibitory: NDArray[np.bool_]
    parameters: dict[str, Numbers]
    decays: Numbers
    ratios: Numbers
    plastic: dict[str, Numbers] = field(default_factory=dict)
    model: str = ""

    def mechanism(self, index: int) -> str:
        """The name of the point process."""
        if self.model:
            return _BY_MODEL[self.model]
        if self.inhibitory[index]:
            return INHIBITORY
        return PLASTIC if self.plastic else EXCITATORY

    def values(self, index: int) -> dict[str, float]:
        """What the variables of the point process are set to."""
        columns = {**self.parameters, **self._own_columns(self.mechanism(index))}
        found = {name: float(column[index]) for name, column in columns.items()}
        return {name: value for name, value in found.items() if not np.isnan(value)}

    def _own_columns(self, mechanism: str) -> dict[str, Numbers]:
        """A ratio is of the model that the edge asks for, so an override that chooses one takes it away."""
        if mechanism == INHIBITORY:
            return {"tau_d_GABAA": self.decays} | ({} if self.model else {"GABAB_ratio": self.ratios})
        if mechanism == EXCITATORY:
            return {"tau_d_AMPA": self.decays} | ({} if self.model else {"NMDA_ratio": self.ratios})
        return {"tau_d_AMPA": self.decays, **self.plastic}


def release_table(edges: Edges, calcium: float | None) -> ReleaseTable:
    """Read the parameters; `calcium` in mM outside scales the utilisation, None leaves it as it is."""
    utilisation, depression, facilitation, decay = (edges.numbers(name) for name in _PER_SYNAPSE)
    kinds = edges.numbers(_KIND)
    sound = np.isfinite(kinds + utilisation + depression + facilitation) & np.isfinite(decay) & (decay > 0)
    if not sound.all():
        raise CircuitError(
            f"The edges of {edges.population.name} have synapses whose parameters make no sense.",
            hint=f"Mend their attributes {_KIND} and {', '.join(_PER_SYNAPSE)}.",
        )
    scale = np.ones(len(edges.rows))
    if calcium is not None:
        scale = calcium_scale(edges.numbers("u_hill_coefficient", default=0.0), calcium)
        utilisation = utilisation * scale
    parameters = {
        "Use": np.abs(utilisation),
        "Dep": np.abs(depression),
        "Fac": np.abs(facilitation),
        "Nrrp": _not_negative(edges.numbers("n_rrp_vesicles", default=np.nan)),
    }
    ratios = _not_negative(edges.numbers("conductance_scale_factor", default=np.nan))
    inhibitory = kinds < _FIRST_EXCITATORY
    are_plastic = np.ones(len(edges.rows), dtype=np.bool_) if edges.model == "GluSynapse" else ~inhibitory
    plastic = plastic_values(edges, are_plastic, scale, ratios)
    if edges.model == "GluSynapse" and not plastic:
        raise UnsupportedEdgesError(
            "They are to be GluSynapse synapses, and lack the parameters of plasticity.",
            hint="Choose another model in the connection override.",
        )
    return ReleaseTable(inhibitory, parameters, decay, ratios, plastic, edges.model)


def calcium_scale(half: Numbers, calcium: float) -> Numbers:
    """By how much calcium outside (mM) changes release: 1 at 2 mM, a Hill curve of power 4.

    `half`: (n,) mM, where the curve is at half its height; where it is not known (NaN) or 0, nothing changes.
    """
    fourth = np.nan_to_num(half) ** 4
    reference = _REFERENCE_CALCIUM_MM**4
    return (fourth + reference) / reference * calcium**4 / (fourth + calcium**4)


def _not_negative(values: Numbers) -> Numbers:
    """Circuits write "none" as −1."""
    return np.where(values >= 0, values, np.nan)


def stochastic_synapses(edges: Edges, streams: ReleaseStreams) -> Contacts:
    """Read what is needed to build these edges; weights in nS."""
    conditions = streams.conditions
    table = release_table(edges, conditions.extracellular_calcium)
    used = {table.mechanism(index) for index in range(len(edges.rows))}
    models = _models(used)
    given = {name: conditions.mechanism_globals.get(name, {}) for name in used if stands_in(name)}
    plastic: list[tuple[Any, StreamIds]] = []
    sections = edges.numbers("afferent_section_id")
    position = _positions(edges)
    source, target = edges.population.source, edges.population.target

    def stream_of(index: int) -> StreamIds:
        stream = streams.of_plastic if table.mechanism(index) == PLASTIC else streams.release
        return stream(source, CellReference(target, int(edges.targets[index])), int(edges.places[index]))

    def place(index: int, cell: Cell) -> Any:
        if cell.is_point:
            raise SimulationError("A synapse with a conductance ends at a cell without a membrane.")
        section = cell.section(int(sections[index]))
        reference = CellReference(target, int(edges.targets[index]))
        number = int(edges.places[index])
        name = table.mechanism(index)
        values = {**given.get(name, {}), **table.values(index)}
        if name == INHIBITORY and conditions.randomize_gaba_rise_time:
            values["tau_r_GABAA"] = streams.rise_time(source, reference, number)
        ids = stream_of(index)
        with explaining(f"putting a {models[name]} on {section}"):
            synapse = getattr(h, models[name])(section(position(index, section)))
            for variable, value in values.items():
                setattr(synapse, variable, value)
            synapse.synapseID = number
            synapse.setRNG(*ids)
        if name == PLASTIC:
            plastic.append((synapse, ids))
        return synapse

    def restart() -> None:
        for synapse, ids in plastic:  # the other mechanisms begin their streams anew themselves
            synapse.setRNG(*ids)

    weights, delays = edges.numbers("conductance"), edges.numbers("delay")
    return Contacts(place, weights, delays, restart, frozenset(used), stream_of)


def _models(names: Iterable[str]) -> dict[str, str]:
    """What is loaded for each of these mechanisms: it, or ours."""
    found = {name: model_of(name) for name in sorted(names)}
    missing = [name for name, model in found.items() if model is None]
    if missing:
        raise UnsupportedEdgesError(
            f"Their synapses need {' and '.join(missing)}, which no loaded mod file declares.",
            hint=f"Provide {' and '.join(f'{name}.mod' for name in missing)} with the circuit's mod files.",
        )
    return {name: model for name, model in found.items() if model is not None}


def _positions(edges: Edges) -> Callable[[int, Any], float]:
    """How to find where on its section an edge ends: as the circuit says, else along its 3-D points."""
    given = edges.numbers("afferent_section_pos", default=np.nan)
    known = np.isfinite(given)
    if known.all():
        return lambda index, _section: float(np.clip(given[index], NEAR_END, FAR_END))
    points = edges.numbers("afferent_segment_id")
    offsets = edges.numbers("afferent_segment_offset")

    def position(index: int, section: Any) -> float:
        if known[index]:
            return float(np.clip(given[index], NEAR_END, FAR_END))
        return along_section(section, int(points[index]), float(offsets[index]))

    return position


def along_section(section: Any, point: int, offset: float) -> float:
    """The position (0 to 1) that is `offset` µm behind a 3-D point; the middle if there is no such point."""
    count = int(section.n3d())
    backwards = h.section_orientation(sec=section) == 1
    if not 0 <= point < count:
        return 0.5
    distance = section.arc3d(count - 1 - point if backwards else point)
    distance += -max(offset, 0.0) if backwards else max(offset, 0.0)
    x = distance / section.L
    return float(np.clip(1 - x if backwards else x, NEAR_END, FAR_END))
