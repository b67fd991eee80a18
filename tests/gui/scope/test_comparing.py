"""Runs and references over one another: which traces belong together, normalised, moved, and subtracted."""

from dataclasses import replace

import numpy as np
import pytest

from gui.panels.scope import comparison as comparisons
from gui.panels.scope.comparison import Comparison
from gui.panels.scope.fitting import Options
from gui.panels.scope.matching import matched
from tests.gui.scope.conftest import head

VOLTAGE = head("voltage", "v", "mV")
OF_A_FILE = (head("of a file", "v", "mV"),)
TIMES = np.arange(4000) * 0.025


def bump(at, height=90.0, times=TIMES):
    """A spike of 90 mV from -65 mV, at its steepest at `at` ms."""
    return -65 + height * np.exp(-(((times - at) / 1.5) ** 2))


@pytest.fixture
def load(feed):
    """Add a reference that was loaded from a file."""

    def load(samples, heads=OF_A_FILE, interval=0.025, **more):
        more = {"reference": "a file", "name": "cell.csv", "is_loaded": True, "is_pinned": True, **more}
        return feed(np.reshape(samples, (len(samples), -1)), heads=heads, interval=interval, **more)

    return load


def only(scope):
    """The samples of the one difference that is drawn."""
    scope.stack.draw()
    (each,) = scope.comparison.differences
    return each.traces.column(0)


def test_that_traces_are_matched_by_recording_site_or_unit_or_as_the_user_says(feed, load):
    gate, current = head("gate-m", "hh.m", ""), head("current", "i", "nA")
    run = feed(np.zeros((5, 3)), heads=(gate, VOLTAGE, current))
    same_place = feed(np.zeros((5, 2)), heads=(current, replace_id(VOLTAGE, "another")))
    assert matched(run, same_place) == [(2, 0), (1, 1)]
    elsewhere = head("x", "Vm", "mV"), head("y", "Im", "nA"), head("z", "Vm 2", "mV")
    file = load(np.zeros((5, 3)), elsewhere)
    assert matched(file, run) == [(0, 1), (1, 2)]
    assert matched(file, run, ("z", "voltage")) == [(2, 1)]
    assert matched(file, run, ("gone", "voltage")) == [(0, 1), (1, 2)]


def replace_id(one, name):
    return type(one).model_validate({**one.model_dump(), "id": name})


def test_that_a_run_is_subtracted_from_a_file_with_other_sample_times(scope, load, feed, session):
    file = load(bump(40, times=np.arange(900) * 0.11), interval=0.11)
    run = feed(bump(40)[:, np.newaxis], heads=(VOLTAGE,), interval=0.025)
    session.runs.compare(file, run)
    difference = only(scope)
    expected = np.interp(np.arange(900) * 0.11, TIMES, bump(40)) - bump(40, times=np.arange(900) * 0.11)
    np.testing.assert_allclose(difference, expected, atol=1e-9)
    said = scope.remarks.text()
    assert "Run 2 is the same as cell.csv within 0.01 mV (largest difference" in said
    assert "Sample times differ: Run 2 was interpolated" in said
    scope.comparing.bar.tolerance.setValue(0.001)
    scope.stack.draw()
    assert "Run 2 differs from cell.csv" in scope.remarks.text()
    assert "which is more than 0.001 mV" in scope.remarks.text()


def test_that_spikes_and_stimuli_are_laid_over_one_another(scope, load, feed, session):
    double = np.maximum(bump(20), bump(60))
    file = load(np.column_stack([double, TIMES > 15]), (head("a", "v", "mV"), head("b", "i", "nA")))
    run = feed(np.maximum(bump(25.3), bump(65.3))[:, np.newaxis], heads=(VOLTAGE,), interval=0.025)
    session.runs.compare(file, run)
    assert np.abs(only(scope)).max() > 50
    bar = scope.comparing.bar
    bar.align.setCurrentIndex(1)
    bar.align.activated.emit(1)
    assert bar.spike.isVisibleTo(scope) and not bar.later.isVisibleTo(scope)
    for number in (1, 2):
        bar.spike.setValue(number)
        difference = only(scope)
        assert np.abs(difference[:3000]).max() < 0.5, "the straight line between samples at a spike"
        assert "cell.csv is drawn 5.3 ms later." in scope.remarks.text()
    moved = next(line for line in scope.trace_plots[0].lines if line.traces is file.traces)
    assert moved.times()[0] == pytest.approx(5.3, abs=1e-3)
    bar.spike.setValue(3)
    scope.stack.draw()
    assert "cell.csv has no spike 3: it stays where it is." in scope.remarks.text()
    scope.comparing.change(replace(scope.comparing.options, align="stimulus"))
    scope.stack.draw()
    onset = min(each.delay for each in run.experiment.stimuli)
    assert f"cell.csv is drawn {abs(onset - 15.025):.4g} ms" in scope.remarks.text()
    scope.comparing.change(replace(scope.comparing.options, align="hand", later=5.3))
    assert np.abs(only(scope)).max() < 0.5


