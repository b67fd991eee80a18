"""The synapses onto one cell, from every edge population that ends there, as one table of columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.afferent_values import MODEL, Edges, conductances, decays, kinds, numbers
from engine.circuit.circuit import Circuit
from engine.circuit.missing_nodes import missing_sources
from engine.circuit.node_columns import Column, Kind
from engine.circuit.problems import Problem
from engine.circuit.query import Chunk, condition, ordered
from engine.circuit.section_places import NO_SECTION, SectionPlaces
from engine.circuit.unplaced import (
    POSITION,
    SECTION,
    DrawnPlaces,
    are_unplaced,
    draw_places,
    placement_unknown,
    without_segment,
)
from engine.errors import CircuitError, UnknownNameError

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]

PLACEMENT: Final = "placement"  # there is such a column where some of them are unknown
GIVEN, UNKNOWN = "given", "unknown"
_POINT: Final = ("afferent_segment_id", "afferent_segment_offset")
_RENAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "section_number": SECTION,
    "x": POSITION,
    "delay": ("delay",),
    "U": ("u_syn",),
    "D": ("depression_time",),
    "F": ("facilitation_time",),
    "vesicles": ("n_rrp_vesicles",),
}
_TOLD_OTHERWISE: Final = frozenset(
    name for names in (*_RENAMED.values(), ("conductance", "decay_time", "edges", MODEL)) for name in names
)
_COLUMNS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("edges", "category", ""),
    ("edge", "integer", ""),
    ("source", "category", ""),
    ("source_id", "integer", ""),
    ("kind", "category", ""),
    ("section", "category", ""),
    ("x", "real", ""),
    ("distance", "real", "µm"),
    ("conductance", "real", "nS"),
    ("delay", "real", "ms"),
    ("decay", "real", "ms"),
    ("U", "real", ""),
    ("D", "real", "ms"),
    ("F", "real", "ms"),
    ("vesicles", "real", ""),
    ("synapse_id", "integer", ""),
    ("section_number", "real", ""),
)


@dataclass(frozen=True, slots=True)
class _Category:
    codes: NDArray[np.int64]
    texts: NDArray[Any]  # the last one is ""

    @classmethod
    def of(cls, codes: NDArray[np.int64], names: Sequence[str]) -> "_Category":
        """Codes that count `names`; -1 for none of them."""
        texts = np.empty(len(names) + 1, dtype=object)
        texts[:] = [*names, ""]
        return cls(np.where(codes < 0, len(names), codes), texts)


class AfferentSynapses:
    """All edges that end at a cell, population by population in the order of their files; (size,) rows.

    Columns are read when they are asked for, and kept. Without `sections` (of the cell as it is built) nobody
    knows where the synapses are. Conductances are in nS: those of Exp2Syn synapses are read as µS, as
    simulators take them. Reads only; may be used in a thread, by one at a time.
    """

    node_type = ""

    def __init__(
        self, circuit: Circuit, population: str, node_id: int, sections: SectionPlaces | None = None
    ) -> None:
        if population not in circuit.node_populations:
            raise UnknownNameError("node population", population, circuit.node_populations)
        self.name = f"{population}:{node_id}"
        self.node_id = node_id
        self.sections = sections
        self._population, self._node_id = population, node_id
        self._circuit = circuit
        self._problems: list[Problem] = []
        self._parts = list(self._read_parts(population, node_id))
        self.size = sum(len(part.rows) for part in self._parts)
        self._made: dict[str, NDArray[Any] | _Category] = {}

    @property
    def populations(self) -> tuple[str, ...]:
        """The edge populations, in the order of the rows."""
        return tuple(part.population.name for part in self._parts)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """What is told of every synapse, then what else the files say of some."""
        found = {name: Column(name, kind, unit, "file") for name, kind, unit in _COLUMNS}
        if self.are_unplaced.any():
            found[PLACEMENT] = Column(PLACEMENT, "category", "", "file")
        for part in self._parts:
            for each in part.population.columns.values():
                if each.name not in found and each.name not in _TOLD_OTHERWISE:
                    found[each.name] = Column(each.name, self._kind_of(each.name), each.unit, "file")
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with some synapses; the others can be used."""
        return (
            *self._problems,
            *self._of_missing_nodes(),
            *self._of_lost_sections(),
            *self._of_unknown_places(),
        )

    def edge_ids(self, rows: Rows) -> dict[str, Rows]:
        """The edges of these rows by population, ascending."""
        edges, owners = self.values("edge")[rows], self.raw("edges", 0, self.size)[rows]
        return {
            part.population.name: np.sort(edges[owners == number])
            for number, part in enumerate(self._parts)
            if (owners == number).any()
        }

    def rows_of(self, population: str, edges: Rows) -> NDArray[np.bool_]:
        """(size,) whether a row is one of these edges of a population."""
        mask = np.zeros(self.size, dtype=np.bool_)
        first = 0
        for part in self._parts:
            last = first + len(part.rows)
            if part.population.name == population:
                mask[first:last] = np.isin(part.rows, edges)
            first = last
        return mask

    def select(self, text: str) -> Rows:
        """The rows that a filter keeps, ascending; raises QueryError."""
        return np.flatnonzero(condition(text, self).holds(Chunk(self, 0, self.size)))

    def sort(self, column: str, rows: Rows, *, descending: bool = False) -> Rows:
        """Rows in the order of a column; what is missing comes last."""
        return np.asarray(ordered(self, [(column, descending)], rows))

    def values(self, column: str) -> NDArray[Any]:
        """(size,) of a column: numbers (NaN where missing) or texts ("")."""
        made = self._column(column)
        return np.asarray(made.texts[made.codes]) if isinstance(made, _Category) else made

    def read_rows(self, column: str, rows: Rows) -> NDArray[Any]:
        """The same of some rows, in their order."""
        return np.asarray(self.values(column)[rows])

    def raw(self, column: str, start: int, stop: int) -> NDArray[Any]:
        """Values of rows start..stop-1, a category as codes."""
        made = self._column(column)
        return (made.codes if isinstance(made, _Category) else made)[start:stop]

    def library(self, column: str) -> NDArray[Any] | None:
        """The texts of a category's codes; None: it is none."""
        made = self._column(column)
        return made.texts if isinstance(made, _Category) else None

    @cached_property
    def section_rows(self) -> NDArray[np.int64]:
        """(size,) which section of the built cell each is on; `NO_SECTION`: none of them."""
        if self.sections is None:
            return np.full(self.size, NO_SECTION, dtype=np.int64)
        given = self.sections.rows_of(self.values("section_number"))
        return np.where(self.are_unplaced, self._first_drawn[0], given).astype(np.int64)

    @cached_property
    def are_unplaced(self) -> NDArray[np.bool_]:
        """(size,) of which the files do not say where they are."""
        return self._joined(lambda part: np.full(len(part.rows), are_unplaced(part.population)), np.bool_)

    @cached_property
    def drawn(self) -> Mapping[str, DrawnPlaces]:
        """By edge population, where runs put these; empty without a built cell."""
        if self.sections is None or not self.sections.names or not self.are_unplaced.any():
            return {}
        return draw_places(self._circuit, self._population, self._node_id, self.sections.segments)

    @cached_property
    def _first_drawn(self) -> tuple[NDArray[np.int64], Reals]:
        """(size,) section and x of the first synapse of each edge that is drawn."""
        rows, xs = np.full(self.size, NO_SECTION, dtype=np.int64), np.full(self.size, np.nan)
        first = 0
        for part in self._parts:
            drawn = self.drawn.get(part.population.name)
            if drawn is not None:
                places = np.searchsorted(drawn.edges, part.rows)
                has_any = np.flatnonzero(np.diff(drawn.firsts)[places])
                synapses = drawn.firsts[places[has_any]]
                rows[first + has_any], xs[first + has_any] = drawn.sections[synapses], drawn.xs[synapses]
            first += len(part.rows)
        return rows, xs

    def _read_parts(self, population: str, node_id: int) -> Iterator[Edges]:
        for edges in self._circuit.edge_populations.values():
            if edges.target != population:
                continue
            try:
                rows = edges.afferent(node_id)
                part = Edges(edges, rows, edges.sources(rows))
            except CircuitError as error:
                self._problems.append(Problem(error.what, error.where, error.hint, "warning"))
                continue
            if len(rows):
                yield part

    def _column(self, name: str) -> NDArray[Any] | _Category:
        if name not in self.columns:
            raise UnknownNameError("column", name, self.columns)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> NDArray[Any] | _Category:
        makers: Mapping[str, Callable[[], NDArray[Any] | _Category]] = {
            "edges": lambda: _Category.of(self._owners(), self.populations),
            "edge": lambda: self._joined(lambda part: part.rows, np.int64),
            "source": self._source_names,
            "source_id": lambda: self._joined(lambda part: part.sources, np.int64),
            "kind": self._kinds,
            "x": self._positions,
            PLACEMENT: lambda: _Category.of(self.are_unplaced.astype(np.int64), (GIVEN, UNKNOWN)),
            "section": lambda: _Category.of(self.section_rows, self.sections.names if self.sections else ()),
            "distance": self._distances,
            "conductance": lambda: self._reals(conductances),
            "decay": lambda: self._reals(decays),
            "synapse_id": lambda: self._joined(lambda part: np.arange(len(part.rows)), np.int64),
        }
        return makers[name]() if name in makers else self._read(name)

    def _source_names(self) -> _Category:
        names = [part.population.source for part in self._parts]
        different = tuple(dict.fromkeys(names))
        codes = np.array([different.index(each) for each in names], dtype=np.int64)
        return _Category.of(codes[self._owners()], different)

    def _kinds(self) -> _Category:
        codes = np.nan_to_num(self._reals(kinds), nan=-1).astype(np.int64)
        return _Category.of(codes, ("excitatory", "inhibitory"))

    def _positions(self) -> Reals:
        """As the file says it; else counted from a 3-D point of the section, or drawn."""
        xs = self._reals(lambda part, _circuit: numbers(part, *POSITION))
        if self.sections is None:
            return xs
        xs = np.where(self.are_unplaced, self._first_drawn[1], xs)
        for row in np.flatnonzero(np.isnan(xs) & (self.section_rows != NO_SECTION)):
            point, offset = (self._of_points[name][row] for name in _POINT)
            xs[row] = self.sections.along(int(self.section_rows[row]), point, np.nan_to_num(offset))
        return xs

    @cached_property
    def _of_points(self) -> Mapping[str, Reals]:
        return {name: self._reals(lambda part, _circuit, name=name: numbers(part, name)) for name in _POINT}  # type: ignore[misc]

    def _distances(self) -> Reals:
        if self.sections is None:
            return np.full(self.size, np.nan)
        return self.sections.distances(self.section_rows, self.values("x"))

    def _read(self, name: str) -> NDArray[Any]:
        if self.columns[name].kind == "text":
            return self._joined(lambda part: part.texts(name), object)
        names = _RENAMED.get(name, (name,))
        values = self._reals(lambda part, _circuit: numbers(part, *names))
        return values.astype(np.int64) if self.columns[name].kind == "integer" else values

    def _reals(self, read: Callable[[Edges, Circuit], Reals]) -> Reals:
        return self._joined(lambda part: self._or_missing(part, read), np.float64)

    def _or_missing(self, part: Edges, read: Callable[[Edges, Circuit], Reals]) -> Reals:
        """What cannot be read is missing, and told once."""
        try:
            return read(part, self._circuit)
        except CircuitError as error:
            problem = Problem(error.what, error.where, error.hint, "warning")
            if problem not in self._problems:
                self._problems.append(problem)
            return np.full(len(part.rows), np.nan)

    def _joined(self, of_part: Callable[[Edges], NDArray[Any]], dtype: Any) -> NDArray[Any]:
        return np.concatenate([np.empty(0, dtype=dtype), *map(of_part, self._parts)]).astype(dtype)

    def _owners(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self._parts)), [len(part.rows) for part in self._parts])

    def _kind_of(self, name: str) -> Kind:
        """Numbers that some of the populations lack are no whole numbers: they are missing there."""
        found = {part.population.columns[name].kind for part in self._parts if part.has(name)}
        if found & {"text", "category"}:
            return "text"
        return "integer" if found == {"integer"} and all(part.has(name) for part in self._parts) else "real"

    def _of_missing_nodes(self) -> Iterator[Problem]:
        for part in self._parts:
            problem = missing_sources(self._circuit, part.population, part.sources, self.name)
            if problem is not None:
                yield problem

    def _of_lost_sections(self) -> Iterator[Problem]:
        if self.sections is None or not self.sections.names:
            return
        lost = int(((self.section_rows == NO_SECTION) & ~self.are_unplaced).sum())
        if lost:
            yield Problem(
                f"{_synapses(lost)} onto {self.name} are on sections that the built cell does not have,"
                " such as an axon that a stub replaced.",
                hint="They are left out of runs.",
                severity="warning",
            )

    def _of_unknown_places(self) -> Iterator[Problem]:
        for name, drawn in self.drawn.items():
            yield placement_unknown(f"{name} onto {self.name}", len(drawn.edges), len(drawn.sections))
            if homeless := int((np.diff(drawn.firsts) == 0).sum()):
                yield without_segment(f"{name} onto {self.name}", homeless)


def _synapses(count: int) -> str:
    return f"{count:,} {'synapse' if count == 1 else 'synapses'}"
