"""Placed synapses do what a plain script of NEURON does, and what cable theory and closed forms say."""

import math
from typing import Any

import numpy as np
import pytest

from engine.errors import SimulationError
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.recordings import StimulusRecording
from engine.experiment.targets import NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties
from engine.messages.live import AppliedSetting, PlacedSynapseWeight, StimulusAmplitude
from engine.simulation.host import h
from engine.simulation.live import apply_setting
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, come_back, save_state
from engine.simulation.synapse_electrode import SynapseElectrode
from tests.engine.simulation.bench_circuit import CABLE, PATCH, REST_MV, SPHERE, experiment, step, voltage
from tests.engine.simulation.test_simulation import run, samples

RISE, DECAY, WEIGHT = 0.4, 4.0, 2e-5
STRONG = 1e-4  # µS: the patch fires


def synapse(cell: Any = PATCH, **fields: Any) -> PlacedSynapse:
    usual = {"id": "synapse", "rise_time": RISE, "decay_time": DECAY, "weight": WEIGHT, "delay": 5.0}
    return PlacedSynapse(**{**usual, "target": Site(cell=cell), **fields})


@pytest.mark.parametrize("timing", ["regular", "poisson"])
def test_that_a_synapse_equals_that_of_a_plain_script_bit_for_bit(bench, tmp_path, timing):
    wanted = synapse(events=12, interval=3.3, timing=timing, weight=STRONG)
    made = experiment(
        PATCH,
        stimuli=(wanted,),
        recordings=(voltage(PATCH), StimulusRecording(stimulus="synapse")),
        conditions={"tstop": 60.0},
    )
    ours = samples(bench, tmp_path, made)
    section = h.Section(name="script")
    section.L, section.diam = 10 / h.PI, 10
    section.insert("hh")
    plain = h.Exp2Syn(section(0.5))
    plain.tau1, plain.tau2, plain.e = RISE, DECAY, 0
    connection = h.NetCon(None, plain, 0, 0, STRONG)
    recorded = [h.Vector().record(each) for each in (section(0.5)._ref_v, plain._ref_i)]
    h.celsius, h.dt, h.steps_per_ms, h.tstop, h.v_init = 6.3, 0.025, 40, 60, REST_MV
    h.stdinit()
    for time in wanted.event_times(CellProperties(gid=PATCH.node_id), made.conditions).tolist():
        connection.event(time)
    h.continuerun(60)
    assert np.array_equal(ours, np.stack([each.as_numpy() for each in recorded], axis=1))
    assert ours[:, 0].max() > 0 and ours[:, 1].min() < -1e-4


def test_that_regular_events_are_those_of_a_netstim(bench, tmp_path):
    wanted = synapse(events=7, interval=6.0, weight=STRONG)
    ours = samples(bench, tmp_path, experiment(PATCH, stimuli=(wanted,), recordings=(voltage(PATCH),)))[:, 0]
    section = h.Section(name="script")
    section.L, section.diam = 10 / h.PI, 10
    section.insert("hh")
    plain = h.Exp2Syn(section(0.5))
    plain.tau1, plain.tau2, plain.e = RISE, DECAY, 0
    source = h.NetStim()
    source.start, source.number, source.interval, source.noise = 5, 7, 6, 0
    connection = h.NetCon(source, plain, 0, 0, STRONG)
    recorded = h.Vector().record(section(0.5)._ref_v)
    h.celsius, h.dt, h.steps_per_ms, h.tstop, h.v_init = 6.3, 0.025, 40, 100, REST_MV
    h.run()
    assert connection.valid()
    assert np.array_equal(ours, recorded.as_numpy())


def test_that_the_conductance_peaks_at_the_weight_when_theory_says(bench, tmp_path):
    dt = 0.001
    made = experiment(
        SPHERE,
        stimuli=(synapse(SPHERE, events=1),),
        recordings=(voltage(SPHERE, variable="Exp2Syn.g"),),
        conditions={"dt": dt, "tstop": 30.0},
    )
    conductance = samples(bench, tmp_path, made)[:, 0]
    assert conductance.max() == pytest.approx(WEIGHT, rel=1e-5)
    peak_after = RISE * DECAY / (DECAY - RISE) * math.log(DECAY / RISE)
    assert conductance.argmax() * dt == pytest.approx(5.0 + peak_after, abs=2 * dt)


def test_that_the_preview_is_what_is_played(bench, tmp_path):
    wanted = synapse(SPHERE, events=20, interval=2.0, timing="poisson")
    made = experiment(
        SPHERE,
        stimuli=(wanted,),
        recordings=(voltage(SPHERE, variable="Exp2Syn.g"),),
        conditions={"dt": 0.005, "tstop": 80.0},
    )
    conductance = samples(bench, tmp_path, made)[:, 0]
    preview = wanted.waveform(CellProperties(gid=SPHERE.node_id), made.conditions)
    played = np.interp(np.arange(len(conductance)) * 0.005, preview.time, preview.amplitude, left=0.0)
    assert np.abs(conductance - played).max() < 0.02 * conductance.max()


