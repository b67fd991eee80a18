"""An experiment that goes out as SONATA and comes back is the same, up to ids and names."""

import tempfile
from pathlib import Path
from typing import Any

import libsonata
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.experiment import stimuli as s
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import (
    CircuitReference,
    CompartmentSet,
    Experiment,
    ListedCells,
    NodeSetOfCells,
    Spot,
)
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
)
from engine.experiment.recordings import Report, SiteRecording
from engine.experiment.sonata_export import Exported, to_simulation_config
from engine.experiment.sonata_import import OutputSettings, from_simulation_config
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties

NODE_SETS: dict[str, Any] = {
    "Mosaic": {"population": "A", "layer": 5},
    "Both": ["Mosaic", "Other"],
    "Other": {"population": "B"},
}
SPOTS = CompartmentSet(
    population="A", spots=(Spot(node_id=0, section=3, x=0.25), Spot(node_id=2, section=0, x=1))
)
NUMBERS = {"soma[0]": 0, "dend[3]": 14, "apic[12]": 77, "axon": 1}
TSTOP_MS = 500.0


def number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


cells = st.builds(CellReference, st.sampled_from(["A", "B_1", "cell_A", "x y"]), st.integers(0, 10**6))
sites = st.builds(Site, cell=cells, section=st.sampled_from(sorted(NUMBERS)), x=number(0, 1))
targets = st.one_of(
    sites,
    st.builds(Site, cell=cells),
    st.builds(NodeSetTarget, node_set=st.sampled_from(sorted(NODE_SETS))),
    st.just(CompartmentSetTarget(compartment_set="spots")),
)
names = st.text(max_size=8) | st.sampled_from(["0", "12", "a/b", "~1", "$HOME", "step", "step 2"])
TIMED: dict[str, Any] = {
    "name": names,
    "target": targets,
    "delay": number(0, 1e4),
    "duration": number(1, 1e4),
    "represents_physical_electrode": st.booleans(),
}
amplitude, percent = number(-900, 900), number(-9000, 9000)
MODE: dict[str, Any] = {
    "mode": st.sampled_from(["current", "conductance"]),
    "reversal": number(-100, 100),
    "sample_interval": number(0.01, 10),
    "random_seed": st.none() | st.integers(0, 2**31 - 1),
}
SHOTS: dict[str, Any] = {**MODE, "rise_time": number(0.1, 1), "decay_time": number(2, 20)}
skew = number(0, 0.99)
stimuli: st.SearchStrategy[Stimulus] = st.one_of(
    st.builds(s.Step, amplitude=amplitude, **TIMED),
    st.builds(s.RelativeStep, percent=percent, **TIMED),
    st.builds(s.Ramp, amplitude_start=number(-900, 0), amplitude_end=number(1, 900), **TIMED),
    st.builds(s.RelativeRamp, percent_start=number(-900, 0), percent_end=number(1, 900), **TIMED),
    st.builds(s.PulseTrain, amplitude=amplitude, width=number(0.1, 10), frequency=number(1, 99), **TIMED),
    st.builds(
        s.Sine, amplitude=amplitude, frequency=number(0, 999), sample_interval=number(0.01, 1), **TIMED
    ),
    st.builds(s.Subthreshold, percent_less=number(-200, 200), **TIMED),
    st.builds(s.Holding, **TIMED),
    st.builds(s.Noise, mean=amplitude, variance=number(0, 1), **TIMED),
    st.builds(s.RelativeNoise, mean_percent=percent, variance_percent=number(0, 99), **TIMED),
    st.builds(
        s.ShotNoise,
        rate=number(1, 1e5),
        amplitude_mean=number(0.01, 1),
        amplitude_variance=number(0.01, 1),
        **SHOTS,
        **TIMED,
    ),
    st.builds(
        s.RelativeShotNoise,
        mean_percent=number(1, 99),
        sd_percent=number(1, 99),
        relative_skew=skew,
        **SHOTS,
        **TIMED,
    ),
    st.builds(
        s.AbsoluteShotNoise, mean=number(0.1, 1), sigma=number(0.1, 1), relative_skew=skew, **SHOTS, **TIMED
    ),
    st.builds(s.OrnsteinUhlenbeck, tau=number(0, 99), mean=amplitude, sigma=number(0.1, 1), **MODE, **TIMED),
    st.builds(
        s.RelativeOrnsteinUhlenbeck,
        tau=number(0, 99),
        mean_percent=percent,
        sd_percent=number(1, 99),
        **MODE,
        **TIMED,
    ),
    st.builds(s.VoltageClamp, voltage=number(-99, 99), **{**TIMED, "delay": st.just(0.0)}),
)


def experiment(**changes: object) -> Experiment:
    plain = Experiment(
        circuit=CircuitReference(path="circuit.json"),
        cells=NodeSetOfCells(node_set="Mosaic"),
        connections=Connections(enabled=True),
        conditions=Conditions(tstop=TSTOP_MS),
        node_sets=NODE_SETS,
        compartment_sets={"spots": SPOTS},
    )
    return changed(plain, **changes)


