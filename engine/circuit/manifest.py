"""Reading SONATA's JSON files and expanding the variables of their manifests."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from engine.circuit.problems import Problem
from engine.errors import CircuitError, UnknownNameError

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_LONGEST = 32_000  # characters, more than any system's paths have
_LITERAL = "$regex"  # its values are patterns, in which a dollar sign means something else


def read_json(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises CircuitError if the file is missing, unreadable, not UTF-8, not JSON, names a key twice, holds
    NaN or Infinity, or is not an object.
    """
    if not path.is_file():
        what = f"{path.name} is a folder." if path.is_dir() else f"The file {path.name} is missing."
        raise CircuitError(what, where=str(path.parent))
    try:
        raw = json.loads(
            path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constants
        )
    except OSError as error:
        raise CircuitError(
            f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error
    except UnicodeDecodeError as error:
        raise CircuitError(
            f"{path.name} is not a text file in UTF-8.", where=str(path.parent), hint="Is it the right file?"
        ) from error
    except json.JSONDecodeError as error:
        raise CircuitError(
            f"{path.name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            where=str(path.parent),
        ) from error
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise CircuitError(f"{path.name} cannot be used: {reason}.", where=str(path.parent)) from error
    if not isinstance(raw, dict):
        raise CircuitError(f"{path.name} holds no JSON object {{…}} at its top.", where=str(path.parent))
    return raw


def expand(raw: Mapping[str, Any], base: Path, problems: list[Problem] | None = None) -> dict[str, Any]:
    """`raw` without its manifest, and with the manifest's variables replaced in every text.

    `base` is the folder of the file. `$VAR` and `${VAR}` are meant alike; `configdir` and `workingdir` are
    known without being defined. A cycle or an unknown variable raises CircuitError, or, given a list of
    problems, is added to it and the text left as it is.
    """
    variables = _Variables(raw.get("manifest"), base, problems)
    try:
        return {key: variables.expanded(value) for key, value in raw.items() if key != "manifest"}
    except RecursionError as error:
        raise CircuitError("The configuration is nested too deeply.", where=str(base)) from error


def resolve(base: Path, text: str) -> Path:
    """The path that a text of a file in the folder `base` means."""
    return Path(os.path.normpath(Path(base, text)))


class _Variables:
    """The variables of one manifest; each is worked out when it is first needed."""

    def __init__(self, manifest: object, base: Path, problems: list[Problem] | None) -> None:
        self._problems = problems
        self._where = f"the manifest in {base}"
        self._done = {"configdir": str(base), "workingdir": str(Path.cwd())}
        self._raw: dict[str, str] = {}
        self._underway: list[str] = []
        if manifest is None:
            return
        if not isinstance(manifest, dict):
            self._report(CircuitError("The manifest is not an object {…}.", where=self._where))
            return
        for key, value in manifest.items():
            if isinstance(value, str):
                self._raw[key.strip("${}")] = value
            else:
                self._report(CircuitError(f"The manifest variable {key!r} is not a text.", where=self._where))

    def expanded(self, value: Any) -> Any:
        if isinstance(value, str):
            return _VARIABLE.sub(self._replacement, value) if "$" in value else value
        if isinstance(value, list):
            return [self.expanded(each) for each in value]
        if isinstance(value, dict):
            return {key: each if key == _LITERAL else self.expanded(each) for key, each in value.items()}
        return value

    def _replacement(self, match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name in self._done:
            return self._done[name]
        if name not in self._raw:
            known = [f"${each}" for each in (*self._raw, *self._done)]
            self._report(UnknownNameError("manifest variable", f"${name}", known, where=self._where))
            return match[0]
        if name in self._underway:
            circle = " → ".join([*self._underway[self._underway.index(name) :], name])
            self._report(CircuitError(f"Manifest variables mean each other: {circle}.", where=self._where))
            return match[0]
        self._underway.append(name)
        value = str(self.expanded(self._raw[name]))
        self._underway.pop()
        if len(value) > _LONGEST:
            self._report(CircuitError(f"The manifest variable ${name} grows too long.", where=self._where))
            value = match[0]
        self._done[name] = value
        return value

    def _report(self, error: CircuitError | UnknownNameError) -> None:
        if self._problems is None:
            raise error
        self._problems.append(Problem(error.what, error.where, error.hint))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return found


def _no_constants(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}, which is not a JSON number")
