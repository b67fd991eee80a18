"""One cell of a finished simulation, run again alone, does what it did in the network: to the last bit."""

import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.experiment.base import changed
from engine.experiment.finished import finished_simulation, reported_cells, stored_trace
from engine.experiment.rerun import rerun
from engine.experiment.sonata_import import from_simulation_config
from engine.resources import resources_folder
from engine.simulation.run import run_experiment
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, write_edges, write_spikes_of_outside

NETWORK = resources_folder() / "circuits/cortical_column/simulations/network/simulation_config.json"
CONFIG = "simulation_config.json"
TSTOP = 60.0
SETS = {
    "both": {"population": "cells", "node_id": [0, 1]},
    "patch": {"population": "cells", "node_id": [1]},
    "sphere": {"population": "cells", "node_id": [0]},
}
CURRENT = {"input_type": "current_clamp", "delay": 0.0, "duration": TSTOP}
REPORT = {
    "type": "compartment",
    "cells": "both",
    "variable_name": "v",
    "unit": "mV",
    "start_time": 0.0,
    "end_time": TSTOP,
}
SIMULATION = {
    "run": {"tstop": TSTOP, "dt": 0.025, "random_seed": 3},
    "conditions": {"celsius": 6.3, "v_init": -65.0},
    "network": "circuit_config.json",
    "node_sets_file": "node_sets.json",
    "node_set": "both",
    "output": {"output_dir": "output"},
    "inputs": {
        "patch": {"module": "noise", **CURRENT, "mean": 0.009, "variance": 1e-7, "node_set": "patch"},
        "sphere": {"module": "noise", **CURRENT, "mean": 0.001, "variance": 1e-7, "node_set": "sphere"},
        "constant": {"module": "linear", **CURRENT, "amp_start": 0.001, "node_set": "patch"},
        "outside": {
            "module": "synapse_replay",
            "input_type": "spikes",
            "spike_file": "spikes.h5",
            "delay": 0.0,
            "duration": TSTOP,
            "node_set": "both",
        },
    },
    "reports": {"fine": {**REPORT, "dt": 0.025}, "coarse": {**REPORT, "dt": 0.1}},
}


@pytest.fixture
def finished(bench, tmp_path):
    """A network of the sphere and the patch, which sends to both, run into a folder; and its circuit."""
    bench.close()
    onto_both = [(1, target, 0, 0.5, 1.0, 0.0005, 0.5, 3.0, 0.0) for target in (0, 1)]
    write_edges(tmp_path / "cells__cells.h5", "cells__cells", onto_both)
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0, 12.0, 12.0, 31.3], [0, 0, 1, 0])
    for name, content in ((CONFIG, SIMULATION), ("node_sets.json", SETS)):
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "output").mkdir()
    imported = from_simulation_config(tmp_path / CONFIG)
    with open_circuit(imported.circuit_path) as circuit:
        result = run_experiment(imported.experiment, circuit, tmp_path, tmp_path / "output")
        assert result.problems == ()
        assert len(result.spikes["cells"].of(PATCH.node_id)) > 1
        simulation = finished_simulation(imported, tmp_path / CONFIG)
        assert simulation is not None
        # as programs do that write the spikes of virtual nodes, too
        with h5py.File(simulation.spikes, "r+") as file, h5py.File(tmp_path / "spikes.h5") as outside:
            outside.copy("spikes/outside", file["spikes"])
        yield simulation, circuit


def residual(simulation, made, report, cell, circuit):
    """The largest difference from the report, in its own precision (mV); without bounds if spikes differ."""
    stored = stored_trace(simulation, report, cell)
    run = Simulation(made.experiment, circuit, Path())
    run.start()
    run.advance(run.tstop)
    voltage = run.fresh()[:, 0]
    fired = run.spikes[cell.population].of(cell.node_id)
    run.close()
    if not np.array_equal(fired, stored.spikes):
        return np.inf
    times = stored.start + np.arange(len(stored.samples)) * stored.interval
    rows = np.rint(times / made.experiment.conditions.dt).astype(int)
    return float(np.abs(voltage[rows].astype(np.float32) - stored.samples).max())


@pytest.mark.parametrize("cell", [SPHERE, PATCH], ids=str)
def test_that_a_cell_alone_is_the_cell_in_its_network(finished, cell):
    simulation, circuit = finished
    for report in simulation.reports:
        made = rerun(simulation, report, cell, circuit)
        assert made.problems == ()
        assert residual(simulation, made, report, cell, circuit) == 0.0


def test_that_a_cell_that_sends_to_itself_is_not_replayed_to_itself(finished):
    simulation, circuit = finished
    made = rerun(simulation, simulation.reports[0], PATCH, circuit)
    *replays, neighbours = made.experiment.replays
    twice = (*replays, changed(neighbours, only_of_others=False))
    doubled = replace(made, experiment=changed(made.experiment, replays=twice))
    assert residual(simulation, doubled, simulation.reports[0], PATCH, circuit) > 0.01


def test_that_spikes_of_virtual_nodes_in_the_output_are_not_replayed_twice(finished):
    simulation, circuit = finished
    made = rerun(simulation, simulation.reports[0], SPHERE, circuit)
    *replays, neighbours = made.experiment.replays
    twice = (*replays, changed(neighbours, node_set=None))
    doubled = replace(made, experiment=changed(made.experiment, replays=twice))
    assert residual(simulation, doubled, simulation.reports[0], SPHERE, circuit) > 0.01


def test_that_only_what_reaches_the_cell_comes_along_and_what_numbers_random_streams(finished):
    simulation, circuit = finished
    made = rerun(simulation, simulation.reports[0], SPHERE, circuit).experiment
    assert [each.name for each in made.stimuli] == ["patch", "sphere"]
    assert rerun(simulation, simulation.reports[0], PATCH, circuit).experiment.stimuli[-1].name == "constant"
    assert made.conditions == simulation.experiment.conditions


def test_that_a_simulation_without_its_spike_file_says_so(finished):
    simulation, circuit = finished
    made = rerun(replace(simulation, spikes=None), simulation.reports[0], SPHERE, circuit)
    assert "the simulation left no spike file" in made.problems[0].what
    assert len(made.experiment.replays) == 1


def test_that_the_stored_network_of_the_built_in_circuit_is_reproduced_cell_by_cell():
    imported = from_simulation_config(NETWORK)
    simulation = finished_simulation(imported, NETWORK)
    assert simulation is not None
    with open_circuit(imported.circuit_path) as circuit:
        cells = {str(each.cell): each for each in reported_cells(simulation, circuit)}
        assert len(cells) == 16
        assert (cells["column:150"].spikes, cells["column:150"].type_name) == (15, "L23_LBC")
        for name in ("column:150", "column:71", "column:121"):  # a basket cell, a stellate, a thick-tufted
            reported = cells[name]
            made = rerun(simulation, reported.report, reported.cell, circuit)
            assert residual(simulation, made, reported.report, reported.cell, circuit) == 0.0
