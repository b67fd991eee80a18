"""Cells that pass, cells that fail, and tests that cannot be made."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.client.crew import Crew, conducted
from engine.experiment.waveforms import CellProperties
from engine.protocols.current_clamp import below_rheobase
from engine.protocols.sweeps import Outcome, Result, Sweep
from engine.protocols.validation import FAILED, NOT_APPLICABLE, NOT_KNOWN, PASSED, Validation, longest_above
from tests.engine.protocols.conftest import Play, whole_bench
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, SPHERE_MEGAOHM

_BELOW_ALL_NA = 0.005  # three times as much moves the sphere by 24 mV


def _verdicts(result: Result) -> dict[str, str]:
    """By the first words of each test."""
    names = (" ".join(each.split()[:2]) for each in result.words("Test"))
    return dict(zip(names, result.words("Verdict"), strict=True))


def _measured(result: Result, number: int) -> tuple[float, str]:
    return result.column("Measured").values[number], result.words("Unit")[number]


def test_that_a_squid_axon_passes_what_can_be_asked_of_one(play: Play) -> None:
    found = play(Validation(), PATCH)
    dendrites = {NOT_APPLICABLE, NOT_APPLICABLE}
    verdicts = _verdicts(found)
    assert verdicts.pop("Back-propagation into") in dendrites
    assert verdicts.pop("Spikes begin") == NOT_APPLICABLE
    assert verdicts.pop("Input resistance") == PASSED
    assert set(verdicts.values()) == {PASSED} and len(verdicts) == 5
    assert found.number("Tests passed") == 6 and found.number("Rheobase") == pytest.approx(0.0022, rel=0.03)
    assert "The cell has no axon[0]." in found.words("Remark")


def test_that_a_passive_sphere_fails_for_the_right_reasons(crew: Crew, textbook: Path) -> None:
    """It neither fires nor has the resistance of a neuron, but its voltage follows the current."""
    bench = replace(
        whole_bench(crew, textbook, SPHERE), properties=CellProperties(0, threshold_current=_BELOW_ALL_NA)
    )
    found = conducted(Validation().play(bench), crew.run)
    verdicts = _verdicts(found)
    assert verdicts["Spiking at"] == verdicts["Input resistance"] == verdicts["f–I curve"] == FAILED
    assert verdicts["Hyperpolarisation at"] == verdicts["I–V curve"] == PASSED
    rows = found.words("Test")
    down, unit = _measured(found, rows.index("Hyperpolarisation at −40 % of the rheobase"))
    assert down == pytest.approx(-0.4 * _BELOW_ALL_NA * SPHERE_MEGAOHM, rel=1e-3) and unit == "mV"
    slope, unit = _measured(found, rows.index("I–V curve rises"))
    assert slope == pytest.approx(SPHERE_MEGAOHM, rel=1e-3) and unit == "MΩ"


def test_that_a_test_whose_sweep_fails_is_not_known_and_the_others_are(crew: Crew, textbook: Path) -> None:
    parts: list[str] = []

    def run(sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        parts.extend(each.part for each in sweeps)
        outcomes = crew.run([each for each in sweeps if each.part != "Spiking"])
        lost = [Outcome.nothing(each, "It was lost.") for each in sweeps if each.part == "Spiking"]
        by_sweep = {id(each.sweep): each for each in (*outcomes, *lost)}
        return tuple(by_sweep[id(each)] for each in sweeps)

    bench = replace(
        whole_bench(crew, textbook, SPHERE), properties=CellProperties(0, threshold_current=_BELOW_ALL_NA)
    )
    found = conducted(Validation().play(bench), run)
    row = found.words("Test").index("Spiking")
    assert found.words("Verdict")[row] == NOT_KNOWN and np.isnan(found.column("Measured").values[row])
    assert "It was lost." in found.words("Remark")[row]
    assert found.words("Verdict").count(NOT_KNOWN) == 1
    assert {"Hyperpolarisation", "Strong step", "I–V curve"} < set(parts)


def test_that_the_longest_time_over_a_level_counts_the_ends() -> None:
    voltage = np.array([1.0, 1, -1, 1, 1, 1, -1, 1])
    assert longest_above(voltage, 0.5, 0.0) == 1.5
    assert longest_above(voltage, 0.5, 2.0) == 0.0
    assert longest_above(np.ones(4), 0.5, 0.0) == 2.0


def test_that_an_i_v_curve_is_that_of_bluecellulab_but_for_small_cells() -> None:
    assert below_rheobase(0.35, 45.0) == pytest.approx((-1.65, 0.25))
    assert below_rheobase(0.15, 48.0) == pytest.approx((-1.85, 0.05))
    low, high = below_rheobase(0.0022, 3000.0)
    assert low * 3000 > -150 and low < high < 0.0022
