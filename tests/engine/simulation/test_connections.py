"""Edges become synapses, spike files become events, and both come out at the right time and strength."""

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import CircuitError, SimulationError, UnknownNameError
from engine.experiment.recordings import SiteRecording
from engine.experiment.synaptic_input import (
    ActiveSynapses,
    AtRandom,
    Connections,
    EdgesOfPopulation,
    OfEdges,
    OfFilter,
    SpikeReplay,
)
from engine.experiment.targets import Site
from engine.simulation.cell_store import CellStore
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    COUNTER,
    PATCH,
    SPHERE,
    experiment,
    step,
    voltage,
    write_spikes_of_outside,
)

DT = 0.025
CONDUCTANCE = SiteRecording(id="g", site=Site(cell=SPHERE), variable="Exp2Syn[0].g")
SECOND = SiteRecording(id="g2", site=Site(cell=SPHERE), variable="Exp2Syn[1].g")


def replay(name="spikes.h5", **more):
    return SpikeReplay(id=name, spike_file=name, **more)


def run(bench, folder, *cells, stop=40.0, **parts):
    parts.setdefault("connections", Connections(enabled=True))
    conditions = {"tstop": stop, **parts.pop("conditions", {})}
    simulation = Simulation(experiment(*cells, conditions=conditions, **parts), bench, folder)
    simulation.start()
    simulation.advance(stop)
    return simulation, simulation.fresh()


def spoil(bench, folder, attribute, row, value):
    """Change one value of the edges from outside; the circuit must be opened again."""
    bench.close()
    with h5py.File(folder / "outside__cells.h5", "r+") as file:
        file[f"edges/outside__cells/0/{attribute}"][row] = value


def exp2syn(time, onset, weight, rise=0.5, decay=3.0):
    """The conductance of NEURON's Exp2Syn: two exponentials whose difference peaks at the weight.

    NEURON computes it at the beginning of a step, so it is seen a step late.
    """
    peak = rise * decay / (decay - rise) * np.log(decay / rise)
    scale = weight / (np.exp(-peak / decay) - np.exp(-peak / rise))
    since = np.clip(time - DT - onset, 0, None)
    return scale * (np.exp(-since / decay) - np.exp(-since / rise))


def test_that_a_replayed_spike_opens_its_synapse_after_the_delay_to_the_weight_of_the_file(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    _, samples = run(bench, tmp_path, SPHERE, replays=(replay(),), recordings=(CONDUCTANCE,))
    time = np.arange(len(samples)) * DT
    assert np.abs(samples[:, 0] - exp2syn(time, 6.0, 0.0005)).max() < 0.01 * 0.0005
    assert samples[:, 0].max() == pytest.approx(0.0005, rel=1e-3)


def test_that_delays_are_whole_time_steps(bench, tmp_path):
    """The second edge has 2.0126 ms, which is 80 steps and a half."""
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [1])
    _, samples = run(bench, tmp_path, SPHERE, replays=(replay(),), recordings=(SECOND,))
    time = np.arange(len(samples)) * DT
    assert np.flatnonzero(samples[:, 0])[0] == round(7.0 / DT) + 2
    assert np.abs(samples[:, 0] - exp2syn(time, 7.0, 0.0002)).max() < 0.01 * 0.0002


