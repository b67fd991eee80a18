"""Biophysical properties in NeuroML 2 files, as the Allen Cell Types database exports them."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from engine.errors import SimulationError
from engine.simulation.cells.membrane import KINDS, Membrane, Parameter, Reversal

_QUANTITY: Final = re.compile(r"\s*([-+]?[0-9.]+(?:[eE][-+]?\d+)?)\s*(\w*)\s*")
# What one of a unit is in the unit that NEURON wants for this kind of quantity.
_CONDUCTANCES: Final = {"S_per_cm2": 1.0, "mS_per_cm2": 1e-3, "S_per_m2": 1e-4}
_VOLTAGES: Final = {"mV": 1.0, "V": 1e3}
_RESISTIVITIES: Final = {"ohm_cm": 1.0, "kohm_cm": 1e3, "ohm_m": 100.0}
_CAPACITANCES: Final = {"uF_per_cm2": 1.0, "F_per_m2": 100.0}
_TIMES: Final = {"ms": 1.0, "s": 1e3}
_PLAIN: Final = {"": 1.0}
_GROUPS: Final = {"somatic": "soma", "axonal": "axon", "dendritic": "dend", "basal": "dend", "apical": "apic"}
_IONS: Final = ("na", "k")  # of these alone the reversal potential is taken from the file


def read_neuroml(path: Path) -> Membrane:
    """The membrane that a `.cell.nml` file describes; its morphology, if it has one, is not used.

    Calcium follows the Nernst equation; other ions than sodium and potassium keep the reversal potential of
    their mod files, as BMTK has it.
    """
    try:
        root = ET.parse(path).getroot()  # noqa: S314  expat limits the expansion of entities since 2.4.1
    except (OSError, ET.ParseError) as error:
        raise SimulationError(
            f"The NeuroML file {path.name} cannot be read: {error}.", where=str(path.parent)
        ) from error
    reader = _Reader(path, root)
    parameters = tuple(reader.parameters())
    if not parameters:
        raise SimulationError(f"{path.name} describes no membrane properties.", where=str(path.parent))
    return Membrane((), parameters, tuple(reader.reversals()))


class _Reader:
    def __init__(self, path: Path, root: ET.Element) -> None:
        self._path = path
        self._elements = [(element.tag.rpartition("}")[2], element) for element in root.iter()]

    def parameters(self) -> Iterator[Parameter]:
        """Every value to set, in the order of the file."""
        for tag, element in self._elements:
            if tag == "resistivity":
                yield from self._of(element, "", "Ra", self._quantity(element, "value", _RESISTIVITIES))
            elif tag == "specificCapacitance":
                yield from self._of(element, "", "cm", self._quantity(element, "value", _CAPACITANCES))
            elif tag in {"channelDensity", "channelDensityNernst"}:
                yield from self._channel(element)
            elif tag == "concentrationModel":
                yield from self._calcium(element)

    def reversals(self) -> Iterator[Reversal]:
        """Sodium's and potassium's."""
        for tag, element in self._elements:
            ion = element.get("ion", "")
            if tag == "channelDensity" and ion in _IONS and element.get("erev") is not None:
                millivolts = self._quantity(element, "erev", _VOLTAGES)
                yield from (Reversal(kind, ion, millivolts) for kind in self._kinds(element))

    def _channel(self, element: ET.Element) -> Iterator[Parameter]:
        channel = self._text(element, "ionChannel")
        density = self._quantity(element, "condDensity", _CONDUCTANCES)
        if channel != "pas":
            yield from self._of(element, channel, f"gbar_{channel}", density)
            return
        yield from self._of(element, "pas", "g_pas", density)
        yield from self._of(element, "pas", "e_pas", self._quantity(element, "erev", _VOLTAGES))

    def _calcium(self, element: ET.Element) -> Iterator[Parameter]:
        mechanism = self._text(element, "type")
        kinds = [self._kinds(element)] if element.get("segmentGroup") else self._pools(element)
        for kind in (each for group in kinds for each in group):
            for name, units in (("gamma", _PLAIN), ("decay", _TIMES)):
                value = self._quantity(element, name, units)
                yield Parameter(kind, mechanism, f"{name}_{mechanism}", value)

    def _pools(self, model: ET.Element) -> list[tuple[str, ...]]:
        """Where the species that use a concentration model are."""
        users = [each for tag, each in self._elements if tag == "species"]
        return [self._kinds(each) for each in users if each.get("concentrationModel") == model.get("id")]

    def _of(self, element: ET.Element, mechanism: str, name: str, value: float) -> Iterator[Parameter]:
        return (Parameter(kind, mechanism, name, value) for kind in self._kinds(element))

    def _kinds(self, element: ET.Element) -> tuple[str, ...]:
        group = element.get("segmentGroup", "all").casefold()
        if group == "all":
            return KINDS
        kind = _GROUPS.get(group, group)
        if kind not in KINDS:
            raise self._complaint(f"the segment group {group!r} is not one of all, {', '.join(KINDS)}")
        return (kind,)

    def _quantity(self, element: ET.Element, name: str, units: dict[str, float]) -> float:
        text = self._text(element, name)
        found = _QUANTITY.fullmatch(text)
        if found is None or found[2] not in units:
            wanted = ", ".join(filter(None, units)) or "none"
            raise self._complaint(f"{name}={text!r} is not a number with a known unit ({wanted})")
        value = float(found[1]) * units[found[2]]
        if not math.isfinite(value):
            raise self._complaint(f"{name}={text!r} is not finite")
        return value

    def _text(self, element: ET.Element, name: str) -> str:
        value = element.get(name)
        if value is None:
            raise self._complaint(f"an element {element.tag.rpartition('}')[2]} has no {name}")
        return value

    def _complaint(self, what: str) -> SimulationError:
        return SimulationError(f"In {self._path.name} {what}.", where=str(self._path.parent))
