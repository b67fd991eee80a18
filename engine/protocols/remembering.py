"""What protocols find of a cell is known from then on, so that stimuli can be relative to it."""

from engine.circuit.circuit import Circuit
from engine.circuit.sidecar import Property
from engine.experiment.properties import remember
from engine.experiment.targets import Site
from engine.protocols.protocol import Protocol
from engine.protocols.steady_state import HoldingCurrent, InputResistance, RestingPotential
from engine.protocols.sweeps import Bench, Result
from engine.protocols.thresholds import Rheobase


def remember_result(circuit: Circuit, bench: Bench, protocol: Protocol, result: Result) -> bool:
    """Keep what is a property of the cell itself for all experiments of this user; whether there was any.

    The circuit is not touched, and what it says of a cell goes first. Of a cell with drugs or synapses, or
    measured elsewhere than at its soma, nothing is kept. EngineError if it cannot be written.
    """
    measured = _properties(protocol, result) if _is_as_it_came(bench) else {}
    if bench.holding:
        measured = {name: value for name, value in measured.items() if name == "rheobase_nA"}
    if measured:
        remember(circuit, bench.site.cell, bench.experiment.conditions, measured)
    return bool(measured)


def _properties(protocol: Protocol, result: Result) -> dict[Property, float]:
    passive: dict[str, Property] = {
        "Resting potential": "resting_potential_mV",
        "Input resistance": "input_resistance_megaohm",
    }
    found = {each.name: each.value for each in result.numbers}
    match protocol:
        case Rheobase():
            names = passive | {"Rheobase": "rheobase_nA"}
        case RestingPotential() | InputResistance():
            names = passive
        case HoldingCurrent():
            held: dict[Property, float] = {"holding_voltage_mV": protocol.voltage}
            return held | {"holding_current_nA": found["Holding current"]}
        case _:
            return {}
    return {names[name]: value for name, value in found.items() if name in names}


def _is_as_it_came(bench: Bench) -> bool:
    experiment = bench.experiment
    changes = (each.enabled for each in (*experiment.manipulations, *experiment.replays))
    is_elsewhere = bench.site != Site(cell=bench.site.cell)
    return not (
        is_elsewhere
        or any(changes)
        or experiment.connections.enabled
        or experiment.conditions.mechanism_globals
    )
