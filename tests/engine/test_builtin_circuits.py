"""The circuits that come with the program are whole, small, and do what their cells are known for."""

import functools
from collections.abc import Iterator
from pathlib import Path

import h5py
import libsonata
import numpy as np
import pytest

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Holding, RelativeStep, Step
from engine.experiment.store import load
from engine.experiment.targets import CellReference, Site
from engine.resources import example_file, example_names, resources_folder
from engine.simulation.cell_store import CellStore
from engine.simulation.cells import build_cell
from engine.simulation.simulation import Simulation
from resources.circuits.make.growth import to_swc
from resources.circuits.make.morphologies import GROW, HEIGHTS_UM, grow, morphology_name
from resources.circuits.make.sections import sections_of
from resources.circuits.make.templates import TEMPLATES, column_template

CIRCUITS = resources_folder() / "circuits"
COLUMN = CIRCUITS / "cortical_column"
NAMES = ("cortical_column", "squid_axon", "ball_and_stick")
SEED = 7
SIMULATIONS = sorted(
    path.relative_to(CIRCUITS).as_posix() for path in CIRCUITS.rglob("simulation_config.json")
)
SPIKE_MV = -20.0


@pytest.fixture(scope="module", autouse=True)
def _no_cell_stays() -> Iterator[None]:
    yield
    store.cache_clear()
    circuit.cache_clear()


@functools.cache
def circuit(name: str) -> Circuit:
    return open_circuit(CIRCUITS / name)


@functools.cache
def store(name: str) -> CellStore:
    return CellStore(circuit(name))


def first_of(template: str) -> int:
    return int(circuit("cortical_column").node_populations["column"].filter({"model_template": template})[0])


def voltages(name: str, experiment: Experiment) -> np.ndarray:
    simulation = Simulation(experiment, circuit(name), CIRCUITS, store(name))
    simulation.start()
    simulation.advance(experiment.conditions.tstop)
    return simulation.fresh()


def on_one_cell(cell: CellReference, stimuli, conditions: Conditions, sites=("soma[0]",)) -> Experiment:
    return Experiment(
        circuit=CircuitReference(path="."),
        cells=ListedCells(cells=(cell,)),
        stimuli=stimuli,
        recordings=tuple(SiteRecording(site=Site(cell=cell, section=section)) for section in sites),
        conditions=conditions,
    )


def step_response(template: str, percent: float, *, duration: float, dt: float = 0.025, sites=("soma[0]",)):
    """Voltages from the onset on, of the first cell of a template held at -75 mV, and the time step."""
    cell = CellReference("column", first_of(f"hoc:{template}"))
    soma = Site(cell=cell)
    onset = 500.0 if duration >= 1000 else 200.0
    stimuli = (
        Holding(target=soma),
        RelativeStep(target=soma, delay=onset, duration=duration, percent=percent),
    )
    conditions = Conditions(tstop=onset + duration, dt=dt, celsius=34, v_init=-75)
    trace = voltages("cortical_column", on_one_cell(cell, stimuli, conditions, sites))
    return trace[round(onset / dt) :]


def spike_times(voltage: np.ndarray, dt: float = 0.025) -> np.ndarray:
    return (np.flatnonzero((voltage[:-1] < SPIKE_MV) & (voltage[1:] >= SPIKE_MV)) + 1) * dt


def half_width(voltage: np.ndarray, spike_ms: float, dt: float = 0.025) -> float:
    """Width at half height between the voltage where it first rises faster than 20 mV/ms, and the peak."""
    at = round(spike_ms / dt)
    around = voltage[at - round(3 / dt) : at + round(3 / dt)]
    top = int(np.argmax(around))
    threshold = around[int(np.argmax(np.gradient(around, dt) > 20))]
    half = (around[top] + threshold) / 2
    return float(np.sum(around > half) * dt)


@pytest.mark.parametrize("name", NAMES)
def test_that_a_built_in_circuit_opens_without_a_problem(name):
    assert circuit(name).problems == ()
    assert libsonata.CircuitConfig.from_file(str(CIRCUITS / name / "circuit_config.json")).node_populations


