"""Currents taken apart with drugs, and the charging of a membrane, against published and exact numbers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.client.crew import Crew, conducted
from engine.experiment.base import changed
from engine.experiment.manipulations import Drug
from engine.protocols.series import Listed
from engine.protocols.sweeps import Outcome, Result, Sweep
from engine.protocols.voltage_clamp import VoltageClampFamily
from tests.engine.protocols.conftest import bench_of
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, SPHERE_AREA_CM2, SPHERE_MEGAOHM

_TO_0_MV = VoltageClampFamily(test=Listed(values=(0.0,)), blank=0.05)
_BLOCKS = {"control": (), "TTX": ("gnabar_hh",), "TEA": ("gkbar_hh",)}


def _clamped(crew: Crew, textbook: Path, blocked: Sequence[str]) -> tuple[Result, np.ndarray]:
    """The result on the squid axon with channels blocked, and the current of its test after the blank, in nA.

    1 nA is 1 mA/cm².
    """
    bench = bench_of(textbook, PATCH)
    drugs = (Drug(cell=PATCH, variables=tuple(blocked)),) if blocked else ()
    bench = replace(bench, experiment=changed(bench.experiment, manipulations=drugs))
    kept: list[Outcome] = []

    def run(sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        kept.extend(crew.run(sweeps))
        return tuple(kept)

    result = conducted(_TO_0_MV.play(bench), run)
    (outcome,) = kept
    return result, outcome.within(outcome.current, 20.05, 39.9)


def test_that_drugs_take_the_squid_axon_apart(crew: Crew, textbook: Path, shared_data: Path) -> None:
    lessons: dict[str, Any] = json.loads((shared_data / "lessons_expected.json").read_text())
    pharmacy, clamp = lessons["pharm_0mV_clamp_current_nA"], lessons["vclamp_hh_from_-65"]
    measured = {name: _clamped(crew, textbook, blocked) for name, blocked in _BLOCKS.items()}
    for name, (result, _) in measured.items():
        (inward,), (steady,) = (
            result.column(each).values for each in ("Peak inward current", "Steady current")
        )
        assert inward == pytest.approx(pharmacy[f"{name}_min"], abs=pharmacy["tol_abs"]), name
        assert steady == pytest.approx(pharmacy[f"{name}_ss"], abs=pharmacy["tol_abs"]), name
    whole, without_sodium, without_potassium = (measured[name][1] for name in _BLOCKS)
    sodium, potassium = whole - without_sodium, whole - without_potassium
    assert sodium.min() == pytest.approx(clamp["peak_INa_mA_cm2_at_0mV"], rel=clamp["tol_rel"])
    assert potassium[-1] == pytest.approx(clamp["IK_ss_0mV_20ms"], rel=clamp["tol_rel"])
    leak = (whole - sodium - potassium)[10:]  # after the membrane is charged
    np.testing.assert_allclose(leak, 0.0003 * 54.3, rtol=0.02)  # S/cm² times mV: what neither takes


def test_that_a_membrane_is_charged_through_the_electrode_as_in_the_closed_form(
    crew: Crew, textbook: Path
) -> None:
    """A passive sphere behind 200 MΩ: an exponential of C·(Rs‖Rm) over the steady current."""
    series, step_mv = 200.0, 10.0
    family = VoltageClampFamily(
        test=Listed(values=(-65.0 + step_mv,)), series_resistance=series, blank=0.0, test_duration=30.0
    )
    kept: list[Outcome] = []

    def run(sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        kept.extend(crew.run(sweeps))
        return tuple(kept)

    result = conducted(family.play(bench_of(textbook, SPHERE)), run)
    current = kept[0].within(kept[0].current, 20.025, 49.9)
    times = np.arange(1, len(current) + 1) * kept[0].interval
    picofarad = SPHERE_AREA_CM2 * 1e6
    tau = 1e-3 * picofarad / (1 / series + 1 / SPHERE_MEGAOHM)  # pF × MΩ = µs
    steady, first = step_mv / (series + SPHERE_MEGAOHM), step_mv / series
    exact = steady + (first - steady) * np.exp(-times / tau)
    np.testing.assert_allclose(current, exact, rtol=0, atol=0.01 * first)
    falls = (times > tau) & (times < 4 * tau)
    rate, _ = np.polyfit(times[falls], np.log(current[falls] - steady), 1)
    assert -1 / rate == pytest.approx(tau, rel=0.01)
    (end,) = result.column("Steady current").values
    assert end == pytest.approx(steady, rel=1e-4)