@pytest.mark.parametrize(
    ("scale", "title"), [("range", "least 0, greatest 1"), ("peak", "baseline 0, peak 1")]
)
def test_that_normalised_traces_have_one_shape(scope, load, feed, scale, title):
    file = load(bump(40, 30) * 1.5)
    run = feed(bump(40)[:, np.newaxis], heads=(VOLTAGE,), interval=0.025)
    scope.comparing.compare_traces((file, file.heads[0]), (run, run.heads[0]))
    scope.comparing.change(Options(scale=scale))
    assert np.abs(only(scope)).max() < 1e-9
    plot = scope.trace_plots[0]
    assert plot.title == f"Voltage, {title}"
    for line in plot.lines:
        assert (line.values().min(), line.values().max()) == pytest.approx((0, 1), abs=1e-9)
    assert plot.vb.viewRange()[1] == pytest.approx([0, 1], abs=0.2)
    assert "is the same as" in scope.remarks.text() and "mV" not in scope.remarks.text()


def test_that_many_are_laid_over_a_reference_and_each_has_a_sentence(scope, load, feed, session):
    runs = [feed((bump(40) + more)[:, np.newaxis], heads=(VOLTAGE,), interval=0.025) for more in (0, 0.5, 2)]
    file = load(bump(40))
    session.runs.compare(file, *runs)
    scope.stack.draw()
    assert len(scope.trace_plots[0].lines) == 4 and len(scope.trace_plots[1].lines) == 3
    assert scope.trace_plots[1].title == "Others − cell.csv (mV)"
    sentences = scope.remarks.text().splitlines()[:3]
    assert [each.split(" cell.csv")[0] for each in sentences] == [
        "Run 1 is the same as", "Run 2 differs from", "Run 3 differs from",
    ]  # fmt: skip
    assert "up to 0.5 mV" in sentences[1] and "rms 2 mV" in sentences[2]


def test_that_the_user_chooses_two_traces(scope, load, feed, session):
    file = load(np.column_stack([bump(20), bump(40)]), (head("a", "v", "mV"), head("b", "v", "mV")))
    run = feed(bump(40)[:, np.newaxis], heads=(VOLTAGE,), interval=0.025)
    scope.comparing.compare_traces((file, file.heads[1]), (run, run.heads[0]))
    assert not only(scope).any()
    assert [line.column for line in scope.trace_plots[0].lines] == [1, 0], "the other one is not in the way"
    assert "voltage − b: Run 2 is the same as cell.csv" in scope.remarks.text()
    again = feed(bump(41)[:, np.newaxis], heads=(VOLTAGE,), interval=0.025)
    session.runs.compare(file, again)
    assert scope.comparison.differences[0].first.column == 1, "the choice stays for the next run"


def test_that_long_differences_are_made_in_several_turns(scope, load, feed, session, monkeypatch):
    monkeypatch.setattr(comparisons, "_AT_ONCE", 1000)
    file, run = load(bump(40)), feed(bump(40)[:, np.newaxis] + 1, heads=(VOLTAGE,), interval=0.025)
    made = Comparison(file, run)
    steps = 1
    while made.update():
        steps += 1
    assert steps == 4 and made.differences[0].traces.samples == 4000
    assert made.differences[0].size.rms == pytest.approx(1)


def test_that_a_reference_is_drawn_beside_the_newest_run_and_its_ghost(scope, load, feed, session):
    before, newest = feed(), feed()
    file = load(bump(40))
    assert session.runs.latest is newest
    scope.stack.draw()
    assert (scope.drawn.ghost, scope.drawn.others, scope.drawn.newest) == (before, (file,), newest)
    assert "cell.csv" in [entry.name for entry in scope.legend.entries]
