"""What manipulations and drugs do to cells, when, and how they go again; against plain NEURON."""

import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from engine.experiment.base import changed
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.manipulations import (
    Assignment,
    ChangeAllSections,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
)
from engine.experiment.recordings import StimulusRecording
from engine.experiment.stimuli import VoltageClamp, VoltageLevel
from engine.experiment.targets import Site
from engine.messages.live import ChannelDensity, Manipulations
from engine.simulation.cell_store import CellStore
from engine.simulation.host import h
from engine.simulation.live import apply_setting
from engine.simulation.manipulate import Manipulated
from engine.simulation.places import Places
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, come_back, save_state
from tests.engine.simulation.bench_circuit import CABLE, PATCH, REST_MV, SPHERE, experiment, step, voltage
from tests.peers import SHARED_DATA

SODIUM, POTASSIUM = "gnabar_hh", "gkbar_hh"
WASH_MS = 31.3
OVERSHOOT_MV = 0.0


def ttx(percent: float = 100.0, **more: Any) -> Drug:
    return Drug(name="TTX", cell=PATCH, percent=percent, variables=(SODIUM,), **more)


def change(variable: str, operator: Any, value: float, kind: Any = ChangeAllSections, **more: Any) -> Any:
    assignment = Assignment(variable=variable, operator=operator, value=value)
    return kind(assignments=(assignment,), **({"cell": PATCH} | more))


def firing(*manipulations: Manipulation, **conditions: Any) -> Experiment:
    """The patch of squid axon fires throughout."""
    return experiment(
        PATCH,
        stimuli=(step(PATCH, 0.015, 5, 90),),
        recordings=(voltage(PATCH),),
        manipulations=manipulations,
        conditions=conditions,
    )


def run(simulation: Simulation, slice_ms: float = 1e9) -> Any:
    simulation.start()
    while not simulation.finished:
        simulation.advance(simulation.time + slice_ms)
    return simulation.fresh()[:, 0]


def traced(made: Experiment, bench, folder, slice_ms: float = 1e9) -> Any:
    simulation = Simulation(made, bench, folder)
    samples = run(simulation, slice_ms)
    simulation.close()
    return samples


def plain(changes: dict[float, dict[str, float]], variable_step: bool = False) -> Any:
    """What a careful person writes without us; `changes`: values by the time (ms) from which they hold."""
    section = h.Section(name="plain")
    section.L, section.diam = 10 / np.pi, 10
    section.insert("hh")
    clamp = h.IClamp(section(0.5))
    clamp.delay, clamp.dur = 0, 95
    times, amplitudes = h.Vector([0, 5, 5, 95]), h.Vector([0, 0, 0.015, 0.015])
    amplitudes.play(clamp._ref_amp, times, 1)
    recorded = h.Vector().record(section(0.5)._ref_v, *([0.025] if variable_step else []))
    h.load_file("stdrun.hoc")
    h.celsius, h.dt, h.steps_per_ms, h.v_init, h.tstop = 6.3, 0.025, 40, REST_MV, 100
    solver = h.ParallelContext()
    solver.set_maxstep(10)
    for name, value in changes.get(0, {}).items():
        setattr(section, name, value)
    h.stdinit()
    for time, values in changes.items():
        if time > 0:
            solver.psolve((round(time / h.dt) + 0.25) * h.dt)
            for name, value in values.items():
                setattr(section, name, value)
    solver.psolve(100.00625)
    return np.array(recorded)


def test_that_ttx_abolishes_the_action_potential(bench, tmp_path):
    assert traced(firing(), bench, tmp_path).max() > OVERSHOOT_MV
    blocked = traced(firing(ttx()), bench, tmp_path)
    assert blocked.max() < -40
    assert np.ptp(blocked) > 1, "it must still be stimulated"


def test_that_half_blocked_sodium_is_half_the_conductance_to_the_bit(bench, tmp_path):
    by_drug = traced(firing(ttx(50)), bench, tmp_path)
    by_hand = plain({0: {SODIUM: 0.12 / 2}})
    assert by_hand.max() > OVERSHOOT_MV - 20
    np.testing.assert_array_equal(by_drug, by_hand)
    np.testing.assert_array_equal(traced(firing(), bench, tmp_path), plain({}))


@pytest.mark.parametrize("slice_ms", [1e9, 3.3, 0.1])
def test_that_washing_in_and_out_is_a_change_at_that_step(slice_ms, bench, tmp_path):
    wanted = firing(ttx(80, wash_in=WASH_MS, wash_out=60.01))
    found = traced(wanted, bench, tmp_path, slice_ms)
    expected = plain({WASH_MS: {SODIUM: 0.12 * (1 - 80 / 100)}, 60.01: {SODIUM: 0.12}})
    np.testing.assert_array_equal(found, expected)
    undisturbed = plain({})
    at_wash = round(WASH_MS / 0.025)
    np.testing.assert_array_equal(found[: at_wash + 1], undisturbed[: at_wash + 1])
    assert found[at_wash + 1] != undisturbed[at_wash + 1]


