"""Connection overrides change strength, delay, release, model and variables of just the edges they name."""

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import UnknownNameError
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.manipulations import Assignment
from engine.experiment.recordings import SiteRecording
from engine.experiment.release_streams import population_number
from engine.experiment.spontaneous import release_times
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import Site
from engine.simulation.cell_store import CellStore
from engine.simulation.host import h
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, come_back, save_state
from tests.engine.simulation.bench_circuit import SPHERE, experiment, voltage, write_spikes_of_outside

DT = 0.025
G = SiteRecording(id="g", site=Site(cell=SPHERE), variable="Exp2Syn[0].g")
FIRST = {"population": "outside", "node_id": [0]}


def overridden(*overrides, **more):
    """The sphere, spikes of both of its sources from outside, and these overrides."""
    more.setdefault("recordings", (voltage(SPHERE),))
    more.setdefault("replays", (SpikeReplay(id="r", spike_file="spikes.h5"),))
    connections = Connections(enabled=True, overrides=overrides, **more.pop("connections", {}))
    conditions = {"tstop": 40.0, **more.pop("conditions", {})}
    return experiment(
        SPHERE,
        connections=connections,
        conditions=conditions,
        node_sets={"first": FIRST, "both": {"population": "outside", "node_id": [0, 1]}},
        **more,
    )


@pytest.fixture
def spiking(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0, 12.0, 14.9, 20.0], [0, 1, 0, 0])

    def run(wanted, store=None, until=40.0):
        simulation = Simulation(wanted, bench, tmp_path, store)
        simulation.start()
        simulation.advance(until)
        return simulation, simulation.fresh()

    return run


def override(**values):
    return ConnectionOverride(**values)


def strengths(simulation):
    """Weight and delay of both edges from outside; None for one that was not built."""
    wiring = simulation._parts.wiring
    made = [wiring.connections_of("outside__cells", edge) for edge in (0, 1)]
    return [(each[0].weight[0], each[0].delay) if each else None for each in made]


def in_plain_neuron(weights):
    """The sphere, made by hand, with two Exp2Syn and the events of the spike file; 40 ms of voltage (mV)."""
    soma = h.Section("sphere")
    soma.L = soma.diam = 20
    soma.insert("pas")
    soma.g_pas, soma.e_pas = 5e-5, -65
    kept, voltage_of = [], h.Vector().record(soma(0.5)._ref_v)
    for weight in weights:
        synapse = h.Exp2Syn(soma(0.5))
        synapse.tau1, synapse.tau2, synapse.e = 0.5, 3.0, 0.0
        kept += [synapse, h.NetCon(None, synapse, 0, 0, weight)]
    h.v_init, h.celsius, h.dt, h.steps_per_ms = -65.0, 6.3, DT, 1 / DT
    h.stdinit()
    for connection, arrivals in zip(kept[1::2], ((6.0, 15.9, 21.0), (12.0 + 80 * DT,)), strict=True):
        for time in arrivals:
            connection.event(time)
    h.continuerun(40)
    return np.array(voltage_of)


def test_that_a_weight_factor_equals_scaled_weights_of_plain_neuron_to_the_bit(spiking):
    simulation, with_factor = spiking(overridden(override(weight=0.3)))
    simulation.close()
    plain = in_plain_neuron([0.0005 * 0.3, 0.0002 * 0.3])
    assert np.ptp(plain) > 0.1
    assert len(plain) == len(with_factor) == 1601
    assert plain.tolist() == with_factor[:, 0].tolist()


def test_that_the_last_override_of_an_edge_holds_and_forgets_what_earlier_ones_said(spiking):
    every = override(weight=2, synapse_delay=3.3333, spont_minis=1.0)
    simulation, _ = spiking(overridden(every, override(source="first", weight=0.5)), until=0)
    assert strengths(simulation) == [(0.0005 * 0.5, 1.0), (0.0002 * 2, 3.3333)]
    assert len(simulation._parts.wiring.minis) == 2, "the other one from outside, and one from another cell"
    reversed_order = (override(source="first", weight=0.5), every)
    simulation, _ = spiking(overridden(*reversed_order), until=0)
    assert strengths(simulation) == [(0.001, 3.3333), (0.0004, 3.3333)]
    off = override(weight=7, enabled=False)
    elsewhere = override(weight=7, edge_population="cells__cells")
    onto = override(weight=3, target="outside")
    simulation, _ = spiking(overridden(off, elsewhere, onto), until=0)
    assert strengths(simulation) == [(0.0005, 1.0), (0.0002, 80 * DT)]


