"""What the protocols find, against published numbers of the squid axon and closed forms of passive cells."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.client.crew import Crew, conducted
from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.properties import properties_of, remember
from engine.experiment.stimuli import Holding
from engine.protocols.current_clamp import CurrentVoltage, FrequencyCurrent, RampUntilSpike
from engine.protocols.frequency import Impedance
from engine.protocols.series import Listed, Spaced
from engine.protocols.standard import SHAPES
from engine.protocols.steady_state import HoldingCurrent, InputResistance, RestingPotential
from engine.protocols.thresholds import Rheobase, StrengthDuration
from engine.protocols.voltage_clamp import VoltageClampFamily
from tests.engine.protocols.conftest import Play, bench_of
from tests.engine.simulation.bench_circuit import REST_MV, SPHERE, SPHERE_MEGAOHM, SPHERE_TAU_MS

_PER_NA = 1000.0  # µA/cm² of the patch, whose 100 µm² make 1 nA 1 mA/cm²


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> dict[str, Any]:
    """Numbers measured with NEURON, with tolerances."""
    lessons: dict[str, Any] = json.loads((shared_data / "lessons_expected.json").read_text())
    return lessons


def test_that_rheobase_strength_and_chronaxie_are_those_of_the_squid_axon(
    play: Play, expected: dict[str, Any]
) -> None:
    lesson = expected["strength_duration_uAcm2"]
    tolerance = lesson["tol_rel"]
    found = play(StrengthDuration(durations=Listed(values=(0.1, 1.0, 2.0, 200.0))))
    for duration, threshold in zip(*(each.values for each in found.columns), strict=True):
        name = f"{duration:g}ms"
        if name in lesson:
            assert threshold * _PER_NA == pytest.approx(lesson[name], rel=tolerance)
    assert found.number("Rheobase") * _PER_NA == pytest.approx(lesson["rheobase"], rel=tolerance)
    assert found.number("Chronaxie") == pytest.approx(lesson["chronaxie_ms"], rel=tolerance)
    long = play(Rheobase(relative_precision=0.5))
    assert long.number("Rheobase") * _PER_NA == pytest.approx(lesson["rheobase"], rel=tolerance)


def test_that_the_f_i_curve_is_that_of_the_squid_axon(play: Play, expected: dict[str, Any]) -> None:
    lesson = expected["fI_hh_6.3C_Hz"]
    onset = lesson["min_sustained_uAcm2"]
    currents = (onset * 0.99, 6.3, 10.0, 30.0, 80.0)
    curve = FrequencyCurrent(amplitudes=Listed(values=tuple(each / _PER_NA for each in currents)))
    found = play(curve)
    rates = found.column("Rate of the last interval").values
    spikes = found.column("Spikes").values
    assert spikes[0] < spikes[1] / 2, "below its onset the axon stops firing"
    for current, rate in zip(currents[1:], rates[1:], strict=True):
        assert rate == pytest.approx(lesson[f"{current:g}"], rel=lesson["tol_rel"])


def test_that_a_slow_ramp_needs_more_than_the_rheobase(play: Play, expected: dict[str, Any]) -> None:
    lesson = expected["fI_hh_6.3C_Hz"]
    seconds = 3.0
    ramp = RampUntilSpike(last=5 * seconds / _PER_NA, duration=seconds * 1000)
    first = play(ramp).number("Current at the first spike") * _PER_NA
    assert first == pytest.approx(lesson["slow_ramp_5uAcm2_per_s_first_spike_uAcm2"], rel=lesson["tol_rel"])
    with pytest.raises(EngineError, match=r"does not fire on a ramp to 0\.005 nA"):
        play(RampUntilSpike(last=0.005, duration=2000.0))


def test_that_the_voltage_clamp_finds_peak_steady_current_and_reversal(
    play: Play, expected: dict[str, Any]
) -> None:
    pharmacy = expected["pharm_0mV_clamp_current_nA"]
    clamp = expected["vclamp_hh_from_-65"]
    found = play(VoltageClampFamily(blank=0.05, test=Spaced(first=-20, last=60, count=9), leak_steps=4))
    row = found.column("Voltage").values.index(0.0)
    leak_at_0_mv = 0.0003 * 65 * 1000 * 1e-3  # nA: of the conductance (S/cm²), over 65 mV
    inward = found.column("Peak inward current").values[row] + leak_at_0_mv
    assert inward == pytest.approx(pharmacy["control_min"], abs=pharmacy["tol_abs"])
    steady = found.column("Steady current").values[row]
    assert steady == pytest.approx(pharmacy["control_ss"], abs=pharmacy["tol_abs"])
    assert found.number("Reversal of the inward peak") == pytest.approx(clamp["INa_reversal_mV"], abs=1.5)


def test_that_a_passive_cell_has_its_resistance_and_rest(play: Play) -> None:
    assert play(RestingPotential(), SPHERE).number("Resting potential") == pytest.approx(REST_MV, abs=1e-9)
    resistance = play(InputResistance(amplitude=-0.001), SPHERE)
    assert resistance.number("Input resistance") == pytest.approx(SPHERE_MEGAOHM, rel=1e-4)
    (time_constant,) = (each for each in resistance.numbers if each.name == "Time constant")
    assert time_constant.value == pytest.approx(SPHERE_TAU_MS, rel=1e-3) and time_constant.error is not None
    assert time_constant.error < 1e-3 * SPHERE_TAU_MS
    held = play(HoldingCurrent(voltage=-80.0), SPHERE)
    assert held.number("Holding current") == pytest.approx(-15 / SPHERE_MEGAOHM, rel=1e-4)
    line = play(CurrentVoltage(amplitudes=Spaced(first=-0.01, last=0.01, count=5)), SPHERE)
    assert line.number("Slope resistance") == pytest.approx(SPHERE_MEGAOHM, rel=1e-4)


def test_that_the_impedance_of_a_passive_cell_is_the_closed_form(play: Play) -> None:
    found = play(Impedance(amplitude=0.001, delay=10.0, duration=5000.0), SPHERE)
    frequency, magnitude, phase = (np.array(each.values) for each in found.columns)
    exact = SPHERE_MEGAOHM / (1 + 2j * np.pi * frequency * SPHERE_TAU_MS / 1000)
    np.testing.assert_allclose(magnitude, np.abs(exact), rtol=0.01)
    np.testing.assert_allclose(phase, np.degrees(np.angle(exact)), atol=0.5)


def test_that_a_passive_cell_has_no_threshold(play: Play) -> None:
    with pytest.raises(EngineError, match=r"does not fire at 0\.05 nA, so its threshold is not known"):
        play(Rheobase(strongest=0.05, spike_level=100.0), SPHERE)  # it would take 0.1 nA


@pytest.mark.parametrize(
    ("name", "length_ms", "on_ms"),
    [
        ("ap_waveform", 550, 50),
        ("idrest", 1850, 1350),
        ("iv", 3500, 3000),
        ("fire_pattern", 4100, 3600),
        ("pos_cheops", 250 + 2 * (4000 + 2000 + 1333) + 2 * 2000 + 250, None),
        ("neg_cheops", 1750 + 2 * (3333 + 1666 + 1111) + 2 * 2000 + 250, None),
    ],
)
def test_that_standard_stimuli_have_their_published_shapes(
    name: Any, length_ms: float, on_ms: float | None
) -> None:
    _, percent, (times, parts) = SHAPES[name]
    assert (times[0], times[-1]) == (0, length_ms) and parts[0] == parts[-1] == 0
    if on_ms is not None:
        assert times[3] - times[2] == on_ms and parts[2:4] == (1.0, 1.0)
    else:
        assert parts.count(1.0 if percent > 0 and name == "pos_cheops" else -1.0) == 3


def test_that_a_cell_is_held_as_long_as_a_protocol_measures_it(crew: Crew, textbook: Path) -> None:
    """Also where the experiment's own runs, and so its holding current, are shorter."""
    bench = bench_of(textbook, SPHERE)
    with open_circuit(textbook) as circuit:
        remember(circuit, SPHERE, bench.experiment.conditions, {"holding_current_nA": -0.01})
        properties = properties_of(circuit, SPHERE, bench.experiment.conditions)
    short = Holding(target=bench.site, delay=5.0, duration=100.0)
    bench = replace(bench, experiment=changed(bench.experiment, stimuli=(short,)), properties=properties)
    found = conducted(RestingPotential().play(bench), crew.run).number("Resting potential")
    assert found == pytest.approx(REST_MV - 0.01 * SPHERE_MEGAOHM, rel=1e-6)
