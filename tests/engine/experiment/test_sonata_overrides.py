"""Connection overrides as elements of the document, and both ways through SONATA."""

import json

import libsonata
import pytest

from engine.errors import DocumentError, EngineError
from engine.experiment import edits
from engine.experiment.base import changed
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.manipulations import Assignment
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.sonata_import import from_simulation_config
from engine.experiment.summaries import summary
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference
from tests.engine.experiment.sonata_files import config, written

MG = Assignment(variable="mg", value=1.0)
RATIO = Assignment(variable="NMDA_ratio", operator="*=", value=1.2)
FIRST = ConnectionOverride(name="first", source="Mosaic_A", target="NodeB", weight=0.5, spont_minis=0.3)
SECOND = ConnectionOverride(
    name="second",
    weight=0,
    synapse_delay=2.5,
    modoverride="GluSynapse",
    synapse_configure=(MG, RATIO),
    neuromodulation_dtc=60.0,
)
LATER = ConnectionOverride(name="later", source="NodeA", delay=30.0, weight=2.0)
OFF = ConnectionOverride(name="off", enabled=False)


def of_quick(shared_data, *overrides, **more):
    circuit = shared_data / "bbp" / "sim_quick_scx_sonata_multicircuit" / "circuit_sonata.json"
    made = Experiment(
        circuit=CircuitReference(path=str(circuit)),
        cells=NodeSetOfCells(),
        connections=Connections(enabled=True, overrides=overrides, **more),
    )
    return circuit, made


def bare(overrides):
    return [each.model_dump(exclude={"id"}) for each in overrides]


@pytest.mark.parametrize("only", [False, True])
def test_that_what_goes_out_as_sonata_comes_back_and_libsonata_reads_it(shared_data, tmp_path, only):
    circuit, made = of_quick(shared_data, FIRST, SECOND, LATER, OFF, only_overridden=only)
    done = to_simulation_config(made, circuit, tmp_path)
    back = from_simulation_config(done.path)
    connections = back.experiment.connections
    everywhere = {"source": "all_nodes", "target": "all_nodes"}
    expected = [FIRST, changed(SECOND, **everywhere), changed(LATER, target="all_nodes")]
    assert bare(connections.overrides) == bare(expected)
    assert connections.only_overridden is only and not connections.spontaneous_release
    read = libsonata.SimulationConfig.from_file(str(done.path)).connection_overrides()
    assert [each.name for each in read[-3:]] == ["first", "second", "later"]
    assert len({each.name for each in read}) == len(read) == (3 if only else 3 + len(pathways(circuit)))
    assert (read[-2].weight, read[-2].synapse_delay_override, read[-2].modoverride) == (0, 2.5, "GluSynapse")
    assert read[-2].synapse_configure == "%s.mg = 1 %s.NMDA_ratio *= 1.2"
    assert (read[-1].delay, read[-1].weight) == (30.0, 2.0)
    sets = json.loads((tmp_path / "node_sets.json").read_text())
    assert set(sets["all_nodes"]["population"]) == {each for pair in pathways(circuit) for each in pair}


def pathways(circuit):
    read = libsonata.CircuitConfig.from_file(str(circuit))
    edges = [read.edge_population(name) for name in read.edge_populations]
    return {(each.source, each.target) for each in edges}


def test_that_an_edge_population_that_sonata_cannot_choose_is_told(shared_data, tmp_path):
    population = "NodeA__NodeB__chemical"
    circuit, made = of_quick(
        shared_data,
        ConnectionOverride(edge_population=population),
        ConnectionOverride(name="mine", edge_population=population, source="Mosaic_A"),
    )
    done = to_simulation_config(made, circuit, tmp_path)
    (told,) = [each.what for each in done.problems if "edge populations" in each.what]
    assert "override 'mine' will be about others than NodeA__NodeB__chemical" in told
    written_ = json.loads(done.path.read_text())["connection_overrides"][-2:]
    assert [(each["source"], each["target"]) for each in written_] == [
        ("NodeA", "NodeB"),
        ("Mosaic_A", "NodeB"),
    ]


def test_that_files_of_others_mean_what_neurodamus_makes_of_them(tmp_path):
    plain = from_simulation_config(written(tmp_path, config())).experiment.connections
    assert plain.spontaneous_release and not plain.only_overridden
    one = {"name": "x", "source": "A", "target": [3, 4], "synapse_delay_override": 0, "modoverride": "Odd"}
    found = from_simulation_config(written(tmp_path, config(connection_overrides=[one])))
    (override,) = found.experiment.connections.overrides
    assert (override.source, override.weight, override.synapse_delay) == ("A", 1.0, None)
    assert found.experiment.node_sets[str(override.target)] == {"node_id": [3, 4]}
    assert override.modoverride is None
    assert found.experiment.connections.only_overridden
    assert "the model 'Odd' was left out: there are AMPANMDA, GABAAB, GluSynapse, Exp2Syn" in str(
        found.problems
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"weight": -1}, "'weight' should be greater than or equal to 0, and is -1"),
        ({"spont_minis": "often"}, "'spont_minis' should be a number in Hz, and is 'often'"),
        ({"source": None}, "the key 'source' is missing"),
        ({"synapse_configure": "%s.mg = log(2)"}, "'synapse_configure' cannot be understood: Expected a num"),
    ],
)
def test_that_what_is_wrong_is_said_in_one_sentence(tmp_path, wrong, told):
    entry = {"name": "x", "source": "A", "target": "A", **wrong}
    with pytest.raises(DocumentError) as caught:
        from_simulation_config(written(tmp_path, config(connection_overrides=[entry])))
    assert caught.value.what.startswith(f"Connection override 'x': {told}")


def test_that_overrides_are_elements_that_can_be_edited_like_all_others():
    plain = Experiment(
        circuit=CircuitReference(path="c.json"), cells=ListedCells(cells=(CellReference("A", 1),))
    )
    two = edits.with_override(edits.with_override(plain, FIRST), LATER)
    assert two.connections.overrides == (FIRST, LATER)
    assert edits.moved(two, LATER.id, 0).connections.overrides == (LATER, FIRST)
    copied = edits.duplicated(two, FIRST.id, "copy").connections.overrides
    assert [each.id for each in copied] == [FIRST.id, "copy", LATER.id]
    assert not edits.switched(two, FIRST.id, enabled=False).connections.overrides[0].enabled
    assert edits.without(two, FIRST.id).connections.overrides == (LATER,)
    stronger = changed(FIRST, weight=9)
    assert edits.with_override(two, stronger).connections.overrides == (stronger, LATER)
    assert edits.replaced(two, stronger).connections.overrides == (stronger, LATER)
    assert Experiment.model_validate_json(two.model_dump_json()) == two
    with pytest.raises(ValueError, match="the same id"):
        changed(two, connections=changed(two.connections, overrides=(FIRST, FIRST)))
    with pytest.raises(EngineError, match="override named 'nobody'"):
        edits.element(two, "nobody")


def test_that_each_is_said_in_a_plain_sentence():
    said = [
        summary(of_nothing(), each)
        for each in (FIRST, changed(SECOND, synapse_delay=None, modoverride=None), LATER, OFF)
    ]
    assert said == [
        "Synapses from Mosaic_A onto NodeB: weight × 0.5, minis 0.3 Hz",
        "Synapses from any cell onto any cell: no effect (weight 0), mg = 1, NMDA_ratio × 1.2",
        "Synapses from NodeA onto any cell: weight × 2 from 30 ms on",
        "Synapses from any cell onto any cell: as the circuit says",
    ]


def of_nothing():
    return Experiment(circuit=CircuitReference(path="c.json"))