def test_that_a_synapse_far_out_on_a_cable_arrives_smaller_and_later(bench, tmp_path):
    made = experiment(
        CABLE,
        stimuli=(synapse(target=Site(cell=CABLE, x=0.9), events=1, weight=0.001),),
        recordings=(voltage(CABLE, 0.9), voltage(CABLE, 0.1)),
    )
    there, here = samples(bench, tmp_path, made).T - REST_MV
    assert there.max() > 1.5 * here.max() > 1
    assert here.argmax() > there.argmax()


def test_that_all_ways_to_slice_a_run_and_the_variable_step_deliver_all_events(bench, tmp_path):
    made = experiment(SPHERE, stimuli=(synapse(SPHERE, events=9),), recordings=(voltage(SPHERE),))
    simulation = Simulation(made, bench, tmp_path)
    once = run(simulation)
    assert np.array_equal(once, run(simulation))
    assert np.array_equal(once, run(simulation, 0.7))
    variable = {"variable_step": True, "absolute_tolerance": 1e-6}
    smooth = samples(
        bench,
        tmp_path,
        experiment(SPHERE, stimuli=made.stimuli, recordings=made.recordings, conditions=variable),
    )
    assert np.abs(smooth - once[: len(smooth)]).max() < 0.01 * np.ptp(once)


def test_that_each_cell_of_a_node_set_gets_a_synapse(bench, tmp_path):
    made = experiment(
        SPHERE,
        PATCH,
        stimuli=(synapse(target=NodeSetTarget(node_set="both"), timing="poisson", interval=3.0),),
        recordings=(voltage(SPHERE), voltage(PATCH)),
        node_sets={"both": {"population": "cells", "node_id": [0, 1]}},
    )
    simulation = Simulation(made, bench, tmp_path)
    first, second = simulation.electrodes("synapse")
    assert isinstance(first, SynapseElectrode) and isinstance(second, SynapseElectrode)
    assert not np.array_equal(first.events, second.events)
    assert (np.ptp(run(simulation), axis=0) > 1).all()


def test_that_its_weight_changes_in_a_run_and_comes_back_at_the_next_start(bench, tmp_path):
    made = experiment(
        SPHERE, stimuli=(synapse(SPHERE, events=2, interval=40),), recordings=(voltage(SPHERE),)
    )
    simulation = Simulation(made, bench, tmp_path)
    once = run(simulation)[:, 0]
    simulation.start()
    simulation.advance(30)
    apply_setting(PlacedSynapseWeight(stimulus="synapse", weight=3 * WEIGHT), simulation)
    simulation.advance(100)
    changed = simulation.fresh()[:, 0]
    until = int(45 / 0.025)
    assert np.array_equal(changed[:until], once[:until])
    assert changed[until:].max() - REST_MV > 2 * (once[until:].max() - REST_MV)
    assert np.array_equal(run(simulation)[:, 0], once)


def test_that_settings_of_the_wrong_kind_are_refused(bench, tmp_path):
    made = experiment(SPHERE, stimuli=(synapse(SPHERE), step(SPHERE, 0.01)), recordings=(voltage(SPHERE),))
    simulation = Simulation(made, bench, tmp_path)
    simulation.start()
    with pytest.raises(SimulationError, match="is not a synapse"):
        apply_setting(PlacedSynapseWeight(stimulus=made.stimuli[1].id, weight=1), simulation)
    with pytest.raises(SimulationError, match="'Synapse' is not a current"):
        apply_setting(StimulusAmplitude(stimulus="synapse", amplitude=1), simulation)


def test_that_a_saved_state_holds_the_events_still_to_come(bench, tmp_path):
    made = experiment(PATCH, stimuli=(synapse(events=20, interval=4),), recordings=(voltage(PATCH),))
    simulation = Simulation(made, bench, tmp_path)
    simulation.start()
    simulation.advance(21)
    setting = PlacedSynapseWeight(stimulus="synapse", weight=2 * WEIGHT)
    apply_setting(setting, simulation)
    log = (AppliedSetting(time=simulation.time, setting=setting),)
    simulation.advance(50)
    samples_until = len(simulation.fresh())
    moment = Moment(made, tmp_path, log, simulation.time, samples_until, save_state(simulation))
    simulation.advance(100)
    expected = simulation.fresh()
    assert np.ptp(expected) > 1
    for going_back in (moment, moment.without_state()):
        come_back(simulation, going_back, lambda: None)
        simulation.advance(100)
        np.testing.assert_array_equal(simulation.fresh(), expected)
