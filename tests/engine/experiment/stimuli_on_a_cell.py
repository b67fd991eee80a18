"""Stimuli on the soma of one cell, for tests of what they play."""

from typing import TypeVar

from engine.experiment.conditions import Conditions
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, Waveform

SOMA = Site(cell=CellReference("cells", 0))
CELL = CellProperties(gid=0, threshold_current=0.2, holding_current=-0.05, input_resistance=100.0)
CONDITIONS = Conditions()

AnyStimulus = TypeVar("AnyStimulus", bound=StimulusBase)


def made(model: type[AnyStimulus], **fields: object) -> AnyStimulus:
    return model.model_validate({"target": SOMA, **fields})


def played(
    model: type[StimulusBase],
    *,
    cell: CellProperties = CELL,
    conditions: Conditions = CONDITIONS,
    stream: int = 0,
    **fields: object,
) -> Waveform:
    return made(model, **fields).waveform(cell, conditions, stream)


def points(waveform: Waveform) -> list[tuple[float, float]]:
    return list(zip(waveform.time.tolist(), waveform.amplitude.tolist(), strict=True))
