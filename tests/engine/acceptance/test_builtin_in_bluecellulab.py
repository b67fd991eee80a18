"""The built-in circuit, exported by us, gives the same traces in BlueCelluLab."""

import shutil
import subprocess
import sys
from pathlib import Path

import libsonata
import numpy as np
import pytest

from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.manipulations import (
    Assignment,
    ChangeAllSections,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
    Operator,
)
from engine.experiment.recordings import SiteRecording
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.sonata_import import from_simulation_config
from engine.experiment.stimuli import Holding, RelativeStep
from engine.experiment.targets import CellReference, Site
from engine.output.recorded import RecordedSweep, Signal
from engine.output.sonata_output import write_output
from engine.resources import resources_folder
from tests.engine.acceptance.bluecellulab import compile_for, run_bluecellulab
from tests.engine.acceptance.our_traces import Traces, run_ours
from tests.peers import ROOT
from tests.replays import replays_of

pytestmark = [pytest.mark.science, pytest.mark.timeout(600)]

_CONFIG = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
_CELLS = {"PyramidalL23": 13, "SpinyStellate": 61, "ThickTuftedL5": 117, "BasketFS": 150, "Martinotti": 185}
_CONNECTED = (157, 150, 13, 193, 148)  # each is reached by another, or reaches one
_TSTOP_MS, _NETWORK_MS = 200.0, 150.0


def _experiment(node_id: int) -> Experiment:
    cell = CellReference("column", node_id)
    soma = Site(cell=cell)
    return Experiment(
        circuit=CircuitReference(path=str(_CONFIG)),
        cells=ListedCells(cells=(cell,)),
        stimuli=(
            Holding(target=soma, duration=_TSTOP_MS),
            RelativeStep(target=soma, percent=200.0, delay=50.0, duration=120.0),
        ),
        recordings=(SiteRecording(site=soma), SiteRecording(site=Site(cell=cell, section="dend[0]"))),
        conditions=Conditions(tstop=_TSTOP_MS),
    )


def _change(variable: str, operator: Operator, value: float) -> Assignment:
    return Assignment(variable=variable, operator=operator, value=value)


def _exported_by_command(experiment: Experiment, folder: Path) -> Path:
    """The configuration that `somascope export` writes: it has the cell built."""
    document, target = folder / "changed.somascope.json", folder / "exported"
    store.save(experiment, document)
    command = [sys.executable, "-m", "engine.cli", "export", str(document), "--sonata", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return target / "simulation_config.json"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Traces]:
    experiments = {name: _experiment(node_id) for name, node_id in _CELLS.items()}
    return run_ours(_CONFIG, experiments, tmp_path_factory.mktemp("builtin"))


@pytest.mark.parametrize("name", _CELLS)
def test_that_bluecellulab_computes_the_same(
    name: str, ours: dict[str, Traces], bluecellulab_python: Path, tmp_path: Path
) -> None:
    exported = to_simulation_config(_experiment(_CELLS[name]), _CONFIG, tmp_path / "exported")
    cell = CellReference("column", _CELLS[name])
    theirs = run_bluecellulab(bluecellulab_python, exported.path, cell, [("dend[0]", 0.5)])
    assert theirs[:, 0].max() > 0, "the cell must fire, or little was tested"
    np.testing.assert_allclose(ours[name], theirs, rtol=0, atol=1e-9)


def test_that_changes_of_the_cell_do_the_same_in_bluecellulab(
    bluecellulab_python: Path, tmp_path: Path
) -> None:
    """A factor, values, section lists, one section, and a drug from the start."""
    made = _experiment(_CELLS["ThickTuftedL5"])
    cell = CellReference("column", _CELLS["ThickTuftedL5"])
    changes: tuple[Manipulation, ...] = (
        ChangeAllSections(cell=cell, assignments=(_change("g_pas", "*=", 1.7),)),
        ChangeSectionList(cell=cell, section_list="soma", assignments=(_change("gmax_ScNaS", "*=", 0.8),)),
        ChangeSectionList(cell=cell, section_list="apic", assignments=(_change("cm", "=", 1.5),)),
        ChangeSection(cell=cell, section="dend[0]", assignments=(_change("e_pas", "=", -70.0),)),
        Drug(name="TEA", cell=cell, percent=30, variables=("gmax_ScKv3", "gmax_ScKs")),
        Drug(name="ZD7288", cell=cell, percent=50, variables=("gmax_ScIh",)),  # it varies within sections
    )
    changed_cell = changed(made, manipulations=changes)
    exported = _exported_by_command(changed_cell, tmp_path)
    theirs = run_bluecellulab(bluecellulab_python, exported, cell, [("dend[0]", 0.5)])
    found = run_ours(_CONFIG, {"changed": changed_cell, "as it is": made}, tmp_path)
    assert np.abs(found["changed"] - found["as it is"]).max() > 5, "the changes must be felt"
    np.testing.assert_allclose(found["changed"], theirs, rtol=0, atol=1e-9)
    _check_output(exported, changed_cell, found["changed"], theirs)
    for each in changes:
        without = changed(made, manipulations=[other for other in changes if other is not each])
        (tmp_path / each.id).mkdir()
        others = run_ours(_CONFIG, {"without": without}, tmp_path / each.id)["without"]
        assert np.abs(others - found["changed"]).max() > 1e-3, f"{each.kind} must be felt"


