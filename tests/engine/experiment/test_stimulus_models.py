"""Forms are made from the models: every field says what it is, in which unit and within which limits."""

import types
import typing
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from engine.experiment.base import metadata_of
from engine.experiment.conditions import Conditions
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import Recording
from engine.experiment.stimuli import Stimulus, VoltageLevel
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import NodeSetTarget, Site
from engine.units import SoftLimits, Unit
from tests.engine.experiment.stimuli_on_a_cell import SOMA, made


def members(union: Any) -> tuple[Any, ...]:
    return typing.get_args(typing.get_args(union)[0])


STIMULI = members(Stimulus)
OTHERS = (
    *members(Recording),
    *members(Manipulation),
    VoltageLevel,
    SpikeReplay,
    Connections,
    Conditions,
    Site,
    NodeSetTarget,
)
NOT_SHOWN = {"id", "kind"}
NO_UNIT = {"absolute_tolerance"}  # has the unit of each state


def numbers_of(annotation: Any) -> bool:
    """Say whether a field holds floats, one or many, perhaps none."""
    origin = typing.get_origin(annotation)
    if origin in {tuple, typing.Union, types.UnionType, typing.Annotated}:
        return any(numbers_of(part) for part in typing.get_args(annotation))
    return annotation is float


def fields_of(models: tuple[Any, ...]) -> list[Any]:
    return [
        pytest.param(name, field, id=f"{model.__name__}.{name}")
        for model in models
        for name, field in model.model_fields.items()
        if name not in NOT_SHOWN
    ]


@pytest.mark.parametrize(("name", "field"), fields_of((*STIMULI, *OTHERS)))
def test_that_every_field_has_a_title_and_numbers_have_all_the_rest(name: str, field: FieldInfo) -> None:
    assert field.title
    if numbers_of(field.annotation) and name not in NO_UNIT:
        assert field.description
        assert metadata_of(field, Unit) is not None


@pytest.mark.parametrize(("name", "field"), fields_of((*STIMULI, VoltageLevel, Conditions)))
def test_that_every_number_of_a_stimulus_or_a_run_has_one_limit_below_and_one_above(
    name: str, field: FieldInfo
) -> None:
    if numbers_of(field.annotation) and name != "times":
        assert bool(metadata_of(field, Ge)) + bool(metadata_of(field, Gt)) == 1
        assert bool(metadata_of(field, Le)) + bool(metadata_of(field, Lt)) == 1


@pytest.mark.parametrize(("name", "field"), fields_of((*STIMULI, *OTHERS)))
def test_that_soft_limits_lie_within_the_hard_ones(name: str, field: FieldInfo) -> None:
    soft = metadata_of(field, SoftLimits)
    if soft is not None:
        assert soft.low < soft.high
        hard_low = [getattr(each, "ge", getattr(each, "gt", None)) for each in field.metadata]
        hard_high = [getattr(each, "le", getattr(each, "lt", None)) for each in field.metadata]
        assert all(low is None or low <= soft.low for low in hard_low)
        assert all(high is None or soft.high <= high for high in hard_high)


@pytest.mark.parametrize("model", STIMULI)
def test_that_every_stimulus_introduces_itself_and_works_as_it_is(model: type[BaseModel]) -> None:
    assert getattr(model, "title", "")
    assert model.__doc__ and model.__doc__.strip().endswith(".")
    default = model.model_validate({"target": SOMA})
    assert TypeAdapter(Stimulus).validate_json(default.model_dump_json()) == default


def test_that_titles_are_unique() -> None:
    titles = [model.title for model in STIMULI]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("model", STIMULI)
@pytest.mark.parametrize(
    "wrong",
    [
        {"duration": 0},
        {"duration": -1},
        {"duration": 1e8},
        {"delay": -1},
        {"delay": float("nan")},
        {"duration": float("inf")},
        {"durration": 5},
        {"target": {"kind": "site", "cell": {"population": "", "node_id": 0}}},
        {"target": {"kind": "site", "cell": {"population": "a", "node_id": -1}}},
        {"target": {"kind": "site", "cell": {"population": "a", "node_id": 0}, "x": 1.5}},
        {"target": {"kind": "site", "cell": {"population": "a", "node_id": 0}, "section": "soma[0"}},
        {"target": {"kind": "elsewhere"}},
        {"id": ""},
    ],
)
def test_that_impossible_stimuli_cannot_be_described(model: type[Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made(model, **wrong)
