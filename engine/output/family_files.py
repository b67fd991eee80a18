"""What a protocol gave, as files that other programs read: a table, the numbers, and the traces."""

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.errors import EngineError
from engine.experiment.recordings import SiteRecording
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Outcome, Result
from engine.user_files import write_whole

TABLE, NUMBERS, TRACES = "table.csv", "result.json", "traces.h5"


def table_text(result: Result) -> str:
    """The table as CSV: a head with units, a line for each row, empty where there is no number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(f"{each.name} ({each.unit})" if each.unit else each.name for each in result.columns)
    for row in zip(*(each.values for each in result.columns), strict=True):
        writer.writerow(map(cell_text, row))
    return text.getvalue()


def cell_text(value: float | str) -> str:
    """A cell of a table, as text that reads back to the same number; empty where there is none."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else repr(float(value))


def numbers_text(protocol: Protocol, result: Result, **facts: Any) -> str:
    """Protocol, single numbers with units and errors, and what else is known, as JSON."""
    numbers = {
        each.name: {"value": each.value, "unit": each.unit}
        | ({} if each.error is None or math.isnan(each.error) else {"standard_error": each.error})
        for each in result.numbers
    }
    content = {"protocol": protocol.model_dump(mode="json"), "numbers": numbers, **facts}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def write_result(folder: Path, protocol: Protocol, result: Result, **facts: Any) -> tuple[str, ...]:
    """Write table and numbers; the names of the files. EngineError if the disk is full."""
    write_whole(folder / TABLE, table_text(result))
    write_whole(folder / NUMBERS, numbers_text(protocol, result, **facts))
    return TABLE, NUMBERS


class TraceFile:
    """Traces of sweeps in an HDF5 file, added as they come: `sweeps/N/NAME`, in the order they ended.

    Attributes of a sweep: `value` and its `unit`, `second` (if two are varied), `interval_ms`, `problem`; of
    a voltage, the `place` where it was recorded.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        with _explaining(path), h5py.File(path, "w") as file:
            file.create_group("sweeps")

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Append them. EngineError if the disk is full; what was there stays."""
        with _explaining(self._path), h5py.File(self._path, "r+") as file:
            for outcome in outcomes:
                group = file["sweeps"].create_group(str(self._count))
                self._count += 1
                group.attrs["value"] = outcome.sweep.value
                group.attrs["unit"] = outcome.sweep.unit
                group.attrs["interval_ms"] = outcome.interval
                group.attrs["problem"] = outcome.problem
                if outcome.sweep.second is not None:
                    group.attrs["second"] = outcome.sweep.second
                places = {
                    each.id: str(each.site)
                    for each in outcome.sweep.experiment.recordings
                    if isinstance(each, SiteRecording)
                }
                for name, samples in outcome.columns.items():
                    group[name] = np.asarray(samples, dtype=np.float64)
                    if name in places:
                        group[name].attrs["place"] = places[name]


class _explaining:  # noqa: N801 - reads as a statement
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise EngineError(
                f"{self._path.name} could not be written: {error}.",
                where=str(self._path.parent),
                hint="Make room on the disk or choose a folder that you may write to.",
            ) from error