def test_that_a_run_is_the_same_again_after_others(bench, tmp_path):
    store = CellStore(bench)
    before = run(Simulation(firing(), bench, tmp_path, store))
    with_drug = Simulation(firing(ttx(wash_in=WASH_MS)), bench, tmp_path, store)
    first = run(with_drug)
    assert not np.array_equal(first, before)
    np.testing.assert_array_equal(run(with_drug, 1.7), first)
    np.testing.assert_array_equal(run(Simulation(firing(), bench, tmp_path, store)), before)
    again = Simulation(firing(ttx(wash_in=WASH_MS)), bench, tmp_path, store)
    np.testing.assert_array_equal(run(again), first)
    again.detach()
    assert store.cells[PATCH].section("soma[0]")(0.5).hh.gnabar == 0.12
    store.close()


def test_that_a_drug_washes_in_with_the_variable_step_too(bench, tmp_path):
    wanted = firing(ttx(wash_in=WASH_MS), variable_step=True)
    found = traced(wanted, bench, tmp_path)
    np.testing.assert_array_equal(found, traced(wanted, bench, tmp_path))
    unchanged = traced(firing(variable_step=True), bench, tmp_path)
    before = round(WASH_MS / 0.025)
    np.testing.assert_allclose(found[:before], unchanged[:before], rtol=0, atol=1e-6)
    assert found[before + 200 :].max() < -40 < unchanged[before + 200 :].max()


@pytest.mark.parametrize(("drug", "blocked"), [("control", ()), ("TTX", (SODIUM,)), ("TEA", (POTASSIUM,))])
def test_that_drugs_take_currents_out_of_a_voltage_clamp(drug, blocked, bench, tmp_path):
    expected = json.loads((SHARED_DATA / "lessons_expected.json").read_text(encoding="utf-8"))
    numbers = expected["pharm_0mV_clamp_current_nA"]
    clamp = VoltageClamp(
        target=Site(cell=PATCH),
        duration=40.0,
        voltage=REST_MV,
        levels=(VoltageLevel(duration=5, voltage=REST_MV), VoltageLevel(duration=20, voltage=0.0)),
    )
    made = experiment(
        PATCH,
        stimuli=(clamp,),
        recordings=(StimulusRecording(stimulus=clamp.id),),
        manipulations=[Drug(name=drug, cell=PATCH, variables=blocked)] if blocked else [],
        conditions={"tstop": 25.0},
    )
    current = traced(made, bench, tmp_path)[round(5.1 / 0.025) : -1]  # after the charging of the membrane
    assert current.min() == pytest.approx(numbers[f"{drug}_min"], abs=numbers["tol_abs"])
    assert current[-1] == pytest.approx(numbers[f"{drug}_ss"], abs=numbers["tol_abs"])


def test_that_changes_of_one_variable_follow_one_another(bench, tmp_path):
    doubled = change(SODIUM, "*=", 2.0)
    fixed = change(SODIUM, "=", 0.07, ChangeSectionList, section_list="soma")
    for manipulations, expected in (
        ((doubled, ttx(25), fixed), 0.07),
        ((doubled, fixed, ttx(25)), 0.07 * 0.75),
        ((fixed, ttx(25), doubled), 0.07 * 0.75 * 2),
        ((ttx(25), ttx(50)), 0.12 * 0.75 * 0.5),
    ):
        simulation = Simulation(firing(*manipulations), bench, tmp_path)
        assert simulation.places.cell(PATCH).section("soma[0]")(0.5).hh.gnabar == expected
        simulation.close()


def test_that_a_later_wash_in_keeps_its_place_among_the_others(bench, tmp_path):
    fixed = change(SODIUM, "=", 0.1, ChangeSection, section="soma[0]")
    simulation = Simulation(firing(ttx(50, wash_in=10, wash_out=20), fixed, ttx(20)), bench, tmp_path)
    segment = simulation.places.cell(PATCH).section("soma[0]")(0.5)
    simulation.start()
    for time in (5, 15, 25):
        simulation.advance(time)
        assert segment.hh.gnabar == 0.1 * 0.8
    simulation.close()


def test_that_only_the_named_cell_changes(bench, tmp_path):
    made = changed(
        firing(change("cm", "*=", 3.0), change("cm", "*=", 2.0, cell=CABLE)),
        cells=ListedCells(cells=(PATCH, SPHERE)),
    )
    simulation = Simulation(made, bench, tmp_path)
    assert simulation.places.cell(PATCH).section("soma[0]").cm == 3.0
    assert simulation.places.cell(SPHERE).section("soma[0]").cm == 1.0
    (problem,) = simulation.problems
    assert "changes nothing" in problem.what
    assert f"{CABLE} does not take part" in problem.hint
    simulation.close()


