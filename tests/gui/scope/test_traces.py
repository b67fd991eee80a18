"""The pyramid of minima and maxima against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.session.traces import Traces

values = st.sampled_from([-3.0, 0.0, 1.5, 2.0, 7.25, np.nan, np.inf, -np.inf])
lengths = st.lists(st.integers(0, 700), min_size=1, max_size=6)


def filled(chunks: list[int], seed: int, columns: int = 2) -> tuple[Traces, np.ndarray]:
    """Traces that were appended in chunks, and the same samples in one table."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(sum(chunks), columns))
    table[random.random(table.shape) < 0.02] = np.nan
    traces = Traces(columns, 0.5, start=3.0)
    for end, length in zip(np.cumsum(chunks), chunks, strict=True):
        traces.append(table[end - length : end])
    return traces, table


@given(chunks=lengths, seed=st.integers(0, 999), buckets=st.integers(1, 60))
def test_that_an_envelope_of_everything_holds_exact_minima_and_maxima(chunks, seed, buckets):
    traces, table = filled(chunks, seed)
    times, drawn = traces.envelope(1, -np.inf, np.inf, buckets)
    assert len(times) == len(drawn) <= 2 * buckets
    if len(table) <= 2 * buckets:
        np.testing.assert_array_equal(drawn, table[:, 1])
        return
    starts = np.round((times[::2] - 3) / 0.5).astype(int)
    for bucket, (begin, end) in enumerate(zip(starts, [*starts[1:], len(table)], strict=True)):
        pair = drawn[2 * bucket : 2 * bucket + 2]
        stretch = table[begin:end, 1]
        np.testing.assert_equal(np.fmin.reduce(pair), np.fmin.reduce(stretch))
        np.testing.assert_equal(np.fmax.reduce(pair), np.fmax.reduce(stretch))


@given(
    chunks=lengths,
    first=st.floats(-100, 1500),
    width=st.floats(0, 1500),
    buckets=st.integers(2, 40),
)
def test_that_an_envelope_of_a_stretch_covers_it_and_no_more_than_a_bucket_beyond(
    chunks, first, width, buckets
):
    traces, table = filled(chunks, 1)
    times, drawn = traces.envelope(0, first, first + width, buckets)
    all_times = traces.times()
    assert len(drawn) <= 2 * buckets
    inside = (all_times >= first) & (all_times <= first + width)
    if inside.any():
        assert times[0] <= all_times[inside][0]
        assert times[-1] >= all_times[inside][-1]
        wanted = table[inside, 0]
        if np.isfinite(wanted).any():
            assert np.nanmin(drawn) <= np.nanmin(wanted)
            assert np.nanmax(drawn) >= np.nanmax(wanted)
    assert np.isin(drawn[np.isfinite(drawn)], table[:, 0]).all()


@given(st.lists(values, min_size=1, max_size=80))
def test_that_extremes_are_those_of_the_finite_samples(samples):
    traces = Traces(1, 1.0)
    for each in samples:
        traces.append(np.array([[each]]))
    finite = [each for each in samples if np.isfinite(each)]
    expected = (min(finite), max(finite)) if finite else (np.nan, np.nan)
    np.testing.assert_equal(traces.extremes(0), expected)


def test_that_samples_are_kept_bit_for_bit_in_whatever_chunks_they_come():
    traces, table = filled([1, 0, 5000, 17, 1024], 3)
    np.testing.assert_array_equal(traces.column(0), table[:, 0])
    assert traces.times()[0] == 3.0
    assert traces.times()[-1] == 3.0 + 0.5 * (len(table) - 1)


def test_that_traces_without_samples_or_columns_have_nothing_to_draw():
    nothing = Traces(1, 0.1)
    assert nothing.envelope(0, 0, 10, 100)[0].size == 0
    assert nothing.index_at(5.0) == -1
    no_columns = Traces(0, 0.1)
    no_columns.append(np.empty((100, 0)))
    assert no_columns.samples == 100


@pytest.mark.parametrize(("time", "index"), [(-5.0, 0), (3.2, 0), (3.3, 1), (1e9, 9)])
def test_that_the_nearest_sample_is_found(time, index):
    traces, _ = filled([10], 0)
    assert traces.index_at(time) == index


def test_that_buckets_stay_the_same_while_samples_come():
    random = np.random.default_rng(0)
    traces = Traces(1, 1.0)
    traces.append(random.normal(size=(10_000, 1)))
    _, before = traces.envelope(0, 2000, 6000, 100)
    traces.append(random.normal(size=(50_000, 1)))
    _, after = traces.envelope(0, 2000, 6000, 100)
    np.testing.assert_array_equal(before, after)
