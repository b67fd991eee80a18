"""Where the sections of a described cell are, as a table of its synapses wants to know it."""

import numpy as np

from engine.circuit.afferent import NO_SECTION, SectionPlaces
from engine.messages.events import Description


def section_places(description: Description) -> SectionPlaces:
    """Its sections, in their order."""
    sections = description.sections
    return SectionPlaces(
        names=tuple(each.name for each in sections),
        numbers=np.array([NO_SECTION if each.number is None else each.number for each in sections], np.int64),
        near_ends=np.array([each.distance_from_soma for each in sections], dtype=np.float64),
        lengths=np.array([each.length for each in sections], dtype=np.float64),
        are_soma=np.array([each.section_type == "soma" for each in sections], dtype=np.bool_),
    )
