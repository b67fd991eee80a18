"""A real pyramidal cell with 500 of our synapses through SONATA edges is, to the bit, a plain script's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import morphio
import numpy as np
import pytest

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference, Site
from engine.resources import own_mechanisms_folder
from engine.simulation.stand_ins import EXCITATORY, INHIBITORY, STAND_INS
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.bluecellulab import compile_for
from tests.engine.acceptance.our_traces import run_ours

pytestmark = [pytest.mark.science, pytest.mark.timeout(900)]

_SYNAPSES = 500
_SOMA = Site(cell=CellReference(l5pc.POPULATION, 0))


def _rows(morphology: Path) -> list[dict[str, Any]]:
    """Each synapse with a source of its own: as a plain script wants it, and its number of section."""
    kinds = [section.type for section in morphio.Morphology(str(morphology)).sections]
    counts = {
        "axon": kinds.count(morphio.SectionType.axon),
        "dend": kinds.count(morphio.SectionType.basal_dendrite),
        "apic": kinds.count(morphio.SectionType.apical_dendrite),
    }
    firsts = {"dend": 1 + counts["axon"], "apic": 1 + counts["axon"] + counts["dend"]}
    generator = np.random.default_rng(11)
    rows: list[dict[str, Any]] = []
    for number in range(_SYNAPSES):
        part = ("dend", "apic")[number % 2]
        index = int(generator.integers(counts[part]))
        inhibitory = number % 5 == 0
        decay, ratio = ("tau_d_GABAA", "GABAB_ratio") if inhibitory else ("tau_d_AMPA", "NMDA_ratio")
        rows.append(
            {
                "part": part,
                "index": index,
                "section": firsts[part] + index,
                "x": float(generator.uniform(0.01, 0.99)),
                "model": STAND_INS[INHIBITORY if inhibitory else EXCITATORY],
                "values": {
                    "Use": float(generator.uniform(0.2, 0.9)),
                    "Dep": float(generator.uniform(50, 800)),
                    "Fac": float(generator.uniform(0, 400)),
                    "Nrrp": float(generator.integers(1, 5)),
                    decay: float(generator.uniform(6, 12) if inhibitory else generator.uniform(1.6, 2.5)),
                    ratio: float(generator.uniform(0.3, 0.9)),
                },
                "weight": float(generator.uniform(0.3, 1.5)),
                "delay": int(generator.integers(10, 100)) * 0.025,
                "times": np.sort(generator.uniform(1, 95, generator.poisson(3))).tolist(),
            }
        )
    return rows


def _write_edges(folder: Path, rows: list[dict[str, Any]]) -> None:
    columns = {
        "afferent_section_id": [row["section"] for row in rows],
        "afferent_section_pos": [row["x"] for row in rows],
        "syn_type_id": [0 if row["model"] == STAND_INS[INHIBITORY] else 113 for row in rows],
        "conductance": [row["weight"] for row in rows],
        "delay": [row["delay"] for row in rows],
    }
    names = ("u_syn", "depression_time", "facilitation_time", "n_rrp_vesicles", "decay_time")
    for place, name in enumerate((*names, "conductance_scale_factor")):
        columns[name] = [list(row["values"].values())[place] for row in rows]
    with h5py.File(folder / "edges.h5", "w") as file:
        root = file.create_group("edges/outside__L5")
        for side, ids in (("source", range(len(rows))), ("target", [0] * len(rows))):
            nodes = root.create_dataset(f"{side}_node_id", data=np.array(ids, np.uint64))
            nodes.attrs["node_population"] = "outside" if side == "source" else l5pc.POPULATION
        for name, values in columns.items():
            root[f"0/{name}"] = np.array(values)
    with h5py.File(folder / "outside.h5", "w") as file:
        file["nodes/outside/node_type_id"] = np.zeros(len(rows), np.int64)
        file["nodes/outside/0/model_type"] = ["virtual"] * len(rows)
    with h5py.File(folder / "spikes.h5", "w") as file:
        file["spikes/outside/timestamps"] = np.concatenate([row["times"] for row in rows])
        repeats = [len(row["times"]) for row in rows]
        file["spikes/outside/node_ids"] = np.repeat(np.arange(len(rows), dtype=np.uint64), repeats)
    config = json.loads((folder / "circuit_config.json").read_text(encoding="utf-8"))
    virtual = {"nodes_file": "outside.h5", "populations": {"outside": {"type": "virtual"}}}
    config["networks"]["nodes"].append(virtual)
    edges = {"edges_file": "edges.h5", "populations": {"outside__L5": {"type": "chemical"}}}
    config["networks"]["edges"].append(edges)
    (folder / "circuit_config.json").write_text(json.dumps(config), encoding="utf-8")


def _by_plain_neuron(circuit: l5pc.Circuit, rows: list[dict[str, Any]], folder: Path) -> Any:
    mechanisms = folder / "mod"
    shutil.copytree(circuit.mechanisms, mechanisms)
    for name in (EXCITATORY, INHIBITORY):
        shutil.copy(own_mechanisms_folder() / f"{STAND_INS[name]}.mod", mechanisms / f"{name}.mod")
    library = compile_for(Path(sys.executable), mechanisms, folder)
    (folder / "synapses.json").write_text(json.dumps(rows), encoding="utf-8")
    script = Path(__file__).with_name("plain_synapses.py")
    told = [circuit.template, circuit.morphology, library, folder / "synapses.json", folder / "plain.npy"]
    subprocess.run([sys.executable, str(script), *map(str, told)], check=True, capture_output=True)
    return np.load(folder / "plain.npy")


def test_that_500_of_our_synapses_are_bit_for_bit_those_of_a_plain_script(
    tmp_path: Path, l5pc_files: Path, bluecellulab_python: Path
) -> None:
    circuit = l5pc.make_circuit(tmp_path / "circuit", l5pc_files, bluecellulab_python)
    rows = _rows(circuit.morphology)
    _write_edges(circuit.folder, rows)
    made = Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(_SOMA.cell,)),
        recordings=(SiteRecording(site=_SOMA),),
        conditions=Conditions(tstop=60.0, v_init=-75.0, celsius=34.0, random_seed=5),
        connections=Connections(enabled=True),
        replays=(SpikeReplay(spike_file="spikes.h5"),),
    )
    ours = run_ours(circuit.config, {"synapses": made}, circuit.folder)["synapses"][:, 0]
    plain = _by_plain_neuron(circuit, rows, tmp_path)
    assert ours.shape == plain.shape == (2401,)
    assert np.ptp(plain) > 5, "the synapses must do something, or nothing was tested"
    np.testing.assert_array_equal(ours, plain)
