"""The arrays that describe a cell's segments agree with NEURON, segment by segment."""

import itertools

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import UnknownNameError
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.messages.anatomy import NO_PARENT, Anatomy
from engine.resources import resources_folder
from engine.simulation.cell_store import CellStore
from engine.simulation.cells.sections import section_name
from engine.simulation.describe import describe
from engine.simulation.host import h

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
THICK_TUFTED = 120


@pytest.fixture(scope="module")
def thick_tufted():
    """A layer 5 cell of the built-in column: its anatomy, and NEURON's segments in the same order."""
    with open_circuit(COLUMN) as circuit:
        reference = CellReference("column", THICK_TUFTED)
        store = CellStore(circuit)
        cell = store.provide([reference], Conditions())[reference]
        description, _ = describe(cell, "anatomy")
        yield (
            Anatomy(description),
            [segment for section in cell.sections.values() for segment in section],
            cell,
        )
        store.close()


def test_that_segments_are_counted_as_neuron_counts_them(thick_tufted):
    anatomy, segments, _ = thick_tufted
    assert anatomy.segments == len(segments) > 50
    for number, segment in enumerate(segments):
        assert anatomy.section(number).name == section_name(segment.sec)
        assert anatomy.positions[number] == pytest.approx(segment.x)
        assert anatomy.diameters[number] == segment.diam
        assert anatomy.lengths[number] == pytest.approx(segment.sec.L / segment.sec.nseg)
        assert anatomy.segment_at(section_name(segment.sec), segment.x) == number


def test_that_distances_are_those_along_the_path(thick_tufted):
    anatomy, segments, cell = thick_tufted
    middle = cell.lists["soma"][0](0.5)
    expected = [h.distance(middle, segment) for segment in segments]
    np.testing.assert_allclose(anatomy.distances, expected, atol=1e-6)


def test_that_each_segment_hangs_on_its_parent(thick_tufted):
    anatomy, segments, _ = thick_tufted
    numbers = {segment: number for number, segment in enumerate(segments)}
    for number, segment in enumerate(segments):
        parent = int(anatomy.parents[number])
        if parent == NO_PARENT:
            assert segment.sec.parentseg() is None
            continue
        if segments[parent].sec == segment.sec:
            assert parent == number - 1
        else:
            at = segment.sec.parentseg()
            on = at.sec(min(max(at.x, 1e-9), 1 - 1e-9))
            assert parent == numbers[on]


def test_that_a_path_goes_up_to_the_fork_and_down_again(thick_tufted):
    anatomy, segments, _ = thick_tufted
    by_distance = np.argsort(anatomy.distances)
    dendrites = [n for n in by_distance if anatomy.section(n).section_type == "dend"]
    tuft = [n for n in by_distance if anatomy.section(n).section_type == "apic"]
    path = anatomy.path(int(dendrites[-1]), int(tuft[-1]))
    assert path[0] == dendrites[-1] and path[-1] == tuft[-1] and len(set(path.tolist())) == len(path)
    for one, other in itertools.pairwise(path):
        assert anatomy.parents[one] == other or anatomy.parents[other] == one
    along = anatomy.distances_along(path)
    expected = h.distance(segments[path[0]], segments[path[-1]])
    assert along[-1] == pytest.approx(expected, abs=1e-6)
    assert np.all(np.diff(along) > 0)


def test_that_distances_from_anywhere_are_those_along_the_path(thick_tufted):
    anatomy, segments, _ = thick_tufted
    for number in range(0, anatomy.segments, 7):
        expected = [h.distance(segments[number], segment) for segment in segments]
        np.testing.assert_allclose(anatomy.distances_from(number), expected, atol=1e-6)


def test_that_the_farthest_tip_is_the_end_of_the_farthest_section(thick_tufted):
    anatomy, segments, cell = thick_tufted
    middle = cell.lists["soma"][0](0.5)
    tip = anatomy.farthest_tip("apic")
    farthest = max(
        (each for section in cell.lists["apic"] for each in section),
        key=lambda each: h.distance(middle, each),
    )
    assert segments[tip] == farthest
    assert anatomy.farthest_tip("nothing") is None


def test_that_a_path_between_two_branches_of_a_fork_is_no_longer_than_the_way(thick_tufted):
    anatomy, segments, _ = thick_tufted
    tips = sorted(set(range(anatomy.segments)) - set(anatomy.parents.tolist()))
    for one, other in itertools.pairwise(tips):
        path = anatomy.path(one, other)
        expected = [h.distance(segments[one], segments[each]) for each in path]
        np.testing.assert_allclose(anatomy.distances_along(path), expected, atol=1e-6)


def test_that_an_unknown_section_is_named(thick_tufted):
    anatomy, _, _ = thick_tufted
    assert anatomy.segment_at("soma", 0.5) == anatomy.segment_at("soma[0]", 0.5)
    with pytest.raises(UnknownNameError, match="dendrite"):
        anatomy.segment_at("dendrite[0]", 0.5)
