"""Every preset makes a stimulus that can be played, whatever is known of the cell."""

import math
from typing import get_args

import numpy as np
import pytest

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.presets import PRESETS, Preset, stimulate_soma, usual_current, with_preset
from engine.experiment.stimuli import RelativeStep, Step, Stimulus
from engine.experiment.summaries import summary
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, MissingPropertyError

_CELL = CellReference("column", 7)
_EMPTY = Experiment(circuit=CircuitReference(path="/circuit_config.json"))
_KNOWN = {
    "all": CellProperties(7, 0.15, -0.03, 47.0, -74.0),
    "resistance": CellProperties(7, input_resistance=300.0),
    "nothing": CellProperties(7),
    "nonsense": CellProperties(7, threshold_current=math.nan, holding_current=0.0, input_resistance=-1.0),
    "enormous": CellProperties(7, threshold_current=1e9, holding_current=0.0, input_resistance=1e-12),
    "tiny": CellProperties(7, threshold_current=1e-9, input_resistance=1e12),
}


@pytest.mark.parametrize("known", _KNOWN.values(), ids=_KNOWN)
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_that_each_preset_is_valid_and_plays_finite_numbers(preset: Preset, known: CellProperties) -> None:
    made = with_preset(_EMPTY, preset, _CELL, known)
    (stimulus,) = made.stimuli
    assert stimulus.target == Site(cell=_CELL) and made.cells == ListedCells(cells=(_CELL,))
    assert made.conditions.tstop >= stimulus.end or stimulus.kind == "holding"
    try:
        waveform = stimulus.waveform(known, made.conditions)
    except MissingPropertyError:
        assert "threshold" in stimulus.kind or "relative" in stimulus.kind or stimulus.kind == "holding"
        return
    except EngineError:
        assert known is _KNOWN["tiny"]  # 1 fA makes no shots, and it says so
        return
    assert len(waveform.time) > 1
    assert np.isfinite(waveform.time).all() and np.isfinite(waveform.amplitude).all()
    assert np.any(waveform.amplitude != 0) or (stimulus.kind == "holding" and known.holding_current == 0)


def test_that_every_kind_of_stimulus_can_be_chosen() -> None:
    kinds = {each.model_fields["kind"].default for each in get_args(get_args(Stimulus)[0])}
    made = {
        preset.make(Step(target={"kind": "site", "cell": _CELL}).target, _KNOWN["all"]).kind
        for preset in PRESETS
    }
    assert made == kinds - {"relative_subthreshold"}


def test_that_presets_have_one_name_and_one_sentence_each() -> None:
    names = [preset.name for preset in PRESETS]
    assert len(set(names)) == len(names)
    assert all(preset.purpose.endswith((".", "?")) and len(preset.purpose) < 70 for preset in PRESETS)
    groups = [preset.group for preset in PRESETS]
    assert groups == sorted(groups, key=groups.index)  # those of a group are neighbours


@pytest.mark.parametrize(
    ("known", "current"),
    [("all", 0.15), ("resistance", 0.1), ("nothing", 0.2), ("nonsense", 0.2), ("enormous", 100.0)],
)
def test_that_the_usual_current_follows_from_what_is_known(known: str, current: float) -> None:
    assert usual_current(_KNOWN[known]) == current


def test_that_a_current_at_which_it_was_seen_to_fire_is_the_usual_one() -> None:
    assert usual_current(CellProperties(7, firing_current=0.037, input_resistance=80.0)) == 0.037
    assert usual_current(CellProperties(7, threshold_current=0.4, firing_current=0.5)) == 0.4
    assert usual_current(CellProperties(7, firing_current=0.0)) == 0.2, "what fires by itself"


def test_that_a_low_resistance_takes_more_current_up_to_half_a_nanoampere() -> None:
    assert usual_current(CellProperties(7, input_resistance=80.0)) == 0.25
    assert usual_current(CellProperties(7, input_resistance=10.0)) == 0.5


def test_that_stimulating_says_what_it_does_in_words() -> None:
    known, unknown = (stimulate_soma(_EMPTY, _CELL, _KNOWN[name]) for name in ("all", "nothing"))
    assert isinstance(known.stimuli[0], RelativeStep) and isinstance(unknown.stimuli[0], Step)
    assert summary(known, known.stimuli[0]) == "Step (% of threshold) 100 % at soma[0], 100–500 ms"
    assert summary(known, known.stimuli[1]) == "Holding current at soma[0], whole run"
    assert summary(unknown, unknown.stimuli[0]) == "Step 0.2 nA at soma[0], 100–500 ms"
    assert summary(known, known.recordings[0]) == "Voltage at soma[0]"
    assert known.conditions == Conditions()
