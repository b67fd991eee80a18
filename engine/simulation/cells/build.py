"""From what a circuit says of a cell to the cell in NEURON."""

from engine.circuit.cells import CellDescription
from engine.circuit.mod_files import mechanisms_needed, missing_mechanisms
from engine.errors import MechanismError, SimulationError
from engine.experiment.conditions import Conditions
from engine.simulation.cells.allen import build_allen_cell
from engine.simulation.cells.cell import Cell
from engine.simulation.cells.describing import place
from engine.simulation.cells.hoc import build_hoc_cell
from engine.simulation.cells.plain import build_plain_cell, build_single_compartment
from engine.simulation.cells.point import build_point_cell
from engine.simulation.host import h, meet_new_channels, need_import3d, need_standard_run
from engine.simulation.mechanisms import available


def build_cell(description: CellDescription, conditions: Conditions) -> Cell:
    """Build one cell of a circuit; this executes its template. Load the mechanisms first.

    Raises MechanismError when mechanisms are missing, before anything is built; another EngineError for
    everything else that keeps the cell from being built.
    """
    if description.model_type == "virtual":
        raise SimulationError(
            "A virtual cell cannot be built: it only sends spikes.",
            where=place(description),
            hint="Give its spikes by a spike file.",
        )
    _require_mechanisms(description)
    scheme = description.model_template.partition(":")[0]
    if scheme == "hoc":
        cell = build_hoc_cell(description, conditions)
        meet_new_channels()
        return cell
    if scheme in {"nml", "ctdb"}:
        return build_allen_cell(description, conditions)
    if scheme == "nrn":
        return build_point_cell(description)
    if scheme:
        raise SimulationError(
            f"Cells of the template {description.model_template} cannot be built in NEURON.",
            where=place(description),
            hint="Templates that can: hoc:NAME, nml:FILE, ctdb:Biophys1.hoc, nrn:IntFire1.",
        )
    if description.model_type == "single_compartment":
        return build_single_compartment(description.population, description.node_id)
    return build_plain_cell(description)


def _require_mechanisms(description: CellDescription) -> None:
    here = available()
    if not mechanisms_needed(description) - here:
        return
    need_standard_run()
    need_import3d()
    missing = [
        each
        for each in missing_mechanisms(description, description.mechanisms_folders, here)
        if not hasattr(h, each.name)  # a template, which reads like a point process
    ]
    if missing:
        raise MechanismError(
            f"The cell needs mechanisms that are not there: {', '.join(each.name for each in missing)}.",
            where=place(description),
            hint=f"{'; '.join(map(str, missing))}.",
        )
