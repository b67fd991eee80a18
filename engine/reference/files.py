"""Which reader a file is for."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from engine.reference.trace import Contents, TimeAxis, Trace, TraceFileError

_REPORTS: Final = (".h5", ".hdf5")
_TABLES: Final = (".csv", ".tsv", ".txt", ".dat")
_NWB: Final = ".nwb"
_ABF: Final = ".abf"
SUFFIXES: Final = (*_REPORTS, _NWB, _ABF, *_TABLES)


def is_of_traces(path: Path) -> bool:
    """Whether a file with this name may hold traces."""
    return path.suffix.lower() in SUFFIXES


def look(path: Path) -> Contents:
    """What a file offers. Raises EngineError where it cannot be read, or offers nothing."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise TraceFileError(f"There is no file {path.name}.", where=str(path.parent))
    with _within_memory(path):
        return _look(path, suffix)


def _look(path: Path, suffix: str) -> Contents:
    if suffix in _REPORTS:
        from engine.reference import report  # noqa: PLC0415 - each format loads what only it needs

        return report.look(path)
    if suffix == _NWB:
        from engine.reference import nwb  # noqa: PLC0415

        return nwb.look(path)
    if suffix == _ABF:
        from engine.reference import abf  # noqa: PLC0415

        return abf.look(path)
    if suffix in _TABLES:
        from engine.reference import table  # noqa: PLC0415

        return table.look(path)
    raise TraceFileError(
        f"Traces are not read from files that end in {path.suffix or 'nothing'}.",
        where=str(path),
        hint=f"These are: {', '.join(SUFFIXES)}.",
    )


def read(
    contents: Contents,
    wanted: Collection[str],
    units: Mapping[str, str],
    times: TimeAxis | None = None,
    report: Callable[[int, int], object] = lambda _done, _total: None,
) -> tuple[Trace, ...]:
    """The traces with these ids, in our units. Raises EngineError for what cannot be compared with.

    `units`: by id, of series without one; `times`: of a table. `report` may raise to give up.
    """
    with _within_memory(contents.path):
        return _read(contents, wanted, units, times or contents.times or TimeAxis(), report)


@contextmanager
def _within_memory(path: Path) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise TraceFileError(
            f"{path.name} has more samples than there is memory for, or says so because it is damaged.",
            where=str(path.parent),
        ) from error


def _read(
    contents: Contents,
    wanted: Collection[str],
    units: Mapping[str, str],
    times: TimeAxis,
    report: Callable[[int, int], object],
) -> tuple[Trace, ...]:
    path, suffix = contents.path, contents.path.suffix.lower()
    if suffix in _REPORTS:
        from engine.reference import report as reports  # noqa: PLC0415

        return reports.read(path, wanted, units)
    if suffix == _NWB:
        from engine.reference import nwb  # noqa: PLC0415

        return nwb.read(path, wanted, units)
    if suffix == _ABF:
        from engine.reference import abf  # noqa: PLC0415

        return abf.read(path, wanted, units)
    from engine.reference import table  # noqa: PLC0415

    return table.read(path, wanted, units, times, report)
