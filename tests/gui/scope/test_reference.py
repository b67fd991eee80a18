"""The trace of a report is subtracted from runs at the times that both have, and from each new run."""

import numpy as np
import pytest

from gui.panels.scope.alignment import aligned
from gui.panels.scope.comparison import Comparison
from gui.session.following import Following
from gui.session.traces import Traces
from tests.gui.scope.conftest import head

VOLTAGE = (head("voltage", "v", "mV"),)


def traces(interval, start, samples=800):
    made = Traces(1, interval, start)
    made.append(np.arange(float(samples))[:, np.newaxis])
    return made


@pytest.mark.parametrize(
    ("first", "second", "start"),
    [
        ((0.1, 0.0), (0.025, 0.0), 0.0),  # a report that is coarser than the run
        ((0.025, 0.0), (0.1, 0.0), 0.0),
        ((0.025, 0.025), (0.025, 0.0), 0.025),  # of a program that keeps no initial value
        ((1.0, 0.0), (0.025, 2.5), 3.0),  # a run that begins later than the report
        ((0.1, 10.0), (0.025, 0.0), 10.0),
    ],
)
def test_that_samples_of_the_same_times_are_found(first, second, start):
    one, two = traces(*first), traces(*second)
    alignment = aligned(one, two)
    assert alignment is not None
    assert (alignment.start, alignment.interval) == pytest.approx((start, max(first[0], second[0])))
    shown = [
        each.times()[every.between(0, 5)] for each, every in ((one, alignment.first), (two, alignment.second))
    ]
    np.testing.assert_allclose(shown[0], shown[1])


@pytest.mark.parametrize(("interval", "start"), [(0.04, 0.0), (0.1, 0.01)])
def test_that_there_may_be_no_common_times(interval, start):
    assert aligned(traces(interval, start), traces(0.025, 0.0)) is None


def fine_and_coarse(feed, change):
    """A reference with 32 bits every 0.1 ms, and a run every 0.025 ms that differs by `change`."""
    fine = -65 + 40 * np.sin(np.arange(4001)[:, np.newaxis] * 0.025 / 7)
    reference = feed(fine[::4].astype(np.float32).astype(float), heads=VOLTAGE, interval=0.1)
    reference.reference, reference.is_single, reference.name = "a report", True, "Reference"
    return reference, feed(fine + change, heads=VOLTAGE, interval=0.025)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (0.0, "Run 2 is the same as Reference, in all digits that it keeps (1,001 samples)."),
        (0.00201, "Run 2 is the same as Reference within 0.01 mV (largest difference 0.00201 mV at "),
        (7.5, "Run 2 differs from Reference by up to 7.5 mV at "),
    ],
)
def test_that_the_difference_is_said_in_words(scope, feed, session, change, said):
    reference, run = fine_and_coarse(feed, change)
    session.runs.compare(reference, run)
    scope.stack.draw()
    assert said in scope.remarks.text()
    difference = scope.trace_plots[1].trace_curves[0].getData()[1]
    np.testing.assert_allclose(difference, change, atol=1e-5)


def test_that_each_new_run_is_compared_until_the_user_stops_that(scope, feed, session):
    following = Following(session.runs)
    reference = feed()
    reference.reference = "a report"
    following.follow(reference)
    for _ in range(2):
        run = feed()
        scope.stack.draw()
        assert scope.comparison is not None
        assert scope.comparison.runs == (reference, run)
        (difference,) = [each.traces for each in scope.comparison.differences if each.first.column == 0]
        assert difference.samples == run.traces.samples
    scope.stop_comparing()
    feed()
    assert scope.comparison is None


def test_that_where_several_are_compared_the_newest_joins_them(scope, feed, session):
    following = Following(session.runs)
    reference, *others = feed(), feed(), feed()
    reference.reference = "a report"
    session.runs.compare(reference, *others)
    newest = feed()
    assert scope.comparison.runs == (reference, *others, newest)
    session.runs.remove(others[0])
    last = feed()
    assert following.reference is reference
    assert scope.comparison.runs == (reference, others[1], newest, last)


def test_that_a_run_that_is_being_built_is_no_reason_to_complain(feed):
    reference = feed()
    begun = feed(state="running")
    begun.heads, begun.traces = (), Traces(0, 0.025)
    assert Comparison(reference, begun).in_words() == ""
