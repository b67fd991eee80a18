"""Names and paths as SONATA's files hold them."""

import os
from collections.abc import Iterable
from pathlib import Path


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
