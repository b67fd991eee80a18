"""Sweeps from files of Axon instruments (ABF 1 and 2), read by pyabf."""

import struct
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.reference.evenly import checked
from engine.reference.trace import Contents, Floats, Series, Trace, TraceFileError
from engine.reference.units import Scale, scale_of

KIND: Final = "ABF file"
_HEADER_BYTES: Final = 512
_FIRST_SECTION, _SECTION_BYTES, _SECTIONS, _BLOCK_BYTES = 76, 16, 18, 512  # of version 2
_COUNTS_OF_VERSION_1: Final = (10, 16, 48)  # where numbers of samples, sweeps and tags are
_DAMAGE: Final = (
    OSError,
    struct.error,
    ValueError,
    NotImplementedError,
    LookupError,
    TypeError,
    ArithmeticError,
)


def look(path: Path) -> Contents:
    """A series for each channel of each sweep; only the header is read."""
    with _reading(path):
        header = _opened(path, has_samples=False)
        return Contents(path, KIND, tuple(_series(header, *each) for each in _sweeps(header)))


def read(path: Path, wanted: Collection[str], units: Mapping[str, str]) -> tuple[Trace, ...]:
    """The traces with these ids. `units`: by id, of channels whose unit is not in the file."""
    with _reading(path):
        abf = _opened(path, has_samples=True)
        return tuple(_trace(abf, path, each, units.get(each, "")) for each in wanted)


def _opened(path: Path, *, has_samples: bool) -> Any:
    try:
        import pyabf  # noqa: PLC0415 - optional
    except ImportError as error:
        raise TraceFileError(
            "Reading ABF files needs the package pyabf.",
            hint='Install it with pip install "somascope[abf]", then try again.',
        ) from error
    if not path.is_file():
        raise TraceFileError(f"The file {path.name} is missing.", where=str(path.parent))
    _check_counts(path)
    try:
        return pyabf.ABF(path, loadData=has_samples)
    except AttributeError as error:  # pyabf computes with what a damaged header did not give it
        raise ValueError("its header is incomplete") from error


def _check_counts(path: Path) -> None:
    """ValueError if a header counts more than the file can hold: pyabf would fill the memory with it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    counts: list[int] = []
    if head.startswith(b"ABF2"):
        for offset in range(_FIRST_SECTION, _FIRST_SECTION + _SECTIONS * _SECTION_BYTES, _SECTION_BYTES):
            block, entry, count = struct.unpack_from("<IIi", head, offset)
            counts += [count, block * _BLOCK_BYTES + entry * count if block else 0]
    elif head.startswith(b"ABF "):
        counts += [struct.unpack_from("<i", head, offset)[0] for offset in _COUNTS_OF_VERSION_1]
    if any(not 0 <= count <= size for count in counts):
        raise ValueError("its header counts more than there is")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise TraceFileError(
            f"{path.name} cannot be read as an ABF file: {str(error).rstrip('.')}.",
            where=str(path.parent),
            hint="If it was copied or downloaded, check that it arrived whole.",
        ) from error


def _sweeps(header: Any) -> Iterator[tuple[int, int]]:
    for sweep in range(header.sweepCount):
        for channel in range(header.channelCount):
            yield sweep, channel


def _series(header: Any, sweep: int, channel: int) -> Series:
    scale = _scale(header, channel)
    return Series(
        *(f"{sweep}/{channel}", _label(header, sweep, channel), scale.unit if scale is not None else None),
        *(int(header.sweepPointCount), 1000 / header.dataRate, f"sweep {sweep + 1}"),
    )


def _label(header: Any, sweep: int, channel: int) -> str:
    name = _clean(header.adcNames[channel]) or f"channel {channel + 1}"
    return f"{name}, sweep {sweep + 1}"


def _scale(header: Any, channel: int) -> Scale | None:
    unit = _clean(header.adcUnits[channel])
    return scale_of(unit) if unit else None


def _clean(text: str) -> str:
    return text.strip("\0 ?")


def _trace(abf: Any, path: Path, series: str, written: str) -> Trace:
    sweep, channel = map(int, series.split("/"))
    label = _label(abf, sweep, channel)
    scale = _scale(abf, channel) or (scale_of(written) if written else None)
    if scale is None:
        raise TraceFileError(
            f"The file does not say the unit of {label}.", where=str(path), hint="Choose one."
        )
    abf.setSweep(sweep, channel)
    interval = 1000 / abf.dataRate
    samples = np.asarray(abf.sweepY, dtype=np.float64) * scale.factor
    checked(samples, label, str(path))
    return Trace(
        *(label, scale.unit, samples, 0.0, interval, f"sweep {sweep + 1}"),
        is_single=scale.factor == 1,
        onset=_onset(_command(abf), interval),
    )


def _command(abf: Any) -> Floats:
    """What was asked of the amplifier; NaN where that is in another file, which nobody needs here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(abf.sweepC, dtype=np.float64)


def _onset(command: Floats, interval: float) -> float | None:
    """When the command leaves what it was at first (ms); None if it never does, or is not in the file."""
    steps = np.flatnonzero(np.isfinite(command) & (command != command[0])) if len(command) else np.empty(0)
    return float(steps[0] * interval) if len(steps) and np.isfinite(command[0]) else None