def exported(made: Experiment, folder: Path, **more: Any) -> Exported:
    """The export, which libsonata accepts as a whole and part by part."""
    done = to_simulation_config(
        made, folder / "circuit.json", folder, section_number=lambda _, name: NUMBERS[name], **more
    )
    read = libsonata.SimulationConfig.from_file(str(done.path))
    for name in read.list_input_names:
        read.input(name)
    for name in read.list_report_names:
        read.report(name)
    libsonata.NodeSets.from_file(read.node_sets_file)
    libsonata.CompartmentSets.from_file(read.compartment_sets_file)
    return done


def nameless(made: Experiment) -> dict[str, Any]:
    """The experiment without ids and names."""
    raw = made.model_dump()
    for part in ("stimuli", "recordings", "manipulations", "replays"):
        for each in raw[part]:
            for key in ("id", "name", "label", "file_name"):
                each.pop(key, None)
    return raw


def there_and_back(made: Experiment, **more: Any) -> tuple[Experiment, Exported]:
    with tempfile.TemporaryDirectory() as name:
        done = exported(made, Path(name), **more)
        return from_simulation_config(done.path).experiment, done


def assert_comes_back(made: Experiment) -> None:
    assert nameless(there_and_back(made)[0]) == nameless(made)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(stimuli, max_size=5))
def test_that_stimuli_come_back(found: list[Stimulus]):
    assert_comes_back(experiment(stimuli=found))


@settings(max_examples=30, deadline=None)
@given(st.lists(cells, min_size=1, max_size=6, unique=True))
def test_that_listed_cells_come_back(listed: list[CellReference]):
    ordered = sorted(listed, key=lambda each: (each.population, each.node_id))
    assert_comes_back(experiment(cells=ListedCells(cells=tuple(ordered))))