def test_that_edges_without_weight_are_not_built_unless_they_get_some_later(spiking):
    silent = override(source="first", weight=0)
    assert strengths(spiking(overridden(silent), until=0)[0]) == [None, (0.0002, 80 * DT)]
    later = override(source="first", weight=1, delay=15.95)
    simulation, samples = spiking(overridden(silent, later, recordings=(G,)))
    time = np.arange(len(samples)) * DT
    onset = time[np.flatnonzero(samples[:, 0])[0]]
    assert onset == pytest.approx(21.0 + 2 * DT), "the spikes at 5 and 14.9 ms arrive before the weight comes"
    assert strengths(simulation)[0] == (0.0005, 1.0)


def test_that_a_weight_changes_in_between_the_events_of_one_time_step_and_again_in_the_next_run(spiking):
    """A spike arrives at 15.9 ms: small if the change comes 0.001 ms later, large if as much earlier."""
    peaks = {}
    for change in (15.901, 15.899):
        changes = (override(delay=change, weight=4), override(delay=30, weight=0))
        simulation, first = spiking(overridden(*changes, recordings=(G,)))
        assert strengths(simulation)[0][0] == 0
        simulation.start()
        simulation.advance(40)
        assert simulation.fresh().tobytes() == first.tobytes()
        peaks[change] = first[round(15.9 / DT) : round(20 / DT)].max()
    assert peaks[15.899] / peaks[15.901] > 3


def test_that_only_overridden_leaves_out_what_no_override_names_of_a_population(spiking):
    named = override(source="first", weight=2)
    simulation, _ = spiking(overridden(named, connections={"only_overridden": True}), until=0)
    assert strengths(simulation) == [(0.001, 1.0), None]
    (problem,) = simulation.problems
    assert problem.what.startswith("1 edge is left out of outside__cells. Connection overrides name others")
    elsewhere = override(source="cells", weight=2)
    simulation, _ = spiking(overridden(elsewhere, connections={"only_overridden": True}), until=0)
    assert strengths(simulation) == [(0.0005, 1.0), (0.0002, 80 * DT)]


def test_that_variables_of_synapses_are_changed_in_turn_and_unknown_ones_refused(spiking):
    slow = override(synapse_configure=(Assignment(variable="tau2", value=7),))
    slower = override(
        source="first", synapse_configure=(Assignment(variable="tau2", operator="*=", value=2),)
    )
    simulation, _ = spiking(overridden(slow, slower), until=0)
    synapses = simulation.places.cell(SPHERE).segment("soma[0]", 0.5).point_processes()
    assert sorted(each.tau2 for each in synapses) == [7, 14]
    wrong = override(name="mine", synapse_configure=(Assignment(variable="tau3", value=7),))
    with pytest.raises(UnknownNameError, match=r"variable of Exp2Syn.*override 'mine'.*'tau2'"):
        spiking(overridden(wrong))


def test_that_names_that_do_not_exist_are_refused_with_the_override(spiking):
    with pytest.raises(UnknownNameError, match=r"node set.*'frist'.*override from frist onto None.*'first'"):
        spiking(overridden(override(source="frist")))
    with pytest.raises(UnknownNameError, match=r"edge population named 'outside_cells'.*override 'x'"):
        spiking(overridden(override(name="x", edge_population="outside_cells")))


def test_that_edges_that_cannot_be_of_the_wanted_model_are_left_out_and_told(spiking):
    simulation, _ = spiking(overridden(override(source="first", modoverride="GABAAB")), until=0)
    assert strengths(simulation) == [None, (0.0002, 80 * DT)]
    assert "1 edge is left out of outside__cells. They are to be GABAAB" in simulation.problems[0].what
    simulation, _ = spiking(overridden(override(modoverride="Exp2Syn")), until=0)
    assert strengths(simulation) == [(0.0005, 1.0), (0.0002, 80 * DT)]


def neuron_draws(ids, rate, until, global_index):
    """The times as NEURON's own generator gives them; the first number is passed over."""
    h.Random().Random123_globalindex(global_index)
    stream = h.Random()
    stream.Random123(*ids)
    stream.negexp(1)
    times: list[float] = []
    now = 0.0
    while True:
        now += 1000 / rate * stream.repick()
        if now > until:
            return times
        times.append(now)


def mini_ids(place, number, minis_seed=0):
    pathway = 65536 * population_number("outside") + population_number("cells")
    return place + 200, number + 250, pathway + minis_seed + 300