def test_that_live_manipulations_are_those_of_the_next_run(bench, tmp_path):
    store = CellStore(bench)
    later = (change(SODIUM, "*=", 1.3), ttx(30), change(POTASSIUM, "=", 0.05), change("Ra", "=", 50.0))
    live = Simulation(firing(ttx(70), change("cm", "*=", 1.1)), bench, tmp_path, store)
    section = store.cells[PATCH].section("soma[0]")

    def now() -> tuple[float, ...]:
        return section(0.5).hh.gnabar, section(0.5).hh.gkbar, section.cm, section.Ra

    at_start, cm, resistance = now(), 1.0, section.Ra
    unchanged = run(live)
    live.start()
    live.advance(40)
    apply_setting(Manipulations(manipulations=later), live)
    assert now() == (0.12 * 1.3 * 0.7, 0.05, cm, 50.0)
    live.advance(100)
    followed = live.fresh()[:, 0]
    assert not np.array_equal(followed, unchanged)
    np.testing.assert_array_equal(run(live), unchanged)
    assert now() == at_start
    Simulation(firing(*later), bench, tmp_path, store)
    assert now() == (0.12 * 1.3 * 0.7, 0.05, cm, 50.0)
    store.release()
    assert now() == (0.12, 0.036, cm, resistance)
    store.close()


def test_that_a_drug_added_to_a_run_washes_in_at_its_time(bench, tmp_path):
    planned = traced(firing(ttx(wash_in=60)), bench, tmp_path)
    live = Simulation(firing(), bench, tmp_path)
    live.start()
    live.advance(20)
    apply_setting(Manipulations(manipulations=(ttx(wash_in=60),)), live)
    live.advance(100)
    np.testing.assert_array_equal(live.fresh()[:, 0], planned)
    live.close()


def test_that_a_density_set_in_the_middle_holds_until_its_drug_changes(bench, tmp_path):
    made = firing(ttx(50, wash_in=30))
    simulation = Simulation(made, bench, tmp_path)
    segment = simulation.places.cell(PATCH).section("soma[0]")(0.5)
    simulation.start()
    simulation.advance(20)
    apply_setting(ChannelDensity(cell=PATCH, variable=SODIUM, factor=1.5), simulation)
    apply_setting(ChannelDensity(cell=PATCH, variable=POTASSIUM, factor=1.5), simulation)
    assert segment.hh.gnabar == 0.12 * 1.5
    simulation.advance(40)
    assert (segment.hh.gnabar, segment.hh.gkbar) == (0.06, 0.036 * 1.5)
    simulation.start()
    assert (segment.hh.gnabar, segment.hh.gkbar) == (0.12, 0.036)
    simulation.close()


@pytest.mark.parametrize("keep_state", [True, False])
def test_that_coming_back_knows_which_drugs_are_there(keep_state, bench, tmp_path):
    made = firing(ttx(50, wash_in=20, wash_out=80), change(SODIUM, "*=", 1.2))
    simulation = Simulation(made, bench, tmp_path)
    whole = run(simulation)
    simulation.start()
    simulation.advance(50)
    samples = len(simulation.fresh())
    moment = Moment(made, tmp_path, (), simulation.time, samples, save_state(simulation))
    simulation.advance(100)
    come_back(simulation, moment if keep_state else moment.without_state(), lambda: None)
    assert simulation.places.cell(PATCH).section("soma[0]")(0.5).hh.gnabar == 0.12 * 0.5 * 1.2
    simulation.advance(100)
    np.testing.assert_array_equal(simulation.fresh()[:, 0], whole[samples:])
    simulation.close()


def test_that_what_cannot_be_applied_leaves_nothing_behind(bench, tmp_path):
    made = firing(change(SODIUM, "*=", 2.0), change("cm", "=", 2.0, ChangeSection, section="apic[7]"))
    store = CellStore(bench)
    cells = store.provide([PATCH], made.conditions)
    with pytest.raises(Exception, match=r"apic\[7\]"):
        Manipulated(made.manipulations, Places(cells, made, bench))
    assert cells[PATCH].section("soma[0]")(0.5).hh.gnabar == 0.12
    store.close()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"percent": 101.0}, "less than or equal to 100"),
        ({"variables": ()}, "at least 1 item"),
        ({"cell": None}, "either a cell or a node set"),
        ({"node_set": "cells"}, "either a cell or a node set"),
        ({"wash_in": 20.0, "wash_out": 20.0}, "not after it was washed in"),
    ],
)
def test_that_a_drug_makes_sense(fields, reason):
    with pytest.raises(ValidationError, match=reason):
        changed(ttx(), **fields)
