"""What was changed while a run was under way, in words."""

from collections.abc import Sequence
from typing import assert_never

from engine.experiment.experiment import Experiment
from engine.experiment.summaries import manipulations_in_words
from engine.messages.live import (
    AppliedSetting,
    ChannelDensity,
    ClampVoltage,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    SynapseWeight,
    Temperature,
)


def in_words(applied: AppliedSetting, experiment: Experiment, log: Sequence[AppliedSetting] = ()) -> str:
    """Return one line: from when on, what, how much. `log`: all changes of the run."""
    return f"from {applied.time:g} ms: {_said(applied, experiment, log)}"


def change_of_cells(
    applied: AppliedSetting, setting: Manipulations, experiment: Experiment, log: Sequence[AppliedSetting]
) -> str:
    """Return what became of the manipulations of a run, compared with those until then."""
    earlier = log[: log.index(applied)] if applied in log else ()
    before = [each.setting for each in earlier if isinstance(each.setting, Manipulations)]
    until_then = before[-1].manipulations if before else experiment.manipulations
    return manipulations_in_words(experiment, until_then, setting.manipulations)


def _said(  # noqa: PLR0911 - one line for each kind
    applied: AppliedSetting, experiment: Experiment, log: Sequence[AppliedSetting]
) -> str:
    match setting := applied.setting:
        case StimulusAmplitude():
            until_end = ", held to the end" if setting.hold else ""
            return f"{_stimulus(setting.stimulus, experiment)} → {setting.amplitude:g} nA{until_end}"
        case ClampVoltage():
            return f"{_stimulus(setting.stimulus, experiment)} → {setting.voltage:g} mV"
        case ChannelDensity():
            amount = f"× {setting.factor:g}" if setting.factor is not None else f"= {setting.value:g}"
            return f"{setting.variable} {amount} in {setting.sections} of {setting.cell}"
        case Manipulations():
            return change_of_cells(applied, setting, experiment, log)
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
