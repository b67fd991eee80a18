"""The tree of a described cell, as protocols want to have it."""

from engine.messages.anatomy import NO_PARENT, Anatomy
from engine.messages.events import Description
from engine.protocols.tree import Segment, Tree


def tree_of(description: Description) -> Tree:
    """Its segments, in the order of the description."""
    anatomy = Anatomy(description)
    parents, distances, positions = (
        each.tolist() for each in (anatomy.parents, anatomy.distances, anatomy.positions)
    )
    segments = []
    for number in range(anatomy.segments):
        section = anatomy.section(number)
        parent = None if parents[number] == NO_PARENT else parents[number]
        segments.append(
            Segment(section.name, positions[number], section.section_type, distances[number], parent)
        )
    return Tree(tuple(segments))
