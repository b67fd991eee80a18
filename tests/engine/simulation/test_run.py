"""What a run leaves in its folder, complete or not."""

import csv

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.spikes import read_spikes
from engine.errors import EngineError, SimulationError
from engine.experiment import store
from engine.experiment.experiment import CompartmentSet, Spot
from engine.experiment.recordings import Report
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CompartmentSetTarget, NodeSetTarget
from engine.simulation.run import EXPERIMENT_NAME, TRACES_NAME, run_experiment
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    CABLE,
    PATCH,
    SPHERE,
    experiment,
    step,
    voltage,
    write_spikes_of_outside,
)

FIRING = (step(PATCH, 0.01, delay=5, duration=90),)
CELLS = NodeSetTarget(node_set="cells")


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "results" / "first"
    folder.mkdir(parents=True)
    return folder


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return (
        header,
        np.array([[float(value) for value in row] for row in rows if not row[0].startswith("#")]),
        rows[-1],
    )


def report_in(path, population="cells"):
    with h5py.File(path) as file:
        group = file["report"][population]
        mapping = {name: group["mapping"][name][:] for name in group["mapping"]}
        return group["data"][:], mapping, dict(file.attrs)


def reports_of(bench, folder, out, *reports, **parts):
    wanted = experiment(SPHERE, PATCH, CABLE, recordings=reports, stimuli=FIRING, **parts)
    return run_experiment(wanted, bench, folder, out)


def test_that_traces_and_spikes_are_those_of_the_simulation(bench, tmp_path, out):
    wanted = experiment(PATCH, stimuli=FIRING, recordings=(voltage(PATCH), voltage(PATCH, variable="hh.m")))
    told: list[tuple[float, float]] = []
    result = run_experiment(wanted, bench, tmp_path, out, progress=lambda now, end: told.append((now, end)))
    simulation = Simulation(wanted, bench, tmp_path)
    simulation.start()
    simulation.advance(100)
    header, values, _ = table(out / TRACES_NAME)
    assert header == ["time (ms)", "cells:1 soma[0](0.5) v (mV)", "cells:1 soma[0](0.5) hh.m"]
    assert np.array_equal(values[:, 1:], simulation.fresh())
    assert np.allclose(values[:, 0], np.arange(4001) * 0.025, atol=1e-12)
    written = read_spikes(out / "out.h5")["cells"]
    assert np.array_equal(written.times, simulation.spikes["cells"].times)
    assert len(result.spikes["cells"]) == len(written) > 3
    assert result.complete
    assert set(result.files) == {path for path in out.iterdir() if not path.name.startswith(".")}
    assert told[-1] == pytest.approx((100, 100))


def test_that_the_copy_of_the_experiment_runs_from_where_it_lies(bench, tmp_path, out):
    write_spikes_of_outside(tmp_path / "spikes.h5", [5.0], [0])
    wanted = experiment(
        SPHERE,
        replays=(SpikeReplay(id="replay", spike_file="spikes.h5"),),
        recordings=(voltage(SPHERE),),
        connections=Connections(enabled=True),
    )
    run_experiment(wanted, bench, tmp_path, out)
    copy = store.load(out / EXPERIMENT_NAME)
    again = tmp_path / "again"
    again.mkdir()
    with open_circuit(out / copy.circuit.path) as circuit:
        run_experiment(copy, circuit, out, again)
    assert (again / TRACES_NAME).read_bytes() == (out / TRACES_NAME).read_bytes()


def test_that_a_stopped_run_keeps_what_it_has_and_says_that_it_is_partial(bench, tmp_path, out):
    asked: list[object] = []
    report = Report(id="report", label="soma", target=CELLS)
    wanted = experiment(PATCH, stimuli=FIRING, recordings=(voltage(PATCH), report))
    result = run_experiment(
        wanted, bench, tmp_path, out, stopped=lambda: len(asked) >= 3, progress=lambda *now: asked.append(now)
    )
    assert not result.complete
    assert 0 < result.stopped_at < 100
    _, values, last = table(out / TRACES_NAME)
    assert values[-1, 0] == pytest.approx(result.stopped_at)
    assert last[0].startswith("# partial")
    data, mapping, attributes = report_in(out / "soma.h5")
    assert attributes["partial"]
    assert mapping["time"][1] == pytest.approx(len(data) * 0.025)
    with h5py.File(out / "out.h5") as file:
        assert file.attrs["partial"]


def test_that_a_failed_run_keeps_what_it_has_and_raises(bench, tmp_path, out):
    wanted = experiment(SPHERE, stimuli=(step(SPHERE, 500.0, delay=50),), recordings=(voltage(SPHERE),))
    with pytest.raises(SimulationError, match="left all bounds"):
        run_experiment(wanted, bench, tmp_path, out)
    _, values, last = table(out / TRACES_NAME)
    assert values[-1, 0] >= 49
    assert last[0].startswith("# partial")


