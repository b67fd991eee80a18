"""The folder a run writes into: never somebody's reference outputs, always with a note of what is in it."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from engine import __version__
from engine.errors import EngineError
from engine.user_files import read_json_or, write_whole

RECORD_NAME = "somascope_run.json"
State = Literal["running", "complete", "interrupted", "failed"]


def check(folder: Path, *, overwrite: bool) -> None:
    """EngineError where `prepare` would find files that are not ours. Nothing is changed."""
    with _explaining(folder):
        if folder.exists() and not folder.is_dir():
            raise EngineError(
                f"{folder} is a file, and results need a folder.", hint="Choose one with --out."
            )
        if folder.is_dir() and any(folder.iterdir()) and not overwrite and not _is_ours(folder):
            raise EngineError(
                f"The folder {folder} holds files that Somascope did not write.",
                hint="Choose another one with --out, or allow this one with --overwrite.",
            )


def prepare(folder: Path, *, overwrite: bool) -> Path:
    """Make the folder. EngineError where it holds files that are not ours, unless they may be overwritten."""
    check(folder, overwrite=overwrite)
    with _explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _remove_last_results(folder)
    return folder


@contextlib.contextmanager
def _explaining(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"The folder {folder} cannot be used: {error.strerror}.", hint="Choose another one with --out."
        ) from error


def write_record(folder: Path, state: State, **facts: Any) -> None:
    """Note what is in the folder: how the run ended and what it was of."""
    record = {"somascope": __version__, "state": state, **facts}
    write_whole(folder / RECORD_NAME, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def read_record(folder: Path) -> dict[str, Any]:
    """What the record says; empty where there is none, or none of ours."""
    record = read_json_or(folder / RECORD_NAME, {})
    return record if isinstance(record, dict) and "somascope" in record else {}


def _remove_last_results(folder: Path) -> None:
    """Take away what the record lists, so that files of two runs are never mixed."""
    files = read_record(folder).get("files")
    for name in files if isinstance(files, list) else []:
        path = folder / str(name)
        if path.resolve().parent == folder.resolve():
            path.unlink(missing_ok=True)


def _is_ours(folder: Path) -> bool:
    return bool(read_record(folder))
