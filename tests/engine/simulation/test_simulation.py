"""Cells obey physics, runs repeat, and nothing stays on cells that the next simulation uses."""

import gc
import random
from typing import Any

import numpy as np
import pytest

from engine.errors import SimulationError, UnknownNameError
from engine.experiment.base import changed
from engine.experiment.manipulations import Assignment, ChangeAllSections, ChangeSection
from engine.experiment.recordings import StimulusRecording
from engine.experiment.stimuli import OrnsteinUhlenbeck, VoltageClamp
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.messages.live import ChannelDensity, StimulusAmplitude
from engine.simulation.cell_store import CellStore
from engine.simulation.host import h
from engine.simulation.live import apply_setting
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    CABLE,
    COUNTER,
    PATCH,
    REST_MV,
    SPHERE,
    SPHERE_MEGAOHM,
    SPHERE_TAU_MS,
    experiment,
    step,
    voltage,
)


def run(simulation: Simulation, slice_ms: float = 1e9) -> Any:
    simulation.start()
    pieces = [simulation.fresh()]
    while not simulation.finished:
        simulation.advance(simulation.time + slice_ms)
        pieces.append(simulation.fresh())
    return np.concatenate(pieces)


def samples(bench, tmp_path, wanted) -> Any:
    return run(Simulation(wanted, bench, tmp_path))


def test_that_a_sphere_charges_with_its_time_constant_to_ohms_law(bench, tmp_path):
    dt = 0.005
    wanted = experiment(
        SPHERE,
        stimuli=(step(SPHERE, 0.01, delay=10, duration=60),),
        recordings=(voltage(SPHERE),),
        conditions={"dt": dt},
    )
    measured = samples(bench, tmp_path, wanted)[:, 0]
    time = np.arange(len(measured)) * dt
    final = 0.01 * SPHERE_MEGAOHM
    charging = final * (1 - np.exp(-np.clip(time - 10, 0, 60) / SPHERE_TAU_MS))
    expected = REST_MV + charging * np.exp(-np.clip(time - 70, 0, None) / SPHERE_TAU_MS)
    assert np.abs(measured - expected).max() < 2e-3 * final


def test_that_the_voltage_falls_along_a_sealed_cable_as_cable_theory_says(bench, tmp_path):
    wanted = experiment(
        CABLE,
        stimuli=(step(CABLE, 0.1, delay=0, duration=400, x=0),),
        recordings=(voltage(CABLE, 0), voltage(CABLE, 0.5), voltage(CABLE, 1)),
        conditions={"tstop": 400.0},
    )
    near, middle, far = samples(bench, tmp_path, wanted)[-1] - REST_MV
    assert far / near == pytest.approx(1 / np.cosh(1), rel=1e-3)
    assert middle / near == pytest.approx(np.cosh(0.5) / np.cosh(1), rel=1e-3)


def test_that_a_passive_cell_is_linear(bench, tmp_path):
    def response(*amplitudes):
        stimuli = tuple(
            step(SPHERE, amplitude, delay=10 * n) for n, amplitude in enumerate(amplitudes, 1) if amplitude
        )
        return samples(bench, tmp_path, experiment(SPHERE, stimuli=stimuli, recordings=(voltage(SPHERE),)))[
            :, 0
        ]

    together, first, second = response(0.01, -0.03), response(0.01, 0), response(0, -0.03)
    assert np.allclose(together - REST_MV, first + second - 2 * REST_MV, atol=1e-10)
    assert np.ptp(together) > 10


def test_that_a_voltage_clamp_delivers_what_ohms_law_asks_for(bench, tmp_path):
    clamp = VoltageClamp(
        id="clamp", target=Site(cell=SPHERE), voltage=-45.0, duration=500.0, series_resistance=10.0
    )
    wanted = experiment(
        SPHERE,
        stimuli=(clamp,),
        recordings=(voltage(SPHERE), StimulusRecording(id="current", stimulus="clamp")),
        conditions={"tstop": 400.0},
    )
    simulation = Simulation(wanted, bench, tmp_path)
    end_voltage, end_current = run(simulation)[-1]
    expected = 20.0 / (SPHERE_MEGAOHM + 10.0)
    assert end_current == pytest.approx(expected, rel=1e-6)
    assert end_voltage == pytest.approx(REST_MV + expected * SPHERE_MEGAOHM, rel=1e-6)
    assert [trace.unit for trace in simulation.traces] == ["mV", "nA"]


