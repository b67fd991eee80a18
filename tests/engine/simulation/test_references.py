"""The published circuits give the published results, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.circuit.spikes import read_spikes
from engine.reference.files import look, read

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ROUNDING_MS = 1e-6  # NEURON adds up its time steps

pytestmark = [pytest.mark.science, pytest.mark.timeout(900)]  # the first one compiles 17 mod files


def in_own_process(script, *arguments):
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def results(shared_data, allen_mod_files, tmp_path_factory):
    """Runs a circuit once; its results and the published ones."""
    done = {}

    def run(name, *, mod_files=True):
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            simulation = shared_data / "allen" / name / "simulation_config.json"
            in_own_process("run_reference.py", simulation, folder, *([allen_mod_files] if mod_files else []))
            done[name] = folder
        return done[name], shared_data / "allen" / name / "output"

    return run


def spikes_by_cell(ours, published, population, cells):
    found, expected = (
        read_spikes(ours / "out.h5")[population],
        read_spikes(published / "spikes.h5")[population],
    )
    return [(found.of(cell), expected.of(cell)) for cell in range(cells)]


def column(path, population):
    with h5py.File(path) as file:
        return file["report"][population]["data"][:]


def traces_of(path):
    contents = look(path)
    return read(contents, [each.id for each in contents.series], {})


def differences(ours, published, name, population):
    """Ours against theirs, (samples, cells). BMTK leaves out the initial value: its sample k is our k + 1."""
    found, expected = (column(folder / name, population) for folder in (ours, published))
    assert found.shape == expected.shape
    return found[1:] - expected[:-1]


def test_that_300_integrate_and_fire_cells_spike_as_published(results):
    ours, published = results("300_intfire", mod_files=False)
    found, expected = read_spikes(ours / "out.h5")["v1"], read_spikes(published / "spikes.h5")["v1"]
    assert len(found) == len(expected) == 4322
    ordered = [np.lexsort((each.node_ids, np.round(each.times, 9))) for each in (found, expected)]
    assert np.array_equal(found.node_ids[ordered[0]], expected.node_ids[ordered[1]])
    assert np.abs(found.times[ordered[0]] - expected.times[ordered[1]]).max() < 1e-9


def test_that_9_cells_with_synapses_spike_as_published(results):
    ours, published = results("9_cells")
    trains = spikes_by_cell(ours, published, "cortex", 9)
    assert [len(found) for found, _ in trains] == [13, 11, 15, 3, 14, 8, 0, 7, 7]
    for found, expected in trains:
        assert np.abs(found - expected).max(initial=0) <= 0.1 + ROUNDING_MS


def test_that_9_cells_with_synapses_have_the_published_voltages(results):
    ours, published = results("9_cells")
    apart = differences(ours, published, "membrane_potential.h5", "cortex")
    assert np.sqrt(np.mean(apart**2, axis=0)).max() <= 0.02


def test_that_the_published_voltages_are_references_to_which_ours_come_as_near(results):
    ours, published = results("9_cells")
    found, expected = (traces_of(folder / "membrane_potential.h5") for folder in (ours, published))
    assert len(found) == len(expected) == 9
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.cell == theirs.cell and mine.unit == theirs.unit == "mV"
        skipped = round((theirs.start - mine.start) / mine.interval)
        assert skipped == 1 and mine.interval == pytest.approx(theirs.interval), "BMTK has no first sample"
        common = min(len(mine.samples) - skipped, len(theirs.samples))
        residual = mine.samples[skipped : skipped + common] - theirs.samples[:common]
        assert common == len(theirs.samples) - 1
        assert np.sqrt(np.mean(residual**2)) <= 0.02


def test_that_5_cells_under_current_clamp_spike_as_published(results):
    ours, published = results("5_cells_iclamp")
    trains = spikes_by_cell(ours, published, "biophysical", 5)
    assert [len(found) for found, _ in trains] == [50, 28, 23, 20, 3]
    for found, expected in trains:
        assert np.abs(found - expected).max() <= 0.2 + ROUNDING_MS


def test_that_5_cells_under_current_clamp_have_the_published_calcium_before_they_spike(results):
    ours, published = results("5_cells_iclamp")
    apart = differences(ours, published, "calcium_concentration.h5", "biophysical")
    trains = spikes_by_cell(ours, published, "biophysical", 5)
    for cell, (_, expected) in enumerate(trains):
        before = int(expected[0] / 0.1) - 10
        assert before > 1000
        assert np.abs(apart[:before, cell]).max() <= 3e-6


def test_that_replayed_spikes_act_as_those_of_a_vecstim(allen_mod_files):
    in_own_process("replay_by_vecstim.py", allen_mod_files)
