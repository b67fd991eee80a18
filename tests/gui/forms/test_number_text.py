"""Typing numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gui.forms.number_text import NumberTextError, exact_text, parsed, parsed_whole, short_text

UNITS = ("nA", "nA²", "µS", "ms", "mV", "MΩ", "Hz", "°C", "µm", "mM", "%", "", "S/cm²", "Ω cm", "/ms")


@pytest.mark.parametrize(
    ("text", "symbol", "value"),
    [
        ("50p", "nA", 0.05),
        ("0.05nA", "nA", 0.05),
        ("50 pA", "nA", 0.05),
        ("-1.5u", "nA", -1500),
        ("2e-1", "nA", 0.2),
        (".5", "nA", 0.5),
        ("5 s", "ms", 5000),
        ("-70m", "mV", -70),
        ("1k", "Hz", 1000),
        ("0.1 GΩ", "MΩ", 100),
        ("20 Mohm", "MΩ", 20),
        ("5 μS", "µS", 5),
        ("2 M", "mM", 2000),
        ("1 pA²", "nA²", 1e-6),
        ("36.5 °C", "°C", 36.5),
        ("80 %", "%", 80),
        ("2*pi", "", 2 * math.pi),
        ("(1 + 2) * 3", "nA", 9),
        ("0.1+0.2", "nA", 0.3),
        ("100 pA / 2", "nA", 0.05),
        ("\u22123", "mV", -3),
    ],
)
def test_that_a_number_is_understood(text, symbol, value):
    assert parsed(text, symbol) == value


@pytest.mark.parametrize(
    ("text", "value"), [("*2", 0.2), ("/10", 0.01), ("+5", 5.1), ("+= 1", 1.1), ("-=0.1", 0), ("-5", -5)]
)
def test_that_arithmetic_begins_with_the_present_value(text, value):
    assert parsed(text, "nA", present=0.1) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "abc",
            "--",
            "nan",
            "inf",
            "1e999",
            "1/0",
            "0/0",
            "2**9",
            "1_000",
            "(",
            "*",
            "5 kg",
            "0x10",
        ),
        *(
            "1,5",
            "1 2",
            "__import__('os')",
            "a.b",
            "[1]",
            "1;2",
            "(" * 90,
            "-" * 500,
            "9" * 500,
            "1e99999999",
        ),
    ],
)
@pytest.mark.parametrize("symbol", ["nA", ""])
def test_that_what_is_no_number_is_refused_with_a_sentence(text, symbol):
    with pytest.raises(NumberTextError) as refusal:
        parsed(text, symbol, present=1.0)
    assert str(refusal.value).endswith((".", "1.5"))


def test_that_a_decimal_comma_is_refused_with_what_to_write():
    with pytest.raises(NumberTextError, match=r"not a comma: 0\.5$"):
        parsed("0,5", "nA")


@given(value=some.floats(allow_nan=False, allow_infinity=False), symbol=some.sampled_from(UNITS))
def test_that_a_number_that_is_written_is_read_back_exactly(value, symbol):
    assert parsed(f"{exact_text(value)} {symbol}", symbol) == value


@given(value=some.integers(min_value=-(2**63), max_value=2**63))
def test_that_a_whole_number_is_read_back_exactly(value):
    assert parsed_whole(short_text(value)) == value


@given(text=some.text(max_size=150), symbol=some.sampled_from(UNITS))
def test_that_any_text_is_a_finite_number_or_refused(text, symbol):
    try:
        value = parsed(text, symbol, present=0.1)
    except NumberTextError:
        return
    assert math.isfinite(value)


def test_that_a_fraction_is_no_whole_number():
    with pytest.raises(NumberTextError, match="whole number"):
        parsed_whole("1.5")


@pytest.mark.parametrize(
    ("text", "symbol", "value"),
    [
        ("0.06", "S/cm²", 0.06),
        ("0.06 S/cm²", "S/cm²", 0.06),
        ("60 mS/cm²", "S/cm²", 0.06),
        ("60 mS/cm2", "S/cm²", 0.06),
        ("60m", "S/cm²", 0.06),
        ("*2", "S/cm²", 0.2),
        ("/2", "S/cm²", 0.05),
        ("2 nF/cm²", "µF/cm²", 0.002),
        ("1 kΩ cm", "Ω cm", 1000.0),
        ("150 ohm cm", "Ω cm", 150.0),
        ("3 pS/µm²", "pS/µm²", 3.0),
        ("1e-5 cm/s", "cm/s", 1e-5),
        ("0.1 /ms", "/ms", 0.1),
        ("-70 mV", "mV", -70.0),
    ],
)
def test_that_units_of_two_parts_are_understood(text, symbol, value):
    assert parsed(text, symbol, present=0.1) == value


def test_that_another_unit_of_two_parts_is_refused_with_the_whole_unit():
    with pytest.raises(NumberTextError, match="write the number in S/cm²"):
        parsed("5 mV", "S/cm²")
