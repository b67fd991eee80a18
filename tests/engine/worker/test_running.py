"""Runs: what is streamed, in which order, and what steers it."""

import numpy as np
import pytest

from engine.experiment.base import changed
from engine.experiment.recordings import Report
from engine.experiment.targets import NodeSetTarget
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import ChannelDensity, ClampVoltage, StimulusAmplitude, Temperature
from tests.engine.simulation.bench_circuit import PATCH, REST_MV, SPHERE, SPHERE_MEGAOHM, experiment, voltage
from tests.engine.worker.experiments import CLAMP, STEP, busy, endless, firing
from tests.engine.worker.talk import Worker, new_name


def begin(worker: Worker, experiment, base, **options) -> str:
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=experiment, base=str(base), **options))
    return run_id


def set_now(worker: Worker, run_id: str, setting) -> e.Applied:
    worker.ask(r.Set(request_id=new_name("set"), run_id=run_id, setting=setting))
    return worker.succeed(e.Applied)


def stop(worker: Worker, run_id: str) -> e.Finished:
    worker.ask(r.Stop(run_id=run_id))
    return worker.hear(e.Finished, run_id=run_id)


def test_that_a_run_is_streamed_whole_between_its_first_and_its_last_word(worker, bench):
    trace = worker.run(busy(), bench)
    assert isinstance(trace.said[0], e.Started)
    assert isinstance(trace.said[-1], e.Finished)
    started = trace.only(e.Started)
    assert [head.variable for head in started.traces] == ["v", "v", "hh.m"]
    assert [head.unit for head in started.traces] == ["mV", "mV", ""]
    assert started.interval == 0.025
    firsts = [chunk.first_sample for chunk in trace.chunks]
    assert firsts == np.cumsum([0, *(chunk.samples for chunk in trace.chunks)])[:-1].tolist()
    assert trace.samples.shape == (4001, 3)
    assert trace.finished.time == pytest.approx(100)
    assert not trace.finished.stopped


def test_that_the_first_samples_come_before_the_run_has_gone_far(worker, bench):
    run_id = begin(worker, endless(), bench)
    first = worker.succeed(e.Chunk)
    assert first.samples > 0
    assert first.time < 5
    stop(worker, run_id)


def test_that_spikes_are_told_where_the_voltage_crosses_the_threshold(worker, bench):
    trace = worker.run(firing(), bench)
    above = trace.samples[:, 0] >= -30
    crossings = (np.flatnonzero(~above[:-1] & above[1:]) + 1) * 0.025
    times = [time for time, _ in trace.spikes["cells"]]
    assert len(times) >= 4
    assert times == pytest.approx(crossings, abs=0.026)
    assert {node_id for _, node_id in trace.spikes["cells"]} == {PATCH.node_id}


def test_that_a_run_without_recordings_tells_its_time(worker, bench):
    trace = worker.run(experiment(PATCH, conditions={"tstop": 2000.0}), bench)
    assert all(chunk.samples == chunk.traces == 0 for chunk in trace.chunks)
    assert trace.chunks[-1].time == pytest.approx(2000)
    assert len(trace.chunks) > 1


def test_that_a_report_is_named_as_left_out(worker, bench):
    report = Report(id="report", label="all voltages", target=NodeSetTarget(node_set="all"))
    wanted = changed(firing(), recordings=(*firing().recordings, report))
    (problem,) = worker.run(wanted, bench).only(e.Started).problems
    assert "all voltages" in problem.what


def test_that_a_stopped_run_keeps_what_it_computed(worker, bench):
    run_id = begin(worker, endless(), bench)
    worker.succeed(e.Chunk)
    finished = stop(worker, run_id)
    trace = worker.trace(run_id)
    assert finished.stopped
    assert len(trace.samples) == round(finished.time / 0.025) + 1
    np.testing.assert_array_equal(
        trace.samples, worker.run(firing(finished.time), bench).samples[: len(trace.samples)]
    )


