"""The currents of the channels at a place, each counted once."""

from typing import Final

from engine.messages.events import Description, MechanismKind
from engine.messages.places_in_words import section_named

_DENSITY: Final = "mA/cm²"
_ION: Final = "_ion"


def currents_at(description: Description, section: str) -> tuple[str, ...]:
    """What a recording has to ask for in a section, to have all that its channels carry, in mA/cm².

    The current of each mechanism where it keeps its own; and the sum over an ion (`ina`) where one of the
    mechanisms that carry it does not, as hh: then not what others keep of this ion, which would count twice.
    Of channels of which NEURON does not know what they carry (KSChan), their own current is taken.
    """
    found = section_named(description, section)
    if found is None:
        return ()
    kinds = {each.name: each for each in description.mechanisms}
    here = [kinds[each.name] for each in found.mechanisms]
    channels = [each for each in here if not each.name.endswith(_ION)]
    ions = [each.name.removesuffix(_ION) for each in here if each.name.endswith(_ION)]
    summed = [ion for ion in ions if any(_keeps_nothing_of(ion, each) for each in channels)]
    counted = {f"i{ion}" for ion in summed}
    own = [name for each in channels for name in _own(each) if name.rpartition(".")[2] not in counted]
    return (*sorted(counted), *own)


def _own(kind: MechanismKind) -> list[str]:
    """The currents that a mechanism keeps for itself, such as "pas.i", "hh.il" or "NaTg.ina"."""
    return [
        each.name
        for each in kind.variables
        if each.unit == _DENSITY and each.role == "assigned" and each.name.rpartition(".")[2].startswith("i")
    ]


def _keeps_nothing_of(ion: str, kind: MechanismKind) -> bool:
    return ion in kind.carries and f"{kind.name}.i{ion}" not in _own(kind)
