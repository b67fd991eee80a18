"""Edges of BMTK that do not say where their synapses are: places are drawn, and that is told."""

import json

import h5py
import numpy as np
import pytest

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.circuit import open_circuit
from engine.circuit.section_places import NO_SECTION
from engine.experiment.activation import edges_of
from engine.experiment.synaptic_input import ActiveSynapses, Connections, SpikeReplay
from engine.messages.section_places import section_places as places_of_description
from engine.simulation.active_edges import section_places
from engine.simulation.cell_store import CellStore
from engine.simulation.describe import describe
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import CABLE, experiment, write_spikes_of_outside

LENGTH_UM, SEGMENTS = 1000.0, 201
# of each edge: source, number of synapses, sections, range (µm), weight (µS), function
EDGES = (
    (0, 3, "['somatic']", "[100.0, 203.0]", 0.001, "wmax"),
    (1, 2, "['apical', 'basal']", "[0, 1e20]", 0.002, "wmax"),
    (0, 4, "somatic", "", 0.003, "gaussianLL"),
)
UNKNOWN = "placement unknown, drawn at random as BMTK does."
SIGMA, TUNED, TUNING = 50.0, 350.0, 20.0  # degrees: 30 apart


@pytest.fixture
def unplaced(bench, tmp_path):
    """The edges from outside of the bench all end at the cable, as BMTK describes them."""
    bench.close()
    model = tmp_path / "ampa.json"
    model.write_text(json.dumps({"level_of_detail": "exp2syn", "tau1": 0.5, "tau2": 3.0, "erev": 0.0}))
    sources, counts, sections, ranges, weights, functions = zip(*EDGES, strict=True)
    with h5py.File(tmp_path / "outside__cells.h5", "w") as file:
        root = file.create_group("edges/outside__cells")
        for side, ids in (("source", sources), ("target", [CABLE.node_id] * len(EDGES))):
            nodes = root.create_dataset(f"{side}_node_id", data=np.array(ids, np.uint64))
            nodes.attrs["node_population"] = "outside" if side == "source" else "cells"
        texts = {"target_sections": sections, "distance_range": ranges, "weight_function": functions}
        for name, column in (texts | {"dynamics_params": (str(model),) * len(EDGES)}).items():
            root[f"0/{name}"] = list(column)
        for name, values in {"nsyns": counts, "syn_weight": weights, "delay": [1.0, 1.0, 1.0]}.items():
            root[f"0/{name}"] = np.array(values)
        root["0/weight_sigma"] = np.full(len(EDGES), SIGMA)
    with h5py.File(tmp_path / "nodes.h5", "r+") as file:
        file["nodes/cells/0/tuning_angle"] = np.full(3, TUNED)
        file["nodes/outside/0/tuning_angle"] = np.full(3, TUNING)
    config = tmp_path / "circuit_config.json"
    text = json.loads(config.read_text(encoding="utf-8"))
    text["networks"]["edges"][0]["populations"]["outside__cells"]["type"] = "chemical"
    config.write_text(json.dumps(text), encoding="utf-8")
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    with open_circuit(config) as circuit:
        yield circuit


def expected_xs():
    """As BMTK draws them: NumPy's choice of segments, edge by edge, with the node id as seed."""
    xs = (np.arange(SEGMENTS) + 0.5) / SEGMENTS
    middles, half = np.abs(xs - 0.5) * LENGTH_UM, LENGTH_UM / SEGMENTS / 2
    inside = np.clip(np.minimum(middles + half, 203.0) - np.maximum(middles - half, 100.0), 0, None)
    random = np.random.RandomState(CABLE.node_id)
    near = np.flatnonzero(inside)
    first = random.choice(near, 3, p=inside[near] / inside[near].sum())
    return xs[first].tolist(), xs[random.choice(SEGMENTS, 4, p=np.full(SEGMENTS, 1 / SEGMENTS))].tolist()


def built(circuit, folder, **connections):
    made = experiment(
        CABLE,
        replays=(SpikeReplay(spike_file="spikes.h5"),),
        connections=Connections(enabled=True, **connections),
    )
    simulation = Simulation(made, circuit, folder)
    wiring = simulation._parts.wiring
    assert wiring is not None
    found = {
        edge: [(each.postseg().x, each.weight[0]) for each in wiring.connections_of("outside__cells", edge)]
        for edge in range(len(EDGES))
    }
    problems = [each.what for each in simulation.problems]
    simulation.close()
    return found, problems


def test_that_they_are_drawn_as_bmtk_draws_them_with_the_weight_of_each_and_told(unplaced, tmp_path):
    found, problems = built(unplaced, tmp_path)
    near, anywhere = expected_xs()
    tuned = 0.003 * np.exp(-((30 / SIGMA) ** 2))
    assert found[0] == [(pytest.approx(x), 0.001) for x in near]
    assert found[1] == []
    assert found[2] == [(pytest.approx(x), pytest.approx(tuned)) for x in anywhere]
    assert problems == [
        f"2 edges of outside__cells do not say where their 7 synapses are: {UNKNOWN}",
        "1 edge of outside__cells has no segment to be on, and is left out of runs.",
    ]


def test_that_places_do_not_depend_on_which_edges_are_built(unplaced, tmp_path):
    table = AfferentSynapses(unplaced, "cells", CABLE.node_id)
    last = ActiveSynapses(cell=CABLE, choice=edges_of(table, np.array([2])))
    found, _ = built(unplaced, tmp_path, active=(last,))
    assert [x for x, _ in found[2]] == pytest.approx(expected_xs()[1])
    assert found[0] == []


def test_that_the_table_has_the_places_of_the_run_and_says_that_they_are_unknown(unplaced):
    store = CellStore(unplaced)
    cell = store.provide([CABLE], experiment(CABLE).conditions)[CABLE]
    description, body = describe(cell, "")
    points = np.frombuffer(body).reshape(-1, 4)
    near, anywhere = expected_xs()
    for places in (section_places(cell), places_of_description(description, points)):
        table = AfferentSynapses(unplaced, "cells", CABLE.node_id, places)
        assert table.values("x")[[0, 2]].tolist() == pytest.approx([near[0], anywhere[0]])
        assert table.section_rows.tolist() == [0, NO_SECTION, 0]
        assert table.values("distance")[0] == pytest.approx(abs(near[0] - 0.5) * LENGTH_UM)
        assert set(table.values("placement")) == {"unknown"}
        assert [each.what[:60] for each in table.problems] == [
            "3 edges of outside__cells onto cells:2 do not say where thei",
            "1 edge of outside__cells onto cells:2 has no segment to be o",
        ]
    store.close()
