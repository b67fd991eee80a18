"""Samples on a grid of even times, or put onto one; and what is wrong with them."""

from typing import Final

import numpy as np

from engine.reference.trace import Floats, TraceFileError

_UNEVEN: Final = 1e-2  # of a sample: times are rounded when they are written
_MOST_FINER: Final = 10  # so many more samples than the file has, at most


def checked(samples: Floats, label: str, where: str, times: Floats | None = None) -> None:
    """Raise TraceFileError if there are under two samples, or one is not a number. `times` (ms) name it."""
    if len(samples) < 2:
        raise TraceFileError(f"{label} has no two samples.", where=where, hint="Choose another trace.")
    bad = np.flatnonzero(~np.isfinite(samples))
    if len(bad):
        at = f" at {times[bad[0]]:.6g} ms" if times is not None else ""
        count = "1 sample that is" if len(bad) == 1 else f"{len(bad):,} samples that are"
        raise TraceFileError(
            f"{label} has {count} not a finite number, the first is sample {bad[0] + 1:,}{at}.",
            where=where,
            hint="Remove or replace them in the file.",
        )


def on_even_times(times: Floats, samples: Floats, label: str, where: str) -> tuple[float, float, Floats, str]:
    """Start and interval (ms), samples, and a remark: "" where the times (ms) of a file are even.

    Where they are not, samples are taken on straight lines between those of the file. Raises TraceFileError
    if times are missing or do not increase.
    """
    checked(samples, label, where, times)
    bad = np.flatnonzero(~np.isfinite(times))
    if len(bad):
        raise TraceFileError(f"{label} has no time at sample {bad[0] + 1:,}.", where=where)
    steps = np.diff(times)
    back = np.flatnonzero(steps <= 0)
    if len(back):
        first, second = times[back[0]], times[back[0] + 1]
        raise TraceFileError(
            f"The times of {label} do not increase: {second:.6g} ms follows {first:.6g} ms.",
            where=where,
            hint="Sort the rows by time, and leave out times that come twice.",
        )
    start, interval = float(times[0]), _interval(times)
    counts = np.arange(len(times))
    if np.abs(start + counts * interval - times).max() <= _UNEVEN * interval:
        return start, interval, samples, ""
    span = float(times[-1] - times[0])
    step = float(f"{max(steps.min(), span / (_MOST_FINER * len(times))):.3g}")
    grid = start + np.arange(int(span / step + 1e-9) + 1) * step
    remark = f"The times of {label} are uneven: it was interpolated, with a sample every {step:g} ms."
    return start, step, np.interp(grid, times, samples), remark


def _interval(times: Floats) -> float:
    """The one whose multiples are the times to the last bit, if there is such a short number."""
    mean = float((times[-1] - times[0]) / (len(times) - 1))
    counts = np.arange(len(times), dtype=np.float64)
    for each in (float(f"{mean:.9g}"), float(f"{mean:.12g}"), float(times[1] - times[0])):
        if np.array_equal(times[0] + counts * each, times):
            return each
    return float(f"{mean:.12g}")
