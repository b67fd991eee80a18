"""Morphologies for drawing: sections with their points and diameters, from SWC, ASC and HDF5 files."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import h5py
import morphio
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.errors import CircuitError, UnknownNameError

SectionKind = Literal["soma", "axon", "dend", "apic", "other"]
SomaShape = Literal["none", "point", "contour", "cylinders"]

_KINDS: dict[int, SectionKind] = {1: "soma", 2: "axon", 3: "dend", 4: "apic"}
_SOMA_SHAPES: dict[morphio.SomaType, SomaShape] = {
    morphio.SomaType.SOMA_SINGLE_POINT: "point",
    morphio.SomaType.SOMA_SIMPLE_CONTOUR: "contour",
    morphio.SomaType.SOMA_CYLINDERS: "cylinders",
    morphio.SomaType.SOMA_NEUROMORPHO_THREE_POINT_CYLINDERS: "cylinders",
}
_SUFFIXES = (".swc", ".asc", ".h5")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"^.*:(?P<line>\d+):(warning|error)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """An unbranched piece: `points` (n, 3) and `diameters` (n,) in µm, `parent` the id of a section or -1.

    The first point of a section repeats the last one of its parent, except where it springs from the soma.
    """

    id: int
    kind: SectionKind
    parent: int
    points: NDArray[np.float32]
    diameters: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Morphology:
    """Section 0 is the soma, without points where the file has none; the others follow in the file's order.

    A "contour" soma is an outline, whose diameters mean nothing. `warnings`: what MorphIO noticed.
    """

    name: str
    sections: tuple[Section, ...]
    soma_shape: SomaShape
    warnings: tuple[str, ...] = ()


def read_morphology(path: Path, name: str = "") -> Morphology:
    """Read a file, or the morphology `name` of an HDF5 container or of a folder; raises CircuitError."""
    if path.is_dir():
        path = _in_folder(path, name)
    if not path.is_file():
        raise CircuitError(f"The morphology {path.name} is missing.", where=str(path.parent))
    if path.suffix.lower() not in _SUFFIXES:
        raise CircuitError(
            f"{path.name} is no morphology: SWC, ASC and H5 files are.", where=str(path.parent)
        )
    member = _member(path, name) if path.suffix.lower() == ".h5" else ""
    collector = morphio.WarningHandlerCollector()
    try:
        read = _load(path, member, collector)
        sections = _sections(read)
    except (morphio.MorphioError, RuntimeError, ValueError) as error:
        raise CircuitError(
            f"The morphology {member or path.name} cannot be read: {_plain(str(error))}.", where=str(path)
        ) from error
    return Morphology(
        member or name or path.stem,
        _checked(sections, path),
        _SOMA_SHAPES.get(read.soma.type, "none"),
        _messages(collector),
    )


def container_names(path: Path) -> tuple[str, ...]:
    """The morphologies in an HDF5 container; none if the file is a single morphology."""
    with hdf5.open_file(path) as file, hdf5.reading(path):
        return () if "points" in file else tuple(hdf5.groups(file))


def _load(path: Path, member: str, collector: morphio.WarningHandlerCollector) -> morphio.Morphology:
    if not member:
        return morphio.Morphology(str(path), warning_handler=collector)
    with morphio.Collection(str(path)) as collection:
        return collection.load(member, warning_handler=collector)


def _in_folder(folder: Path, name: str) -> Path:
    for suffix in ("", *_SUFFIXES):
        if name and (path := folder / f"{name}{suffix}").is_file():
            return path
    raise CircuitError(f"The folder holds no morphology {name!r}.", where=str(folder))


def _member(path: Path, name: str) -> str:
    """The morphology to read from an HDF5 file, "" if the file itself is one."""
    names = container_names(path)
    if not names and not _is_single(path):
        raise CircuitError(f"{path.name} holds no morphology.", where=str(path.parent))
    if not names or name in names:
        return name if names else ""
    if not name and len(names) == 1:
        return names[0]
    if not name:
        raise CircuitError(f"{path.name} holds {len(names)} morphologies: say which.", where=str(path.parent))
    raise UnknownNameError("morphology", name, names, where=str(path))


def _is_single(path: Path) -> bool:
    with hdf5.open_file(path) as file:
        return isinstance(file.get("points"), h5py.Dataset)


def _sections(read: morphio.Morphology) -> tuple[Section, ...]:
    soma = Section(0, "soma", -1, read.soma.points, read.soma.diameters)
    neurites = [
        Section(
            section.id + 1,
            _KINDS.get(int(section.type), "other"),
            0 if section.is_root else section.parent.id + 1,
            section.points,
            section.diameters,
        )
        for section in read.sections
    ]
    return (soma, *neurites)


def _checked(sections: tuple[Section, ...], path: Path) -> tuple[Section, ...]:
    if not any(len(each.points) for each in sections):
        raise CircuitError(f"The morphology {path.name} holds no points.", where=str(path.parent))
    if not all(np.isfinite(each.points).all() and np.isfinite(each.diameters).all() for each in sections):
        raise CircuitError(
            f"The morphology {path.name} has points that are no numbers.", where=str(path.parent)
        )
    return sections


def _messages(collector: morphio.WarningHandlerCollector) -> tuple[str, ...]:
    counts = Counter(_plain(each.warning.msg(), place="") for each in collector.get_all())
    return tuple(text if count == 1 else f"{text} ({count} times)" for text, count in counts.items())


def _plain(message: str, place: str = r"line \g<line>:") -> str:
    """MorphIO's words without colours, and with only the line of "file:line:error"."""
    words = _PLACE.sub(place, _COLOURS.sub("", message)).split()
    return " ".join(words).removeprefix("Warning: ").rstrip(".")