def test_that_a_report_samples_from_its_start_to_before_its_end(bench, tmp_path, out):
    report = Report(id="report", label="soma", target=CELLS, dt=0.1, start=10.0, end=60.0)
    recordings = tuple(voltage(cell) for cell in (SPHERE, PATCH, CABLE))
    reports_of(bench, tmp_path, out, report, *recordings)
    data, mapping, attributes = report_in(out / "soma.h5")
    _, traces, _ = table(out / TRACES_NAME)
    assert data.shape == (500, 3)
    assert np.array_equal(data, traces[400:2400:4, 1:].astype(np.float32))
    assert mapping["time"].tolist() == [10.0, 60.0, 0.1]
    assert mapping["node_ids"].tolist() == [0, 1, 2]
    assert not attributes


def test_that_a_report_is_never_finer_than_the_run(bench, tmp_path, out):
    reports_of(bench, tmp_path, out, Report(id="report", label="soma", target=CELLS, dt=0.001))
    data, mapping, _ = report_in(out / "soma.h5")
    assert len(data) == 4000
    assert mapping["time"][2] == 0.025


def test_that_a_report_of_all_compartments_has_a_column_for_each(bench, tmp_path, out):
    reports_of(
        bench,
        tmp_path,
        out,
        Report(id="report", label="all", target=CELLS, sections="all", compartments="all"),
    )
    data, mapping, _ = report_in(out / "all.h5")
    assert data.shape[1] == 1 + 1 + 201
    assert mapping["index_pointers"].tolist() == [0, 1, 2, 203]


def test_that_a_report_of_a_compartment_set_has_its_spots(bench, tmp_path, out):
    spots = (Spot(node_id=1, section=0, x=0.5), Spot(node_id=2, section="soma[0]", x=0.25))
    report = Report(
        id="report",
        label="spots",
        target=CompartmentSetTarget(compartment_set="Spots"),
        report_type="compartment_set",
    )
    sets = {"Spots": CompartmentSet(population="cells", spots=spots)}
    reports_of(bench, tmp_path, out, report, voltage(CABLE, 0.25), compartment_sets=sets)
    data, mapping, _ = report_in(out / "spots.h5")
    _, traces, _ = table(out / TRACES_NAME)
    assert mapping["node_ids"].tolist() == [1, 2]
    assert np.array_equal(data[:, 1], traces[:4000, 1].astype(np.float32))


def test_that_summed_membrane_currents_cancel_the_electrode(bench, tmp_path, out):
    """What a cell's membrane lets out is what its electrodes put in (current conservation)."""
    report = Report(
        id="report",
        label="sum",
        target=CELLS,
        report_type="summation",
        variable="i_membrane, IClamp",
        unit="nA",
    )
    alone = Report(
        id="alone", label="alone", target=CELLS, report_type="summation", variable="IClamp", unit="nA"
    )
    reports_of(bench, tmp_path, out, report, alone)
    total, _, _ = report_in(out / "sum.h5")
    injected, _, _ = report_in(out / "alone.h5")
    assert total.shape == injected.shape == (4000, 3)
    assert np.abs(total[1:]).max() < 1e-6
    assert injected.min() == pytest.approx(-0.01)


def test_that_summed_densities_are_weighed_with_the_area(bench, tmp_path, out):
    """At rest the currents of ions and leak through the squid axon cancel; 100 µm² times mA/cm² is nA."""
    sums = [
        Report(
            id=name,
            label=name,
            target=CELLS,
            report_type="summation",
            variable=name,
            unit="nA",
            scaling=scaling,
        )
        for name, scaling in (("ina", "area"), ("ik", "none"))
    ]
    reports_of(bench, tmp_path, out, *sums, voltage(PATCH, variable="ina"), voltage(PATCH, variable="ik"))
    _, traces, _ = table(out / TRACES_NAME)
    area_um2 = np.pi * 10 * (10 / np.pi)
    assert report_in(out / "ina.h5")[0][:, 1] == pytest.approx(traces[:4000, 1] * area_um2 / 100, rel=1e-5)
    assert report_in(out / "ik.h5")[0][:, 1] == pytest.approx(traces[:4000, 2], rel=1e-5)


def test_that_a_report_without_cells_is_a_problem_and_no_file(bench, tmp_path, out):
    result = reports_of(
        bench, tmp_path, out, Report(id="report", label="none", target=NodeSetTarget(node_set="points"))
    )
    assert "no cells" in result.problems[0].what
    assert not list(out.glob("*none*"))


def test_that_a_folder_that_cannot_be_written_to_is_one_sentence(bench, tmp_path, out):
    wanted = experiment(PATCH, recordings=(voltage(PATCH),))
    with pytest.raises(EngineError, match="could not be written"):
        run_experiment(wanted, bench, tmp_path, out / "missing")
