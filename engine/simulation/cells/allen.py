"""Cells of the Allen Cell Types database: a morphology, a stub for its axon, and a fitted membrane."""

from typing import Any, Final

from engine.circuit.cells import CellDescription
from engine.errors import UnknownNameError
from engine.experiment.conditions import Conditions
from engine.simulation.cells.axon_stub import StubRule, replace_axon
from engine.simulation.cells.cell import Cell, Parts
from engine.simulation.cells.describing import lacking, place
from engine.simulation.cells.fit_json import read_fit
from engine.simulation.cells.imported import imported_cell
from engine.simulation.cells.membrane import Membrane
from engine.simulation.cells.morphologies import importable_morphology
from engine.simulation.cells.neuroml import read_neuroml
from engine.simulation.cells.sections import sections_by_name

_PERISOMATIC: Final = StubRule(soma_x=0.5, keeps_diameters=False, directed=False)
_RULES: Final = {
    "aibs_perisomatic": _PERISOMATIC,
    "aibs_allactive": StubRule(soma_x=1.0, keeps_diameters=True, directed=False),
    "aibs_perisomatic_directed": StubRule(soma_x=0.5, keeps_diameters=False, directed=True),
    "aibs_allactive_directed": StubRule(soma_x=1.0, keeps_diameters=True, directed=True),
}


def build_allen_cell(description: CellDescription, conditions: Conditions) -> Cell:
    """Build a cell of `model_template` "nml:…" or "ctdb:Biophys1.hoc".

    `conditions.segment_length` is BMTK's dL: nseg = 1 + 2 int(L / 2 dL), set after the channels are in.
    """
    rule, membrane = _rule(description), membrane_of(description)
    with importable_morphology(description) as morphology:
        if morphology is None:
            raise lacking(description, "The cell has no morphology.")
        body = imported_cell(morphology)
    replace_axon(body, rule, place(description))
    sections = sections_by_name(body.all)
    membrane.put_into(sections, place(description))
    cut_into_segments(sections.values(), conditions.segment_length)
    return Cell(
        description.population,
        description.node_id,
        description.dialect,
        Parts(sections=sections, hoc_object=body),
    )


def cut_into_segments(sections: Any, half_length: float) -> None:
    """Give each section an odd number of segments of at most about 2 × `half_length` µm."""
    for section in sections:
        section.nseg = 1 + 2 * int(section.L / (2 * half_length))


def _rule(description: CellDescription) -> StubRule:
    """NeuroML cells are fitted with the perisomatic stub, whatever their `model_processing` says."""
    processing = description.model_processing
    if description.model_template.startswith("nml:") or not processing:
        return _PERISOMATIC
    if processing not in _RULES:
        raise UnknownNameError("model processing", processing, _RULES, where=place(description))
    return _RULES[processing]


def membrane_of(description: CellDescription) -> Membrane:
    """What the file of an Allen cell says of its membrane."""
    if description.model_template.startswith("nml:"):
        if description.template_path is None:
            raise lacking(description, f"The file of {description.model_template} is missing.")
        return read_neuroml(description.template_path)
    if description.dynamics_params_path is None:
        raise lacking(
            description,
            "The parameters of the cell are missing.",
            hint="Its dynamics_params should name a JSON file in biophysical_neuron_models_dir.",
        )
    return read_fit(description.dynamics_params_path)
