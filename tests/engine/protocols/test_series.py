"""Families of numbers: ranges, lists, formulas, and what is no formula."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from engine.errors import EngineError
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Formula, Listed, Series, Spaced, as_typed, typed
from engine.protocols.settings import protocol_from
from engine.protocols.thresholds import Rheobase


def test_that_ranges_have_both_ends_and_formulas_count_from_0() -> None:
    assert Spaced(first=-1, last=1, count=5).numbers() == (-1, -0.5, 0, 0.5, 1)
    assert Formula(text="-100+20*i", count=3).numbers() == (-100, -80, -60)
    assert Formula(text="2**i / sqrt(4) - (i % 2)", count=3).numbers() == (0.5, 0.0, 2.0)


@pytest.mark.parametrize(
    "text", ["i.real", "__import__('os')", "a+1", "i+", "[i]", "sqrt(i, 2)", "True", "'a'"]
)
def test_that_other_code_is_no_formula(text: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a formula|has no meaning here"):
        Formula(text=text)


@settings(max_examples=50)
@given(st.text(alphabet='i0123456789.+-*/%()e sqrtλ"', max_size=20))
def test_that_any_text_is_read_or_refused(text: str) -> None:
    try:
        formula = Formula(text=text, count=2)
    except ValidationError:
        return
    assert len(formula.numbers()) == 2


@pytest.mark.parametrize(
    "series",
    [
        Spaced(first=-0.1, last=0.4, count=11),
        Listed(values=(0.1, 0.25, 3)),
        Listed(values=(7,)),
        Formula(text="-100+20*i", count=3),
    ],
)
def test_that_a_series_is_read_as_it_is_written(series: Spaced | Listed | Formula) -> None:
    assert TypeAdapter(Series).validate_python(typed(as_typed(series))) == series


def test_that_settings_are_typed_as_people_do() -> None:
    typed = protocol_from("fi", ["amplitudes=0:0.5:3", "duration=200"])
    assert typed == FrequencyCurrent(amplitudes=Spaced(first=0, last=0.5, count=3), duration=200)
    assert protocol_from("fi", ["amplitudes=0.1,0.2"]) == FrequencyCurrent(
        amplitudes=Listed(values=(0.1, 0.2))
    )
    formula = protocol_from("fi", ["amplitudes=0.1*i x 4"])
    assert formula == FrequencyCurrent(amplitudes=Formula(text="0.1*i", count=4))
    assert protocol_from("rheobase") == Rheobase()


@pytest.mark.parametrize(
    ("name", "setting", "sentence"),
    [
        ("fii", "", "fii"),
        ("fi", "duration", "is not a setting"),
        ("fi", "durations=3", "durations"),
        ("fi", "duration=-3", "duration.*input should be greater than 0"),
        ("fi", "amplitudes=a,b", "valid number"),
        ("fi", "kind=rheobase", "kind"),
    ],
)
def test_that_a_wrong_setting_is_told_in_a_sentence(name: str, setting: str, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        protocol_from(name, [setting] if setting else [])
