"""A written script, run by itself, gives the traces of the engine."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import morphio
import numpy as np
import pytest

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.mod_files import find_mod_folders
from engine.errors import SimulationError
from engine.experiment import stimuli
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, CompartmentSet, Experiment, ListedCells, Spot
from engine.experiment.manipulations import (
    Assignment,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
)
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.simulation.mechanisms import Compiled, compile_mechanisms, load_mechanisms
from engine.simulation.script_export import WrittenScript, to_script
from engine.simulation.simulation import Simulation
from tests.engine.acceptance.our_traces import run_ours
from tests.engine.acceptance.small_circuit import CIRCUIT, make_small_circuit
from tests.engine.simulation.bench_circuit import COUNTER, PATCH, make_bench
from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.morphology_files import write_asc

FIRST, SECOND = CellReference("cells", 0), CellReference("cells", 1)
SOMA = Site(cell=FIRST)
DENDRITE = Site(cell=SECOND, section="dend[0]", x=0.7)


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    with open_circuit(folder / CIRCUIT) as circuit:
        yield circuit


def experiment(**changes: Any) -> Experiment:
    fields: dict[str, Any] = {
        "circuit": CircuitReference(path="circuit.json"),
        "cells": ListedCells(cells=(FIRST, SECOND)),
        "conditions": Conditions(tstop=30, celsius=20, v_init=-65),
        "recordings": (SiteRecording(site=SOMA, label="soma"), SiteRecording(site=DENDRITE)),
    }
    return Experiment(**{**fields, **changes})


# Runs a script where nothing of ours can be imported, and nothing but NEURON, NumPy and what these need.
_BARE = """
import importlib.abc, runpy, sys

class Guard(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"engine", "gui", "resources", "somascope", "h5py", "pydantic", "scipy"}:
            raise ImportError(f"{name} is not in a bare environment")

sys.meta_path.insert(0, Guard())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
assert not {"engine", "gui", "somascope"} & sys.modules.keys()
"""


def of_script(written: WrittenScript) -> tuple[list[str], Any]:
    """The headings, and the samples without the column of times; run in a bare environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _BARE, str(written.path)],
        cwd=written.path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = written.path.with_suffix(".csv")
    headings = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    return headings, np.loadtxt(table, delimiter=",", skiprows=1)[:, 1:]


def of_engine(made: Experiment, circuit: Circuit, base: Path) -> Any:
    if made.conditions.variable_step:  # which depends on all cells of a process, also those of other tests
        return run_ours(circuit.config_path, {"made": made}, base)["made"]
    simulation = Simulation(made, circuit, base)
    simulation.start()
    simulation.advance(made.conditions.tstop)
    samples = simulation.fresh()
    simulation.store.close()
    return samples


def assert_same(
    made: Experiment, circuit: Circuit, folder: Path, compiled: Compiled | None = None
) -> WrittenScript:
    written = to_script(made, circuit, folder, folder / "script", compiled)
    headings, found = of_script(written)
    expected = of_engine(made, circuit, folder)
    assert len(headings) == expected.shape[1] + 1
    assert np.ptp(expected, axis=0).min() > 1e-6
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    return written


def test_that_stimuli_of_every_quantity_are_played(small, tmp_path):
    window: dict[str, Any] = {"delay": 2.0, "duration": 20.0}
    step = stimuli.Step(target=SOMA, amplitude=0.3, name="step", **window)
    noise = stimuli.Noise(target=NodeSetTarget(node_set="Cells"), **window)
    clamp = stimuli.VoltageClamp(
        target=Site(cell=CellReference("cells", 2)),
        duration=20,
        levels=(stimuli.VoltageLevel(duration=5, voltage=-80), stimuli.VoltageLevel(duration=5, voltage=0)),
    )
    made = experiment(
        title='A "title" with \\ things',
        cells=ListedCells(cells=(FIRST, SECOND, CellReference("cells", 2))),
        stimuli=(
            step,
            noise,
            clamp,
            stimuli.OrnsteinUhlenbeck(target=DENDRITE, mode="conductance", reversal=-20, **window),
            stimuli.Step(target=SOMA, enabled=False),
        ),
        recordings=(
            SiteRecording(site=SOMA, variable="hh.m", label="m, of sodium"),
            SiteRecording(site=SOMA, variable="IClamp[1].i"),
            SiteRecording(site=DENDRITE, variable="i_membrane"),
            SiteRecording(site=SOMA, variable="ina"),
            StimulusRecording(stimulus=clamp.id),
            StimulusRecording(stimulus=noise.id),
            Report(target=SOMA, label="left"),
        ),
    )
    written = assert_same(made, small, tmp_path)
    assert "'left' is not in the script" in str(written.problems[0])


