"""Names and paths as SONATA's files hold them."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# Of the metadata of configurations that we wrote: who did, how many of the connection overrides are not the
# user's, and whether synapses release at the rates of the circuit.
CREATOR: Final = "Somascope"
BASE_OVERRIDES: Final = "base_overrides"
SPONTANEOUS_RELEASE: Final = "spontaneous_release"


def relative(path: Path, folder: Path) -> str:
    """`path` seen from `folder`, `/` between parts; whole where no way leads from one to the other."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def unique(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number behind it if it is taken; libsonata takes an object of numbers for a list."""
    known = set(taken)
    start = f"number {name}" if name.isdigit() else name
    candidates = (start if number == 1 else f"{start} {number}" for number in range(1, len(known) + 2))
    return next(each for each in candidates if each not in known)
