"""What a protocol finds of a cell as it came is known to stimuli that are relative to it."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.circuit.circuit import open_circuit
from engine.client.crew import Crew, conducted
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.manipulations import BlockSodium
from engine.experiment.properties import properties_of
from engine.experiment.stimuli import Holding
from engine.protocols.remembering import remember_result
from engine.protocols.steady_state import HoldingCurrent, InputResistance, RestingPotential
from engine.protocols.sweeps import Number, Result
from engine.protocols.thresholds import Rheobase
from tests.engine.protocols.conftest import bench_of
from tests.engine.simulation.bench_circuit import REST_MV, SPHERE, SPHERE_MEGAOHM


def test_that_what_was_measured_is_known_afterwards_in_the_same_conditions(
    textbook: Path, crew: Crew
) -> None:
    bench = bench_of(textbook, SPHERE)
    with open_circuit(textbook) as circuit:
        for protocol in (
            RestingPotential(),
            InputResistance(amplitude=-0.001),
            HoldingCurrent(voltage=-80.0),
        ):
            assert remember_result(circuit, bench, protocol, conducted(protocol.play(bench), crew.run))
        known = properties_of(circuit, SPHERE, bench.experiment.conditions)
        elsewhere = properties_of(circuit, SPHERE, Conditions(celsius=20.0, v_init=REST_MV))
    assert known.resting_potential == pytest.approx(REST_MV, abs=1e-9)
    assert known.input_resistance == pytest.approx(SPHERE_MEGAOHM, rel=1e-4)
    assert known.holding_current == pytest.approx(-15 / SPHERE_MEGAOHM, rel=1e-4)
    assert elsewhere.input_resistance is None


def test_that_of_a_cell_that_is_not_as_it_came_nothing_is_kept(
    textbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    plain = bench_of(textbook, SPHERE)
    found = Result((), numbers=(Number("Rheobase", 0.5, "nA"), Number("Resting potential", -60.0, "mV")))
    drugged = changed(plain.experiment, manipulations=(BlockSodium(cell=SPHERE),))
    held = changed(plain.experiment, stimuli=(Holding(target=plain.site),))
    with open_circuit(textbook) as circuit:
        assert not remember_result(circuit, replace(plain, experiment=drugged), Rheobase(), found)
        assert remember_result(circuit, replace(plain, experiment=held), Rheobase(), found)
        known = properties_of(circuit, SPHERE, plain.experiment.conditions)
    assert known.resting_potential is None, "it was that of the held cell"
