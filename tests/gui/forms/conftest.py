"""Sessions without workers, and one example of every model that has a form."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import manipulations as m
from engine.experiment import recordings as r
from engine.experiment import stimuli as s
from engine.experiment.base import Frozen
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.spike_sources import PoissonTrains, RegularTrains, Train, TypedSpikes
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from gui import background
from gui.forms.surroundings import Surroundings
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool

CELL = CellReference("column", 105)
SPOT = Site(cell=CELL, section="apic[3]", x=0.25)
CHANGE = m.Assignment(variable="gnabar_hh", operator="*=", value=0.5)
STIMULI: tuple[s.Stimulus, ...] = (
    s.Step(id="step", target=SPOT),
    s.RelativeStep(target=SPOT),
    s.Ramp(target=SPOT),
    s.RelativeRamp(target=SPOT),
    s.PulseTrain(id="train", target=SPOT),
    s.Sine(target=SPOT),
    s.SineSweep(target=SPOT),
    s.Subthreshold(target=SPOT),
    s.Holding(target=SPOT),
    s.Noise(target=SPOT),
    s.RelativeNoise(target=SPOT),
    s.ShotNoise(target=SPOT),
    s.RelativeShotNoise(target=SPOT),
    s.AbsoluteShotNoise(target=SPOT),
    s.OrnsteinUhlenbeck(id="noise", target=NodeSetTarget(node_set="Excitatory")),
    s.RelativeOrnsteinUhlenbeck(target=SPOT),
    s.VoltageClamp(id="clamp", target=SPOT, levels=(s.VoltageLevel(duration=50, voltage=-65),)),
    s.ArbitraryWaveform(id="points", target=SPOT),
    s.PlacedSynapse(id="synapse", target=SPOT),
)
RECORDINGS: tuple[r.Recording, ...] = (
    r.SiteRecording(id="voltage", site=SPOT),
    r.StimulusRecording(stimulus="step"),
    r.Report(target=NodeSetTarget(node_set="Excitatory")),
)
MANIPULATIONS: tuple[m.Manipulation, ...] = (
    m.BlockSodium(node_set="All"),
    m.ChangeAllSections(node_set="All", assignments=(CHANGE,)),
    m.ChangeSectionList(id="density", node_set="All", section_list="dend", assignments=(CHANGE,)),
    m.ChangeSection(node_set="All", section="soma[0]", assignments=(CHANGE,)),
    m.ChangeCompartments(compartment_set="spots", assignments=(CHANGE,)),
    m.ChangeAllSections(id="factor", cell=CELL, assignments=(CHANGE,)),
    m.Drug(id="ttx", name="TTX", cell=CELL, variables=("gnabar_hh",)),
)
REPLAY = SpikeReplay(spike_file="/spikes.h5")
SOURCES = (
    REPLAY,
    PoissonTrains(id="poisson", population="thalamus"),
    RegularTrains(id="regular", node_set="Excitatory"),
    TypedSpikes(id="typed", trains=(Train(cell=CellReference("thalamus", 3), times=(10.0, 20.5)),)),
)
MODELS: tuple[Frozen, ...] = (*STIMULI, *RECORDINGS, *MANIPULATIONS, *SOURCES, Conditions())


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """With an experiment that has one of everything; nothing can be run."""
    pool = WorkerPool(cores=1)
    session = Session(pool)
    session.document.put(
        Experiment(
            circuit=CircuitReference(path="/nowhere/circuit_config.json"),
            cells=ListedCells(cells=(CELL, CellReference("column", 7))),
            stimuli=STIMULI,
            recordings=RECORDINGS,
            manipulations=MANIPULATIONS,
            replays=SOURCES,
            node_sets={"Excitatory": {"synapse_class": "EXC"}, "All": {}},
        )
    )
    yield session
    background.wait_for_all()
    session.rig.shutdown()
    pool.shutdown()


@pytest.fixture
def surroundings(session: Session) -> Surroundings:
    """What forms see of that session."""
    return Surroundings(session, session)
