"""Measured and given properties of cells, which relative stimuli need."""

from pathlib import Path

from engine.circuit.circuit import Circuit
from engine.circuit.mod_files import find_mod_folders
from engine.circuit.sidecar import Property, read_measured, write_measured
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.experiment.waveforms import CellProperties

_MEASURED_AS: dict[str, Property] = {
    "threshold_current": "rheobase_nA",
    "holding_current": "holding_current_nA",
    "input_resistance": "input_resistance_megaohm",
    "resting_potential": "resting_potential_mV",
}


def properties_of(circuit: Circuit, cell: CellReference, conditions: Conditions) -> CellProperties:
    """What the circuit says of a cell; for what it does not say, what was measured in these conditions."""
    description = circuit.cell(cell.population, cell.node_id)
    known = {name: getattr(description, name) for name in _MEASURED_AS}
    measured: dict[Property, float] = {}
    if None in known.values():
        measured = read_measured(
            description, celsius=conditions.celsius, v_init=conditions.v_init, mod_files=_mod_files(circuit)
        )
        for name, measured_name in _MEASURED_AS.items():
            if known[name] is None:
                known[name] = measured.get(measured_name)
    return CellProperties(gid=cell.node_id, **known, firing_current=measured.get("firing_current_nA"))


def remember(
    circuit: Circuit, cell: CellReference, conditions: Conditions, measured: dict[Property, float]
) -> None:
    """Keep what was measured of a cell for all experiments of this user; the circuit is not touched."""
    write_measured(
        circuit.cell(cell.population, cell.node_id),
        measured,
        celsius=conditions.celsius,
        v_init=conditions.v_init,
        mod_files=_mod_files(circuit),
    )


def _mod_files(circuit: Circuit) -> tuple[Path, ...]:
    return tuple(path for folder in find_mod_folders(circuit) for path in sorted(folder.glob("*.mod")))