@pytest.mark.parametrize("path", SIMULATIONS)
def test_that_a_built_in_simulation_opens_without_a_problem(path):
    assert open_circuit(CIRCUITS / path).problems == ()
    assert libsonata.SimulationConfig.from_file(str(CIRCUITS / path)).run.tstop > 0


def test_that_the_column_is_small():
    assert sum(path.stat().st_size for path in COLUMN.rglob("*") if path.is_file()) < 2_400_000


def test_that_the_column_has_two_hundred_cells_of_five_kinds():
    column = circuit("cortical_column").node_populations["column"]
    templates, counts = np.unique(column.values("model_template"), return_counts=True)
    assert dict(zip(templates, counts, strict=True)) == {
        "hoc:BasketFS": 30,
        "hoc:Martinotti": 20,
        "hoc:PyramidalL23": 60,
        "hoc:SpinyStellate": 45,
        "hoc:ThickTuftedL5": 45,
    }
    assert circuit("cortical_column").node_populations["thalamus"].node_type == "virtual"


def test_that_the_node_sets_divide_the_column():
    opened = circuit("cortical_column")

    def ids(name):
        return set(opened.node_sets.select(name, opened.node_populations)["column"].tolist())

    assert len(ids("Column")) == 200
    assert ids("Excitatory") | ids("Inhibitory") == ids("Column")
    assert not ids("Excitatory") & ids("Inhibitory")
    assert ids("Layer23") | ids("Layer4") | ids("Layer5") == ids("Column")
    assert ids("L23_PC") <= ids("Layer23")
    assert ids("L4_SSC") <= ids("Layer4")
    assert ids("L5_TTPC") <= ids("Layer5")
    assert ids("Interneurons") == ids("Inhibitory")
    assert ids("DeepExcitatory") == ids("L5_TTPC")


def test_that_tufts_end_below_the_pia():
    opened = circuit("cortical_column")
    column = opened.node_populations["column"]
    heights, names = column.values("y"), column.values("morphology")
    for node_id in np.flatnonzero(np.isin(column.values("morph_class"), ["PYR"])):
        variant = str(names[node_id])
        points = np.loadtxt(COLUMN / "morphologies" / f"{variant}.swc")
        assert 1250 < heights[node_id] + points[points[:, 1] == 4, 3].max() < 1400


@pytest.mark.parametrize(("name", "least"), [("column", 25), ("thalamus", 15)])
def test_that_cells_have_tens_of_synapses_with_plausible_delays(name, least):
    edges = circuit("cortical_column").edge_populations[f"{name}__column__exp2syn"]
    counts = [len(edges.afferent(node_id)) for node_id in range(200)]
    assert edges.edge_type == "Exp2Syn_synapse"
    assert least < np.mean(counts) < 100
    rows = np.arange(edges.size)
    delays = edges.read_rows("delay", rows)
    assert delays.min() >= 0.5
    assert delays.max() < 6
    assert sum(counts) == edges.size


@pytest.mark.parametrize("template", TEMPLATES.values())
def test_that_synapses_sit_on_sections_of_the_kind_that_the_file_says(template):
    opened = circuit("cortical_column")
    node_id = first_of(f"hoc:{template}")
    cell = build_cell(opened.cell("column", node_id), Conditions())
    names = {1: "soma", 3: "dend", 4: "apic"}
    for edges in opened.edge_populations.values():
        rows = edges.afferent(node_id)
        numbers = edges.read_rows("afferent_section_id", rows)
        kinds = edges.read_rows("afferent_section_type", rows)
        for number, kind in set(zip(numbers.tolist(), kinds.tolist(), strict=True)):
            assert names[kind] in str(cell.section(int(number)))


def test_that_the_maker_numbers_sections_as_neuron_does():
    description = circuit("cortical_column").cell("column", first_of("hoc:ThickTuftedL5"))
    cell = build_cell(description, Conditions())
    kind, _, number = description.morphology_name.rpartition("_")
    mine = sections_of(grow(kind, int(number) - 1, SEED))
    dendrites = [section for section in mine if section.kind in {3, 4}]
    lengths = [cell.section(section.number).L for section in dendrites]
    np.testing.assert_allclose([section.length_um for section in dendrites], lengths, atol=0.5)


