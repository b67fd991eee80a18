"""Two results are subtracted where both have the same value of the axis."""

import math

import pytest

from engine.protocols.difference import difference, is_comparable
from engine.protocols.sweeps import Column, Number, Result, TextColumn


def curve(currents, rates, rheobase=0.1, unit="Hz", error=None):
    columns = (
        Column("Current", "nA", tuple(currents)),
        Column("Rate", unit, tuple(rates)),
        TextColumn("Verdict", tuple("yes" for _ in currents)),
    )
    return Result(columns, "Current", ("Rate",), (Number("Rheobase", rheobase, "nA", error),))


def test_that_rows_at_the_same_value_are_subtracted() -> None:
    before = curve([0.3, 0.1, 0.2], [30.0, 10.0, math.nan], 0.1, error=3e-3)
    after = curve([0.1, 0.2, 0.1 + 0.2, 0.4], [5.0, 8.0, 12.0, 20.0], 0.15, error=4e-3)
    found = difference(after, before)
    assert [each.name for each in found.columns] == ["Current", "Δ Rate"], "words have no difference"
    assert found.column("Current").values == (0.1, 0.2, 0.1 + 0.2)
    assert found.column("Δ Rate").values[::2] == (-5, -18) and math.isnan(found.column("Δ Rate").values[1])
    (rheobase,) = found.numbers
    assert (rheobase.name, rheobase.unit) == ("Δ Rheobase", "nA")
    assert [rheobase.value, rheobase.error] == pytest.approx([0.05, 5e-3])


def test_that_lines_of_a_family_are_told_apart() -> None:
    def family(seconds, values):
        columns = (
            Column("Voltage", "mV", (0.0, 10.0, 0.0, 10.0)),
            Column("Before", "mV", seconds),
            Column("Peak", "nA", values),
        )
        return Result(columns, "Voltage", ("Peak",), by="Before")

    found = difference(
        family((-80.0, -80.0, -40.0, -40.0), (1.0, 2.0, 3.0, 4.0)),
        family((-40.0, -40.0, -80.0, -80.0), (30.0, 40.0, 10.0, 20.0)),
    )
    assert found.column("Δ Peak").values == (-9, -18, -27, -36) and found.by == "Before"


def test_that_other_axes_and_units_are_not_compared() -> None:
    one = curve([0.1], [1.0])
    assert is_comparable(one, curve([0.7], [3.0]))
    assert not is_comparable(one, curve([0.1], [1.0], unit="1/s"))
    assert not is_comparable(one, Result(one.columns))
    assert is_comparable(Result((), numbers=one.numbers), Result((), numbers=one.numbers))
    assert not is_comparable(Result((), numbers=one.numbers), Result(()))
    assert difference(one, curve([0.7], [3.0])).column("Δ Rate").values == ()
