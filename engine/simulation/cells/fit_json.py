"""Parameter files of the Allen Cell Types database (`…_fit.json`), perisomatic and all-active ones."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.errors import SimulationError
from engine.simulation.cells.membrane import KINDS, Membrane, Parameter, Reversal

_OLD_GLOBALS: Final = "glob"  # a kind of section in early files, which BMTK passes over
_IONS: Final = ("na", "k")


class _Reader:
    """Takes a file apart; every complaint says which entry."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SimulationError(
                f"The parameters {path.name} cannot be read: {error}.", where=str(path.parent)
            ) from error
        self._raw: dict[str, Any] = raw if isinstance(raw, dict) else {}

    def entries(self, name: str) -> list[dict[str, Any]]:
        """A list of objects."""
        found = self._raw.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.complaint(f"{name} should be a list of objects")
        return found

    def first(self, name: str) -> dict[str, Any]:
        """The first of a list that has one entry in all known files."""
        found = self.entries(name)
        return found[0] if found else {}

    def number(self, entry: dict[str, Any], name: str) -> float:
        """A finite number; some files write numbers as text."""
        try:
            value = float(entry[name])
        except (KeyError, TypeError, ValueError) as error:
            raise self.complaint(f"{name} of {entry} is not a number") from error
        if not math.isfinite(value):
            raise self.complaint(f"{name} of {entry} is not finite")
        return value

    def text(self, entry: dict[str, Any], name: str, otherwise: str | None = None) -> str:
        """A text."""
        value = entry.get(name, otherwise)
        if not isinstance(value, str):
            raise self.complaint(f"{name} of {entry} is not a text")
        return value

    def complaint(self, what: str) -> SimulationError:
        """What is wrong with this file."""
        return SimulationError(
            f"The parameters {self._path.name} are not those of an Allen cell: {what}.",
            where=str(self._path.parent),
        )


def read_fit(path: Path) -> Membrane:
    """The membrane of a fit: what holds everywhere, the passive values, `genome`, reversal potentials."""
    reader = _Reader(path)
    genome = [entry for entry in reader.entries("genome") if entry.get("section") != _OLD_GLOBALS]
    if not genome:
        raise reader.complaint("it has no genome, the list of channels and values")
    channels = tuple(
        Parameter(
            reader.text(entry, "section"),
            reader.text(entry, "mechanism", ""),
            reader.text(entry, "name"),
            reader.number(entry, "value"),
        )
        for entry in genome
    )
    return Membrane(("pas",), (*_passive(reader), *channels), tuple(_reversals(reader)))


def _passive(reader: _Reader) -> Iterator[Parameter]:
    passive = reader.first("passive")
    for name, variable in (("ra", "Ra"), ("e_pas", "e_pas")):
        if name in passive:
            value = reader.number(passive, name)
            yield from (Parameter(kind, "", variable, value) for kind in KINDS)
    capacitances = passive.get("cm", [])
    if not isinstance(capacitances, list) or not all(isinstance(each, dict) for each in capacitances):
        raise reader.complaint("cm should be a list of section and cm")
    for entry in capacitances:
        yield Parameter(reader.text(entry, "section"), "", "cm", reader.number(entry, "cm"))


def _reversals(reader: _Reader) -> Iterator[Reversal]:
    found = reader.first("conditions").get("erev", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise reader.complaint("erev should be a list of objects")
    for entry in found:
        for ion in _IONS:
            if f"e{ion}" in entry:
                yield Reversal(reader.text(entry, "section"), ion, reader.number(entry, f"e{ion}"))
