"""The document holds together: ids are unique, references exist, numbers are possible."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.experiment.base import changed, new_id
from engine.experiment.experiment import Experiment

SITE = {"kind": "site", "cell": {"population": "cells", "node_id": 0}}
STEP = {"kind": "step", "id": "s", "target": SITE}


def experiment(**parts: Any) -> Experiment:
    return Experiment.model_validate({"circuit": {"path": "circuit_config.json"}, **parts})


@pytest.mark.parametrize(
    "parts",
    [
        {"stimuli": [STEP, STEP]},
        {"stimuli": [STEP], "recordings": [{"kind": "site", "id": "s", "site": SITE}]},
        {"stimuli": [STEP], "manipulations": [{"kind": "ttx", "id": "s", "node_set": "all"}]},
        {"stimuli": [STEP], "replays": [{"kind": "replay", "id": "s", "spike_file": "spikes.h5"}]},
    ],
)
def test_that_no_two_elements_have_the_same_id(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="have the same id 's'"):
        experiment(**parts)


def test_that_the_current_of_a_stimulus_that_is_not_there_cannot_be_recorded() -> None:
    recording = {"kind": "stimulus", "label": "clamp", "stimulus": "s"}
    assert len(experiment(stimuli=[STEP], recordings=[recording]).recordings) == 1
    with pytest.raises(ValidationError, match="recording 'clamp' is of a stimulus 's' that does not exist"):
        experiment(recordings=[recording])


def test_that_a_cell_takes_part_once() -> None:
    cell = {"population": "cells", "node_id": 3}
    with pytest.raises(ValidationError, match="cells:3 is listed more than once"):
        experiment(cells={"kind": "cells", "cells": [cell, cell]})


def test_that_a_change_is_validated() -> None:
    with pytest.raises(ValidationError):
        changed(experiment().conditions, dt=-1)


def test_that_what_did_not_change_stays_the_same_object() -> None:
    before = experiment(stimuli=[STEP])
    after = changed(before, title="other")
    assert after.stimuli[0] is before.stimuli[0]
    assert after.conditions is before.conditions


@pytest.mark.parametrize(
    "conditions",
    [
        {"tstop": 0},
        {"tstop": math.inf},
        {"dt": 0},
        {"dt": 5, "tstop": 1},
        {"celsius": 100},
        {"random_seed": -1},
        {"stimulus_seed": 2**31},
        {"seed_convention": "mine"},
        {"extracellular_calcium": -1},
        {"mechanism_globals": {"Ca": {"x": math.nan}}},
        {"tstopp": 3},
    ],
)
def test_that_impossible_conditions_are_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        experiment(conditions=conditions)


@pytest.mark.parametrize("value", [math.nan, math.inf, [math.nan], {"deep": [{"er": -math.inf}]}])
def test_that_numbers_in_node_sets_are_finite(value: Any) -> None:
    with pytest.raises(ValidationError, match="finite"):
        experiment(node_sets={"mine": value})


@given(st.integers(1, 5))
def test_that_new_ids_are_new(count: int) -> None:
    ids = {new_id() for _ in range(count * 1000)}
    assert len(ids) == count * 1000


def test_that_a_change_divided_by_zero_is_refused() -> None:
    change = {"variable": "cm", "operator": "/=", "value": 0}
    with pytest.raises(ValidationError, match="cm cannot be divided by 0"):
        experiment(manipulations=[{"kind": "all_sections", "node_set": "all", "assignments": [change]}])


def test_that_a_report_needs_a_target_of_its_type_and_time_to_pass() -> None:
    report = {"kind": "report", "target": {"kind": "node_set", "node_set": "all"}}
    with pytest.raises(ValidationError, match="needs a compartment set"):
        experiment(recordings=[{**report, "report_type": "compartment_set"}])
    with pytest.raises(ValidationError, match="before it starts"):
        experiment(recordings=[{**report, "start": 10, "end": 5}])