def test_that_a_run_that_is_stopped_before_it_begins_has_its_last_word(worker, bench):
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=endless(), base=str(bench)),
        r.Stop(run_id=run_id),
    )
    assert worker.hear(e.Finished, run_id=run_id).stopped


def test_that_requests_for_a_run_that_is_over_are_answered(worker, bench):
    trace = worker.run(firing(), bench)
    worker.ask(
        r.Pause(run_id=trace.run_id),
        r.Step(run_id=trace.run_id),
        r.Set(request_id="late", run_id=trace.run_id, setting=Temperature(celsius=10)),
        r.TakeSnapshot(request_id="later", run_id=trace.run_id, snapshot="late"),
    )
    for request_id in ("late", "later"):
        assert worker.hear(e.Refused, request_id=request_id).what == "The run has ended."


def test_that_a_paused_run_waits_and_goes_on_as_if_it_had_not(worker, bench):
    run_id = begin(worker, firing(200), bench, paused=True)
    assert worker.succeed(e.Paused).time == 0
    worker.ask(r.Step(run_id=run_id, duration=30.0))
    assert worker.succeed(e.Paused).time == pytest.approx(30)
    worker.ask(r.Resume(run_id=run_id), r.Pause(run_id=run_id))
    assert worker.succeed(e.Resumed).time == pytest.approx(30)
    paused = worker.hear(e.Paused)
    assert len(worker.trace(run_id).samples) == round(paused.time / 0.025) + 1, "all samples are sent before"
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(worker.trace(run_id).samples, worker.run(firing(200), bench).samples)


def test_that_steps_are_one_time_step_and_none_is_lost(worker, bench):
    run_id = begin(worker, firing(), bench, paused=True)
    worker.ask(*(r.Step(run_id=run_id) for _ in range(3)), r.Step(run_id=run_id, duration=1.0))
    times = [worker.hear(e.Paused).time for _ in range(5)]
    assert times == pytest.approx([0, 0.025, 0.05, 0.075, 1.075])
    stop(worker, run_id)
    assert len(worker.trace(run_id).samples) == 44


def test_that_steps_go_on_beyond_the_end(worker, bench):
    run_id = begin(worker, firing(50), bench, paused=True)
    worker.ask(r.Step(run_id=run_id, duration=80.0))
    assert worker.hear(e.Paused, run_id=run_id).time == 0
    assert worker.hear(e.Paused, run_id=run_id).time == pytest.approx(80)
    assert worker.trace(run_id).chunks[-1].tstop == pytest.approx(80)
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(worker.trace(run_id).samples, worker.run(firing(80), bench).samples)


def test_that_a_finished_run_can_be_extended(worker, bench):
    whole = worker.run(busy(150), bench)
    first = worker.run(busy(100), bench)
    worker.ask(r.Extend(run_id="longer", previous=first.run_id, duration=50.0))
    worker.succeed(e.Finished)
    longer = worker.trace("longer")
    assert longer.only(e.Started).first_sample == len(first.samples)
    np.testing.assert_array_equal(np.concatenate([first.samples, longer.samples]), whole.samples)
    assert first.spikes["cells"] + longer.spikes["cells"] == whole.spikes["cells"]


def test_that_a_run_is_extended_even_when_its_cells_are_gone(worker, bench):
    whole = worker.run(busy(150), bench)
    first = worker.run(busy(100), bench)
    worker.ask(r.Prepare(request_id="others", cells=(type(PATCH)("cells", 2),)))
    worker.succeed(e.Prepared)
    worker.ask(r.Extend(run_id="again", previous=first.run_id, duration=50.0))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(
        np.concatenate([first.samples, worker.trace("again").samples]), whole.samples
    )


def test_that_only_the_last_run_can_be_extended(worker, bench):
    worker.run(firing(), bench)
    worker.ask(r.Extend(run_id="none", previous="long-ago", duration=50.0))
    assert "not the last one" in worker.hear(e.Failed, run_id="none").what