def test_that_a_spike_equals_that_of_a_plain_script_bit_for_bit(bench, tmp_path):
    wanted = experiment(
        PATCH,
        stimuli=(step(PATCH, 0.02, delay=5, duration=1),),
        recordings=(voltage(PATCH),),
        conditions={"tstop": 30.0},
    )
    ours = samples(bench, tmp_path, wanted)[:, 0]
    section = h.Section(name="script")
    section.L, section.diam = 10 / h.PI, 10
    section.insert("hh")
    clamp = h.IClamp(section(0.5))
    clamp.delay, clamp.dur, clamp.amp = 5, 1, 0.02
    recorded = h.Vector().record(section(0.5)._ref_v)
    h.celsius, h.dt, h.steps_per_ms, h.tstop, h.v_init = 6.3, 0.025, 40, 30, REST_MV
    h.run()
    assert np.array_equal(ours, recorded.as_numpy())
    assert ours.max() > 20


def test_that_two_runs_and_all_ways_to_slice_one_are_bit_identical(bench, tmp_path):
    noise = OrnsteinUhlenbeck(
        id="noise", target=Site(cell=PATCH), delay=5.0, duration=80.0, mean=0.01, sigma=0.01
    )
    wanted = experiment(PATCH, stimuli=(noise,), recordings=(voltage(PATCH), voltage(PATCH, variable="hh.m")))
    simulation = Simulation(wanted, bench, tmp_path)
    once = run(simulation)
    assert np.array_equal(once, run(simulation))
    simulation.start()
    pieces, dice = [], random.Random(1)
    while not simulation.finished:
        simulation.advance(simulation.time + dice.choice([0.001, 0.025, 0.03, 0.7, 5.0]))
        if dice.random() < 0.5:
            pieces.append(simulation.fresh())
    pieces.append(simulation.fresh())
    assert np.array_equal(once, np.concatenate(pieces))
    assert once.shape == (4001, 2)


@pytest.mark.parametrize("recordings", [(), (voltage(PATCH),)], ids=["no trace", "a trace"])
def test_that_all_ways_to_slice_a_variable_step_are_bit_identical(bench, tmp_path, recordings):
    wanted = experiment(
        PATCH,
        stimuli=(step(PATCH, 0.01, delay=5, duration=90),),
        recordings=recordings,
        conditions={"variable_step": True},
    )
    simulation = Simulation(wanted, bench, tmp_path)
    once, spikes = run(simulation), simulation.spikes["cells"].times
    assert len(spikes) >= 4
    for slice_ms in (0.05, 0.13, 1.1):
        simulation.start()
        parts = []
        while not simulation.finished:
            simulation.advance(simulation.time + slice_ms)
            parts.append(simulation.fresh())
        np.testing.assert_array_equal(np.concatenate(parts), once)
        np.testing.assert_array_equal(simulation.spikes["cells"].times, spikes)


def test_that_the_variable_step_agrees_with_a_fine_fixed_one(bench, tmp_path):
    def with_conditions(**conditions):
        return samples(
            bench,
            tmp_path,
            experiment(
                PATCH,
                stimuli=(step(PATCH, 0.02, delay=5, duration=1),),
                recordings=(voltage(PATCH),),
                conditions={"tstop": 20.0, **conditions},
            ),
        )[:, 0]

    fine = with_conditions(dt=0.001)[::25]
    variable = with_conditions(dt=0.025, variable_step=True, absolute_tolerance=1e-6)
    assert len(variable) == len(fine) == 801
    assert abs(int(variable.argmax()) - int(fine.argmax())) <= 1
    assert variable.max() == pytest.approx(fine.max(), abs=0.2)
    assert np.array_equal(fine, with_conditions(dt=0.001)[::25]), "back at the fixed step"


def test_that_crank_nicolson_is_more_accurate_than_euler(bench, tmp_path):
    def error(method):
        wanted = experiment(
            SPHERE,
            stimuli=(step(SPHERE, 0.01, delay=0, duration=100),),
            recordings=(voltage(SPHERE),),
            conditions={"dt": 0.5, "tstop": 50.0, "integration_method": method},
        )
        measured = samples(bench, tmp_path, wanted)[:, 0]
        time = np.arange(len(measured)) * 0.5
        expected = REST_MV + 0.01 * SPHERE_MEGAOHM * (1 - np.exp(-time / SPHERE_TAU_MS))
        return np.abs(measured - expected).max()

    assert error("crank_nicolson") < 0.05 * error("euler")


