"""Time series from files in NWB format (Neurodata Without Borders), read by pynwb."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.circuit import hdf5
from engine.experiment.targets import CellReference
from engine.reference.evenly import checked, on_even_times
from engine.reference.trace import Contents, Floats, Series, Trace, TraceFileError
from engine.reference.units import Scale, scale_of

KIND: Final = "NWB file"
_MS_PER_S: Final = 1000.0  # times are in seconds, whatever is written beside them
_SINGLE_BYTES: Final = 4
_CELL: Final = re.compile(r"(.+):(\d+)")
_PLACE: Final = re.compile(r"section ([A-Za-z_]\w*(?:\[\d+\])?), (0?\.\d+|[01](?:\.0+)?) of its length")


def look(path: Path) -> Contents:
    """A series for each one-dimensional time series, responses first; no sample is read."""
    with _opened(path) as file:
        found = tuple(_series(name, each) for name, each in _time_series(file))
    if not found:
        raise TraceFileError(f"{path.name} holds no time series.", where=str(path.parent))
    return Contents(path, KIND, found)


def read(path: Path, wanted: Collection[str], units: Mapping[str, str]) -> tuple[Trace, ...]:
    """The traces with these ids. `units`: by id, of series whose unit is not known here."""
    with _opened(path) as file:
        there = dict(_time_series(file))
        return tuple(_trace(there[each], there, path, units.get(each, "")) for each in wanted)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import pynwb  # noqa: PLC0415 - optional, and slow to import
    except ImportError as error:
        raise TraceFileError(
            "Reading NWB files needs the package pynwb.",
            hint='Install it with pip install "somascope[nwb]", then try again.',
        ) from error
    hdf5.open_file(path).close()
    with hdf5.reading(path), pynwb.NWBHDF5IO(path, "r", load_namespaces=True) as io:
        yield _content(io, path)


def _content(io: Any, path: Path) -> Any:
    """All of a file but its numbers."""
    from hdmf.build import ConstructError  # noqa: PLC0415 - comes with pynwb

    try:
        return io.read()
    except (ConstructError, AttributeError) as error:  # what is missing is None to pynwb
        raise TraceFileError(
            f"{path.name} is not a valid NWB file.",
            where=str(path.parent),
            hint="pynwb's validator says what is wrong: pynwb-validate FILE.",
        ) from error


def _time_series(file: Any) -> Iterator[tuple[str, Any]]:
    """Those with one number for each sample, by the place where they are."""
    for place in ("acquisition", "stimulus"):
        for name, each in sorted(getattr(file, place).items()):
            if _is_trace(each):
                yield f"{place}/{name}", each
    for module in file.processing.values():
        for name, each in sorted(module.data_interfaces.items()):
            for inner, series in getattr(each, "time_series", {name: each}).items():
                if _is_trace(series):
                    yield f"{module.name}/{name}/{inner}", series


def _is_trace(each: Any) -> bool:
    shape = getattr(getattr(each, "data", None), "shape", ())
    has_times = getattr(each, "rate", None) is not None or getattr(each, "timestamps", None) is not None
    return has_times and len(shape) == 1 and np.dtype(each.data.dtype).kind in "iuf"


def _series(name: str, each: Any) -> Series:
    scale = scale_of(each.unit)
    return Series(
        *(name, _label(name, each), scale.unit if scale is not None else None, int(each.data.shape[0])),
        *(_MS_PER_S / each.rate if each.rate else None, _sweep(each)),
    )


def _label(name: str, each: Any) -> str:
    sweep = _sweep(each)
    stimulus = " (stimulus)" if name.startswith("stimulus/") else ""
    return f"{each.name}{stimulus}{f', {sweep}' if sweep else ''}"


def _sweep(each: Any) -> str:
    number = getattr(each, "sweep_number", None)
    return f"sweep {number}" if number is not None else ""


def _trace(each: Any, there: Mapping[str, Any], path: Path, written: str) -> Trace:
    label = each.name
    known = scale_of(each.unit)
    scale = known if known is not None else scale_of(written) if written else None
    if scale is None:
        raise TraceFileError(
            f"The unit of {label} is {each.unit!r}, which is not known here.",
            where=str(path),
            hint="Choose one.",
        )
    samples = _samples(each, scale)
    times = _times(each)
    if times is not None:
        start, interval, samples, remark = on_even_times(times, samples, label, str(path))
    else:
        checked(samples, label, str(path))
        start, interval, remark = (each.starting_time or 0.0) * _MS_PER_S, _MS_PER_S / each.rate, ""
    is_single = each.data.dtype.itemsize <= _SINGLE_BYTES and _factor(each, scale) == 1
    cell, section, x = _place(each)
    return Trace(
        *(label, scale.unit, samples, float(f"{start:.12g}"), float(f"{interval:.12g}"), _sweep(each)),
        *(cell, section, x, is_single),
        onset=_onset(each, there),
        remark=remark,
    )


def _samples(each: Any, scale: Scale) -> Floats:
    """In our unit; a conversion that gives our unit changes no bit."""
    samples = np.asarray(each.data[:], dtype=np.float64)
    factor = _factor(each, scale)
    if factor != 1:
        samples = samples * factor
    if each.offset:
        samples = samples + each.offset * scale.factor
    return samples


def _factor(each: Any, scale: Scale) -> float:
    return float(f"{scale.factor * each.conversion:.12g}")


def _place(each: Any) -> tuple[CellReference | None, str, float]:
    """Cell, section and position along it, where the electrode has them as we write them; else nothing."""
    electrode = getattr(each, "electrode", None)
    cell = _CELL.fullmatch(getattr(electrode, "cell_id", None) or "")
    place = _PLACE.fullmatch(getattr(electrode, "location", None) or "")
    if cell is None or place is None:
        return None, "", 0.5
    return CellReference(cell[1], int(cell[2])), place[1], float(place[2])


def _times(each: Any) -> Floats | None:
    """(n,) ms; None where there is a rate instead."""
    if each.timestamps is None:
        return None
    return np.asarray(each.timestamps[:], dtype=np.float64) * _MS_PER_S


def _onset(each: Any, there: Mapping[str, Any]) -> float | None:
    """When the stimulus of the same sweep leaves what it was at first (ms); None: there is none."""
    sweep = _sweep(each)
    for name, stimulus in there.items():
        if sweep and name.startswith("stimulus/") and stimulus is not each and _sweep(stimulus) == sweep:
            played = np.asarray(stimulus.data[:])
            times = _times(stimulus)
            if len(steps := np.flatnonzero(played != played[0])):
                at = int(steps[0])
                begin = (stimulus.starting_time or 0.0) * _MS_PER_S
                return float(times[at] if times is not None else begin + at * _MS_PER_S / stimulus.rate)
    return None