def sphere(**parts) -> object:
    return experiment(SPHERE, recordings=(voltage(SPHERE),), conditions={"tstop": 400.0}, **parts)


def test_that_a_held_current_obeys_ohms_law_from_the_moment_that_is_told(worker, bench):
    run_id = begin(worker, sphere(stimuli=(changed(STEP, target=CLAMP.target),)), bench, paused=True)
    worker.ask(r.Step(run_id=run_id, duration=150.0))
    assert [worker.hear(e.Paused).time for _ in range(2)] == pytest.approx([0, 150])
    applied = set_now(worker, run_id, StimulusAmplitude(stimulus=STEP.id, amplitude=0.004, hold=True))
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    trace = worker.trace(run_id)
    assert applied.time == pytest.approx(150)
    since = round(applied.time / 0.025)
    before = trace.samples[since, 0]
    assert trace.samples[since + 1, 0] > before
    assert trace.samples[-1, 0] == pytest.approx(REST_MV + 0.004 * SPHERE_MEGAOHM, rel=1e-3)
    assert [each.setting for each in trace.finished.settings] == [applied.setting]


def test_that_the_amplitude_of_a_step_keeps_its_times(worker, bench):
    run_id = begin(worker, firing(), bench, paused=True)
    set_now(worker, run_id, StimulusAmplitude(stimulus=STEP.id, amplitude=0.03))
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    stronger = changed(STEP, amplitude=0.03)
    wanted = experiment(PATCH, stimuli=(stronger,), recordings=(voltage(PATCH),))
    np.testing.assert_array_equal(worker.trace(run_id).samples, worker.run(wanted, bench).samples)


def test_that_a_clamp_holds_the_voltage_it_is_given(worker, bench):
    run_id = begin(worker, sphere(stimuli=(CLAMP,)), bench, paused=True)
    set_now(worker, run_id, ClampVoltage(stimulus="clamp", voltage=-20.0))
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    divided = (-20 * SPHERE_MEGAOHM + REST_MV * 10) / (SPHERE_MEGAOHM + 10)
    assert worker.trace(run_id).samples[-1, 0] == pytest.approx(divided, abs=1e-6)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (StimulusAmplitude(stimulus="nothing", amplitude=1), "no enabled stimulus 'nothing'"),
        (ClampVoltage(stimulus=STEP.id, voltage=1), "is not a voltage clamp"),
        (ChannelDensity(cell=PATCH, variable="gnaber_hh", factor=1), "gnaber_hh"),
        (ChannelDensity(cell=PATCH, variable="m_hh", value=1), "m_hh"),
        (ChannelDensity(cell=PATCH, variable="g_pas", factor=1), "has a g_pas"),
        (ChannelDensity(cell=PATCH, variable="gnabar_hh", factor=1, sections="dend[3]"), "dend[3]"),
        (ChannelDensity(cell=SPHERE, variable="g_pas", factor=1), "does not take part"),
    ],
)
def test_that_what_cannot_be_set_is_refused_and_the_run_goes_on(worker, bench, setting, sentence):
    run_id = begin(worker, firing(), bench, paused=True)
    worker.ask(r.Set(request_id=(name := new_name("set")), run_id=run_id, setting=setting))
    refused = worker.hear(e.Refused, request_id=name)
    assert sentence in refused.what
    assert refused.reason == "error"
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(worker.trace(run_id).samples, worker.run(firing(), bench).samples)


def test_that_a_cell_is_described_while_it_runs_which_changes_nothing(worker, bench):
    wanted = firing()
    run_id = begin(worker, wanted, bench, paused=True)
    worker.ask(r.Step(run_id=run_id, duration=20.0))
    assert [worker.hear(e.Paused).time for _ in range(2)] == pytest.approx([0, 20])
    worker.ask(r.Describe(request_id="meanwhile", cell=PATCH, conditions=wanted.conditions))
    assert worker.succeed(e.Description).request_id == "meanwhile"
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(worker.trace(run_id).samples, worker.run(wanted, bench).samples)