def test_that_placed_synapses_get_their_events(small, tmp_path):
    few = stimuli.PlacedSynapse(target=DENDRITE, delay=3, events=3, interval=6, weight=0.01, name="few")
    many = stimuli.PlacedSynapse(
        target=NodeSetTarget(node_set="Cells"), delay=1, events=60, interval=0.5, timing="poisson"
    )
    made = experiment(
        stimuli=(few, many),
        recordings=(
            SiteRecording(site=SOMA),
            SiteRecording(site=DENDRITE),
            SiteRecording(site=SOMA, variable="Exp2Syn.g"),
            StimulusRecording(stimulus=few.id),
        ),
    )
    written = to_script(made, small, tmp_path, tmp_path / "script")
    assert written.problems == ()
    _, found = of_script(written)
    assert np.array_equal(found, of_engine(made, small, tmp_path))
    assert (np.ptp(found, axis=0) > 1e-3).all()


def test_that_changes_are_made(small, tmp_path):
    def change(operator: Any, value: float, variable: str = "cm") -> tuple[Assignment, ...]:
        return (Assignment(variable=variable, operator=operator, value=value),)

    spots = CompartmentSet(population="cells", spots=(Spot(node_id=1, section=1, x=0.9),))
    made = experiment(
        stimuli=(stimuli.Step(target=SOMA, delay=2, duration=20, amplitude=0.2),),
        recordings=(SiteRecording(site=SOMA), SiteRecording(site=Site(cell=FIRST, section="dend[0]"))),
        compartment_sets={"spots": spots},
        manipulations=(
            ChangeAllSections(node_set="Cells", assignments=change("*=", 1.5)),
            ChangeAllSections(node_set="Cells", assignments=change("=", 150, "Ra"), name="resistivity"),
            ChangeAllSections(node_set="First", assignments=change("*=", 0.5, "gnabar_hh")),
            ChangeSectionList(node_set="Cells", section_list="dend", assignments=change("/=", 2)),
            ChangeSection(node_set="First", section="dend[0]", assignments=change("+=", 0.25)),
            ChangeCompartments(compartment_set="spots", assignments=change("-=", 0.1)),
            ChangeSectionList(
                node_set="Cells", section_list="soma", assignments=change("=", 9), enabled=False
            ),
        ),
    )
    unchanged = experiment(stimuli=made.stimuli, recordings=made.recordings)
    assert_same(made, small, tmp_path)
    assert np.abs(of_engine(unchanged, small, tmp_path) - of_engine(made, small, tmp_path)).max() > 1


@pytest.mark.parametrize("variable_step", [False, True])
def test_that_drugs_wash_in_and_out(variable_step, small, tmp_path):
    def half(variable: str, **whose: Any) -> ChangeAllSections:
        return ChangeAllSections(
            **whose, assignments=(Assignment(variable=variable, operator="*=", value=0.5),)
        )

    made = experiment(
        stimuli=(stimuli.Step(target=SOMA, delay=2, duration=25, amplitude=0.3),),
        recordings=(SiteRecording(site=SOMA), SiteRecording(site=SOMA, variable="ina")),
        manipulations=(
            half("gnabar_hh", cell=FIRST),
            Drug(cell=FIRST, name="TTX", percent=90, variables=("gnabar_hh",), wash_in=11.11, wash_out=18),
            ChangeSection(cell=FIRST, section="dend[0]", assignments=(Assignment(variable="Ra", value=90),)),
            Drug(node_set="First", percent=30, variables=("gkbar_hh", "g_pas")),
            half("cm", node_set="Cells"),
            Drug(cell=FIRST, name="too late", variables=("gnabar_hh",), wash_in=1e6),
            Drug(cell=CellReference("cells", 2), name="elsewhere", variables=("gnabar_hh",)),
        ),
        conditions=Conditions(tstop=30, celsius=20, v_init=-65, variable_step=variable_step),
    )
    assert_same(made, small, tmp_path)
    without = changed(made, manipulations=made.manipulations[2:])
    assert np.abs(of_engine(without, small, tmp_path) - of_engine(made, small, tmp_path)).max() > 1


def test_that_drugs_from_the_start_are_plain_changes(small, tmp_path):
    made = experiment(
        stimuli=(stimuli.Step(target=SOMA, delay=2, duration=25, amplitude=0.3),),
        recordings=(SiteRecording(site=SOMA),),
        manipulations=(Drug(cell=FIRST, name="TTX", percent=40, variables=("gnabar_hh",)),),
    )
    written = assert_same(made, small, tmp_path)
    assert "timed_changes" not in written.path.read_text(encoding="utf-8")


