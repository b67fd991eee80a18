"""Reading HDF5 with errors that name the file, and by rows without reading whole columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.errors import CircuitError

_GAP_ROWS = 4096  # rows nearer to each other than this are read in one go, with what lies between


def open_file(path: Path, *, hint: str = "") -> h5py.File:
    """Open for reading; raises CircuitError if it is missing, unreadable or not HDF5."""
    if not path.is_file():
        what = (
            f"{path.name} is a folder, not a file." if path.is_dir() else f"The file {path.name} is missing."
        )
        raise CircuitError(what, where=str(path.parent), hint=hint)
    try:
        return h5py.File(path, "r")
    except OSError as error:
        reason = _reason(error)
        raise CircuitError(
            f"{path.name} cannot be read as HDF5: {reason}.",
            where=str(path.parent),
            hint=hint or "If it was copied or downloaded, check that it arrived whole.",
        ) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what HDF5 raises about a damaged or incomplete file into a CircuitError that names it."""
    try:
        yield
    except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:  # h5py raises all of these
        raise CircuitError(
            f"{path.name} is damaged: {_reason(error)}.",
            where=str(path.parent),
            hint="Copy or make the file again.",
        ) from error


def dataset(
    group: h5py.Group, name: str, where: Path, *, kinds: str = "iuf", length: int | None = None
) -> h5py.Dataset:
    """A one-dimensional dataset of numbers; raises CircuitError if it is something else."""
    found = group.get(name)
    place = f"{where.name}, {group.name}"
    if not isinstance(found, h5py.Dataset):
        raise CircuitError(f"The dataset {name!r} is missing.", where=place)
    dtype = dtype_of(found)
    if found.ndim != 1 or dtype is None or dtype.kind not in kinds:
        raise CircuitError(
            f"The dataset {name!r} should be a list of {'numbers' if 'f' in kinds else 'whole numbers'}, "
            f"and is {dtype or 'something unknown'} of shape {found.shape}.",
            where=place,
        )
    if length is not None and len(found) != length:
        raise CircuitError(
            f"The dataset {name!r} has {len(found)} values where {length} are due.", where=place
        )
    return found


def dtype_of(data: h5py.Dataset) -> np.dtype[Any] | None:
    """The type of a dataset; None if it is none that NumPy has, which h5py raises errors of Python's for."""
    try:
        dtype: np.dtype[Any] = data.dtype
    except (TypeError, ValueError):
        return None
    return dtype


def groups(parent: h5py.Group) -> list[str]:
    """The names of the groups in a group, in the file's order; names that are not UTF-8 are left out."""
    names = [name for name in parent if isinstance(name, str)]
    return [name for name in names if parent.get(name, getclass=True) is h5py.Group]


def take(source: h5py.Dataset, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Values at these rows, in their order; text as str.

    Rows may repeat and come in any order. What lies far from any of them is not read.
    """
    view = source.asstr(errors="replace") if h5py.check_string_dtype(source.dtype) else source
    if rows.size == 0:
        return np.asarray(view[0:0])
    wanted, back = np.unique(rows, return_inverse=True)
    breaks = np.flatnonzero(np.diff(wanted) > _GAP_ROWS) + 1
    parts = [view[part[0] : part[-1] + 1][part - part[0]] for part in np.split(wanted, breaks)]
    return np.asarray(np.concatenate(parts)[back])


def text(value: object) -> str:
    """An attribute that should be text, however it was stored; "" where there is none."""
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value) if isinstance(value, str) else ""


def strings(source: h5py.Dataset) -> Sequence[str]:
    """All values of a text dataset."""
    return [str(each) for each in source.asstr(errors="replace")[()]]


def _reason(error: Exception) -> str:
    """The useful part of "Unable to synchronously open file (file signature not found)"."""
    message = str(error.args[-1] if error.args else error)
    inside = message.rpartition("(")[2].rstrip(")") if message.endswith(")") else message
    return inside.strip("'\" .") or type(error).__name__
