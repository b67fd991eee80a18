"""What is told of a built cell is what NEURON has, and can be used as it is told."""

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.resources import resources_folder
from engine.simulation.catalogue import has_hidden_state, range_parameters
from engine.simulation.cell_store import CellStore
from engine.simulation.describe import describe
from engine.simulation.host import h
from engine.simulation.variables import unit_of, variable_at
from tests.engine.simulation.bench_circuit import CABLE, COUNTER, PATCH, SPHERE

BALL = CellReference("cell", 0)


@pytest.fixture
def ball():
    """The built-in ball and stick: its cell, and what is told of it."""
    path = resources_folder() / "circuits" / "ball_and_stick" / "circuit_config.json"
    with open_circuit(path) as circuit:
        store = CellStore(circuit)
        cell = store.provide([BALL], Conditions())[BALL]
        yield cell, *describe(cell, "ball")
        store.close()


def test_that_the_tree_is_that_of_neuron(ball):
    cell, description, _ = ball
    assert [section.name for section in description.sections] == list(cell.sections)
    for told in description.sections:
        section = cell.section(told.name)
        assert told.length == section.L
        assert told.diameters == tuple(segment.diam for segment in section)
        parent = section.parentseg()
        assert (told.parent is None) == (parent is None)
        if parent is not None:
            assert told.parent == parent.sec.name().rpartition(".")[2]
            assert told.parent_x == parent.x
    soma, dendrite = (cell.section(name) for name in ("soma[0]", "dend[0]"))
    told = next(section for section in description.sections if section.name == "dend[0]")
    assert told.distance_from_soma == pytest.approx(soma.L * abs(dendrite.parentseg().x - 0.5))


def test_that_the_points_of_each_section_are_in_the_body(ball):
    cell, description, body = ball
    points = np.frombuffer(body).reshape(-1, 4)
    assert len(points) == sum(section.points for section in description.sections) > 0
    for told in description.sections:
        section = cell.section(told.name)
        rows = points[told.first_point : told.first_point + told.points]
        expected = [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i)) for i in range(told.points)
        ]
        np.testing.assert_array_equal(rows, np.array(expected))


@pytest.mark.parametrize("reference", [PATCH, SPHERE, CABLE], ids=str)
def test_that_all_that_is_told_can_be_recorded_and_set_under_its_name(bench, reference):
    store = CellStore(bench)
    cell = store.provide([reference], Conditions())[reference]
    description, _ = describe(cell, "cell")
    kinds = {kind.name: kind for kind in description.mechanisms}
    parameters = range_parameters()
    checked = 0
    for told in description.sections:
        segment = cell.section(told.name)(0.5)
        for inserted in told.mechanisms:
            for variable, value in zip(kinds[inserted.name].variables, inserted.values, strict=True):
                assert variable_at(segment, variable.name).unit == variable.unit
                assert getattr(segment, variable.hoc_name) == value
                assert (parameters.get(variable.hoc_name) == inserted.name) == (variable.role == "parameter")
                checked += 1
    assert checked > 3
    store.close()


def test_that_placed_point_processes_have_the_variables_that_are_told(bench):
    store = CellStore(bench)
    cell = store.provide([SPHERE], Conditions())[SPHERE]
    description, _ = describe(cell, "cell")
    for kind in description.point_processes:
        segment = cell.section("soma[0]")(0.5)
        process = getattr(h, kind.name)(segment)
        for variable in kind.variables:
            assert variable.name == f"{kind.name}.{variable.hoc_name}"
            assert variable_at(segment, variable.name).unit == variable.unit
        del process
    assert {"IClamp", "SEClamp", "ExpSyn"} <= {kind.name for kind in description.point_processes}
    store.close()


def test_that_ions_are_told_in_full_also_when_mechanisms_use_them(bench):
    store = CellStore(bench)
    cell = store.provide([PATCH], Conditions())[PATCH]
    description, _ = describe(cell, "cell")
    sodium = next(kind for kind in description.mechanisms if kind.name == "na_ion")
    roles = {variable.name: variable.role for variable in sodium.variables}
    assert roles == {"ena": "parameter", "nai": "parameter", "nao": "parameter", "ina": "assigned"}
    assert unit_of("ena") == "mV"
    store.close()


def test_that_an_artificial_cell_has_its_own_variables_only(bench):
    store = CellStore(bench)
    description, body = describe(store.provide([COUNTER], Conditions())[COUNTER], "counter")
    assert isinstance(description, e.Description)
    assert description.sections == ()
    assert body == b""
    store.close()


def test_that_state_that_neuron_does_not_save_is_noticed():
    hidden = {
        name: has_hidden_state(name) for name in ("hh", "pas", "na_ion", "Exp2Syn", "IntFire1", "NetStim")
    }
    assert hidden == {
        "hh": False,
        "pas": False,
        "na_ion": False,
        "Exp2Syn": False,
        "IntFire1": False,
        "NetStim": True,
    }