recordings = st.one_of(
    st.builds(
        SiteRecording,
        label=names,
        enabled=st.booleans(),
        site=sites,
        variable=st.sampled_from(["v", "cai", "ina", "hh.m", "IClamp.i"]),
    ),
    st.builds(
        Report,
        label=names,
        enabled=st.booleans(),
        target=st.builds(NodeSetTarget, node_set=st.sampled_from(sorted(NODE_SETS))),
        report_type=st.sampled_from(["compartment", "summation"]),
        sections=st.sampled_from(["soma", "axon", "dend", "apic", "all"]),
        compartments=st.sampled_from(["center", "all"]),
        variable=st.sampled_from(["v", "i_membrane", "hh.m"]),
        unit=st.sampled_from(["mV", "nA", ""]),
        scaling=st.sampled_from(["none", "area"]),
        dt=st.none() | number(0.1, 10),
        start=number(0, 100),
        end=st.none() | number(101, 499),
    ),
    st.builds(
        Report,
        target=st.just(CompartmentSetTarget(compartment_set="spots")),
        report_type=st.just("compartment_set"),
        dt=st.none() | number(0.1, 10),
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(recordings, max_size=4))
def test_that_recordings_come_back(found):
    assert_comes_back(experiment(recordings=found))


@settings(max_examples=30, deadline=None)
@given(
    st.builds(
        Conditions,
        tstop=number(1, 1e6),
        dt=number(0.001, 1),
        celsius=number(0, 50),
        v_init=number(-100, 0),
        integration_method=st.sampled_from(["euler", "crank_nicolson", "crank_nicolson_ion"]),
        spike_threshold=number(-50, 50),
        spike_location=st.sampled_from(["soma", "AIS"]),
        random_seed=st.integers(0, 2**31 - 1),
        stimulus_seed=st.integers(0, 2**31 - 1),
        ionchannel_seed=st.integers(0, 9),
        minis_seed=st.integers(0, 9),
        synapse_seed=st.integers(0, 9),
        seed_convention=st.sampled_from(["neurodamus", "bluecellulab"]),
        segment_length=number(1, 100),
        extracellular_calcium=st.none() | number(0.1, 10),
        randomize_gaba_rise_time=st.booleans(),
        mechanism_globals=st.just({})
        | st.just({"SUFFIX": {"on": True, "number": 2, "share": 0.5, "text": "a"}}),
    )
)
def test_that_conditions_come_back(conditions):
    assert_comes_back(experiment(conditions=conditions))


def test_that_everything_else_comes_back():
    changes = (Assignment(variable="gbar_NaTg", operator="*=", value=0.5), Assignment(variable="cm", value=2))
    made = experiment(
        title="A title with $dollars",
        notes="Two\nlines",
        cells=NodeSetOfCells(),
        connections=Connections(enabled=False),
        manipulations=(
            BlockSodium(node_set="Mosaic"),
            ChangeAllSections(node_set="Both", assignments=changes),
            ChangeSectionList(node_set="Other", section_list="apic", assignments=changes),
            ChangeSection(node_set="Other", section="apic[10]", assignments=changes),
            ChangeCompartments(compartment_set="spots", assignments=changes),
        ),
    )
    assert_comes_back(made)


def test_that_changes_of_one_cell_come_back():
    changes = (Assignment(variable="gbar_NaTg", operator="*=", value=0.5),)
    cell = CellReference("A", 1)
    made = experiment(
        manipulations=(
            BlockSodium(cell=cell),
            ChangeAllSections(cell=cell, assignments=changes),
            ChangeSectionList(cell=CellReference("B_1", 4), section_list="dend", assignments=changes),
            ChangeSection(cell=cell, section="apic[10]", assignments=changes),
        ),
    )
    assert_comes_back(made)


def test_that_a_drug_is_a_change_of_each_conductance_that_it_blocks():
    cell = CellReference("A", 1)
    drug = Drug(cell=cell, name="TTX", percent=80, variables=("gbar_NaTg", "gbar_Nap"))
    back, done = there_and_back(experiment(manipulations=(drug,)))
    expected = [
        ChangeAllSections(
            cell=cell,
            name=f"TTX {variable}",
            assignments=(Assignment(variable=variable, operator="*=", value=drug.factor),),
        )
        for variable in drug.variables
    ]
    assert [each.model_dump(exclude={"id"}) for each in back.manipulations] == [
        each.model_dump(exclude={"id"}) for each in expected
    ]
    assert [problem.severity for problem in done.problems] == ["warning"]
    assert "all along each section" in done.problems[0].what


@pytest.mark.parametrize("times", [{"wash_in": 20.0}, {"wash_out": 20.0}])
def test_that_a_drug_that_comes_or_goes_in_a_run_is_left_out_and_that_is_told(times):
    drug = Drug(cell=CellReference("A", 1), name="TTX", variables=("gbar_NaTg",), **times)
    back, done = there_and_back(experiment(manipulations=(drug,)))
    assert back.manipulations == ()
    (problem,) = done.problems
    assert problem.what == "'TTX' was left out: SONATA has no changes in the middle of a run."


def test_that_all_sections_are_not_a_list_for_the_simulators():
    change = Assignment(variable="cm", value=2)
    made = experiment(
        manipulations=(ChangeSectionList(node_set="Mosaic", section_list="all", assignments=(change,)),)
    )
    (back,) = there_and_back(made)[0].manipulations
    assert back.kind == "all_sections"


def test_that_replays_come_back():
    replays = (
        SpikeReplay(spike_file="inputs/a.h5", delay=3, duration=10),
        SpikeReplay(spike_file="../b.h5"),
    )
    assert_comes_back(experiment(replays=replays))


def test_that_output_comes_back(tmp_path):
    output = OutputSettings(folder="out/there", spikes_file="spikes.h5", sort="by_id")
    done = exported(experiment(), tmp_path, output=output)
    assert from_simulation_config(done.path).output == output


def played(found: list[Stimulus]) -> Any:
    """The sum of what these stimuli play, between its jumps, every 7 µs."""
    times = np.arange(0.0, 60.0, 0.007) + 0.0003
    total = np.zeros_like(times)
    for each in found:
        waveform = each.waveform(CellProperties(gid=0), Conditions(tstop=60))
        total += np.interp(times, waveform.time, waveform.amplitude, left=0, right=0)
    return total


points = st.lists(st.tuples(st.integers(0, 40), number(-1, 1)), min_size=2, max_size=8)


@settings(max_examples=30, deadline=None)
@given(points, st.integers(0, 10), st.integers(1, 50))
def test_that_the_pieces_of_a_waveform_add_up_to_it(found, delay, duration):
    ordered = sorted(found, key=lambda each: each[0])
    waveform = s.ArbitraryWaveform(
        target=Site(cell=CellReference("A", 0)),
        delay=delay,
        duration=duration,
        times=tuple(float(time) for time, _ in ordered),
        amplitudes=tuple(amplitude for _, amplitude in ordered),
    )
    back, done = there_and_back(experiment(stimuli=(waveform,)))
    assert done.problems == ()
    assert played(list(back.stimuli)) == pytest.approx(played([waveform]), abs=1e-9)


clamps = st.builds(
    s.VoltageClamp,
    target=st.just(Site(cell=CellReference("A", 0))),
    duration=st.integers(30, 50),
    voltage=st.integers(-90, 0),
    levels=st.lists(
        st.builds(s.VoltageLevel, duration=st.integers(1, 6), voltage=st.integers(-90, 40)), max_size=5
    ),
    late_levels=st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(clamps)
def test_that_levels_of_a_clamp_are_played_alike_when_they_come_back(clamp):
    (back,) = there_and_back(experiment(stimuli=(clamp,)))[0].stimuli
    assert played([back]) == pytest.approx(played([clamp]), abs=1e-9)
