"""Families of families: a whole protocol at each value of one more setting."""

import csv
from pathlib import Path

import h5py
import numpy as np
import pytest
from pydantic import ValidationError

from engine import cli
from engine.protocols.current_clamp import CurrentVoltage, FrequencyCurrent
from engine.protocols.series import Listed, Spaced
from engine.protocols.steady_state import InputResistance
from engine.protocols.thresholds import Rheobase
from engine.protocols.varied import Varied
from tests.engine.protocols.conftest import Play
from tests.engine.simulation.bench_circuit import SPHERE, SPHERE_MEGAOHM, SPHERE_TAU_MS


def test_that_each_value_gives_what_it_gives_alone(play: Play) -> None:
    curve = FrequencyCurrent(amplitudes=Spaced(first=0.005, last=0.02, count=3), duration=100.0)
    found = play(Varied(protocol=curve, setting="celsius", values=Listed(values=(6.3, 12.0))))
    alone = play(curve)
    assert found.by == "Temperature" and found.column("Temperature").values == (6.3,) * 3 + (12.0,) * 3
    for column in alone.numeric:
        np.testing.assert_array_equal(found.column(column.name).values[:3], column.values)
    cold, warm = np.split(np.array(found.column("Rate").values), 2)
    assert warm[-1] > 1.3 * cold[-1], "a warm axon fires faster"
    assert found.number("Weakest that fires at 6.3 °C") == alone.number("Weakest that fires")


def test_that_a_passive_membrane_charges_with_its_time_constant(play: Play) -> None:
    duration = 2 * SPHERE_TAU_MS  # the mean of its last tenth
    line = CurrentVoltage(amplitudes=Listed(values=(-0.001, 0.001, 0.002)), duration=duration)
    longer = Varied(protocol=line, setting="duration", values=Listed(values=(duration, 20 * SPHERE_TAU_MS)))
    found = play(longer, SPHERE)
    last = np.linspace(1.8, 2.0, 10_001)
    charged = float(np.mean(1 - np.exp(-last)))
    short = found.number(f"Slope resistance at {duration:g} ms")
    assert short == pytest.approx(SPHERE_MEGAOHM * charged, rel=1e-3)
    assert found.number(f"Slope resistance at {20 * SPHERE_TAU_MS:g} ms") == pytest.approx(
        SPHERE_MEGAOHM, rel=1e-4
    )


def test_that_single_numbers_make_a_row_each_and_gaps_say_why(play: Play) -> None:
    amounts = Varied(protocol=Rheobase(), setting="strongest", values=Listed(values=(0.0005, 2.0)))
    found = play(amounts)
    assert (found.x, found.y) == ("Strongest", ("Rheobase",))
    nothing, rheobase = found.column("Rheobase").values
    assert np.isnan(nothing) and rheobase == pytest.approx(play(Rheobase()).number("Rheobase"))
    assert "does not fire at 0.0005 nA" in found.words("Problem")[0] and found.words("Problem")[1] == ""
    resistance = play(
        Varied(protocol=InputResistance(), setting="celsius", values=Listed(values=(6, 30))), SPHERE
    )
    assert resistance.column("Input resistance").values == pytest.approx([SPHERE_MEGAOHM] * 2, rel=1e-4)


def test_that_what_cannot_be_varied_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot be varied: choose one of delay"):
        Varied(protocol=FrequencyCurrent(), setting="amplitudes", values=Spaced())
    with pytest.raises(ValidationError, match="greater than 0"):
        Varied(protocol=FrequencyCurrent(), setting="duration", values=Listed(values=(-5.0,)))


def test_that_the_command_line_varies(textbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("--cell", "cells:1", "--out", str(out), "--quiet", "--set", "amplitudes=0.01,0.02")
    assert cli.main(["protocol", "fi", str(textbook), *arguments, "--vary", "duration=20,40"]) == 0
    with (out / "table.csv").open() as file:
        head, *rows = csv.reader(file)
    assert (
        head[:2] == ["Duration (ms)", "Current (nA)"]
        and [row[0] for row in rows] == ["20.0"] * 2 + ["40.0"] * 2
    )
    with h5py.File(out / "traces.h5") as file:
        assert [file[f"sweeps/{k}"].attrs["second"] for k in range(4)] == [20.0, 20.0, 40.0, 40.0]
    for vary in ("duration", "colour=1,2"):
        assert cli.main(["protocol", "fi", str(textbook), *arguments, "--overwrite", "--vary", vary]) == 2
