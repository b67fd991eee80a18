"""Where a circuit comes without a model of synapses, ours stands in, and that is told; nowhere else."""

import shutil

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.mod_files import find_mod_folders
from engine.errors import CircuitError, MechanismError
from engine.experiment.conditions import Conditions
from engine.experiment.release_streams import ReleaseStreams
from engine.experiment.targets import CellReference
from engine.resources import own_mechanisms_folder
from engine.simulation.bbp_synapses import release_table
from engine.simulation.mod_sets import gather
from engine.simulation.stand_ins import STAND_INS, compile_for, stand_in_files
from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.stand_in_runs import (
    circuit_with,
    run_plastic,
    run_with_ours,
    write_channel_that_knows_ttx,
    write_plasticity,
)
from tests.engine.simulation.test_bbp_synapses import edges_of

BOTH = ("StochasticAMPANMDA", "StochasticGABAAB")


def wanted(circuit):
    """The models of ours that are compiled with the circuit's; each under the name of what it stands for."""
    files = stand_in_files(circuit, find_mod_folders(circuit))
    assert all(STAND_INS[name.removesuffix(".mod")] == path.stem for name, path in files.items())
    return tuple(path.stem for path in files.values())


@pytest.mark.parametrize(
    ("declared", "stochastic", "expected"),
    [
        ((), False, ()),
        ((), True, BOTH),
        (("ProbAMPANMDA_EMS",), True, BOTH[1:]),
        (("ProbAMPANMDA_EMS", "ProbGABAAB_EMS"), True, ()),
    ],
)
def test_that_ours_are_compiled_where_they_are_needed_only(tmp_path, declared, stochastic, expected):
    with circuit_with(tmp_path, *declared, stochastic=stochastic) as circuit:
        assert wanted(circuit) == expected


def test_that_a_channel_that_knows_ttx_needs_a_switch_unless_the_circuit_has_one(tmp_path):
    with circuit_with(tmp_path, stochastic=False) as circuit:
        write_channel_that_knows_ttx(tmp_path)
        assert wanted(circuit) == ("TTXSwitch",)
        (tmp_path / "mod" / "any.mod").write_text("NEURON { SUFFIX TTXDynamicsSwitch }\n")
        assert wanted(circuit) == ()


def test_that_each_of_ours_is_in_a_file_of_its_name():
    files = gather([own_mechanisms_folder()]).files
    assert {file.mechanism for file in files} == {file.path.stem for file in files} == set(STAND_INS.values())


def test_that_a_circuit_without_mod_files_opens_without_a_compiler(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CXX", "")
    monkeypatch.setattr(shutil, "which", lambda *_args, **_kwargs: None)
    (tmp_path / "without").mkdir()
    said: list[str] = []
    with circuit_with(tmp_path / "without", stochastic=True) as circuit:
        assert compile_for(circuit, None, said.append).library is None
    assert said == ["Somascope's own models of synapses are left out: this machine has no compiler"]
    (tmp_path / "with").mkdir()
    complaint = pytest.raises(MechanismError, match="no C\\+\\+ compiler")
    with circuit_with(tmp_path / "with", "its_own", stochastic=True) as circuit, complaint:
        compile_for(circuit, None, said.append)


@pytest.mark.timeout(300)
def test_that_a_run_uses_ours_says_so_once_and_tells_them_the_conditions(tmp_path):
    (tmp_path / "bench").mkdir()
    found = in_process(run_with_ours, str(tmp_path / "bench"), folder=tmp_path)
    assert found["mechanisms"] == [*BOTH, "TTXSwitch", "poisoned"]
    told = [each for each in found["problems"] if "own" in each]
    (sentence,) = told
    assert sentence.startswith(
        "The circuit comes without ProbAMPANMDA_EMS and ProbGABAAB_EMS: Somascope's own "
        "StochasticAMPANMDA and StochasticGABAAB stand in."
    )
    assert found["told"] == [[1, 0.07, 0.5, 3]] * 2
    assert found["others"] == [0]
    assert "StochasticAMPANMDA, which stands in, has no variable no_such" in found["refused"]
    free, blocked = found["ends"]
    assert free > -50 and blocked < -60
    assert found["ttx problems"][0].startswith("The circuit comes without TTXDynamicsSwitch")
    assert found["script apart"] <= 1e-9 and found["seeds apart"] > 0.05
    _check_script(tmp_path / "bench" / "script")


def _check_script(folder):
    """It has the mod files to compile elsewhere, and the streams of the synapses' random numbers."""
    mods = {each.name for each in (folder / "mod").glob("*.mod")}
    assert mods == {*("ProbAMPANMDA_EMS.mod", "ProbGABAAB_EMS.mod"), "TTXDynamicsSwitch.mod", "poisoned.mod"}
    assert "    nrnivmodl mod\n" in (folder / "run.py").read_text(encoding="utf-8")
    with np.load(folder / "run_synapses.npz") as table:
        assert set(BOTH) <= set(table["synapse kind"].tolist())
        assert table["StochasticAMPANMDA streams"].shape[1] == 3
        assert 4 in table["release kind at"] and len(table["release event time (ms)"]) > 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("convention", "first"), [("neurodamus", 1), ("bluecellulab", 0)])