def test_that_temperature_speeds_up_channels(bench, tmp_path):
    def width(celsius):
        wanted = experiment(
            PATCH,
            stimuli=(step(PATCH, 0.05, delay=5, duration=0.5),),
            recordings=(voltage(PATCH),),
            conditions={"tstop": 20.0, "celsius": celsius},
        )
        return (samples(bench, tmp_path, wanted) > -20).sum()

    assert width(18.5) < 0.5 * width(6.3)


def test_that_spikes_are_counted_where_the_voltage_crosses_the_threshold(bench, tmp_path):
    wanted = experiment(
        PATCH,
        stimuli=(step(PATCH, 0.01, delay=5, duration=90),),
        recordings=(voltage(PATCH, 1.0),),
        conditions={"spike_threshold": -10.0},
    )
    simulation = Simulation(wanted, bench, tmp_path)
    above = run(simulation)[:, 0] > -10.0
    crossings = np.flatnonzero(above[1:] & ~above[:-1]) + 1
    spikes = simulation.spikes["cells"]
    assert len(crossings) > 3
    assert np.allclose(spikes.times, crossings * 0.025, atol=0.026)
    assert set(spikes.node_ids.tolist()) == {PATCH.node_id}


def test_that_a_second_simulation_uses_the_same_cells_and_finds_them_clean(bench, tmp_path):
    store = CellStore(bench)
    plain = experiment(PATCH, SPHERE, stimuli=(step(PATCH, 0.01),), recordings=(voltage(PATCH),))
    before = run(Simulation(plain, bench, tmp_path, store))
    section = store.cells[PATCH].section("soma[0]")
    change = ChangeAllSections(
        id="change",
        node_set="cells",
        assignments=(Assignment(variable="gnabar_hh", operator="*=", value=0.1),),
    )
    blocked = Simulation(changed(plain, manipulations=(change,)), bench, tmp_path, store)
    assert store.cells[PATCH].section("soma[0]") == section
    assert section(0.5).hh.gnabar == pytest.approx(0.012)
    assert run(blocked).max() < -20
    again = Simulation(plain, bench, tmp_path, store)
    assert section(0.5).hh.gnabar == 0.12
    assert not [each for each in section(0.5).point_processes() if each is None]
    assert len(section(0.5).point_processes()) == 1
    assert np.array_equal(run(again), before)
    with pytest.raises(SimulationError, match="taken over"):
        blocked.start()
    store.close()


def test_that_cells_that_no_longer_take_part_are_gone(bench, tmp_path):
    gc.collect()
    sections_before = len(list(h.allsec()))
    store = CellStore(bench)
    Simulation(experiment(PATCH, SPHERE, CABLE), bench, tmp_path, store)
    assert len(list(h.allsec())) == sections_before + 3
    Simulation(experiment(PATCH), bench, tmp_path, store)
    assert len(list(h.allsec())) == sections_before + 1
    store.close()
    assert len(list(h.allsec())) == sections_before


def test_that_manipulations_follow_one_another(bench, tmp_path):
    def change(kind, operator, value, **more):
        assignment = Assignment(variable="cm", operator=operator, value=value)
        return kind(id=f"{operator}{value}", node_set="cells", assignments=(assignment,), **more)

    wanted = experiment(
        SPHERE,
        CABLE,
        manipulations=(
            change(ChangeAllSections, "=", 2.0),
            change(ChangeSection, "*=", 1.5, section="soma[0]"),
            change(ChangeAllSections, "+=", 1.0),
        ),
    )
    simulation = Simulation(wanted, bench, tmp_path)
    assert {segment.cm for segment in simulation.places.cell(CABLE).section("soma[0]")} == {4.0}


def test_that_a_parameter_can_change_while_it_runs(bench, tmp_path):
    wanted = experiment(
        SPHERE,
        stimuli=(step(SPHERE, 0.01, 0, 400),),
        recordings=(voltage(SPHERE),),
        conditions={"tstop": 400.0},
    )
    simulation = Simulation(wanted, bench, tmp_path)
    simulation.start()
    simulation.advance(200)
    apply_setting(ChannelDensity(cell=SPHERE, sections="soma", variable="g_pas", factor=2), simulation)
    apply_setting(StimulusAmplitude(stimulus=wanted.stimuli[0].id, amplitude=0.02), simulation)
    simulation.advance(400)
    trace = simulation.fresh()[:, 0] - REST_MV
    assert trace[8000] == pytest.approx(0.01 * SPHERE_MEGAOHM, rel=1e-3)
    assert trace[-1] == pytest.approx(0.02 * SPHERE_MEGAOHM / 2, rel=1e-3)


