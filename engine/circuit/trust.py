"""Whether a circuit's code may run: hoc templates and mod files do anything their author liked."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.circuit.mod_files import find_mod_folders
from engine.errors import CircuitError, TrustError
from engine.resources import resources_folder
from engine.user_files import data_folder, read_json_or, write_whole

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit


_TEMPLATE_FOLDERS = ("biophysical_neuron_models_dir", "point_neuron_models_dir", "templates_dir")
_CODE_BESIDE_MOD = (".mod", ".inc", ".h", ".hpp", ".hoc")


def code_files(circuit: "Circuit", mod_folder: Path | None = None) -> tuple[Path, ...]:
    """The files that building cells may execute: templates, mod files and what these include.

    `mod_folder` is one that the user named in addition. NeuroML, JSON and morphologies are data, not code.
    """
    folders = {
        folder.resolve()
        for name in circuit.node_populations
        for key in _TEMPLATE_FOLDERS
        if (folder := circuit.component(name, key)) is not None and folder.is_dir()
    }
    found = {path for folder in folders for place in _places(folder) for path in _files(place, (".hoc",))}
    for folder in find_mod_folders(circuit, mod_folder):
        found |= set(_files(folder, _CODE_BESIDE_MOD))
    return tuple(sorted(found))


def is_trusted(circuit: "Circuit", mod_folder: Path | None = None) -> bool:
    """Whether the user has trusted exactly this code in this folder; no code, or ours, needs no trust."""
    files = code_files(circuit, mod_folder)
    if all(path.is_relative_to(resources_folder()) for path in files):
        return True
    return _digest(files) in _trusted().get(str(_folder(circuit)), [])


def trust(circuit: "Circuit", mod_folder: Path | None = None) -> None:
    """Remember that the code of this circuit may run, until it changes."""
    remembered = _trusted()
    digests = remembered.setdefault(str(_folder(circuit)), [])
    digest = _digest(code_files(circuit, mod_folder))
    if digest not in digests:
        digests.append(digest)
        write_whole(_record(), json.dumps(remembered, indent=1, sort_keys=True))


def has_changed(circuit: "Circuit") -> bool:
    """Whether code in this folder was trusted once; if it is not trusted now, it has changed since."""
    return str(_folder(circuit)) in _trusted()


def require_trust(circuit: "Circuit", mod_folder: Path | None = None) -> None:
    """Raise TrustError, naming the folder and the way to trust it, if its code may not run yet."""
    if is_trusted(circuit, mod_folder):
        return
    files, folder = code_files(circuit, mod_folder), _folder(circuit)
    counted = [
        (sum(path.suffix.lower() == suffix for path in files), suffix[1:]) for suffix in (".hoc", ".mod")
    ]
    counts = " and ".join(f"{count} {name}" for count, name in counted if count)
    changed = " It has changed since you trusted it." if has_changed(circuit) else ""
    raise TrustError(
        f"Building cells of the circuit in {folder} would run its code ({counts} files), "
        f"which you have not trusted.{changed}",
        hint="If you know where it comes from, say so with --trust; it is remembered until the code changes.",
    )


def _folder(circuit: "Circuit") -> Path:
    return circuit.config_path.resolve().parent


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in suffixes and path.is_file()]
    except OSError as error:
        raise CircuitError(f"The folder {folder} cannot be read: {error.strerror}.") from error


def _places(folder: Path) -> Iterator[Path]:
    """A folder and those inside."""
    try:
        for place, _, _ in os.walk(folder, onerror=_raise):
            yield Path(place)
    except OSError as error:
        raise CircuitError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error


def _raise(error: OSError) -> None:
    raise error


def _digest(files: tuple[Path, ...]) -> str:
    """Stands for the content of the files and their names, wherever the circuit lies."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: (path.name, str(path))):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CircuitError(
                f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
            ) from error
        digest.update(f"{path.name}\n{len(content)}\n".encode(errors="surrogateescape"))
        digest.update(content)
    return digest.hexdigest()


def _record() -> Path:
    return data_folder() / "trusted.json"


def _trusted() -> dict[str, Any]:
    """Digests of trusted code by folder; a spoilt record means that nothing is trusted."""
    remembered = read_json_or(_record(), {})
    if not isinstance(remembered, dict):
        return {}
    return {folder: digests for folder, digests in remembered.items() if isinstance(digests, list)}