@pytest.mark.parametrize("template", TEMPLATES.values())
def test_that_the_templates_are_what_the_maker_makes(template):
    assert (COLUMN / "hoc" / f"{template}.hoc").read_text(encoding="utf-8") == column_template(template)


@pytest.mark.parametrize("kind", GROW)
def test_that_the_morphologies_are_what_the_maker_grows(kind):
    for number in range(len(HEIGHTS_UM[kind])):
        path = COLUMN / "morphologies" / f"{morphology_name(kind, number)}.swc"
        grown = to_swc(grow(kind, number, SEED), "").splitlines()
        np.testing.assert_allclose(np.loadtxt(path), np.loadtxt(grown), atol=0.02)


def test_that_all_cells_rest_where_cortical_cells_rest():
    column = circuit("cortical_column").node_populations["column"]
    rest = column.values("dynamics_params/resting_potential")
    resistance = column.values("dynamics_params/input_resistance")
    assert rest.min() > -80
    assert rest.max() < -60
    assert resistance.min() > 38
    assert resistance.max() < 400


@pytest.mark.parametrize("template", ["PyramidalL23", "ThickTuftedL5", "SpinyStellate", "Martinotti"])
def test_that_regular_cells_fire_slowly_and_adapt(template):
    (voltage,) = step_response(template, 250, duration=500).T
    times = spike_times(voltage)
    intervals = np.diff(times)
    assert 5 <= len(times) / 0.5 <= 60
    assert intervals[-1] > 1.2 * intervals[0]
    assert voltage.max() > 20
    assert 0.5 < half_width(voltage, times[1]) < 1.3


def test_that_a_basket_cell_fires_fast_and_does_not_adapt():
    (voltage,) = step_response("BasketFS", 250, duration=300).T
    times = spike_times(voltage)
    intervals = np.diff(times)
    assert len(times) / 0.3 > 80
    assert intervals[-1] == pytest.approx(intervals[0], rel=0.1)
    assert voltage.max() > 20
    assert half_width(voltage, times[1]) < 0.8


@pytest.mark.parametrize("template", TEMPLATES.values())
def test_that_the_threshold_current_is_true(template):
    (below,) = step_response(template, 95, duration=1000).T
    (above,) = step_response(template, 105, duration=1000).T
    assert len(spike_times(below)) == 0
    assert len(spike_times(above)) >= 1


def test_that_stronger_steps_make_more_spikes():
    counts = [
        len(spike_times(step_response("PyramidalL23", percent, duration=400)[:, 0]))
        for percent in (80, 150, 250, 400)
    ]
    assert counts[0] == 0
    assert counts == sorted(set(counts))


def test_that_a_martinotti_cell_answers_hyperpolarization_with_a_rebound_spike():
    cell = CellReference("column", first_of("hoc:Martinotti"))
    stimuli = (Step(target=Site(cell=cell), delay=50, duration=400, amplitude=-0.1),)
    conditions = Conditions(tstop=600, celsius=34, v_init=-70)
    (voltage,) = voltages("cortical_column", on_one_cell(cell, stimuli, conditions)).T
    times = spike_times(voltage)
    assert len(times) >= 1
    assert 450 < times[0] < 600


def test_that_action_potentials_travel_back_into_the_apical_tree_and_get_smaller():
    example = load(example_file("pyramidal-cell"))
    sites = {each.id: each.site for each in example.recordings if isinstance(each, SiteRecording)}
    apical = sites["apical"].section
    soma, dendrite = step_response("ThickTuftedL5", 250, duration=60, sites=("soma[0]", apical)).T
    (first, *_) = spike_times(soma)
    around = slice(round((first - 2) / 0.025), round((first + 8) / 0.025))
    assert 5 < np.ptp(dendrite[around]) < 0.8 * np.ptp(soma[around])
    assert np.argmax(dendrite[around]) > np.argmax(soma[around])


