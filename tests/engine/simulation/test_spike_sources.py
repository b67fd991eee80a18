"""Spikes of all kinds of sources arrive together, as a file with the same spikes would send them."""

import re

import h5py
import numpy as np
import pytest

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.spike_writing import write_spikes
from engine.experiment.arriving import arriving
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.sonata_import import from_simulation_config
from engine.experiment.source_spikes import source_spikes
from engine.experiment.spike_sources import PoissonTrains, RegularTrains, Train, TypedSpikes
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference
from tests.engine.simulation.bench_circuit import SPHERE, experiment, write_spikes_of_outside
from tests.engine.simulation.test_connections import CONDUCTANCE, SECOND, replay, run

OUTSIDE = [CellReference("outside", number) for number in range(3)]
POISSON = PoissonTrains(population="outside", rate=300.0, duration=40.0)
REGULAR = RegularTrains(node_set="first", interval=10.0, duration=40.0)
TYPED = TypedSpikes(trains=(Train(cell=OUTSIDE[0], times=(20.0, 5.0)), Train(cell=OUTSIDE[1], times=(7.0,))))
SOURCES = (POISSON, REGULAR, TYPED)
NODE_SETS = {"first": {"population": "outside", "node_id": [0]}}


def spikes_of(bench, folder, *sources):
    return source_spikes(experiment(SPHERE, replays=sources, node_sets=NODE_SETS), bench, folder)


def test_that_all_sources_together_do_what_a_file_of_their_spikes_does_bit_for_bit(bench, tmp_path):
    found = spikes_of(bench, tmp_path, *SOURCES)
    assert not found.problems
    spikes = found.spikes["outside"]
    # 5 and 20 ms twice over: regular and typed spikes of one cell fall into one moment
    assert np.count_nonzero((spikes.node_ids == 0) & (spikes.times == 20.0)) == 2
    write_spikes(tmp_path / "same.h5", {"outside": (spikes.times, spikes.node_ids)}, "by_time")
    recordings = (CONDUCTANCE, SECOND)
    _, made = run(bench, tmp_path, SPHERE, replays=SOURCES, recordings=recordings, node_sets=NODE_SETS)
    _, read = run(bench, tmp_path, SPHERE, replays=(replay("same.h5"),), recordings=recordings)
    assert np.ptp(made, axis=0).min() > 0
    np.testing.assert_array_equal(made, read)


def test_that_the_spikes_of_a_source_do_not_depend_on_the_others_or_their_order(bench, tmp_path):
    alone = spikes_of(bench, tmp_path, POISSON).by_cell()
    for sources in ((POISSON, REGULAR), (REGULAR, POISSON)):
        among = spikes_of(bench, tmp_path, *sources).by_cell()
        np.testing.assert_array_equal(among[OUTSIDE[2]], alone[OUTSIDE[2]])
        assert np.isin(alone[OUTSIDE[0]], among[OUTSIDE[0]]).all()
    only_second = PoissonTrains(population="outside", node_set="second", rate=300.0, duration=40.0)
    wanted = experiment(
        SPHERE, replays=(only_second,), node_sets={"second": {"node_id": [1, 2], "population": "outside"}}
    )
    found = source_spikes(wanted, bench, tmp_path).by_cell()
    assert set(found) == set(OUTSIDE[1:])
    np.testing.assert_array_equal(found[OUTSIDE[1]], alone[OUTSIDE[1]])


def test_that_an_export_takes_the_spikes_along(bench, tmp_path):
    write_spikes_of_outside(tmp_path / "file.h5", [3.0], [1])
    sources = (
        *SOURCES,
        SpikeReplay(spike_file="file.h5"),
        PoissonTrains(population="outside", enabled=False),
    )
    wanted = experiment(SPHERE, replays=sources, node_sets=NODE_SETS)
    config = tmp_path / "circuit_config.json"
    exported = to_simulation_config(wanted, config, tmp_path / "exported", base=tmp_path)
    again = from_simulation_config(exported.path)
    assert len(again.experiment.replays) == 1, "BlueCelluLab plays only the last one"
    theirs = source_spikes(again.experiment, bench, again.base).by_cell()
    ours = source_spikes(wanted, bench, tmp_path).by_cell()
    assert theirs.keys() == ours.keys()
    for cell, times in ours.items():
        np.testing.assert_array_equal(theirs[cell], times)


