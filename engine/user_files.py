"""Where the program keeps what belongs to its user: caches, remembered decisions, measured properties."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

import platformdirs

from engine.errors import EngineError

_OVERRIDE = "SOMASCOPE_HOME"  # one folder for all of it: tests and portable installations


def cache_folder() -> Path:
    """Things that can be made again: compiled mechanisms."""
    return _folder("cache", platformdirs.user_cache_path("somascope", appauthor=False))


def data_folder() -> Path:
    """Things that cannot: trusted folders, measured properties."""
    return _folder("data", platformdirs.user_data_path("somascope", appauthor=False))


def log_folder() -> Path:
    """Log files."""
    return _folder("log", platformdirs.user_log_path("somascope", appauthor=False))


def write_whole(path: Path, data: str | bytes) -> None:
    """Write a file whole or not at all: a crash or a full disk half way must not cost what was there."""
    content = data.encode() if isinstance(data, str) else data
    # not a NamedTemporaryFile, which nobody else may read: results are shared with colleagues
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        if partial.exists():
            partial.unlink()
        raise EngineError(
            f"{path.name} could not be written: {error.strerror}.",
            where=str(path.parent),
            hint="Make room on the disk or choose a folder that you may write to; the old file is untouched.",
        ) from error


def read_json_or(path: Path, otherwise: Any) -> Any:
    """What a file of ours holds; `otherwise` where it is missing or spoilt (it can be made again)."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return otherwise


def _folder(kind: str, usual: Path) -> Path:
    override = os.environ.get(_OVERRIDE)
    folder = Path(override) / kind if override else usual
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"The folder {folder} cannot be made: {error.strerror}.",
            hint=f"Set the environment variable {_OVERRIDE} to a folder that you may write to.",
        ) from error
    return folder
