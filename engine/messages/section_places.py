"""Where the sections of a described cell are, as a table of its synapses wants to know it."""

import functools

import numpy as np
from numpy.typing import NDArray

from engine.circuit.section_places import NO_SECTION, SectionPlaces
from engine.messages.events import Description


def section_places(description: Description, points: NDArray[np.float64]) -> SectionPlaces:
    """Its sections, in their order; `points` is the body of the description."""
    sections = description.sections

    def arcs(row: int) -> NDArray[np.float64]:
        section = sections[row]
        own = points[section.first_point : section.first_point + section.points, :3]
        steps = np.linalg.norm(np.diff(own, axis=0), axis=1)
        return np.concatenate([np.zeros(min(len(own), 1)), np.cumsum(steps)])

    return SectionPlaces(
        names=tuple(each.name for each in sections),
        numbers=np.array([NO_SECTION if each.number is None else each.number for each in sections], np.int64),
        near_ends=np.array([each.distance_from_soma for each in sections], dtype=np.float64),
        lengths=np.array([each.length for each in sections], dtype=np.float64),
        are_soma=np.array([each.section_type == "soma" for each in sections], dtype=np.bool_),
        segment_counts=np.array([len(each.diameters) for each in sections], dtype=np.int64),
        arcs=functools.cache(arcs),
    )