def test_that_drawn_release_is_what_neurons_own_streams_give_to_the_bit():
    ids = [mini_ids(0, 1), mini_ids(1, 1), mini_ids(0, 77, 9)]
    rates = [0.3, 40.0, 1000.0]
    drawn = release_times(np.array(ids), np.array(rates), 5000.0, 12)
    expected = [neuron_draws(each, rate, 5000.0, 12) for each, rate in zip(ids, rates, strict=True)]
    assert [each.tolist() for each in drawn] == expected
    assert [len(each) > count for each, count in zip(drawn, (-1, 150, 4500), strict=True)] == [True] * 3


@pytest.mark.parametrize(("convention", "number"), [("neurodamus", 1), ("bluecellulab", 0)])
def test_that_synapses_release_at_the_times_of_their_streams_without_any_source(spiking, convention, number):
    """Also in a run that is lengthened while it is under way, and in the next one with another seed."""
    minis = override(source="first", spont_minis=60.0, weight=0.5)
    conditions = {"seed_convention": convention, "minis_seed": 4, "random_seed": 3, "tstop": 40.0}
    wanted = overridden(minis, replays=(), recordings=(G,), conditions=conditions)
    simulation, samples = spiking(wanted)
    simulation.end_at(80.0)
    simulation.advance(80.0)
    found = np.concatenate([samples, simulation.fresh()])[:, 0]
    times = np.array(neuron_draws(mini_ids(0, number, 4), 60.0, 80.0, 3)) + 0.1
    assert len(times) > 2
    expected = sum(_exp2syn(np.arange(len(found)) * DT, _on_grid(time), 0.00025) for time in times)
    assert np.abs(found - expected).max() < 1e-5 * 0.00025 + 0.01 * expected.max()
    simulation.start()
    assert simulation.tstop == 40.0


def _on_grid(time):
    """Events are delivered at the step that is nearest."""
    return round(time / DT) * DT


def _exp2syn(time, onset, weight, rise=0.5, decay=3.0):
    peak = rise * decay / (decay - rise) * np.log(decay / rise)
    scale = weight / (np.exp(-peak / decay) - np.exp(-peak / rise))
    since = np.clip(time - DT - onset, 0, None)
    return scale * (np.exp(-since / decay) - np.exp(-since / rise))


def test_that_the_circuit_says_how_often_synapses_release_where_it_is_asked(bench, tmp_path):
    """Exp2Syn synapses count as inhibitory, as in neurodamus; an override goes before the circuit."""
    bench.close()
    with h5py.File(tmp_path / "nodes.h5", "r+") as file:
        file["nodes/cells/0/exc_mini_frequency"] = [9.0, 9.0, 9.0]
        file["nodes/cells/0/inh-mini_frequency"] = [3.0, -1.0, 3.0]

    def rates(circuit, *overrides, asked=True):
        connections = {"spontaneous_release": asked}
        wanted = overridden(*overrides, replays=(), connections=connections)
        simulation = Simulation(wanted, circuit, tmp_path)
        wiring = simulation._parts.wiring
        assert wiring is not None
        found = [each.rate for each in wiring.minis._minis]
        simulation.close()
        return found

    with open_circuit(tmp_path) as circuit:
        assert rates(circuit, asked=False) == []
        assert rates(circuit) == [3.0, 3.0, 3.0]
        assert rates(circuit, override(source="first", spont_minis=0.0)) == [3.0, 3.0]


def test_that_a_moment_of_a_run_with_minis_and_later_weights_is_found_again(spiking, bench, tmp_path):
    """NEURON saves no events that are still to be drawn: such a run is computed once more."""
    wanted = overridden(
        override(spont_minis=50.0), override(delay=30.0, weight=3.0), recordings=(G,), replays=()
    )
    simulation, _ = spiking(wanted, until=20.0)
    assert save_state(simulation) is None
    simulation.advance(40.0)
    later = simulation.fresh()
    moment = Moment(wanted, tmp_path, (), 20.0, 801)
    come_back(simulation, moment, lambda: None)
    simulation.advance(40.0)
    assert simulation.fresh().tobytes() == later.tobytes()


def test_that_synapses_are_used_again_with_another_mini_seed(spiking, bench):
    store = CellStore(bench)
    minis = override(spont_minis=80.0)

    def response(seed):
        simulation, samples = spiking(
            overridden(minis, replays=(), recordings=(G,), conditions={"minis_seed": seed}), store
        )
        synapse = simulation.places.cell(SPHERE).segment("soma[0]", 0.5).point_processes()[0]
        return str(synapse), samples.tobytes()

    (name, first), (same, other), (_, again) = response(0), response(1), response(0)
    assert name == same
    assert first == again != other