def test_that_two_spikes_in_one_moment_count_twice_also_from_two_files(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    write_spikes_of_outside(tmp_path / "twice.h5", [5.0, 5.0], [0, 0])
    peaks = []
    for replays in ((replay(),), (replay("twice.h5"),), (replay(), replay("twice.h5"))):
        _, samples = run(bench, tmp_path, SPHERE, replays=replays, recordings=(CONDUCTANCE,))
        peaks.append(samples.max())
    assert np.array(peaks) / peaks[0] == pytest.approx([1, 2, 3])


def test_that_only_spikes_within_the_window_and_the_node_set_are_sent(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [2.0, 12.0, 22.0], [0, 0, 0])
    windowed = replay(delay=10.0, duration=5.0)
    _, samples = run(bench, tmp_path, SPHERE, replays=(windowed,), recordings=(CONDUCTANCE,))
    onsets = np.flatnonzero(np.diff((samples[:, 0] > 0).astype(int)) == 1)
    assert onsets.tolist() == [round(13.0 / DT) + 1]
    elsewhere = replay(node_set="others")
    _, samples = run(
        bench,
        tmp_path,
        SPHERE,
        replays=(elsewhere,),
        recordings=(voltage(SPHERE),),
        node_sets={"others": {"population": "outside", "node_id": [2]}},
    )
    assert np.ptp(samples) < 1e-6


def test_that_a_file_without_population_means_that_of_its_node_set(bench, tmp_path):
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file["spikes/timestamps"], file["spikes/gids"] = np.array([5.0]), np.array([0], np.uint64)
    _, samples = run(
        bench, tmp_path, SPHERE, replays=(replay("old.h5", node_set="outside"),), recordings=(CONDUCTANCE,)
    )
    assert samples.max() == pytest.approx(0.0005, rel=1e-3)
    simulation, _ = run(bench, tmp_path, SPHERE, replays=(replay("old.h5", node_set="all"),))
    assert "does not say of which population" in simulation.problems[0].what


def test_that_the_spike_of_one_cell_reaches_another_after_the_delay(bench, tmp_path):
    simulation, samples = run(
        bench,
        tmp_path,
        PATCH,
        SPHERE,
        stimuli=(step(PATCH, 0.02, delay=5, duration=1),),
        recordings=(CONDUCTANCE,),
    )
    (spike,) = simulation.spikes["cells"].times
    first = np.flatnonzero(samples[:, 0])[0] * DT
    assert spike + 1.0 < first <= spike + 1.0 + 2 * DT
    assert simulation.connection_count == 1


def test_that_a_point_cell_counts_weights_with_their_sign(bench, tmp_path):
    """Two of 0.6 make it fire above 1; −0.5 in between prevents it."""
    write_spikes_of_outside(tmp_path / "two.h5", [5.0, 6.0], [0, 0])
    write_spikes_of_outside(tmp_path / "three.h5", [5.0, 5.5, 6.0], [0, 2, 0])
    simulation, _ = run(bench, tmp_path, COUNTER, replays=(replay("two.h5"),))
    assert simulation.spikes["points"].times.tolist() == [8.0]
    simulation, _ = run(bench, tmp_path, COUNTER, replays=(replay("three.h5"),))
    assert len(simulation.spikes["points"]) == 0


def test_that_connections_are_built_only_when_wanted(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    simulation, samples = run(
        bench, tmp_path, SPHERE, replays=(replay(),), recordings=(voltage(SPHERE),), connections=Connections()
    )
    assert np.ptp(samples) < 1e-6
    assert "reach no cell" in simulation.problems[0].what
    some = Connections(enabled=True, edge_populations=("cells__cells",))
    simulation, _ = run(bench, tmp_path, SPHERE, PATCH, replays=(replay(),), connections=some)
    assert simulation.connection_count == 1
    with pytest.raises(UnknownNameError, match="Did you mean 'cells__cells'"):
        run(bench, tmp_path, SPHERE, connections=Connections(enabled=True, edge_populations=("cell__cells",)))


def test_that_synapses_are_used_again_while_only_stimuli_change(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    write_spikes_of_outside(tmp_path / "later.h5", [15.0], [0])
    store = CellStore(bench)

    def response(name, **more):
        wanted = experiment(
            SPHERE,
            replays=(replay(name),),
            recordings=(CONDUCTANCE,),
            connections=Connections(enabled=True),
            **more,
        )
        simulation = Simulation(wanted, bench, tmp_path, store)
        simulation.start()
        simulation.advance(40)
        synapse = simulation.places.cell(SPHERE).segment("soma[0]", 0.5).point_processes()[-1]
        return str(synapse), simulation.fresh()[:, 0]

    name, first = response("spikes.h5")
    again, later = response("later.h5", stimuli=(step(SPHERE, 0.01),))
    assert again == name
    assert np.allclose(first[: round(20 / DT)], later[round(10 / DT) : round(30 / DT)], atol=1e-12)
    assert response("spikes.h5")[1] == pytest.approx(first)


def test_that_edges_of_a_kind_that_is_not_built_are_counted(bench, tmp_path):
    bench.edge_populations["outside__cells"].edge_type = "chemical"
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    simulation, _ = run(bench, tmp_path, SPHERE, replays=(replay(),))
    (problem,) = simulation.problems
    assert problem.what.startswith("2 edges are left out of outside__cells")
    assert problem.severity == "warning"


def test_that_a_synapse_on_no_section_is_an_error(bench, tmp_path):
    spoil(bench, tmp_path, "afferent_section_pos", 0, 1.5)
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    with open_circuit(tmp_path) as circuit, pytest.raises(CircuitError, match="on no section"):
        run(circuit, tmp_path, SPHERE, replays=(replay(),))


def test_that_synapses_on_sections_that_the_cell_lacks_are_counted_and_the_others_built(bench, tmp_path):
    spoil(bench, tmp_path, "afferent_section_id", 1, 7)
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    with open_circuit(tmp_path) as circuit:
        simulation, samples = run(circuit, tmp_path, SPHERE, replays=(replay(),), recordings=(CONDUCTANCE,))
    assert simulation.connection_count == 1
    assert simulation.problems[0].what.startswith("1 edge is left out of outside__cells")
    assert samples.max() > 0


@pytest.mark.parametrize(
    "choice",
    [
        OfFilter(text="section == 'soma[0]' & delay > 2 & distance < 1"),
        OfEdges(edges=(EdgesOfPopulation(population="outside__cells", edges=(1,)),)),
        AtRandom(count=1, text="source == outside & edge == 1"),
    ],
)
def test_that_only_active_synapses_are_built(bench, tmp_path, choice):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0, 5.0], [0, 1])
    active = (ActiveSynapses(cell=SPHERE, choice=choice),)
    simulation, samples = run(
        bench,
        tmp_path,
        *(SPHERE, COUNTER),
        replays=(replay(),),
        recordings=(CONDUCTANCE,),
        connections=Connections(enabled=True, active=active),
    )
    assert simulation.connection_count == 1 + 2  # the counter has all of its own
    assert len(simulation.connections_of("outside__cells", 1)) == 1
    with pytest.raises(SimulationError, match="Edge 0 of outside__cells is not a connection"):
        simulation.connections_of("outside__cells", 0)
    assert samples.max() == pytest.approx(0.0002, rel=1e-3)


def test_that_an_active_filter_without_sense_is_an_error_of_the_cell(bench, tmp_path):
    active = (ActiveSynapses(cell=SPHERE, choice=OfFilter(text="delya > 1")),)
    with pytest.raises(SimulationError, match=r"synapses onto cells:0 makes no sense.*delya"):
        run(bench, tmp_path, SPHERE, connections=Connections(enabled=True, active=active))