def test_that_an_exploding_solution_is_noticed(bench, tmp_path):
    wanted = experiment(SPHERE, stimuli=(step(SPHERE, 500.0),), recordings=(voltage(SPHERE),))
    simulation = Simulation(wanted, bench, tmp_path)
    simulation.start()
    with pytest.raises(SimulationError, match="left all bounds") as caught:
        simulation.advance(100)
    assert "cells:0 soma[0]" in caught.value.where


def test_that_an_unknown_variable_is_answered_with_a_known_one(bench, tmp_path):
    with pytest.raises(UnknownNameError, match=r"hh\.mm.*Did you mean 'hh\.m'"):
        Simulation(experiment(PATCH, recordings=(voltage(PATCH, variable="hh.mm"),)), bench, tmp_path)


def test_that_a_target_must_take_part(bench, tmp_path):
    with pytest.raises(SimulationError, match="cells:1 does not take part"):
        Simulation(experiment(SPHERE, stimuli=(step(PATCH, 0.1),)), bench, tmp_path)


def test_that_a_point_cell_takes_no_electrode_but_its_own_variables_are_recorded(bench, tmp_path):
    with pytest.raises(SimulationError, match="no membrane"):
        Simulation(experiment(COUNTER, stimuli=(step(COUNTER, 0.1),)), bench, tmp_path)
    simulation = Simulation(
        experiment(COUNTER, recordings=(voltage(COUNTER, variable="m"),)), bench, tmp_path
    )
    assert run(simulation).shape == (4001, 1)


def test_that_no_cells_is_an_error(bench, tmp_path):
    with pytest.raises(SimulationError, match="No cell takes part"):
        Simulation(experiment(), bench, tmp_path)


def test_that_global_variables_of_mechanisms_are_set_and_given_back(bench, tmp_path):
    before = h.usetable_hh
    store = CellStore(bench)
    Simulation(
        experiment(PATCH, conditions={"mechanism_globals": {"hh": {"usetable": 1 - before}}}),
        bench,
        tmp_path,
        store,
    )
    assert h.usetable_hh == 1 - before
    store.close()
    assert h.usetable_hh == before
    with pytest.raises(SimulationError, match="no global variable speed_hh"):
        Simulation(experiment(PATCH, conditions={"mechanism_globals": {"hh": {"speed": 1}}}), bench, tmp_path)


def test_that_a_stimulus_on_a_node_set_reaches_each_of_its_cells(bench, tmp_path):
    both = changed(step(SPHERE, 0.01), target=NodeSetTarget(node_set="cells"))
    wanted = experiment(
        SPHERE, PATCH, stimuli=(both,), recordings=(StimulusRecording(id="current", stimulus=both.id),)
    )
    simulation = Simulation(wanted, bench, tmp_path)
    assert [trace.site.cell for trace in simulation.traces] == [SPHERE, PATCH]
    assert len({trace.id for trace in simulation.traces}) == 2
    assert np.allclose(run(simulation).max(axis=0), 0.01)


def test_that_a_missing_cell_is_named(bench, tmp_path):
    with pytest.raises(Exception, match="77") as caught:
        Simulation(experiment(CellReference("cells", 77)), bench, tmp_path)
    assert type(caught.value).__name__.endswith("Error")


def test_that_synapses_are_gone_when_connections_are_switched_off(bench, tmp_path):
    cells = (PATCH, SPHERE)
    parts = {"stimuli": (step(PATCH, 0.01),), "recordings": (voltage(SPHERE),)}
    store = CellStore(bench)
    alone = samples(bench, tmp_path, experiment(*cells, **parts))
    connected = experiment(*cells, **parts, connections=Connections(enabled=True))
    assert np.ptp(run(Simulation(connected, bench, tmp_path, store))) > 0.1
    np.testing.assert_array_equal(run(Simulation(experiment(*cells, **parts), bench, tmp_path, store)), alone)
    store.close()
