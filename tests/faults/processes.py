"""Processes of Linux: who descends from whom, what they do, and whether they are gone."""

import contextlib
import os
import select
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


def descendants(process_id: int) -> set[int]:
    """Children, their children, and so on, at this moment."""
    parents = {
        int(each.name): parent for each in _PROC.glob("[0-9]*") if (parent := _parent(each)) is not None
    }
    found, wanted = set(), {process_id}
    while wanted:
        found |= wanted
        wanted = {child for child, parent in parents.items() if parent in wanted} - found
    return found - {process_id}


def name_of(process_id: int) -> str:
    """What it is called, empty if it is gone."""
    try:
        return (_PROC / str(process_id) / "comm").read_text().strip()
    except OSError:
        return ""


def is_asleep(process_id: int) -> bool:
    """Whether its main thread waits for something."""
    return _stat(_PROC / str(process_id) / "task" / str(process_id))[0] == "S"


class Mourners:
    """Waits for the ends of processes that are nobody's children any more."""

    def __init__(self, process_ids: Iterable[int]) -> None:
        self._alive: dict[int, int] = {}  # process by file
        for process_id in process_ids:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                self._alive[os.pidfd_open(process_id)] = process_id

    def wait(self, seconds: float) -> list[str]:
        """Return when all are gone; the names of those that are still there after so long."""
        until = time.monotonic() + seconds
        while self._alive and (left := until - time.monotonic()) > 0:
            for file in select.select(list(self._alive), [], [], left)[0]:
                del self._alive[file]
                os.close(file)
        names = [f"{name_of(process_id)} ({process_id})" for process_id in self._alive.values()]
        for file in self._alive:
            os.close(file)
        return names


def _parent(folder: Path) -> int | None:
    try:
        return int(_stat(folder)[1])
    except OSError:
        return None


def _stat(folder: Path) -> list[str]:
    """The fields of `stat` from the third on."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
