"""What can be recorded, in which units, and how samples are fetched."""

import numpy as np
import pytest

from engine.errors import SimulationError, UnknownNameError
from engine.simulation.host import h, need_standard_run
from engine.simulation.recorder import Recorders, record
from engine.simulation.variables import names_at, set_variable, variable_at, variable_of_point_cell


@pytest.fixture
def axon():
    """A section of squid axon with some point processes in its middle."""
    need_standard_run()
    section = h.Section(name="axon")
    section.L, section.diam, section.nseg = 500, 5, 11
    section.insert("hh")
    section.insert("pas")
    h.dt, h.steps_per_ms, h.celsius, h.v_init, h.tstop = 0.025, 40, 6.3, -65, 10
    return section


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("v", "mV"),
        ("ina", "mA/cm²"),
        ("ek", "mV"),
        ("nai", "mM"),
        ("hh.m", ""),
        ("m_hh", ""),
        ("hh.gna", "S/cm²"),
        ("pas.i", "mA/cm²"),
        ("i_membrane", "nA"),
        ("cm", "µF/cm²"),
        ("diam", "µm"),
        ("IClamp.i", "nA"),
        ("AlphaSynapse.gmax", "µS"),
        ("Exp2Syn[1].g", "µS"),
        ("Exp2Syn[0].tau1", "ms"),
    ],
)
def test_that_variables_have_the_unit_that_their_mechanism_declares(axon, name, unit):
    middle = axon(0.5)
    kept = h.IClamp(middle), h.AlphaSynapse(middle), h.Exp2Syn(middle), h.Exp2Syn(middle)
    assert len(kept) == 4
    found = variable_at(middle, name)
    assert found.unit == unit
    assert record(middle, name).unit == unit


def test_that_all_names_that_are_offered_can_be_recorded(axon):
    middle = axon(0.5)
    kept = h.IClamp(middle), h.Exp2Syn(middle), h.Exp2Syn(middle)
    names = names_at(middle)
    assert {"v", "hh.m", "ina", "pas.g", "IClamp.amp", "Exp2Syn[0].g", "Exp2Syn[1].g"} <= set(names)
    recorders = [record(middle, name) for name in names]
    h.stdinit()
    assert {recorder.waiting for recorder in recorders} == {1}
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("V", "'v'"),
        ("hh.q", "hh.n"),
        ("inna", "'ina'"),
        ("IClamp.j", "IClamp.i"),
        ("", "Known"),
        ("a;b", "Known"),
    ],
)
def test_that_an_unknown_name_gets_a_suggestion(axon, name, suggestion):
    clamp = h.IClamp(axon(0.5))
    with pytest.raises(UnknownNameError, match=suggestion) as caught:
        variable_at(axon(0.5), name)
    assert "axon(0.5)" in str(caught.value)
    assert clamp is not None


def test_that_the_older_of_two_point_processes_is_number_0(axon):
    first, second = h.IClamp(axon(0.5)), h.IClamp(axon(0.5))
    first.amp, second.amp = 1, 2
    with pytest.raises(SimulationError, match=r"2 of IClamp.*IClamp\[0\]"):
        variable_at(axon(0.5), "IClamp.amp")
    assert variable_at(axon(0.5), "IClamp[0].amp").reference[0] == 1
    assert variable_at(axon(0.5), "IClamp[1].amp").reference[0] == 2


def test_that_the_ends_of_a_section_have_a_voltage_and_no_channels(axon):
    assert names_at(axon(0)) == ["i_membrane", "v"]
    with pytest.raises(UnknownNameError):
        variable_at(axon(1), "hh.m")


def test_that_the_currents_through_the_membrane_add_up_to_that_of_the_electrode(axon):
    clamp = h.IClamp(axon(0.1))
    clamp.delay, clamp.dur, clamp.amp = 1, 5, 0.7
    recorders = [record(segment, "i_membrane") for segment in axon]
    injected = record(axon(0.1), "IClamp.i")
    h.run()
    total = np.sum([recorder.fetch() for recorder in recorders], axis=0)
    assert np.allclose(total[1:], injected.fetch()[1:], atol=1e-9)


def test_that_fetching_in_pieces_gives_all_samples_once(axon):
    whole, pieces = record(axon(0.5), "v"), record(axon(0.5), "v")
    h.stdinit()
    fetched = [pieces.fetch()]
    for until in (1, 1, 3.3, 7):
        h.continuerun(until)
        fetched += [pieces.fetch(5), pieces.fetch()]
    assert pieces.waiting == 0
    assert np.array_equal(np.concatenate(fetched), whole.fetch())


def test_that_an_interval_thins_the_samples_out(axon):
    every, some = record(axon(0.5), "v"), record(axon(0.5), "v", interval=0.1)
    h.run()
    assert np.allclose(some.fetch(), every.fetch()[:-1:4])


def test_that_variables_are_set_under_both_names(axon):
    assert set_variable(axon(0.5), "hh.gnabar", 0.2) == 0.12
    assert set_variable(axon(0.5), "gnabar_hh", 0.3) == 0.2
    assert axon(0.1).hh.gnabar == 0.12
    with pytest.raises(UnknownNameError, match="gnabar"):
        set_variable(axon(0.5), "hh.gnabaar", 1)


def test_that_artificial_cells_have_variables_too():
    cell = h.IntFire1()
    assert variable_of_point_cell(cell, "tau", "points:0").unit == "ms"
    assert variable_of_point_cell(cell, "IntFire1.refrac", "points:0").reference[0] == cell.refrac
    with pytest.raises(UnknownNameError, match="points:0"):
        variable_of_point_cell(cell, "v", "points:0")


@pytest.mark.parametrize("count", [1, 3, 1500])
def test_that_recorders_fetch_together_what_each_of_them_took(axon, count):
    segments = [list(axon)[number % axon.nseg] for number in range(count)]
    clamp = h.IClamp(axon(0.5))
    clamp.dur, clamp.amp = 10, 5
    table = Recorders([record(segment, "v") for segment in segments])
    single = [record(segment, "v") for segment in segments[: axon.nseg]]
    h.stdinit()
    parts = []
    for until in (0.1, 3.0, 3.0, 10.0):
        h.continuerun(until)
        parts.append(table.fetch())
    assert [len(part) for part in parts] == [5, 116, 0, 280]
    expected = np.column_stack([recorder.fetch() for recorder in single])
    np.testing.assert_array_equal(np.concatenate(parts)[:, : axon.nseg], expected)
    np.testing.assert_array_equal(np.concatenate(parts)[-1, :], [segment.v for segment in segments])


def test_that_recorders_that_are_not_as_far_as_others_keep_them_waiting(axon):
    recorders = [record(axon(0.5), "v"), record(axon(0.1), "v")]
    table = Recorders(recorders)
    h.stdinit()
    h.continuerun(1)
    rest = recorders[0].fetch(10)
    assert len(rest) == 10
    assert table.fetch().shape == (31, 2)
    assert [recorder.waiting for recorder in recorders] == [0, 10]


def test_that_no_recorders_have_no_samples():
    assert Recorders([]).fetch().shape == (0, 0)
