"""Waveforms out of text files, with units, and with line numbers where they are wrong."""

from pathlib import Path

import pytest

from engine.errors import DocumentError
from engine.experiment.points import read_waveform_csv
from engine.experiment.stimuli import ArbitraryWaveform
from tests.engine.experiment.stimuli_on_a_cell import made


@pytest.mark.parametrize(
    "text",
    [
        "0,0\n10,0.1\n10,0.2\n",
        "time,current\n0,0\n10,0.1\n10,0.2",
        "time (ms), current (nA)\n0,0\n10,0.1\n10,0.2",
        "t [s];i [pA]\n0;0\n0.01;100\n1e-2;2e2",
        '"t_ms"\t"i_nA"\n0\t0\n10\t.1\n10\t+0.2',
        "\ufeff# of the rig\r\n\r\nTime/µs, I/µA\r\n0,0\r\n10000,1e-4\r\n  # half time\r\n10000,2e-4\r\n",
        "Time (μs), I (A)\n0,0\n10000,1e-10\n10000,2e-10\n",
    ],
)
def test_that_two_columns_are_read_in_their_units(tmp_path: Path, text: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(text, encoding="utf-8")
    times, amplitudes = read_waveform_csv(file)
    assert times == pytest.approx((0, 10, 10))
    assert amplitudes == pytest.approx((0, 0.1, 0.2))
    assert made(ArbitraryWaveform, times=times, amplitudes=amplitudes).times == times


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least two points, but there are 0"),
        ("time,current\n", "at least two points, but there are 0"),
        ("1,2\n", "at least two points, but there are 1"),
        ("0,0\n1,x\n", "Line 2: 'x' is not a number"),
        ("0;0\n1,5;2\n", "Line 2: '1,5' is not a number. .*decimal point, not a comma"),
        ("0,0\n1\n", "Line 2: there must be two columns, time and current, but there are 1"),
        ("0,0,0\n", "Line 1: there must be two columns"),
        ("a,b,c\n0,0\n", "Line 1: there must be two columns"),
        ("# first\n\n0,0\n5,0\n4,0\n", "Line 5: the time 4 ms comes after 5 ms"),
        ("-1,0\n0,0\n", "Line 1: the time -1 ms is below 0"),
        ("0,0\n1,nan\n", "Line 2: nan is not a finite number"),
        ("0,0\n1,1e999\n", "Line 2: 1e999 is not a finite number"),
        ("0,0\n1,1_0\n", "Line 2: '1_0' is not a number"),
        ("t (min), i (nA)\n0,0\n", "Line 1: 'min' is no unit of time.*Known: s, ms"),
        ("t (ms), v (mV)\n0,0\n", "Line 1: 'mV' is no unit of current"),
        ("0,\n1,2\n", "Line 1: '' is not a number"),
    ],
)
def test_that_a_wrong_line_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=words) as error:
        read_waveform_csv(file)
    assert error.value.where == str(file)


def test_that_unreadable_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="could not be read"):
        read_waveform_csv(tmp_path / "missing.csv")
    with pytest.raises(DocumentError, match="could not be read"):
        read_waveform_csv(tmp_path)
    (tmp_path / "latin.csv").write_bytes(b"\xb5s,nA\n")
    with pytest.raises(DocumentError, match="not text in UTF-8"):
        read_waveform_csv(tmp_path / "latin.csv")
