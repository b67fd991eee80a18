"""Reports, NWB and ABF files that independent writers made come back in our units."""

import sys
from datetime import UTC, datetime

import h5py
import numpy as np
import pytest

from engine.circuit.reports import read_report
from engine.errors import EngineError
from engine.reference.files import look, read

VOLTS = -0.065 + 0.02 * np.sin(np.arange(1000) / 40)


def all_of(path, **units):
    contents = look(path)
    return read(contents, [each.id for each in contents.series], units)


@pytest.fixture(scope="module")
def nwb(tmp_path_factory):
    pynwb = pytest.importorskip("pynwb")
    from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries, VoltageClampSeries

    file = pynwb.NWBFile("two sweeps", "id", datetime.now(UTC))
    electrode = file.create_icephys_electrode(name="e", description="d", device=file.create_device(name="a"))
    for sweep in range(2):
        what = {"electrode": electrode, "gain": 1.0, "rate": 20_000.0, "sweep_number": np.uint32(sweep)}
        step = np.r_[np.zeros(300), np.full(700, 100.0)]
        file.add_acquisition(
            CurrentClampSeries(
                name=f"v{sweep}", data=VOLTS * 1e3 + sweep, conversion=1e-3, starting_time=0.1, **what
            )
        )
        file.add_stimulus(CurrentClampStimulusSeries(name=f"i{sweep}", data=step, conversion=1e-12, **what))
    times = np.arange(1000) / 1e4
    file.add_acquisition(
        VoltageClampSeries(
            name="clamped", data=VOLTS.astype("f4"), electrode=electrode, gain=1.0, offset=1e-9,
            conversion=1e-12, timestamps=times,
        )
    )  # fmt: skip
    file.add_acquisition(pynwb.TimeSeries(name="counts", data=np.arange(5), unit="a.u.", rate=10.0))
    path = tmp_path_factory.mktemp("nwb") / "two.nwb"
    with pynwb.NWBHDF5IO(path, "w") as io:
        io.write(file)
    return path


def test_that_sweeps_of_an_nwb_file_are_offered_and_read(nwb):
    contents = look(nwb)
    offered = {each.id: (each.unit, each.group) for each in contents.series}
    assert offered == {
        "acquisition/clamped": ("nA", ""),
        "acquisition/counts": (None, ""),
        "acquisition/v0": ("mV", "sweep 0"),
        "acquisition/v1": ("mV", "sweep 1"),
        "stimulus/i0": ("nA", "sweep 0"),
        "stimulus/i1": ("nA", "sweep 1"),
    }
    second, current, clamped = read(contents, ["acquisition/v1", "stimulus/i1", "acquisition/clamped"], {})
    np.testing.assert_array_equal(second.samples, VOLTS * 1e3 + 1, "mV stay bit for bit")
    assert (second.start, second.interval, second.onset) == (100, 0.05, 15)
    assert current.samples.max() == pytest.approx(0.1)
    np.testing.assert_allclose(clamped.samples, VOLTS.astype("f4").astype(float) * 1e-3 + 1, rtol=1e-12)
    assert clamped.interval == 0.1
    with pytest.raises(EngineError, match=r"The unit of counts is 'a\.u\.'"):
        read(contents, ["acquisition/counts"], {})
    (counts,) = read(contents, ["acquisition/counts"], {"acquisition/counts": "1"})
    assert counts.unit == "" and counts.samples.tolist() == [0, 1, 2, 3, 4]


def test_that_sweeps_of_an_abf_file_are_read(tmp_path):
    writer = pytest.importorskip("pyabf.abfWriter")
    path = tmp_path / "three.abf"
    sweeps = VOLTS * 1e3 + np.arange(3)[:, np.newaxis]
    writer.writeABF1(sweeps, str(path), 20_000.0, "mV")
    contents = look(path)
    assert [each.group for each in contents.series] == ["sweep 1", "sweep 2", "sweep 3"]
    assert (contents.series[0].samples, contents.series[0].interval) == (1000, 0.05)
    (trace,) = read(contents, [contents.series[1].id], {})
    np.testing.assert_allclose(trace.samples, sweeps[1], atol=0.01)  # 16 bits
    assert (trace.unit, trace.interval, trace.start) == ("mV", 0.05, 0)
    writer.writeABF1(sweeps * 10, str(path), 20_000.0, "pA")
    np.testing.assert_allclose(all_of(path)[2].samples, sweeps[2] / 100, atol=1e-4)


