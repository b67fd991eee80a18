"""Frames: what they hold, when they are taken, and that the traces do not notice."""

import math
from pathlib import Path

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import EngineError, SimulationError, UnknownNameError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.targets import CellReference
from engine.messages.watch import Watch
from engine.resources import resources_folder
from engine.simulation import film, gathering
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    CABLE,
    COUNTER,
    PATCH,
    SPHERE,
    experiment,
    make_bench,
    step,
    voltage,
)
from tests.engine.simulation.in_process import in_process

_STEPS = (step(PATCH, 0.01, delay=5, duration=80), step(CABLE, 0.5, delay=5, duration=80))


@pytest.fixture(params=[False, True], ids=["fixed step", "variable step"])
def variable_step(request) -> bool:
    return bool(request.param)


def make(bench, *recordings, **conditions) -> Simulation:
    wanted = experiment(
        PATCH, CABLE, SPHERE, COUNTER, stimuli=_STEPS, recordings=recordings, conditions=conditions
    )
    return Simulation(wanted, bench, bench.config_path.parent)


def run(simulation: Simulation, slice_ms: float = 1.7):
    """Samples and frames; they come in slices that fit to nothing."""
    simulation.start()
    frames = [] if simulation.film is None else [simulation.film.fetch()[1].copy()]
    while not simulation.finished:
        simulation.advance(simulation.time + slice_ms)
        if simulation.film is not None:
            first, taken = simulation.film.fetch()
            assert not len(taken) or first == sum(map(len, frames))
            frames.append(taken.copy())
    return simulation.fresh(), np.concatenate(frames) if frames else None


@pytest.mark.parametrize("interval", [None, 0.025, 1.0])
@pytest.mark.parametrize("variable", ["v", "i_membrane", "hh.m", "ina"])
def test_that_frames_are_what_a_recorder_has_and_change_no_bit_of_it(
    bench, variable_step, variable, interval
):
    recordings = [voltage(PATCH), *([voltage(PATCH, variable=variable)] if variable != "v" else [])]
    simulation = make(bench, *recordings, variable_step=variable_step)
    unwatched, _ = run(simulation)
    assert np.ptp(unwatched[:, 0]) > 80, "the cell must fire, or little was tested"
    simulation.watch(Watch(cell=PATCH, variable=variable, interval=interval))
    watched, frames = run(simulation)
    np.testing.assert_array_equal(watched, unwatched)
    stride = round((interval or film.SHORTEST_MS) / 0.025)
    recorded = watched[::stride, -1].astype(np.float32)
    assert frames.shape == (4000 // stride + 1, 1)
    different = np.flatnonzero(frames[:, 0] != recorded)
    # where the current steps, a solution with a variable step has a value before and one after
    assert set(different * stride * 0.025) <= ({5.0, 85.0} if variable_step else set())
    simulation.watch(None)
    np.testing.assert_array_equal(run(simulation)[0], unwatched)


def test_that_every_segment_of_a_cable_has_its_own_column(bench, variable_step):
    spots = (0.0025, 0.5, 0.9975)
    simulation = make(bench, *(voltage(CABLE, x) for x in spots), variable_step=variable_step)
    simulation.watch(Watch(cell=CABLE, interval=0.025))
    for slice_ms in (0.4, 1e9):
        samples, frames = run(simulation, slice_ms)
        assert simulation.film is not None
        segments = simulation.film.segments
        assert segments == 201
        columns = [int(x * segments) for x in spots]
        np.testing.assert_array_equal(frames[:, columns], samples.astype(np.float32))
        assert (np.diff(frames[400, :101]) > 0).all() and (np.diff(frames[400, 100:]) < 0).all()


def read_in_both_ways(folder: str) -> list[bool]:
    """In a process without sections of others: whether the quick way was found, of each cell."""
    cells = (PATCH, CABLE, SPHERE)
    was_found = []
    with make_bench(Path(folder)) as bench:
        simulation = make(bench, *(voltage(cell) for cell in cells))
        for column, cell in enumerate(cells):
            simulation.watch(Watch(cell=cell))
            samples, frames = run(simulation)
            assert simulation.film is not None
            stride = round(simulation.film.interval / 0.025)
            middle = simulation.film.segments // 2
            np.testing.assert_array_equal(frames[:, middle], samples[::stride, column].astype(np.float32))
            found = gathering.side_by_side(simulation.places.cell(cell), simulation.places.cells.values())
            was_found.append(found is not None)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(film, "side_by_side", lambda _cell, _cells: None)
                np.testing.assert_array_equal(run(simulation)[1], frames)
    return was_found


def test_that_voltages_are_read_side_by_side_whichever_cells_there_are(tmp_path):
    assert in_process(read_in_both_ways, str(tmp_path), folder=tmp_path) == [True, True, True]


def test_that_a_variable_that_some_segments_lack_is_nan_there():
    cell = CellReference("cell", 0)
    path = resources_folder() / "circuits" / "ball_and_stick" / "circuit_config.json"
    wanted = Experiment(
        circuit=CircuitReference(path=str(path)),
        cells=ListedCells(cells=(cell,)),
        conditions=Conditions(tstop=5.0),
    )
    with open_circuit(path) as circuit:
        simulation = Simulation(wanted, circuit, path.parent)
        simulation.watch(Watch(cell=cell, variable="hh.h"))
        _, frames = run(simulation)
        sections = simulation.places.cell(cell).sections
        has_it = [section.has_membrane("hh") for section in sections.values() for _ in section]
        assert any(has_it) and not all(has_it)
        np.testing.assert_array_equal(np.isfinite(frames), np.broadcast_to(has_it, frames.shape))


def test_that_frames_of_a_long_run_stay_within_their_budget(bench):
    segments, dt = 201, 0.025
    simulation = make(bench, tstop=50_000.0)
    simulation.watch(Watch(cell=CABLE))
    assert simulation.film is not None
    interval = simulation.film.interval
    frames = 50_000 / interval + 1
    assert interval / dt == pytest.approx(round(interval / dt))
    assert frames * segments * 4 <= film.BUDGET_BYTES < (frames + 1) * segments * 4 * (1 + dt / interval)


@pytest.mark.parametrize(("cell", "interval"), [(PATCH, 0.1), (CABLE, 0.2)])
def test_that_the_interval_is_short_enough_for_spikes_where_there_are_channels(bench, cell, interval):
    simulation = make(bench, dt=0.03)
    simulation.watch(Watch(cell=cell))
    assert simulation.film is not None
    assert simulation.film.interval == pytest.approx(math.ceil(interval / 0.03) * 0.03)


@pytest.mark.parametrize(
    ("cell", "variable", "kind", "said"),
    [
        (CellReference("cells", 99), "v", SimulationError, "does not take part"),
        (COUNTER, "v", SimulationError, "no membrane"),
        (PATCH, "hh.q", UnknownNameError, "hh.q"),
    ],
)
def test_that_what_cannot_be_watched_is_said_and_nothing_is(bench, cell, variable, kind, said):
    simulation = make(bench)
    simulation.watch(Watch(cell=CABLE))
    with pytest.raises(EngineError, match=said) as refused:
        simulation.watch(Watch(cell=cell, variable=variable))
    assert isinstance(refused.value, kind)
    assert simulation.film is None
    run(simulation)