def _check_output(exported: Path, made: Experiment, ours: Traces, theirs: Traces) -> None:
    """What a bundle puts beside its simulation as its output is what BlueCelluLab computes from it."""
    sites = [each.site for each in made.recordings if isinstance(each, SiteRecording)]
    signals = tuple(Signal(str(site), "v", "mV", site, ours[:, number]) for number, site in enumerate(sites))
    written = write_output(exported, RecordedSweep(made, 0.025, signals), {"column": ([], [])})
    assert written.problems == () and len(written.paths) == 3
    for number, path in enumerate(written.paths[1:]):
        frames = libsonata.ElementReportReader(str(path))["column"].get()
        assert len(frames.data) == len(theirs) - 1, "SONATA has no sample at the end"
        np.testing.assert_allclose(frames.data[:, 0], theirs[:-1, number], rtol=0, atol=1e-5)


@pytest.fixture(scope="module")
def player_of_spikes(
    bluecellulab_python: Path, allen_mod_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A library with what BlueCelluLab replays spikes with."""
    folder = tmp_path_factory.mktemp("player")
    (folder / "mechanisms").mkdir()
    shutil.copy(allen_mod_files / "vecevent.mod", folder / "mechanisms")
    return compile_for(bluecellulab_python, folder / "mechanisms", folder)


def test_that_synapses_driven_by_the_thalamus_do_the_same_in_bluecellulab(
    bluecellulab_python: Path, player_of_spikes: Path, tmp_path: Path
) -> None:
    replay = from_simulation_config(
        _CONFIG.parent / "simulations" / "thalamic_replay" / "simulation_config.json"
    )
    cell = CellReference("column", _CELLS["ThickTuftedL5"])
    experiment = changed(
        replay.experiment,
        cells=ListedCells(cells=(cell,)),
        recordings=(
            SiteRecording(site=Site(cell=cell)),
            SiteRecording(site=Site(cell=cell, section="dend[0]")),
        ),
        replays=tuple(
            changed(each, spike_file=str(replay.base / each.spike_file))
            for each in replays_of(replay.experiment)
        ),
    )
    exported = to_simulation_config(experiment, _CONFIG, tmp_path / "exported")
    theirs = run_bluecellulab(bluecellulab_python, exported.path, cell, [("dend[0]", 0.5)], player_of_spikes)
    found = run_ours(_CONFIG, {"replay": experiment}, tmp_path)["replay"]
    assert np.ptp(theirs[:, 0]) > 5, "the synapses must be felt, or little was tested"
    np.testing.assert_allclose(found, theirs, rtol=0, atol=1e-9)


def test_that_a_network_does_the_same_in_bluecellulab(
    bluecellulab_python: Path, player_of_spikes: Path, tmp_path: Path
) -> None:
    """Cells of four kinds, connected, that make each other's synapses open."""
    stored = from_simulation_config(_CONFIG.parent / "simulations" / "network" / "simulation_config.json")
    cells = tuple(CellReference("column", node_id) for node_id in _CONNECTED)
    stimuli = [
        each
        for cell in cells
        for each in (
            Holding(target=Site(cell=cell), duration=_NETWORK_MS),
            RelativeStep(target=Site(cell=cell), percent=180.0, delay=20.0, duration=100.0),
        )
    ]
    connected = changed(
        stored.experiment,
        cells=ListedCells(cells=cells),
        stimuli=tuple(stimuli),
        recordings=tuple(SiteRecording(site=Site(cell=cell)) for cell in cells),
        replays=(),
        conditions=changed(stored.experiment.conditions, tstop=_NETWORK_MS),
    )
    exported = to_simulation_config(connected, _CONFIG, tmp_path / "exported")
    theirs = run_bluecellulab(
        bluecellulab_python, exported.path, cells[0], [], player_of_spikes, others=cells[1:]
    )
    alone = changed(connected, connections=changed(connected.connections, enabled=False))
    found = run_ours(_CONFIG, {"connected": connected, "alone": alone}, tmp_path)
    assert (theirs.max(axis=0) > 0).all(), "all must fire"
    assert (np.abs(found["connected"] - found["alone"]).max(axis=0) > 1).any(), "and feel each other"
    np.testing.assert_allclose(found["connected"], theirs, rtol=0, atol=1e-9)