def test_that_the_variable_step_and_the_second_order_are_kept(small, tmp_path):
    step = stimuli.Step(target=SOMA, delay=2, duration=20, amplitude=0.3)
    for conditions in (
        Conditions(tstop=30, variable_step=True, absolute_tolerance=1e-4),
        Conditions(tstop=30, dt=0.05, integration_method="crank_nicolson_ion"),
    ):
        made = experiment(stimuli=(step,), conditions=conditions, recordings=(SiteRecording(site=SOMA),))
        assert_same(made, small, tmp_path)


def test_that_cells_without_morphology_are_made(tmp_path):
    step = stimuli.Step(target=Site(cell=PATCH), delay=2, duration=20, amplitude=0.02)
    with make_bench(tmp_path) as circuit:
        made = experiment(
            cells=ListedCells(cells=(PATCH,)),
            stimuli=(step,),
            recordings=(SiteRecording(site=Site(cell=PATCH)),),
        )
        assert_same(made, circuit, tmp_path)
        with pytest.raises(SimulationError, match="Point cells cannot be written"):
            to_script(
                experiment(cells=ListedCells(cells=(COUNTER,)), recordings=()), circuit, tmp_path, tmp_path
            )


@pytest.mark.parametrize("model_type", ["biophysical", "single_compartment"])
def test_that_cells_without_template_are_made(tmp_path, model_type):
    folder = tmp_path / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    with h5py.File(folder / "nodes.h5", "r+") as file:
        file["nodes/cells/0/model_template"][:] = "NULL"
        file["nodes/cells/0/model_type"][:] = model_type
    step = stimuli.Step(target=SOMA, delay=2, duration=20, amplitude=0.1)
    made = experiment(stimuli=(step,), recordings=(SiteRecording(site=SOMA),))
    with open_circuit(folder / CIRCUIT) as circuit:
        assert_same(made, circuit, tmp_path)


def test_that_a_soma_that_is_an_outline_has_its_form_in_the_script_too(tmp_path):
    folder = tmp_path / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    template, config = folder / "hoc" / "smallcell.hoc", folder / CIRCUIT
    text = template.read_text().replace("Import3d_SWC_read", "Import3d_Neurolucida3")
    template.write_text(text.replace("create soma[1], dend[1]", "create soma[1], dend[1], apic[1], axon[1]"))
    (folder / "h5").mkdir()
    morphio.mut.Morphology(write_asc(tmp_path / "tiny.asc")).write(folder / "h5" / "tiny.h5")
    config.write_text(
        config.read_text().replace(
            '"morphologies_dir": "$HERE/swc"', '"alternate_morphologies": {"h5v1": "$HERE/h5"}'
        )
    )
    step = stimuli.Step(target=SOMA, delay=2, duration=20, amplitude=0.1)
    made = experiment(stimuli=(step,), recordings=(SiteRecording(site=SOMA),))
    with open_circuit(config) as circuit:
        assert "with_soma(" in assert_same(made, circuit, tmp_path).path.read_text()


@pytest.mark.science
@pytest.mark.timeout(600)
def test_that_cells_of_allen_are_made(shared_data, allen_mod_files, tmp_path):
    config = shared_data / "allen" / "5_cells_iclamp" / "circuit_config.json"
    worst = in_process(
        difference_on_allen_cells, str(config), str(allen_mod_files), str(tmp_path), folder=tmp_path
    )
    assert worst["swing_mV"] > 50
    assert worst["difference_mV"] <= 1e-9


def difference_on_allen_cells(config: str, mod_files: str, folder: str) -> dict[str, float]:
    """How far script and engine are apart; in a process of its own, which loads the mechanisms."""
    with open_circuit(config) as circuit:
        compiled = compile_mechanisms(find_mod_folders(circuit, Path(mod_files)), lambda _: None)
        load_mechanisms(compiled)
        (population,) = circuit.node_populations
        cells = tuple(CellReference(population, node_id) for node_id in (0, 3))
        made = experiment(
            cells=ListedCells(cells=cells),
            conditions=Conditions(tstop=60),
            stimuli=tuple(
                stimuli.Step(target=Site(cell=cell), amplitude=0.3, delay=5, duration=50) for cell in cells
            ),
            recordings=tuple(SiteRecording(site=Site(cell=cell)) for cell in cells),
        )
        _, found = of_script(to_script(made, circuit, Path(folder), Path(folder) / "script", compiled))
        expected = of_engine(made, circuit, Path(folder))
    return {
        "difference_mV": float(np.abs(found - expected).max()),
        "swing_mV": float(np.ptp(expected)),
    }