def test_that_plastic_synapses_are_told_what_neurodamus_tells_them(tmp_path, convention, first):
    """Two edges onto the sphere and the patch; the others end on sections that there are not."""
    (tmp_path / "bench").mkdir()
    conditions = {"seed_convention": convention, "synapse_seed": 3, "extracellular_calcium": 2.0}
    found = in_process(run_plastic, str(tmp_path / "bench"), conditions, folder=tmp_path)
    depressed, potentiated = found["plastic"]
    assert depressed == {
        "Use": 0.1,
        "Dep": 600,
        "Fac": 20,
        "Nrrp": 3,
        "tau_d_AMPA": 1.7,
        "synapseID": 0,
        "first": first,
        "second": 100_000,
        "third": 203,
        "numbered": 3,
        "volume_CR": 0.1,
        "rho0_GB": 0.2,
        "Use_d": 0.1,
        "Use_p": 0.8,
        "gmax_d_AMPA": 1.5,
        "gmax_p_AMPA": 3.0,
        "theta_d_GB": 0.006,
        "theta_p_GB": 0.001,
        "gmax0_AMPA": 1.5,
        "gmax_NMDA": 1.5 * 0.6,
    }
    assert [potentiated[name] for name in ("Use", "gmax0_AMPA", "gmax_NMDA")] == [0.8, 3.0, 3.0 * 0.6]
    assert potentiated["first"] == first + 1
    assert found["inhibitory"] == 1
    assert found["calcium"] == 2.0


def test_that_calcium_scales_both_utilisations_of_plastic_synapses(tmp_path):
    with circuit_with(tmp_path, stochastic=True):
        pass
    write_plasticity(tmp_path)
    with open_circuit(tmp_path) as circuit:
        table, plain = (release_table(edges_of(circuit), calcium) for calcium in (1.25, None))
    ratio = table.values(0)["Use_p"] / plain.values(0)["Use_p"]
    assert ratio == pytest.approx(0.14765959922468286 / 0.7963963150978088)
    assert table.values(0)["Use_d"] / plain.values(0)["Use_d"] == pytest.approx(ratio)
    assert table.mechanism(1) == "ProbGABAAB_EMS"


def test_that_plastic_synapses_without_a_number_are_an_error(tmp_path):

    with circuit_with(tmp_path, stochastic=True):
        pass
    write_plasticity(tmp_path)
    with h5py.File(tmp_path / "outside__cells.h5", "r+") as file:
        file["edges/outside__cells/0/theta_d"][0] = float("nan")
    with open_circuit(tmp_path) as circuit, pytest.raises(CircuitError, match="plastic") as caught:
        release_table(edges_of(circuit), None)
    assert caught.value.hint == "Mend their attribute theta_d."


def test_that_the_streams_of_plastic_synapses_are_those_of_both_conventions():
    cell = CellReference("cells", 7)
    streams = {
        name: ReleaseStreams({"cells": 1000}, Conditions(seed_convention=name, synapse_seed=5))
        for name in ("neurodamus", "bluecellulab")
    }
    assert streams["neurodamus"].of_plastic("any", cell, 4) == (1008, 100_004, 205)
    assert streams["bluecellulab"].of_plastic("any", cell, 4) == (1007, 100_004, 205)
