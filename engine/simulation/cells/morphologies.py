"""Morphology files on their way into NEURON, whose Import3d reads SWC and Neurolucida ASC."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import morphio
import numpy as np
from numpy.typing import NDArray

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError
from engine.simulation.host import explaining, h, need_import3d, readable_path

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")  # not \x1a, which ended files of old systems
_AXON = 2  # the section type of SWC


@contextlib.contextmanager
def importable_morphology(description: CellDescription) -> Iterator[Path | None]:
    """A file that Import3d, and every template, can read, for the time of the block; None without morphology.

    Its path is absolute. Files of MorphIO's HDF5 format, alone or in a container, are written as ASC: the
    outline of the soma survives, and the order of the sections, which their numbers depend on.
    """
    source = description.morphology_path
    if source is None:
        yield None
    elif source.suffix in {".swc", ".asc"}:
        _require_text(source)
        with readable_path(source.resolve()) as readable:
            yield readable
    else:
        with tempfile.TemporaryDirectory(prefix="somascope_") as folder:
            yield _converted(source, description.morphology_name, Path(folder))


def _require_text(source: Path) -> None:
    """Import3d prints what it does not understand, and Python cannot take every byte of that."""
    try:
        is_text = _CONTROL.search(source.read_bytes()) is None
    except OSError as error:
        raise SimulationError(
            f"The morphology {source.name} cannot be read: {error.strerror}.", where=str(source.parent)
        ) from error
    if not is_text:
        raise SimulationError(
            f"The morphology {source.name} is damaged: it should be text and holds other bytes.",
            where=str(source.parent),
        )


def _converted(source: Path, name: str, folder: Path) -> Path:
    suffix = source.suffix.casefold()
    if suffix not in {".h5", ".swc", ".asc"}:
        raise SimulationError(
            f"{source.name} is not a morphology: Somascope reads .swc, .asc and .h5.",
            where=str(source.parent),
        )
    if suffix != ".h5":
        return Path(_copied(source, folder / f"morphology{suffix}"))
    target = folder / "morphology.asc"
    try:
        morphology = _read_h5(source, name)
        _round(morphology)
        morphology.write(target)
    except (OSError, morphio.MorphioError) as error:
        raise SimulationError(
            f"The morphology {name or source.name} cannot be read: {str(error).strip().rstrip('.')}.",
            where=str(source),
        ) from error
    return target


def _copied(source: Path, target: Path) -> Path:
    try:
        target.write_bytes(source.read_bytes())
    except OSError as error:
        raise SimulationError(
            f"The morphology {source.name} cannot be read: {error.strerror}.", where=str(source.parent)
        ) from error
    return target


def _read_h5(source: Path, name: str) -> Any:
    """The morphology of a file of its own, else the entry `name` of a container."""
    with h5py.File(source) as file:
        is_alone = "points" in file
    if is_alone:
        return morphio.mut.Morphology(source)
    with morphio.Collection(source) as container:
        return container.load(name.removesuffix(".h5"), mutable=True)


def _round(morphology: Any) -> None:
    """To as many digits as neurodamus and BlueCelluLab hand to NEURON, which may differ in the last bit."""
    for section in morphology.iter():
        section.points, section.diameters = (
            in_eight_digits(section.points),
            in_eight_digits(section.diameters),
        )


def in_eight_digits(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """The nearest numbers of 32 bits to what has eight decimal digits."""
    texts = [f"{each:.8g}" for each in numbers.ravel().tolist()]
    return np.array(texts, dtype=np.float64).astype(np.float32).reshape(numbers.shape)


def soma_outline(description: CellDescription) -> NDArray[np.float32] | None:
    """(n, 3) µm around the soma, where a file of MorphIO's HDF5 format draws it as an outline; else None."""
    source = description.morphology_path
    if source is None or source.suffix.casefold() != ".h5":
        return None
    morphology = _read_h5(source, description.morphology_name)
    if morphology.soma_type != morphio.SomaType.SOMA_SIMPLE_CONTOUR:
        return None
    return np.asarray(morphology.soma.points, dtype=np.float32)


def import_morphology(path: Path, into: Any) -> None:
    """Create the sections of an SWC or ASC file inside `into`, an instance of a template."""
    reader = read_with_import3d(path)
    with explaining(f"building the sections of {path.name}", where=str(path)):
        h.Import3d_GUI(reader, 0).instantiate(into)


def read_with_import3d(path: Path) -> Any:
    """Import3d's reader, having read the file."""
    need_import3d()
    with explaining(f"reading the morphology {path.name}", where=str(path)):
        reader = h.Import3d_SWC_read() if path.suffix.casefold() == ".swc" else h.Import3d_Neurolucida3()
        reader.quiet = 1
        reader.input(path.as_posix())
    return reader


def count_axon_sections(description: CellDescription) -> int:
    """How many axon sections the morphology of a cell has, as Import3d cuts it."""
    with importable_morphology(description) as path:
        if path is None:
            return 0
        sections = read_with_import3d(path).sections
        return sum(
            sections.o(index).type == _AXON and not sections.o(index).is_subsidiary
            for index in range(int(sections.count()))
        )
