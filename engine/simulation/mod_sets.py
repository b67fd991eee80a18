"""The mod files of one process: gathered from folders, freed of copies, and named by their content."""

import hashlib
import itertools
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.circuit.mod_files import declared_in
from engine.errors import MechanismError

_INCLUDED: Final = (".inc", ".h", ".hpp")  # what mod files may include


@dataclass(frozen=True, slots=True)
class ModFile:
    """One mod file. `mechanism` is the name it declares, "" for one that only defines functions.

    `compiled_as`: the file name to compile it under, which is its own unless another is wanted.
    """

    path: Path
    mechanism: str
    content: bytes
    compiled_as: str


@dataclass(frozen=True, slots=True)
class ModSet:
    """Mod files that go into one library, and the files that they include, by file name."""

    files: tuple[ModFile, ...]
    included: dict[str, bytes]

    def key(self, neuron_version: str) -> str:
        """Names the library: the same for the same content, NEURON and machine, wherever the files lie."""
        digest = hashlib.sha256(f"{neuron_version} {platform.system()} {platform.machine()}".encode())
        contents = {self.file_name(file): file.content for file in self.files} | self.included
        for name in sorted(contents):
            digest.update(f"\n{name} {len(contents[name])}\n".encode())
            digest.update(contents[name])
        return digest.hexdigest()[:20]

    def file_name(self, file: ModFile) -> str:
        """The name to compile it under: its own, unless another mechanism comes in a file of that name."""
        first = next(each for each in self.files if each.compiled_as == file.compiled_as)
        return file.compiled_as if first is file else f"{Path(file.compiled_as).stem}_{file.mechanism}.mod"

    def write(self, folder: Path) -> None:
        """Put all of it into one folder."""
        for file in self.files:
            (folder / self.file_name(file)).write_bytes(file.content)
        for name, content in self.included.items():
            (folder / name).write_bytes(content)


def gather(folders: Sequence[Path], files: Mapping[str, Path] | None = None) -> ModSet:
    """Take the mod files of all folders; several with the same content count once.

    `files`: single ones, by the file name to compile them under. The order of these names is that in which
    NEURON adds currents up, so a model has the name of the one it stands in for: sums are then rounded alike.
    Raises MechanismError when two different files declare the same mechanism, or a folder cannot be read.
    """
    by_mechanism: dict[str, ModFile] = {}
    included: dict[str, bytes] = {}
    single = {} if files is None else {path: name for name, path in files.items()}
    for path in itertools.chain(_files(folders), single):
        content = _read(path)
        if path.suffix != ".mod":
            included.setdefault(path.name, content)
            continue
        declared = declared_in(content.decode(errors="replace"))
        file = ModFile(path, declared.name if declared else "", content, single.get(path, path.name))
        first = by_mechanism.setdefault(file.mechanism or f" {path.name}", file)
        if _essence(first.content) != _essence(content):
            raise MechanismError(
                f"Two different mod files declare the mechanism {file.mechanism or path.name!r}: "
                f"{first.path} and {path}.",
                hint="Remove or rename one of them: a process of NEURON can hold one only.",
            )
    return ModSet(tuple(by_mechanism.values()), included)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in dict.fromkeys(each.resolve() for each in folders):
        try:
            found = sorted(folder.iterdir())
        except OSError as error:
            raise MechanismError(
                f"The folder of mod files {folder} cannot be read: {error.strerror}.",
                hint="Check the path, and mechanisms_dir in the circuit configuration.",
            ) from error
        yield from (path for path in found if path.suffix in {".mod", *_INCLUDED} and path.is_file())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MechanismError(
            f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error


def _essence(content: bytes) -> bytes:
    """The content without the differences that copying makes: line ends and blanks at their ends."""
    return b"\n".join(line.rstrip() for line in content.splitlines()).strip()
