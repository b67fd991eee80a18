"""What the colours of a cell can show: types of sections, what changes while it runs, how it was built."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Anatomy
from engine.messages.events import Description
from gui.plots.variable_words import title_of

Role = Literal["type", "live", "built"]

VOLTAGE: Final = "v"
_TYPE: Final = ""
_ALWAYS: Final = ((VOLTAGE, "mV"), ("i_membrane", "nA"))  # what each cell has beside its mechanisms


@dataclass(frozen=True)
class Choice:
    """`key`: name of the variable, "" for types. `live`: runs bring values; `built`: the cell has them."""

    key: str
    title: str
    unit: str
    role: Role

    @property
    def heading(self) -> str:
        """Such as "Voltage (mV)"."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


TYPES: Final = Choice(_TYPE, "Section type", "", "type")


def choices_of(description: Description | None) -> tuple[Choice, ...]:
    """All that a cell offers, each once: types, voltage, what its mechanisms compute and were given."""
    found = {TYPES.key: TYPES}
    found.update({key: Choice(key, title_of(key), unit, "live") for key, unit in _ALWAYS})
    kinds = [each for kind in (description.mechanisms if description else ()) for each in kind.variables]
    for role in ("live", "built"):
        for each in kinds:
            if (each.role == "parameter") == (role == "built"):
                found.setdefault(each.name, Choice(each.name, each.name, each.unit, role))
    return tuple(found.values())


def built_values(anatomy: Anatomy, name: str) -> NDArray[np.float64]:
    """(segments,) a parameter of a built cell, as at the middle of each section; NaN where there is none."""
    places = {
        kind.name: number
        for kind in anatomy.description.mechanisms
        for number, each in enumerate(kind.variables)
        if each.name == name
    }
    of_sections = np.full(len(anatomy.description.sections), np.nan)
    for number, section in enumerate(anatomy.description.sections):
        for mechanism in section.mechanisms:
            value = mechanism.values[places[mechanism.name]] if mechanism.name in places else None
            if value is not None:
                of_sections[number] = value
    return of_sections[anatomy.sections]
