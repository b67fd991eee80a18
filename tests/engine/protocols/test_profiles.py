"""Signals along a cell: the closed form of a sealed cable, reciprocity, and ways through a tree."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.client.crew import Crew
from engine.errors import EngineError, UnknownNameError
from engine.experiment.stimuli import PlacedSynapse
from engine.protocols.profiles import BackPropagation, EpspProfile, peak_after
from engine.protocols.protocol import base
from engine.protocols.sweeps import Result
from engine.protocols.tree import Segment, Tree
from tests.engine.protocols.conftest import Play, whole_bench
from tests.engine.simulation.bench_circuit import CABLE, PATCH

_LENGTH_CONSTANT_UM = 1000.0


def _along(result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances (µm), shares (parts), delays (ms)."""
    distances, shares, delays = (
        np.array(result.column(each).values) for each in ("Distance", "Share", "Delay")
    )
    return distances, shares, delays


def test_that_a_long_current_falls_off_as_in_the_closed_form(play: Play, shared_data: Path) -> None:
    """From the middle of a cable to its sealed end, half a length constant away."""
    found = play(BackPropagation(amplitude=0.01, delay=10.0, duration=400.0, after=0.0), CABLE)
    distances, shares, _ = _along(found)
    assert len(distances) == 101 and distances[0] == 0 and distances[-1] == pytest.approx(497.5, abs=0.1)
    exact = np.cosh((500 - distances) / _LENGTH_CONSTANT_UM) / np.cosh(500 / _LENGTH_CONSTANT_UM)
    np.testing.assert_allclose(shares / 100, exact, rtol=1e-3)
    lesson = json.loads((shared_data / "lessons_expected.json").read_text())["cable_d2_Rm20000_Ra100"]
    assert shares[-1] / 100 == pytest.approx(lesson["sealed_L0.5"], rel=lesson["tol_rel"])


def test_that_a_synapse_at_the_tip_does_at_the_soma_what_one_at_the_soma_does_at_the_tip(
    play: Play, crew: Crew, textbook: Path
) -> None:
    """Reciprocity of a linear cable; a synapse of 0.001 nS hardly changes its own driving force."""
    weight = 1e-6
    found = play(EpspProfile(weight=weight), CABLE)
    _, shares, delays = _along(found)
    assert (np.diff(shares) > 0).all() and shares[-1] == pytest.approx(100), "smaller towards the soma"
    assert (np.diff(delays) <= 0).all() and delays[0] > delays[-1] > 0, "and later"
    bench = whole_bench(crew, textbook, CABLE)
    synapse = PlacedSynapse(target=bench.site, weight=weight, events=1, delay=300.0)
    tip = bench.tree.segments[bench.tree.tip()].on(CABLE)
    (outcome,) = crew.run([bench.sweep(0, 400.0, synapse, places=[tip])])
    voltage = outcome.voltage_at(0)
    height = peak_after(voltage, outcome.interval, 300.0)[0] - base(voltage, outcome.interval, 300.0)
    assert height == pytest.approx(found.number("Amplitude at the soma"), rel=1e-4)
    assert found.number("Attenuation") == pytest.approx(100 / shares[0])


def test_that_what_is_no_epsp_and_no_section_is_told(play: Play) -> None:
    with pytest.raises(EngineError, match="The soma fires"):
        play(EpspProfile(weight=0.001), PATCH)
    with pytest.raises(UnknownNameError, match=r"no section named 'apic\[3\]'"):
        play(BackPropagation(section="apic[3]", amplitude=0.01), PATCH)


def test_that_a_way_goes_from_the_soma_to_any_tip() -> None:
    """Two segments of soma, a dendrite on its far end, and an apical one, which is looked for first."""
    tree = Tree(
        (
            Segment("soma[0]", 0.25, "soma", 5.0, None),
            Segment("soma[0]", 0.75, "soma", 4.0, 0),
            Segment("dend[0]", 0.5, "dend", 300.0, 0),
            Segment("apic[0]", 0.25, "apic", 30.0, 1),
            Segment("apic[0]", 0.75, "apic", 60.0, 3),
        )
    )
    assert [each.name for each in tree.way(tree.tip())] == ["soma[0](0.75)", "apic[0](0.25)", "apic[0](0.75)"]
    assert [each.distance for each in tree.way(tree.tip("dend[0]"))] == [4.0, 5.0, 300.0]
    assert tree.farthest("axon") is None and tree.tip("soma[0]") == 1
