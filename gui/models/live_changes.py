"""What was changed while a run was under way, in words."""

from typing import assert_never

from engine.experiment.experiment import Experiment
from engine.messages.live import (
    AppliedSetting,
    ChannelDensity,
    ClampVoltage,
    PlacedSynapseWeight,
    Setting,
    StimulusAmplitude,
    SynapseWeight,
    Temperature,
)


def in_words(applied: AppliedSetting, experiment: Experiment) -> str:
    """Return one line: from when on, what, how much."""
    return f"from {applied.time:g} ms: {_said(applied.setting, experiment)}"


def _said(setting: Setting, experiment: Experiment) -> str:
    match setting:
        case StimulusAmplitude():
            until_end = ", held to the end" if setting.hold else ""
            return f"{_stimulus(setting.stimulus, experiment)} → {setting.amplitude:g} nA{until_end}"
        case ClampVoltage():
            return f"{_stimulus(setting.stimulus, experiment)} → {setting.voltage:g} mV"
        case ChannelDensity():
            amount = f"× {setting.factor:g}" if setting.factor is not None else f"= {setting.value:g}"
            return f"{setting.variable} {amount} in {setting.sections} of {setting.cell}"
        case Temperature():
            return f"temperature → {setting.celsius:g} °C"
        case SynapseWeight():
            return f"weight of connection {setting.edge} of {setting.edge_population} → {setting.weight:g}"
        case PlacedSynapseWeight():
            return f"{_stimulus(setting.stimulus, experiment)} → {setting.weight:g} µS"
        case _:
            assert_never(setting)


def _stimulus(identifier: str, experiment: Experiment) -> str:
    for stimulus in experiment.stimuli:
        if stimulus.id == identifier:
            return stimulus.name or stimulus.title
    return "a stimulus"
