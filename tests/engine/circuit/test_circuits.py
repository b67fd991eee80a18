"""Opening circuits from whatever path, and going on past what is wrong with them."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.circuit.circuit import Circuit, open_circuit
from engine.errors import CircuitError, UnknownNameError
from tests.engine.circuit.synthesise import (
    allen_circuit,
    allen_config,
    allen_simulation,
    obi_circuit,
    obi_config,
    write_json,
    write_nodes,
)


def _texts(circuit: Circuit) -> list[str]:
    return [str(problem) for problem in circuit.problems]


def test_that_an_obi_circuit_opens_with_its_populations(tmp_path: Path) -> None:
    path = obi_circuit(tmp_path)
    with open_circuit(path) as circuit:
        assert circuit.dialect == "obi"
        assert circuit.config_path == path and circuit.simulation_path is None
        assert circuit.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
        sizes = {name: (each.size, each.node_type) for name, each in circuit.node_populations.items()}
        assert sizes == {"cortex": (5, "biophysical"), "thalamus": (3, "virtual")}
        edges = circuit.edge_populations["thalamus__cortex"]
        assert (edges.source, edges.target, edges.edge_type) == ("thalamus", "cortex", "chemical")
        assert circuit.problems == ()


def test_that_an_allen_circuit_opens_with_the_populations_found_in_its_files(tmp_path: Path) -> None:
    with open_circuit(allen_circuit(tmp_path)) as circuit:
        assert circuit.dialect == "allen"
        sizes = {name: (each.size, each.node_type) for name, each in circuit.node_populations.items()}
        assert sizes == {"v1": (6, "biophysical"), "lgn": (4, "virtual")}
        assert circuit.problems == ()


@pytest.mark.parametrize("name", ["config.json", "simulation_config.json", "", "combined.json"])
def test_that_every_kind_of_path_leads_to_the_circuit_and_its_simulation(tmp_path: Path, name: str) -> None:
    allen_circuit(tmp_path)
    write_json(tmp_path / "combined.json", {**allen_simulation(), **allen_config()})
    with open_circuit(str(tmp_path / name)) as circuit:
        combined = name == "combined.json"
        assert circuit.config_path.name == (name if combined else "circuit_config.json")
        assert circuit.simulation_path is not None
        assert circuit.simulation_path.name == (name if combined else "simulation_config.json")
        assert list(circuit.node_populations) == ["v1", "lgn"]
        assert "inhibitory" in circuit.node_sets.names


def test_that_a_folder_with_one_circuit_of_an_unusual_name_opens(tmp_path: Path) -> None:
    obi_circuit(tmp_path).rename(tmp_path / "circuit_sonata.json")
    for number in range(2):
        write_json(tmp_path / f"simulation_{number}.json", {"run": {}, "network": "circuit_sonata.json"})
    with open_circuit(tmp_path) as circuit:
        assert circuit.config_path.name == "circuit_sonata.json"


def test_that_a_simulation_without_network_takes_the_only_circuit_beside_it_and_says_so(
    tmp_path: Path,
) -> None:
    obi_circuit(tmp_path).rename(tmp_path / "circuit_sonata.json")
    with open_circuit(write_json(tmp_path / "simulation.json", {"run": {}})) as circuit:
        assert circuit.config_path.name == "circuit_sonata.json"
        assert "names no circuit" in circuit.problems[0].what


def test_that_relative_paths_are_meant_from_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    obi_circuit(tmp_path / "here")
    write_json(tmp_path / "there/simulation.json", {"run": {}, "network": "../here/circuit_config.json"})
    monkeypatch.chdir(tmp_path / "there")
    with open_circuit("simulation.json") as circuit:
        assert circuit.config_path == tmp_path / "here/circuit_config.json"
        assert (
            circuit.component("cortex", "morphologies_dir") == tmp_path / "here/components/morphologies/swc"
        )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder, "holds no SONATA configuration"),
        (lambda folder: folder / "none.json", "missing"),
        (lambda folder: write_json(folder / "a.json", {"x": 1}), "not a SONATA configuration"),
        (lambda folder: write_json(folder / "a.json", {"run": {}}), "names no circuit"),
        (lambda folder: write_json(folder / "a.json", {"network": "a.json"}), "no object 'networks'"),
        (lambda folder: write_json(folder / "a.json", {"networks": []}), "no object 'networks'"),
        (lambda folder: write_json(folder / "a.json", {"simulation": "none.json"}), "names no circuit"),
        (lambda folder: write_nodes(folder / "n.h5", "p", {0: {}}, type_ids=[1]), "UTF-8"),
    ],
)
def test_that_what_is_no_circuit_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(CircuitError, match=said):
        open_circuit(make(tmp_path))


def test_that_a_folder_with_several_circuits_asks_which(tmp_path: Path) -> None:
    obi_circuit(tmp_path).rename(tmp_path / "a.json")
    shutil.copy(tmp_path / "a.json", tmp_path / "b.json")
    with pytest.raises(CircuitError, match=r"a\.json, b\.json"):
        open_circuit(tmp_path)


def _without(path: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        target = folder / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    return spoil


def _cut(path: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / path).write_bytes((folder / path).read_bytes()[:700])

    return spoil


def _holding(path: str, content: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / path).write_text(content)

    return spoil


def _config(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        config = obi_config()
        change(config)
        write_json(folder / "circuit_config.json", config)

    return spoil


def _node_entry(config: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = config["networks"]["nodes"][0]
    return entry


SPOILT: list[tuple[Callable[[Path], None], str]] = [
    (_without("edges.h5"), "edges.h5 is missing"),
    (_without("nodes.h5"), "nodes.h5 is missing"),
    (_without("node_sets.json"), "node_sets.json is missing"),
    (_without("components/morphologies/swc"), "morphologies_dir"),
    (_cut("edges.h5"), "edges.h5"),
    (_cut("nodes.h5"), "nodes.h5"),
    (_holding("node_sets.json", "{"), "node_sets.json is not JSON"),
    (_holding("node_sets.json", '{"a": 5}'), "neither a rule"),
    (_config(lambda c: c["networks"]["nodes"].append({"nodes_file": 5})), "nodes → 1 → nodes_file"),
    (_config(lambda c: c["networks"]["nodes"].append("nodes.h5")), "An entry of the circuit"),
    (_config(lambda c: c["networks"].update(edges={"a": 1})), "is not a list"),
    (_config(lambda c: c.update(components=[1])), "'components' is not an object"),
    (_config(lambda c: c.update(components={"morphologies_dir": 5})), "'morphologies_dir' is not a path"),
    (_config(lambda c: c.update(node_sets_file=5)), "'node_sets_file' is not the name"),
    (_config(lambda c: c["manifest"].update({"$BASE": "$COMPONENTS"})), "mean each other"),
    (_config(lambda c: c["manifest"].pop("$COMPONENTS")), "$COMPONENTS"),
    (_config(lambda c: c.update(manifest=[])), "manifest is not an object"),
    (_config(lambda c: _node_entry(c)["populations"].update(cortx={})), "Did you mean 'cortex'"),
    (_config(lambda c: _node_entry(c)["populations"].pop("thalamus")), "population that the circuit lacks"),
    (_config(lambda c: _node_entry(c).update(populations=5)), "populations"),
    (_config(lambda c: c["networks"]["nodes"].append(_node_entry(c))), "two node populations named 'cortex'"),
    (_config(lambda c: _node_entry(c).update(node_types_file="t.csv")), "t.csv is missing"),
    (_config(lambda c: _node_entry(c).update(nodes_file="x" * 5000)), "cannot be read"),
    (_config(lambda c: _node_entry(c).update(nodes_file="a\x00b")), "missing"),
    (_config(lambda c: c["networks"].pop("edges")), "libsonata will refuse"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILT)
def test_that_what_is_wrong_is_told_and_the_rest_opens(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    obi_circuit(tmp_path)
    spoil(tmp_path)
    with open_circuit(tmp_path) as circuit:
        assert any(said in text for text in _texts(circuit)), _texts(circuit)
        for name, population in circuit.node_populations.items():
            assert population.filter("layer == 5").size == {"cortex": 3}.get(name, 0)


def test_that_a_simulation_with_missing_files_opens_with_its_circuit(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    content = {
        "run": {},
        "network": "circuit_config.json",
        "node_sets_file": "n",
        "compartment_sets_file": "c",
    }
    with open_circuit(write_json(tmp_path / "simulation.json", content)) as circuit:
        assert len(circuit.node_populations) == 2
        assert {problem.what for problem in circuit.problems} == {
            "The file n is missing.",
            "The file c is missing.",
        }


def test_that_a_wrapper_without_its_simulation_opens_the_circuit(tmp_path: Path) -> None:
    path = allen_circuit(tmp_path)
    (tmp_path / "simulation_config.json").unlink()
    with open_circuit(path) as circuit:
        assert circuit.simulation_path is None and "v1" in circuit.node_populations
        assert "simulation_config.json is missing" in _texts(circuit)[0]


def test_that_components_of_a_population_go_before_those_of_the_circuit(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    config = {**obi_config(), "components": {"morphologies_dir": "general", "mechanisms_dir": "mod"}}
    with open_circuit(write_json(tmp_path / "circuit_config.json", config)) as circuit:
        inside = tmp_path / "components/morphologies"
        assert circuit.component("cortex", "morphologies_dir") == inside / "swc"
        assert circuit.component("cortex", "neurolucida-asc") == inside / "asc"
        assert circuit.component("cortex", "mechanisms_dir") == tmp_path / "mod"
        assert circuit.component("thalamus", "morphologies_dir") == tmp_path / "general"
        assert circuit.component("thalamus", "h5v1") is None


def test_that_cells_of_unknown_populations_get_a_suggestion(tmp_path: Path) -> None:
    with open_circuit(obi_circuit(tmp_path)) as circuit, pytest.raises(UnknownNameError, match="'cortex'"):
        circuit.cell("cortx", 0)


def test_that_problems_are_told_once(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    config = obi_config()
    config["components"] = {"mechanisms_dir": "$NOWHERE/mod"}
    (tmp_path / "circuit_config.json").write_text(json.dumps(config))
    with open_circuit(tmp_path) as circuit:
        assert len(_texts(circuit)) == len(set(_texts(circuit)))
