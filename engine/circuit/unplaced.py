"""Synapses of which no file says where they are, put on a cell as BMTK does: at random, along segments.

An edge stands for `nsyns` of them. `target_sections` and `distance_range` say on which segments they may be;
among these the chance of a segment is as large as its length within the range.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.problems import Problem
from engine.circuit.section_lists import KINDS

Ids = NDArray[np.int64]
Reals = NDArray[np.float64]

SECTION: Final = ("afferent_section_id", "sec_id")
POSITION: Final = ("afferent_section_pos", "sec_x")
_NEEDED: Final = frozenset({"dynamics_params", "syn_weight"})
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|inf)")


@dataclass(frozen=True, eq=False)
class Segments:
    """The segments of a built cell, (n,) each, section by section.

    `sections` count its sections, `kinds` are soma, axon, dend, apic …, `xs` are of their middles (0 to 1).
    `middles`: µm along the path from the middle of the soma; `lengths` in µm.
    """

    sections: Ids
    kinds: NDArray[Any]
    xs: Reals
    middles: Reals
    lengths: Reals


@dataclass(frozen=True, eq=False)
class DrawnPlaces:
    """Where the synapses of some edges of one population onto one cell are.

    `edges`: (n,) by their places in the file, ascending. Those of the k-th are numbers `firsts[k]` up to
    `firsts[k + 1]` of `sections` and `xs`; none where no segment of the cell will do.
    """

    edges: Ids
    firsts: Ids
    sections: Ids
    xs: Reals

    def counts_of(self, edges: Ids) -> Ids:
        """(m,) how many synapses each of these edges has."""
        return np.diff(self.firsts)[np.searchsorted(self.edges, edges)]

    def synapses_of(self, edges: Ids) -> Ids:
        """The numbers of the synapses of these edges, one edge after the other."""
        places = np.searchsorted(self.edges, edges)
        starts, counts = self.firsts[places], np.diff(self.firsts)[places]
        ends = np.cumsum(counts)
        return np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)


def are_unplaced(population: EdgePopulation) -> bool:
    """Whether edges are those of BMTK, without places."""
    names = population.columns.keys()
    return names >= _NEEDED and names.isdisjoint(SECTION)


def draw_places(
    circuit: Circuit, population: str, node_id: int, segments: Segments
) -> dict[str, DrawnPlaces]:
    """Places for all edges onto a cell that have none, by edge population.

    The random numbers are those of the node id, edge by edge in the order of the circuit and its files. They
    do not depend on which edges are built.
    """
    # NumPy promises that the numbers of RandomState stay the same in all versions
    random = np.random.RandomState(node_id % 2**32)
    found = {}
    for name, edges in circuit.edge_populations.items():
        if edges.target == population and are_unplaced(edges):
            rows = np.sort(edges.afferent(node_id))
            if len(rows):
                found[name] = _drawn(edges, rows, segments, random)
    return found


def placement_unknown(whose: str, edges: int, synapses: int) -> Problem:
    """That places are drawn, in words; `whose`: of which population, and onto which cell."""
    one = edges == 1
    return Problem(
        f"{_edges(edges)} of {whose} {'does' if one else 'do'} not say where {'its' if one else 'their'}"
        f" {synapses:,} {'synapse is' if synapses == 1 else 'synapses are'}: placement unknown, drawn at"
        " random as BMTK does.",
        hint="Another program may put them elsewhere.",
        severity="warning",
    )


def without_segment(whose: str, edges: int) -> Problem:
    """That edges have no synapse, in words."""
    return Problem(
        f"{_edges(edges)} of {whose} {'has' if edges == 1 else 'have'} no segment to be on, and"
        f" {'is' if edges == 1 else 'are'} left out of runs.",
        hint="See their target_sections, distance_range and nsyns.",
        severity="warning",
    )


def _edges(count: int) -> str:
    return f"{count:,} {'edge' if count == 1 else 'edges'}"


def _drawn(
    edges: EdgePopulation, rows: Ids, segments: Segments, random: np.random.RandomState
) -> DrawnPlaces:
    counts = np.ones(len(rows), dtype=np.int64)
    if "nsyns" in edges.columns:
        given = np.asarray(edges.read_rows("nsyns", rows), dtype=np.float64)
        counts = np.where(np.isfinite(given), np.clip(given, 0, 1e6), 1).astype(np.int64)
    rules, rule_of = _rules(edges, rows)
    chances = [_chances(segments, *rule) for rule in rules]
    can_be = np.array([bool(len(allowed)) for allowed, _ in chances], dtype=np.bool_)
    counts = np.where(can_be[rule_of], counts, 0)
    numbers = random.random_sample(int(counts.sum()))
    owners = np.repeat(rule_of, counts)
    chosen = np.empty(len(numbers), dtype=np.int64)
    for rule, (allowed, cumulated) in enumerate(chances):
        mine = owners == rule
        if mine.any():
            chosen[mine] = allowed[np.searchsorted(cumulated, numbers[mine], side="right")]
    firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return DrawnPlaces(rows, firsts, segments.sections[chosen], segments.xs[chosen])


def _rules(edges: EdgePopulation, rows: Ids) -> tuple[list[tuple[str, str]], Ids]:
    """The different pairs of target sections and range, and which each edge has."""
    texts = []
    for name in ("target_sections", "distance_range"):
        has_it = name in edges.columns
        texts.append([str(each) for each in edges.read_rows(name, rows)] if has_it else [""] * len(rows))
    pairs = list(zip(*texts, strict=True))
    different = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    return list(different), np.array([different[pair] for pair in pairs], dtype=np.int64)


def _chances(segments: Segments, sections: str, distances: str) -> tuple[Ids, Reals]:
    """The segments that may be chosen, and up to which number from 0 to 1 each of them is."""
    named = {KINDS[word] for word in re.findall(r"[a-z]+", sections.lower()) if word in KINDS}
    limits = [float(each) for each in _NUMBER.findall(distances)]
    low, high = limits if len(limits) == 2 else (-np.inf, np.inf)
    half = segments.lengths / 2
    inside = np.minimum(segments.middles + half, high) - np.maximum(segments.middles - half, low)
    allowed = inside > 0
    if named:
        allowed &= np.isin(segments.kinds, list(named))
    found = np.flatnonzero(allowed)
    cumulated = np.cumsum(inside[found])
    return found, cumulated / cumulated[-1] if len(found) else cumulated