def test_that_spikes_arrive_from_nodes_with_active_synapses_and_the_others_are_counted(bench, tmp_path):
    table = AfferentSynapses(bench, SPHERE.population, SPHERE.node_id)
    sent = spikes_of(bench, tmp_path, *SOURCES)
    everything, until = sent.spikes["outside"], 25.0
    early = everything.times <= until
    found = arriving(sent.spikes, table, np.ones(table.size, dtype=bool), until)
    arrived = early & (everything.node_ids < 2)
    assert found.populations == ("outside", "cells") and found.node_ids.tolist() == [0, 1]
    assert found.sources == 3, "also a cell that does not fire"
    np.testing.assert_array_equal(found.times, np.sort(everything.times[arrived]))
    for row, node in enumerate((0, 1)):
        its = everything.of(node)
        np.testing.assert_array_equal(found.times[found.rows == row], its[its <= until])
    assert (found.lost, found.lost_cells) == (int(np.count_nonzero(early & (everything.node_ids == 2))), 1)
    none = arriving(sent.spikes, table, np.zeros(table.size, dtype=bool), until)
    assert (none.count, none.sources, none.lost) == (0, 0, int(np.count_nonzero(early)))


BAD = {
    "a missing file": (SpikeReplay(name="lost", spike_file="lost.h5"), "lost: .*lost.h5"),
    "times that are none": (SpikeReplay(spike_file="bad.h5"), "1 of the 4 .* no numbers, and left out"),
    "negative times": (SpikeReplay(spike_file="bad.h5"), "1 of the 4 .* negative, and left out"),
    "unknown nodes": (SpikeReplay(spike_file="bad.h5"), "1 spike is of nodes that outside does not have"),
    "an unknown population": (SpikeReplay(spike_file="other.h5"), "'mars', which the circuit does not have"),
    "an unknown node set": (PoissonTrains(node_set="fisrt"), "no node set named 'fisrt'"),
    "nobody": (PoissonTrains(node_set="first", population="cells"), "both in 'first' and in 'cells'"),
    "too high a rate": (PoissonTrains(population="outside", rate=1e4, duration=1e6), "about 30,000,000"),
    "typed nonsense": (
        TypedSpikes(trains=(Train(cell=CellReference("outsid", 0), times=(1.0,)),)),
        "1 spike is of a population 'outsid'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_that_bad_input_is_told_in_a_sentence_and_the_rest_is_sent(bench, tmp_path, what):
    write_spikes_of_outside(tmp_path / "bad.h5", [9.0, np.nan, -1.0, 2.0], [0, 0, 0, 99])
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["spikes/mars/timestamps"], file["spikes/mars/node_ids"] = [5.0], [0]
    source, sentence = BAD[what]
    found = spikes_of(bench, tmp_path, source, TYPED)
    told = [each.what for each in found.problems]
    assert any(re.search(sentence, each) for each in told), told
    assert all(each.severity == "warning" for each in found.problems)
    sent = found.by_cell()[OUTSIDE[0]].tolist()
    assert sent == ([5.0, 9.0, 20.0] if "bad.h5" in str(source) else [5.0, 20.0])


def test_that_a_run_tells_of_it_and_goes_on(bench, tmp_path):
    simulation, samples = run(
        bench, tmp_path, SPHERE, replays=(replay("lost.h5"), TYPED), recordings=(CONDUCTANCE,)
    )
    assert "lost.h5" in str(simulation.problems[0])
    assert samples.max() > 0
