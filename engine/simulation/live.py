"""Changes of a run under way: each is applied between two slices, and taken back by the next start."""

import functools
from functools import singledispatch
from typing import Any

from engine.errors import SimulationError, UnknownNameError
from engine.experiment import shapes
from engine.experiment.base import changed
from engine.experiment.stimuli import (
    Holding,
    PulseTrain,
    RelativeStep,
    Sine,
    SineSweep,
    Step,
    Stimulus,
    Subthreshold,
)
from engine.experiment.waveforms import CellProperties, Quantity, Waveform
from engine.messages.live import (
    AnySetting,
    ChannelDensity,
    ClampVoltage,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    SynapseWeight,
    Temperature,
)
from engine.simulation.catalogue import is_free, range_parameters
from engine.simulation.cells.cell import Cell
from engine.simulation.clamps import Clamp
from engine.simulation.host import explaining, h
from engine.simulation.simulation import Simulation
from engine.simulation.synapse_electrode import SynapseElectrode

_CONSTANT = (Holding, RelativeStep, Subthreshold)
_WITH_AMPLITUDE = (Step, PulseTrain, Sine, SineSweep)


def apply_setting(setting: AnySetting, simulation: Simulation) -> None:
    """Change a simulation that has started, from the time where it is.

    Raises EngineError for what it does not have, and has changed nothing then.
    """
    _apply(setting, simulation)
    simulation.notice_changes()


@singledispatch
def _apply(setting: object, _simulation: Simulation) -> None:
    raise TypeError(f"no way to apply {setting!r}")


@_apply.register
def _(setting: StimulusAmplitude, simulation: Simulation) -> None:
    clamps = _clamps(setting.stimulus, "current", simulation)
    stimulus = _stimulus(setting.stimulus, simulation)
    if clamps is None:
        raise SimulationError(
            f"The stimulus {_name(stimulus)} is not a current.",
            hint="Set the voltage of a clamp, or the weight of a synapse, instead.",
        )
    waveform = None if setting.hold else _with_amplitude(stimulus, setting.amplitude, simulation)
    for clamp in clamps:
        simulation.live.remember(functools.partial(clamp.play, clamp.waveform))
        if waveform is None:
            clamp.hold(setting.amplitude)
        else:
            clamp.play(waveform)


@_apply.register
def _(setting: ClampVoltage, simulation: Simulation) -> None:
    clamps = _clamps(setting.stimulus, "voltage", simulation)
    if clamps is None:
        raise SimulationError(f"The stimulus {setting.stimulus!r} is not a voltage clamp.")
    for clamp in clamps:
        simulation.live.remember(functools.partial(clamp.play, clamp.waveform))
        clamp.hold(setting.voltage)


@_apply.register
def _(setting: ChannelDensity, simulation: Simulation) -> None:
    cell = simulation.places.cell(setting.cell)
    parameters = range_parameters()
    if setting.variable not in parameters:
        raise UnknownNameError("parameter that can change in a run", setting.variable, parameters)
    mechanism = parameters[setting.variable]
    having = [each for each in _sections(cell, setting.sections) if each.has_membrane(mechanism)]
    sections = [each for each in having if is_free(each, mechanism, setting.variable)]
    if not sections:
        raise SimulationError(
            f"No section of {setting.sections} has a {setting.variable} that can be changed.",
            where=f"cell {cell}",
            hint="NEURON computes it or does not use it there."
            if having
            else f"It belongs to the mechanism {mechanism}, which is not inserted there.",
        )
    for section in sections:
        for segment in section:
            at_start = simulation.at_start(segment, setting.variable)
            wanted = setting.value if setting.factor is None else at_start * setting.factor
            setattr(segment, setting.variable, wanted)


@_apply.register
def _(setting: Manipulations, simulation: Simulation) -> None:
    simulation.manipulate(setting.manipulations)


@_apply.register
def _(setting: Temperature, _simulation: Simulation) -> None:
    with explaining("setting the temperature"):
        h.celsius = setting.celsius


@_apply.register
def _(setting: SynapseWeight, simulation: Simulation) -> None:
    for connection in simulation.connections_of(setting.edge_population, setting.edge):
        simulation.live.remember(functools.partial(_set_weight, connection, float(connection.weight[0])))
        _set_weight(connection, setting.weight)


@_apply.register
def _(setting: PlacedSynapseWeight, simulation: Simulation) -> None:
    electrodes = simulation.electrodes(setting.stimulus)
    synapses = [each for each in electrodes if isinstance(each, SynapseElectrode)]
    if len(synapses) < len(electrodes):
        raise SimulationError(
            f"The stimulus {_name(_stimulus(setting.stimulus, simulation))} is not a synapse.",
            hint="Set the amplitude of a current, or the voltage of a clamp, instead.",
        )
    for synapse in synapses:
        simulation.live.remember(functools.partial(synapse.weigh, synapse.weight))
        synapse.weigh(setting.weight)


def _set_weight(connection: Any, weight: float) -> None:
    connection.weight[0] = weight


def _clamps(stimulus: str, quantity: Quantity, simulation: Simulation) -> list[Clamp] | None:
    """The electrodes of a stimulus, if they all are clamps that play this."""
    electrodes = simulation.electrodes(stimulus)
    clamps = [each for each in electrodes if isinstance(each, Clamp) and each.waveform.quantity == quantity]
    return clamps if len(clamps) == len(electrodes) else None


def _stimulus(identifier: str, simulation: Simulation) -> Stimulus:
    return next(each for each in simulation.experiment.stimuli if each.id == identifier)


def _sections(cell: Cell, name: str) -> list[Any]:
    return cell.lists[name] if name in cell.lists else [cell.section(name)]


def _with_amplitude(stimulus: Stimulus, amplitude: float, simulation: Simulation) -> Waveform:
    """What a stimulus would be with this amplitude, whatever the cell."""
    if isinstance(stimulus, _CONSTANT):
        return shapes.ramp(stimulus.delay, stimulus.duration, amplitude, amplitude)
    if not isinstance(stimulus, _WITH_AMPLITUDE):
        raise SimulationError(
            f"The stimulus {_name(stimulus)} has no amplitude that could be changed.",
            hint="Hold a constant current instead.",
        )
    wanted = changed(stimulus, amplitude=amplitude)
    return wanted.waveform(CellProperties(gid=0), simulation.conditions)


def _name(stimulus: Stimulus) -> str:
    return repr(stimulus.name or stimulus.title)
