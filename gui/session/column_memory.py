"""Which columns of tables were chosen, kept in the user's folder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine import user_files
from engine.errors import EngineError


def remembered_columns(table: str) -> tuple[str, ...]:
    """The names of the columns that were chosen for a kind of table; () if none were."""
    kept = read_memory().get(table)
    is_sound = isinstance(kept, list) and all(isinstance(each, str) for each in kept)
    return tuple(kept) if is_sound and kept is not None else ()


def remember_columns(table: str, names: Sequence[str]) -> None:
    """Keep them for the next time."""
    before = read_memory()
    if before.get(table) != list(names):
        write_memory({**before, table: list(names)})


def read_memory() -> dict[str, Any]:
    """All that is kept; {} if it cannot be read."""
    try:
        found = user_files.read_json_or(_file(), {})
    except EngineError:  # no folder to keep them in
        return {}
    return found if isinstance(found, dict) else {}


def write_memory(kept: Mapping[str, Any]) -> None:
    """Keep this and nothing else."""
    try:
        user_files.write_whole(_file(), json.dumps(kept))
    except EngineError:  # a full disk: the columns hold until the program ends
        return


def _file() -> Path:
    return user_files.data_folder() / "columns.json"
