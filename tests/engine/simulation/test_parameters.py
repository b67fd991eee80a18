"""What can be changed of cells, as they are told; and that a run does not change what is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.mod_files import carried_ions
from engine.experiment.conditions import Conditions
from engine.experiment.drugs import DRUGS
from engine.experiment.manipulations import Assignment, ChangeAllSections, Drug
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from engine.messages.parameters import Parameter, blocked_by, parameters_of, sections_of
from engine.resources import resources_folder
from engine.simulation.catalogue import carried_ions_of
from engine.simulation.cell_store import CellStore
from engine.simulation.describe import describe
from engine.simulation.host import h
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, experiment

THICK_TUFTED = CellReference("column", 117)


@pytest.fixture(scope="module")
def thick_tufted() -> Iterator[Description]:
    """A pyramidal cell whose channels NEURON makes at run time."""
    with open_circuit(resources_folder() / "circuits" / "cortical_column" / "circuit_config.json") as circuit:
        store = CellStore(circuit)
        cell = store.provide([THICK_TUFTED], Conditions())[THICK_TUFTED]
        yield describe(cell, "cell")[0]
        store.close()


def named(found: tuple[Parameter, ...], variable: str) -> Parameter:
    return next(each for each in found if each.variable == variable)


def test_that_channels_made_at_run_time_are_told(thick_tufted):
    found = parameters_of(thick_tufted)
    sodium = named(found, "gmax_ScNaS")
    assert (sodium.group, sodium.unit, sodium.words) == ("channels", "S/cm²", "Sodium")
    assert (sodium.low, sodium.high) == (0.012, 1.2)
    assert not sodium.is_uniform
    blocked = {drug.name: set(blocked_by(drug, found)) for drug in DRUGS}
    assert blocked["TTX"] == {"gmax_ScNaA", "gmax_ScNaS", "gmax_ScNaP"}
    assert blocked["TEA"] == {"gmax_ScKs", "gmax_ScKv3"}
    assert blocked["ZD7288"] == {"gmax_ScIh"}
    assert blocked["Cd"] == set()


def test_that_groups_and_their_members_are_in_order(thick_tufted):
    found = parameters_of(thick_tufted)
    groups = [each.group for each in found]
    assert sorted(groups, key=["channels", "passive", "potentials", "others"].index) == groups
    assert [each.variable for each in found if each.group == "passive"] == ["cm", "Ra", "g_pas", "e_pas"]
    assert {"ena", "ek", "e_ScIh"} == {each.variable for each in found if each.group == "potentials"}


def test_that_sections_have_what_is_in_them(thick_tufted):
    (soma,) = sections_of(thick_tufted, "soma")
    assert sections_of(thick_tufted, "apic[3]") == ("apic[3]",)
    found = parameters_of(thick_tufted, "soma")
    assert parameters_of(thick_tufted, soma) == found
    assert named(found, "gmax_ScNaS").values == {soma: 1.2}
    assert "gmax_ScNaA" not in {each.variable for each in found}
    axon = parameters_of(thick_tufted, "axon")
    assert named(axon, "gmax_ScNaA").is_uniform
    assert parameters_of(thick_tufted, "myelin") == ()


def test_that_squid_axon_has_one_mechanism_and_three_conductances(bench):
    store = CellStore(bench)
    cell = store.provide([PATCH], Conditions())[PATCH]
    found = parameters_of(describe(cell, "cell")[0])
    assert [each.variable for each in found] == [
        *("gnabar_hh", "gkbar_hh"),
        *("cm", "Ra", "gl_hh"),
        *("el_hh", "ek", "ena"),
    ]
    store.close()


def test_that_what_a_run_changes_is_not_told(bench, tmp_path):
    store = CellStore(bench)
    cells = store.provide([PATCH, SPHERE], Conditions())
    before = describe(cells[PATCH], "cell")
    change = ChangeAllSections(cell=PATCH, assignments=(Assignment(variable="Ra", value=999.0),))
    drug = Drug(cell=PATCH, variables=("gnabar_hh",), wash_in=1.0)
    made = experiment(PATCH, SPHERE, manipulations=(change, drug))
    simulation = Simulation(made, bench, tmp_path, store)
    simulation.start()
    simulation.advance(2.0)
    section = store.cells[PATCH].section("soma[0]")
    assert (section.Ra, section(0.5).hh.gnabar) == (999.0, 0.0)
    told = parameters_of(describe(store.cells[PATCH], "cell", store.original)[0])
    assert {each.variable: each.values for each in told} == {
        each.variable: each.values for each in parameters_of(before[0])
    }
    store.close()


def test_that_a_computed_potential_cannot_be_changed(bench):
    store = CellStore(bench)
    cell = store.provide([PATCH], Conditions())[PATCH]
    h.ion_style("na_ion", 3, 2, 1, 1, 1, sec=cell.section("soma[0]"))  # NEURON computes ena
    found = parameters_of(describe(cell, "cell")[0])
    assert "ena" not in {each.variable for each in found}
    assert "ek" in {each.variable for each in found}
    store.close()


@pytest.mark.parametrize(
    ("text", "ions"),
    [
        ("NEURON { SUFFIX x\nUSEION na READ ena WRITE ina\nRANGE gbar, ina }", ("na",)),
        ("NEURON { SUFFIX x USEION k READ ek WRITE ik USEION ca READ cai }", ("k",)),
        ("NEURON { SUFFIX x\n USEION ca\n READ cai,\n cao\n WRITE cai, ica VALENCE 2 }", ("ca",)),
        ("NEURON { SUFFIX x USEION ca READ ica WRITE cai }", ()),
        ("NEURON { SUFFIX x : USEION na WRITE ina\n NONSPECIFIC_CURRENT i }", ()),
        ("FUNCTION f() {}", ()),
    ],
)
def test_that_mod_files_tell_whose_current_they_carry(text, ions):
    assert carried_ions(text) == ions


def test_that_neuron_knows_the_sources_of_its_mechanisms(allen_mod_files: Path):
    assert carried_ions_of("hh") == ("na", "k")
    assert carried_ions_of("pas") == carried_ions_of("na_ion") == ()
    found = {
        path.stem: carried_ions(path.read_text(encoding="utf-8")) for path in allen_mod_files.glob("*.mod")
    }
    assert found["NaTs"] == ("na",)
    assert found["SK"] == found["Kv3_1"] == ("k",)
    assert found["Ca_HVA"] == ("ca",)
    assert found["Ih"] == ()
