"""The L5PC, an Allen cell and the built-in circuits: one trace, whoever computes it, and however."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.presets import stimulate_soma
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import OrnsteinUhlenbeck, Step
from engine.experiment.summaries import summary
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.anatomy import Anatomy
from engine.messages.live import AnySetting, ChannelDensity, StimulusAmplitude, Temperature
from engine.messages.watch import Watch
from engine.resources import resources_folder
from tests.engine.acceptance import l5pc
from tests.engine.worker.changes import same
from tests.engine.worker.talk import Trace, Worker, new_name
from tests.peers import ROOT

_ALLEN_CELLS = 5

pytestmark = [pytest.mark.science, pytest.mark.timeout(900)]  # a peer may have to be installed
_TSTOP_MS = 60.0
_SNAPSHOT_MS = 25.0


@dataclass(frozen=True, slots=True)
class Case:
    """A cell, and what is changed in it while it runs."""

    config: Path
    experiment: Experiment
    changes: tuple[AnySetting, ...]
    mechanisms: Path | None = None


def case(
    config: Path,
    cell: CellReference,
    current: float,
    variable: str,
    *,
    mechanisms: Path | None = None,
    section: str = "soma[0]",
) -> Case:
    soma = Site(cell=cell)
    noise = OrnsteinUhlenbeck(target=soma, mean=0.0, sigma=current / 5, tau=3.0, delay=0, duration=1e4)
    step = Step(id="step", target=soma, amplitude=current, delay=5, duration=45)
    experiment = Experiment(
        circuit=CircuitReference(path=str(config)),
        cells=ListedCells(cells=(cell,)),
        stimuli=(step, noise),
        recordings=(SiteRecording(site=soma), SiteRecording(site=Site(cell=cell, section=section))),
        conditions=Conditions(
            tstop=_TSTOP_MS, v_init=-65.0, **({"celsius": 6.3} if "hh" in variable else {})
        ),
    )
    changes = (
        StimulusAmplitude(stimulus="step", amplitude=current * 1.5),
        ChannelDensity(cell=cell, sections="all", variable=variable, factor=0.8),
        Temperature(celsius=experiment.conditions.celsius + 2),
    )
    with open_circuit(config) as circuit:
        trust(circuit, mechanisms)
    return Case(config, experiment, changes, mechanisms)


@pytest.fixture
def thick_tufted(tmp_path_factory, l5pc_files, bluecellulab_python) -> Case:
    made = l5pc.make_circuit(tmp_path_factory.mktemp("l5pc"), l5pc_files, bluecellulab_python)
    cell = CellReference(l5pc.POPULATION, 0)
    return case(made.config, cell, 1.2, "gNaTs2_tbar_NaTs2_t", section=l5pc.APICAL_SECTION)


@pytest.fixture
def allen(shared_data, allen_mod_files) -> Case:
    config = shared_data / "allen" / "5_cells_iclamp" / "circuit_config.json"
    with open_circuit(config) as circuit:
        (population,) = circuit.node_populations
    return case(
        config, CellReference(population, 0), 0.4, "g_pas", mechanisms=allen_mod_files, section="dend[3]"
    )


@pytest.fixture
def pyramid() -> Case:
    config = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
    with open_circuit(config) as circuit:
        nodes = circuit.node_populations["column"]
        templates = nodes.read_rows("model_template", range(nodes.size))
    thick_tufted = next(row for row, name in enumerate(templates) if "ThickTuftedL5" in str(name))
    return case(config, CellReference("column", thick_tufted), 1.5, "g_pas", section="apic[3]")


@pytest.fixture
def squid() -> Case:
    config = resources_folder() / "circuits" / "squid_axon" / "circuit_config.json"
    return case(config, CellReference("axon", 0), 0.02, "gnabar_hh")


@pytest.fixture
def ball() -> Case:
    config = resources_folder() / "circuits" / "ball_and_stick" / "circuit_config.json"
    return case(config, CellReference("cell", 0), 0.1, "gnabar_hh", section="dend[0]")


def of_the_command_line(case: Case, folder: Path) -> NDArray[np.float64]:
    document = folder / "case.somascope.json"
    store.save(case.experiment, document)
    mechanisms = [] if case.mechanisms is None else ["--mechanisms", str(case.mechanisms)]
    command = [sys.executable, "-m", "engine.cli", "run", str(document), "--out", str(folder / "out")]
    subprocess.run([*command, *mechanisms], cwd=ROOT, check=True, capture_output=True)
    return np.loadtxt(folder / "out" / "traces.csv", delimiter=",", skiprows=1)[:, 1:]


def with_changes(worker: Worker, case: Case, base: Path) -> Trace:
    """Each change in the middle of the run, and a snapshot before all of them."""
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=case.experiment, base=str(base), paused=True),
        r.Step(run_id=run_id, duration=_SNAPSHOT_MS),
    )
    worker.hear(e.Paused, run_id=run_id, time=0.0)
    worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.TakeSnapshot(request_id=new_name("snapshot"), run_id=run_id, snapshot="before"))
    worker.succeed(e.SnapshotTaken)
    for change in case.changes:
        worker.ask(
            r.Set(request_id=new_name("set"), run_id=run_id, setting=change),
            r.Step(run_id=run_id, duration=4.3),
        )
        worker.succeed(e.Applied)
        worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    return worker.trace(run_id)


@pytest.mark.parametrize("name", ["thick_tufted", "allen", "squid", "ball"])
def test_that_a_cell_gives_the_same_bits_again_and_again(
    name: str, request: pytest.FixtureRequest, start: Callable[..., Worker], tmp_path: Path
) -> None:
    case: Case = request.getfixturevalue(name)
    worker = start()
    worker.load(case.config, case.mechanisms)
    first = worker.run(case.experiment, tmp_path).samples
    assert np.ptp(first[:, 0]) > 60, "the cell must fire, or little was tested"

    moved = with_changes(worker, case, tmp_path)
    assert not np.array_equal(moved.samples, first)
    replayed = worker.run(case.experiment, tmp_path, settings=moved.finished.settings)
    np.testing.assert_array_equal(replayed.samples, moved.samples)

    with_changes(worker, case, tmp_path)
    worker.ask(r.Branch(run_id="branch", snapshot="before", until=_TSTOP_MS))
    worker.succeed(e.Finished)
    branched = worker.trace("branch").samples
    np.testing.assert_array_equal(branched, first[-len(branched) :])
    assert len(branched) == round((_TSTOP_MS - _SNAPSHOT_MS) / 0.025)

    np.testing.assert_array_equal(worker.run(case.experiment, tmp_path).samples, first)
    other = start()
    other.load(case.config, case.mechanisms)
    np.testing.assert_array_equal(other.run(case.experiment, tmp_path).samples, first)
    np.testing.assert_array_equal(of_the_command_line(case, tmp_path), first)


def test_that_every_allen_cell_fires_at_what_was_found_and_at_what_is_guessed(
    shared_data: Path, allen_mod_files: Path, tmp_path: Path
) -> None:
    config = shared_data / "allen" / "5_cells_iclamp" / "circuit_config.json"
    with open_circuit(config) as circuit:
        trust(circuit, allen_mod_files)
    empty = Experiment(circuit=CircuitReference(path=str(config)))
    worker = Worker(tmp_path)
    worker.load(config, allen_mod_files)
    for node_id in range(_ALLEN_CELLS):
        cell = CellReference("biophysical", node_id)
        worker.ask(r.FindFiringCurrent(request_id=new_name("find"), cell=cell))
        current = worker.succeed(e.FiringCurrent).current
        assert current is not None and 0.05 < current < 0.25
        unknown = CellProperties(gid=node_id)
        for known in (unknown, replace(unknown, firing_current=current)):
            stimulated = stimulate_soma(empty, cell, known)
            spikes = worker.run(stimulated, config.parent).spikes
            assert spikes["biophysical"], f"{cell} at {summary(stimulated, stimulated.stimuli[0])}"
    assert worker.close() == 0


@pytest.mark.parametrize("variable_step", [False, True])
@pytest.mark.parametrize("name", ["pyramid", "allen", "squid", "ball"])
def test_that_streaming_all_segments_changes_no_bit(
    name: str,
    variable_step: bool,
    request: pytest.FixtureRequest,
    start: Callable[..., Worker],
    tmp_path: Path,
) -> None:
    case: Case = request.getfixturevalue(name)
    conditions = changed(case.experiment.conditions, variable_step=variable_step)
    experiment = changed(case.experiment, conditions=conditions)
    assert isinstance(experiment.cells, ListedCells)
    (cell,) = experiment.cells.cells
    worker = start()
    worker.load(case.config, case.mechanisms)
    without = worker.run(experiment, tmp_path)
    assert np.ptp(without.samples[:, 0]) > 60, "the cell must fire, or little was tested"
    watched = worker.run(experiment, tmp_path, watch=Watch(cell=cell))
    same(watched, without)
    worker.ask(r.Describe(request_id="cell", cell=cell, conditions=conditions))
    anatomy = Anatomy(worker.succeed(e.Description))
    frames = next(event for event in watched.said if isinstance(event, e.Frames))
    assert frames.segments == anatomy.segments
    stride = round(frames.interval / conditions.dt)
    for column, head in enumerate(watched.only(e.Started).traces):
        recorded = watched.samples[::stride, column].astype(np.float32)
        segment = anatomy.segment_at(str(head.site.section), head.site.x)
        np.testing.assert_array_equal(watched.frames[:, segment], recorded)
