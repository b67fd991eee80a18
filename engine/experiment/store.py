"""Experiments in files (`*.somascope.json`): reading, upgrading, writing whole or not at all.

Paths inside of a file are relative to it, with `/` between their parts on every system.
"""

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from engine.errors import DocumentError
from engine.experiment.base import changed
from engine.experiment.experiment import SCHEMA_VERSION, CircuitReference, Experiment
from engine.experiment.problems_in_words import in_words
from engine.experiment.spike_sources import SpikeSource
from engine.experiment.synaptic_input import SpikeReplay
from engine.resources import EXPERIMENT_SUFFIX
from engine.user_files import write_whole

SUFFIX: Final = EXPERIMENT_SUFFIX
Raw = dict[str, Any]
Upgrade = Callable[[Raw], Raw]
_UPGRADES: Final[dict[int, Upgrade]] = {}


def upgrades_from(version: int) -> Callable[[Upgrade], Upgrade]:
    """Register the one step that turns what a file of `version` holds into the next version.

    Steps work on raw dictionaries, are written once and never edited: the models know only the present.
    """

    def register(step: Upgrade) -> Upgrade:
        assert version not in _UPGRADES, f"two upgrades from version {version}"
        _UPGRADES[version] = step
        return step

    return register


def upgraded(raw: Raw, steps: Mapping[int, Upgrade], version: int) -> Raw:
    """Bring the content of a file of any past version to `version`, a step at a time."""
    for old in range(raw["schema_version"], version):
        raw = {**steps[old](raw), "schema_version": old + 1}
    return raw


def load(path: Path) -> Experiment:
    """Read an experiment of this or an older format; a `DocumentError` says what is wrong and where."""
    raw = _read(path)
    found = raw.get("schema_version")
    if type(found) is not int or found < 1:
        raise DocumentError(
            "This is not an experiment: it does not say which format it has (schema_version).",
            where=str(path),
            hint=f"Experiments are files *{SUFFIX}, written by this program.",
        )
    if found > SCHEMA_VERSION:
        raise DocumentError(
            f"This experiment was written by a newer version of the program (format {found}).",
            where=str(path),
            hint=f"This version reads formats up to {SCHEMA_VERSION}: please upgrade it.",
        )
    try:
        # Through JSON once more, as strict validation knows only there that a list may become a tuple.
        return Experiment.model_validate_json(
            json.dumps(upgraded(raw, _UPGRADES, SCHEMA_VERSION)), strict=True
        )
    except ValidationError as error:
        raise DocumentError(
            f"The experiment is broken: {in_words(error)}",
            where=str(path),
            hint="Correct it in a text editor, or open an older copy.",
        ) from error


def save(experiment: Experiment, path: Path, *, folder: Path | None = None) -> Experiment:
    """Write an experiment whole or not at all, and return it as the file has it.

    `folder` is where its relative paths start from (None: the folder of `path`). In the file, and in what is
    returned, all paths start from the file's own folder.
    """
    saved = _seen_from(experiment, folder or path.parent, path.parent)
    write_whole(path, saved.model_dump_json(indent=2) + "\n")
    return saved


def with_absolute_paths(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with whole paths instead of those that start from `folder`."""
    return _with_paths(experiment, lambda text: resolve(text, folder).as_posix())


def circuit_reference(circuit: Path, experiment_path: Path) -> CircuitReference:
    """Refer to a circuit's configuration file from an experiment's file."""
    return CircuitReference(path=_seen(circuit, experiment_path.parent), fingerprint=fingerprint(circuit))


def resolve_circuit(experiment: Experiment, experiment_path: Path) -> Path:
    """Return where the circuit of an experiment is, whether it is there or not."""
    return resolve(experiment.circuit.path, experiment_path.parent)


def resolve(text: str, folder: Path) -> Path:
    """Return the path that a text inside of an experiment in `folder` stands for."""
    # Links first: the way up (..) from a linked folder starts at the folder that it stands for.
    return Path(os.path.normpath(folder.resolve() / text))


def fingerprint(circuit: Path) -> str:
    """Return the SHA-256 of a circuit's configuration file, in hexadecimal digits."""
    try:
        return hashlib.sha256(circuit.read_bytes()).hexdigest()
    except OSError as error:
        raise DocumentError(
            f"The configuration of the circuit could not be read: {error.strerror}.", where=str(circuit)
        ) from error


def is_changed(experiment: Experiment, circuit: Path) -> bool:
    """Say whether the configuration of the circuit is another than when the experiment was made."""
    return bool(experiment.circuit.fingerprint) and fingerprint(circuit) != experiment.circuit.fingerprint


def with_file(source: SpikeSource, moved: Callable[[str], str]) -> SpikeSource:
    """The same source with the path of its file as another place sees it; most have none."""
    if not isinstance(source, SpikeReplay):
        return source
    return changed(source, spike_file=moved(source.spike_file))


def _seen_from(experiment: Experiment, old: Path, new: Path) -> Experiment:
    return _with_paths(experiment, lambda text: _seen(resolve(text, old), new))


def _with_paths(experiment: Experiment, moved: Callable[[str], str]) -> Experiment:
    return changed(
        experiment,
        circuit=changed(experiment.circuit, path=moved(experiment.circuit.path)),
        replays=tuple(with_file(each, moved) for each in experiment.replays),
    )


def _seen(path: Path, folder: Path) -> str:
    """Return `path` relative to `folder`; the whole path if there is no way between them (another drive)."""
    try:
        short = os.path.relpath(path.absolute(), folder.resolve())
        if (
            folder.resolve() / short
        ).resolve() != path.resolve():  # `..` out of a linked folder goes elsewhere
            short = os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:
        return path.absolute().as_posix()
    return Path(short).as_posix()


def _read(path: Path) -> Raw:
    try:
        raw = json.loads(
            path.read_text(encoding="utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except OSError as error:
        raise DocumentError(
            f"The experiment could not be read: {error.strerror}.", where=str(path)
        ) from error
    except UnicodeDecodeError as error:
        raise DocumentError("The experiment is not text in UTF-8.", where=str(path)) from error
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"The experiment is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            where=str(path),
            hint="Is it cut off, or was it edited by hand?",
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DocumentError(f"The experiment is broken: {reason}.", where=str(path)) from error
    if not isinstance(raw, dict):
        raise DocumentError("This is not an experiment: it holds no JSON object.", where=str(path))
    return raw


def _once_each(pairs: list[tuple[str, Any]]) -> Raw:
    held = dict(pairs)
    if len(held) < len(pairs):
        twice = next(name for position, (name, _) in enumerate(pairs) if name in dict(pairs[:position]))
        raise ValueError(f"{twice!r} is there twice in one object")
    return held


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits} is too large a number")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that can be used")