def test_that_a_finer_time_step_changes_little():
    coarse = spike_times(step_response("BasketFS", 200, duration=50)[:, 0])
    fine = spike_times(step_response("BasketFS", 200, duration=50, dt=0.005)[:, 0], 0.005)
    assert len(coarse) == len(fine)
    np.testing.assert_allclose(coarse[:3], fine[:3], atol=0.3)


def patch_voltage(amplitude: float, duration: float, *, dt: float = 0.025, tstop: float = 40) -> np.ndarray:
    cell = CellReference("axon", 0)
    stimuli = (Step(target=Site(cell=cell), delay=5, duration=duration, amplitude=amplitude),)
    conditions = Conditions(tstop=tstop, dt=dt, celsius=6.3, v_init=-65)
    return voltages("squid_axon", on_one_cell(cell, stimuli, conditions))[:, 0]


def test_that_the_squid_axon_rests_where_its_currents_cancel():
    # where the chord conductance equation of Hodgkin and Huxley's steady states has its solution
    assert patch_voltage(0, 1, tstop=100)[-1] == pytest.approx(-64.974, abs=0.01)


def test_that_the_action_potential_of_the_squid_axon_has_its_known_shape():
    voltage = patch_voltage(0.02, 1)
    assert voltage.max() == pytest.approx(40.05, abs=0.05)
    halfway = (voltage.max() + voltage[round(5 / 0.025)]) / 2
    assert np.sum(voltage > halfway) * 0.025 == pytest.approx(1.493, abs=0.05)
    assert np.gradient(voltage, 0.025).max() == pytest.approx(282, rel=0.02)


@pytest.mark.parametrize(
    ("duration_ms", "threshold_ua_cm2"), [(0.1, 64.44), (0.2, 32.32), (0.5, 13.14), (1, 6.851), (5, 2.332)]
)
def test_that_the_squid_axon_trades_strength_for_duration(duration_ms, threshold_ua_cm2):
    amplitude = threshold_ua_cm2 / 1000  # 1 nA into 100 um2 is 1 mA/cm2
    assert patch_voltage(0.98 * amplitude, duration_ms, dt=0.005).max() < 0
    assert patch_voltage(1.02 * amplitude, duration_ms, dt=0.005).max() > 0


def test_that_the_stick_attenuates_as_a_sealed_cable_of_one_length_constant():
    cell = CellReference("cell", 0)
    stimuli = (Step(target=Site(cell=cell), delay=0, duration=400, amplitude=-0.02),)
    ends = tuple(SiteRecording(site=Site(cell=cell, section="dend[0]", x=x)) for x in (0, 1))
    conditions = Conditions(tstop=400, celsius=6.3, v_init=-65)
    pushed = changed(on_one_cell(cell, stimuli, conditions), recordings=ends)
    unpushed = changed(pushed, stimuli=())
    near, far = voltages("ball_and_stick", pushed)[-1] - voltages("ball_and_stick", unpushed)[-1]
    assert far / near == pytest.approx(1 / np.cosh(1), rel=5e-3)


@pytest.mark.parametrize("name", ["squid-axon", "pyramidal-cell", "fast-spiking-interneuron"])
def test_that_the_examples_build_on_their_circuits(name):
    assert name in example_names()
    path = example_file(name)
    experiment = load(path)
    opened = open_circuit(path.parent / experiment.circuit.path)
    assert opened.fingerprint == experiment.circuit.fingerprint
    assert Simulation(experiment, opened, path.parent).problems == ()


def test_that_the_thalamic_spikes_belong_to_thalamic_axons():
    with h5py.File(COLUMN / "simulations" / "thalamic_replay" / "thalamus_spikes.h5") as file:
        times, ids = file["spikes/thalamus/timestamps"][:], file["spikes/thalamus/node_ids"][:]
    assert set(ids.tolist()) <= set(range(circuit("cortical_column").node_populations["thalamus"].size))
    assert np.all(np.diff(times) >= 0)
    assert 100 < len(times) < 1000


def test_that_no_file_names_a_machine_or_needs_a_compiler():
    for path in Path(CIRCUITS).rglob("*"):
        if path.suffix in {".json", ".hoc", ".swc"}:
            assert "/home/" not in path.read_text(encoding="utf-8")
        assert path.suffix != ".mod"
