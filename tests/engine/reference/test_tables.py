"""Tables of text: what is written by others and by us comes back, and what is wrong is said in a sentence."""

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.reference.files import look, read
from engine.reference.trace import TimeAxis
from engine.reference.units import milliseconds_in, scale_of, split_title


def written(path, rows, separator=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def all_of(path, units=None, times=None):
    contents = look(path)
    wanted = [each.id for each in contents.series]
    return read(contents, wanted, dict.fromkeys(wanted, units) if units else {}, times)


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("soma v (mV)", "soma v", "mV"),
        ("I [pA]", "I", "pA"),
        ("time_ms", "time", "ms"),
        ("soma v · Run 2 (mV)", "soma v · Run 2", "mV"),
        ("voltage", "voltage", None),
        ("sweep_1", "sweep_1", None),
    ],
)
def test_that_titles_say_name_and_unit(title, name, unit):
    assert split_title(title) == (name, unit)


@pytest.mark.parametrize(
    ("unit", "ours", "factor"),
    [
        *[("mV", "mV", 1), ("V", "mV", 1e3), ("volts", "mV", 1e3), ("uV", "mV", 1e-3), ("μV", "mV", 1e-3)],
        *[
            ("pA", "nA", 1e-3),
            ("amperes", "nA", 1e9),
            ("nS", "µS", 1e-3),
            ("uM", "mM", 1e-3),
            ("GOhm", "MΩ", 1e3),
        ],
    ],
)
def test_that_units_become_ours(unit, ours, factor):
    scale = scale_of(unit)
    assert scale is not None and (scale.unit, scale.factor) == (ours, factor)


def test_that_what_is_no_unit_is_none():
    assert [scale_of(each) for each in ("furlong", "mm", "1_000", "Vm")] == [None] * 4
    assert [milliseconds_in(each) for each in ("s", "milliseconds", "us", "mV")] == [1000, 1, 1e-3, None]


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_that_a_table_with_units_is_clear_and_converted(tmp_path, separator):
    times = np.arange(400) * 5e-5
    volts = -0.065 + 0.01 * np.sin(times * 300)
    rows = zip(times.tolist(), volts.tolist(), (volts * 1e3).tolist(), strict=True)
    path = written(tmp_path / "a.txt", [["t_s", "v_V", "I_pA"], *rows], separator)
    assert look(path).is_clear
    voltage, current = all_of(path)
    assert (voltage.label, voltage.unit, current.unit) == ("v", "mV", "nA")
    assert (voltage.start, voltage.interval) == (0, 0.05)
    np.testing.assert_array_equal(voltage.samples, volts * 1000)
    np.testing.assert_array_equal(current.samples, volts * 1e3 * 1e-3)


def test_that_decimal_commas_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Zeit (ms);v (mV)\n0,0;-65,5\n0,1;-64,25\n0,2;-60\n")
    (trace,) = all_of(path)
    assert trace.samples.tolist() == [-65.5, -64.25, -60] and trace.interval == 0.1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_that_letters_of_instruments_and_spreadsheets_are_read(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_text("time (µs)\tv (µV)\n0\t-65000\n100\t-64000\n200\t-60000\n", encoding=encoding)
    (trace,) = all_of(path)
    np.testing.assert_allclose(trace.samples, [-65, -64, -60])
    assert trace.interval == pytest.approx(0.1)


_LETTERS = ("1", "0", "-", "e", ".", " ", ",", ";", "\t", "\n", '"', "#", "nan", "inf", "\x00", "é", "t")
_PIECES = st.sampled_from([*_LETTERS, "1.5,2\n", "0.1;3\n", "time (ms),v (mV)\n", "v (mV)\n"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, max_size=40))
def test_that_any_text_is_read_or_refused(tmp_path, pieces):
    path = tmp_path / "a.csv"
    path.write_text("".join(pieces), encoding="utf-8")
    try:
        traces = all_of(path, "mV", TimeAxis(interval=0.1))
    except EngineError:
        return
    assert all(np.isfinite(each.samples).all() and len(each.samples) > 1 for each in traces)


def test_that_a_table_without_a_word_asks_and_takes_the_answers(tmp_path):
    path = written(tmp_path / "a.csv", [[-65.0], [-64.0], [-60.0]])
    contents = look(path)
    assert not contents.is_clear and [each.unit for each in contents.series] == [None]
    with pytest.raises(EngineError, match="does not say its unit"):
        all_of(path, None, TimeAxis(interval=0.1))
    with pytest.raises(EngineError, match="has no times"):
        all_of(path, "mV")
    (trace,) = all_of(path, "V", TimeAxis(interval=0.1))
    assert trace.samples.tolist() == [-65e3, -64e3, -60e3] and trace.interval == 0.1


def test_that_uneven_times_are_put_on_straight_lines_and_that_is_said(tmp_path):
    times = np.cumsum(np.tile([0.05, 0.1, 0.2], 40))
    path = written(tmp_path / "a.csv", [["time (ms)", "v (mV)"], *zip(times, 3 * times, strict=True)])
    (trace,) = all_of(path)
    np.testing.assert_allclose(
        trace.samples, 3 * (trace.start + trace.interval * np.arange(len(trace.samples)))
    )
    assert "uneven" in trace.remark and trace.interval == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [["time (ms)", "v (mV)"], [0, 1], [0.1, "x"]],
            "Line 3 has 'x' in the column 'v \\(mV\\)', which is not",
        ),
        ([["time (ms)", "v (mV)"], [0, 1], [0.1, "nan"], [0.2, 1]], "1 sample that is not a finite number"),
        ([["time (ms)", "v (mV)"], [0, 1], [0.1, ""], [0.2, 1]], "the first is sample 2 at 0.1 ms"),
        ([["time (ms)", "v (mV)"], [0, 1], [0.2, 1], [0.1, 1]], "do not increase: 0.1 ms follows 0.2 ms"),
        ([["time (ms)", "v (mV)"], [0, 1]], "v has no two samples"),
        ([["time (hours)", "v (mV)"], [0, 1], [1, 2]], "does not say its unit|unit of the times"),
        ([["time", "v (mV)"], [0, 1], [1, 2]], "'time' does not say the unit of the times"),
        ([["time (ms)", "v (furlong)"], [0, 1], [1, 2]], "does not say its unit"),
        ([["time (ms)"], [0], [1]], "has times and no values"),
        ([["hello"], ["you"]], "has no row of numbers"),
    ],
)
def test_that_what_is_wrong_is_one_sentence(tmp_path, rows, said):
    with pytest.raises(EngineError, match=said) as caught:
        all_of(written(tmp_path / "a.csv", rows))
    assert caught.value.what.endswith(".") and caught.value.where


def test_that_missing_and_unknown_files_are_refused(tmp_path):
    with pytest.raises(EngineError, match=r"There is no file a\.csv"):
        look(tmp_path / "a.csv")
    (tmp_path / "a.xyz").touch()
    with pytest.raises(EngineError, match=r"not read from files that end in \.xyz"):
        look(tmp_path / "a.xyz")