def test_that_a_report_of_bmtk_is_read_as_it_is(shared_data):
    path = shared_data / "allen" / "5_cells_iclamp" / "output" / "membrane_potential.h5"
    contents = look(path)
    assert len({each.cell for each in contents.series}) == 5
    traces = all_of(path)
    with h5py.File(path) as file:
        stored = file["report/biophysical/data"][:]
    for column, trace in enumerate(traces):
        np.testing.assert_array_equal(trace.samples, stored[:, column])
        assert (trace.unit, trace.interval, trace.section) == ("mV", pytest.approx(0.1), "soma[0]")
    with read_report(path) as report:
        assert traces[0].start == report["biophysical"].start


def test_that_a_report_without_a_unit_asks_for_it(tmp_path):
    path = _report(tmp_path / "a.h5", VOLTS[:, np.newaxis])
    with pytest.raises(EngineError, match="does not say the unit"):
        all_of(path)
    (trace,) = read(look(path), ["cells/0"], {"cells/0": "V"})
    np.testing.assert_array_equal(trace.samples, VOLTS * 1000)


def _report(path, data, units=None):
    with h5py.File(path, "w") as file:
        group = file.create_group("report/cells")
        group["data"] = data
        group["mapping/node_ids"], group["mapping/element_ids"] = np.array([7]), np.zeros(data.shape[1], int)
        group["mapping/index_pointers"] = np.array([0, data.shape[1]])
        group["mapping/time"] = np.array([0.0, 100.0, 0.1])
        if units:
            group["data"].attrs["units"] = units
    return path


def test_that_a_report_with_what_is_no_number_is_refused(tmp_path):
    data = VOLTS[:, np.newaxis].copy()
    data[5] = np.nan
    with pytest.raises(EngineError, match=r"not a finite number, the first is sample 6 at 0\.5 ms"):
        all_of(_report(tmp_path / "a.h5", data, "mV"))


@pytest.mark.parametrize("suffix", [".nwb", ".h5", ".abf"])
@pytest.mark.parametrize("part", [0, 0.2, 0.95])
def test_that_damaged_files_are_refused_with_a_sentence(nwb, tmp_path, suffix, part):
    path = tmp_path / f"damaged{suffix}"
    if suffix == ".nwb":
        whole = nwb.read_bytes()
    elif suffix == ".h5":
        whole = _report(tmp_path / "whole.h5", VOLTS[:, np.newaxis], "mV").read_bytes()
    else:
        pytest.importorskip("pyabf.abfWriter").writeABF1(VOLTS[np.newaxis] * 1e3, str(path), 2e4, "mV")
        whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(EngineError, match=r"damaged\.\w+ ") as caught:
        all_of(path)
    assert caught.value.what.count(".") <= 3, caught.value.what


@pytest.mark.parametrize("offset", [10, 16, 48])
def test_that_a_header_that_counts_too_much_is_refused_before_it_fills_the_memory(tmp_path, offset):
    path = tmp_path / "a.abf"
    pytest.importorskip("pyabf.abfWriter").writeABF1(VOLTS[np.newaxis] * 1e3, str(path), 2e4, "mV")
    content = bytearray(path.read_bytes())
    content[offset : offset + 4] = (2**31 - 1).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(EngineError, match="its header counts more than there is"):
        look(path)
    content[:256] = b"ABF2" + bytes(252)
    content[76:88] = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + (2**30).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(EngineError, match="its header counts more than there is"):
        look(path)


@pytest.mark.parametrize(("package", "suffix"), [("pynwb", ".nwb"), ("pyabf", ".abf")])
def test_that_a_missing_extra_is_named(monkeypatch, tmp_path, package, suffix):
    monkeypatch.setitem(sys.modules, package, None)
    path = tmp_path / f"a{suffix}"
    path.touch()
    with pytest.raises(EngineError, match=f"needs the package {package}") as caught:
        look(path)
    assert f"somascope[{suffix[1:]}]" in caught.value.hint
