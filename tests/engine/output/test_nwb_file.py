"""Files of Neurodata Without Borders: valid by their own validator, and with every sample."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.manipulations import Drug
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, Waveform
from engine.output.nwb_file import write_nwb
from engine.output.recorded import Recorded, RecordedSweep, Signal, commands, sampled
from engine.reference import files as references

pynwb = pytest.importorskip("pynwb")

CELL = CellReference("cells", 3)
SOMA, DENDRITE = Site(cell=CELL), Site(cell=CELL, section="dend[0]", x=0.7)


def properties(cell: CellReference, _conditions: Conditions) -> CellProperties:
    return CellProperties(cell.node_id)


def read(path: Path, look: Any) -> Any:
    """What `look` sees of a file that pynwb's validator finds nothing wrong with."""
    assert pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(path, "r") as file:
        return look(file.read())


def a_run(**more: Any) -> Recorded:
    steps = (
        Step(target=SOMA, delay=1, duration=2, amplitude=0.5, name="first"),
        Step(target=SOMA, delay=2, duration=2, amplitude=0.25),
        Step(target=DENDRITE, delay=1, duration=2, amplitude=-0.1),
    )
    experiment = Experiment(
        circuit=CircuitReference(path="circuit.json"),
        stimuli=steps,
        recordings=(SiteRecording(site=SOMA),),
        manipulations=(Drug(cell=CELL, name="TTX", percent=90, variables=("gnabar_hh",)),),
    )
    random = np.random.default_rng(1)
    signals = (
        Signal("soma", "v", "mV", SOMA, random.normal(-65, 20, 201)),
        Signal("soma", "v", "mV", DENDRITE, random.normal(-65, 20, 201)),
        Signal("a/b: gate", "hh.m", "", SOMA, random.random(201)),
        Signal("a/b: gate", "ina", "mA/cm²", SOMA, random.random(201)),
    )
    sweep = RecordedSweep(experiment, 0.025, signals, start=0.5)
    return Recorded("Run 1", (sweep,), spikes={CELL: np.array([1.5, 3.0])}, **more)


def test_that_a_run_is_valid_and_reads_back_to_the_bit(tmp_path: Path) -> None:
    path, recorded = tmp_path / "run.nwb", a_run()
    write_nwb(recorded, properties, path)
    assert [each.name for each in tmp_path.iterdir()] == ["run.nwb"]
    (sweep,) = recorded.sweeps

    def look(file: Any) -> None:
        rows = file.intracellular_recordings
        assert len(rows) == 2, "one for each electrode"
        for row, signal in enumerate(sweep.signals[:2]):
            response = rows.category_tables["responses"]["response"][row].timeseries
            assert response.neurodata_type == "CurrentClampSeries" and response.unit == "volts"
            np.testing.assert_array_equal(response.data[:], signal.samples)
            volts = response.data[:] * response.conversion
            np.testing.assert_allclose(volts, signal.samples * 1e-3, rtol=1e-15)
            assert response.rate == pytest.approx(40_000) and response.starting_time == 0.0005
        stimulus = rows.category_tables["stimuli"]["stimulus"][0].timeseries
        assert stimulus.stimulus_description == "first, Step" and stimulus.unit == "amperes"
        amperes = stimulus.data[:] * stimulus.conversion
        at_ms = [(ms, round((ms - 0.5) / 0.025)) for ms in (0.9, 1.5, 2.5, 3.5, 4.5)]
        assert [round(float(amperes[index]) * 1e9, 12) for _, index in at_ms] == [0, 0.5, 0.75, 0.25, 0]
        others = [each for each in file.acquisition.values() if each.neurodata_type == "TimeSeries"]
        assert {each.unit for each in others} == {"n.a.", "amperes per square metre"}
        np.testing.assert_array_equal(file.units["spike_times"][0], [0.0015, 0.003])
        assert file.units["cell"][0] == "cells:3" and "gnabar_hh" in file.pharmacology
        assert "34 °C" in file.data_collection

    read(path, look)


def test_that_a_run_is_a_reference_to_the_bit_and_at_its_places(tmp_path: Path) -> None:
    path, recorded = tmp_path / "run.nwb", a_run()
    write_nwb(recorded, properties, path)
    contents = references.look(path)
    assert {each.unit for each in contents.series} == {"mV", "nA", "", "mA/cm²"}
    (sweep,) = recorded.sweeps
    traces = references.read(contents, [each.id for each in contents.series], {})
    for signal in sweep.signals:
        (trace,) = (each for each in traces if np.array_equal(each.samples, signal.samples))
        assert (trace.unit, trace.start, trace.interval) == (signal.unit, 0.5, 0.025)
        if signal.variable == "v":
            assert (trace.cell, trace.section, trace.x) == (CELL, signal.site.section, signal.site.x)
            assert trace.onset == pytest.approx(1.0), "of the stimulus of the same sweep"


def test_that_failed_sweeps_are_left_out_and_errors_are_sentences(tmp_path: Path) -> None:
    recorded = a_run()
    (sweep,) = recorded.sweeps
    failed = RecordedSweep(sweep.experiment, 0.025, (), value=2.0, problem="It died.")
    both = Recorded("Steps", (failed, sweep))
    write_nwb(both, properties, tmp_path / "some.nwb")
    with pynwb.NWBHDF5IO(tmp_path / "some.nwb", "r") as opened:
        assert len(opened.read().intracellular_recordings) == 2
    with pytest.raises(EngineError, match=r"run\.nwb could not be written"):
        write_nwb(recorded, properties, tmp_path / "missing" / "run.nwb")
    with pytest.raises(EngineError, match="Nothing was recorded"):
        write_nwb(Recorded("nothing", ()), properties, tmp_path / "nothing.nwb")


def test_that_waveforms_are_sampled_as_they_are_played() -> None:
    jumps = Waveform(np.array([1.0, 1.0, 2.0, 2.0, 3.0]), np.array([0.0, 1.0, 1.0, 3.0, 5.0]))
    times = np.array([0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    np.testing.assert_array_equal(sampled(jumps, times), [0, 1, 1, 3, 4, 5, 0])
    sweep = a_run().sweeps[0]
    without = changed(sweep.experiment, stimuli=())
    assert commands(RecordedSweep(without, 0.025, sweep.signals), properties) == ()
