"""Node sets: named choices of nodes, by rules or as unions of other sets."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.circuit.manifest import read_json
from engine.circuit.node_columns import Rows
from engine.circuit.nodes import NodePopulation
from engine.circuit.problems import Problem
from engine.errors import CircuitError, QueryError, UnknownNameError

Selected = dict[str, Rows]


class NodeSets:
    """The node sets of a circuit, or of a circuit and a simulation together.

    A set is a rule (an object: attribute to value) or a union (a list of names of sets). What is wrong with
    them is listed in `problems`; a union then holds what its sound members hold.
    """

    def __init__(self, definitions: Mapping[str, Any] | None = None, where: str = "the node sets") -> None:
        self._definitions = dict(definitions or {})
        self._where = where
        self.problems = tuple(self._check())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sets, in the order of the files."""
        return tuple(self._definitions)

    def expression(self, name: str) -> Any:
        """What the file says of a set; raises UnknownNameError."""
        if name not in self._definitions:
            raise UnknownNameError("node set", name, self._definitions, where=self._where)
        return self._definitions[name]

    def merged_with(self, extra: Mapping[str, Any]) -> "NodeSets":
        """These sets and others, which replace those of the same name."""
        return NodeSets({**self._definitions, **extra}, self._where)

    def select(
        self,
        chosen: str | Mapping[str, Any] | list[str],
        populations: Mapping[str, NodePopulation],
    ) -> Selected:
        """The node ids, ascending, in each population of which there are any.

        `chosen` is the name of a set, a rule, or a list of names. The name of a population means all of its
        nodes, and "all" all nodes there are, unless sets are called so. Raises UnknownNameError for other
        names, CircuitError for a set that is wrong, QueryError for a rule that is.
        """
        if isinstance(chosen, str) and chosen not in self._definitions:
            return self._implicit(chosen, populations)
        if isinstance(chosen, str):
            return self._named(chosen, populations)
        if isinstance(chosen, Mapping):
            return _by_rule(chosen, populations)
        return _union(self.select(name, populations) for name in chosen)

    def _implicit(self, name: str, populations: Mapping[str, NodePopulation]) -> Selected:
        if name in populations:
            return _by_rule({"population": name}, populations)
        if name == "all":
            return _by_rule({}, populations)
        known = [*self._definitions, *populations]
        raise UnknownNameError("node set", name, known, where=self._where)

    def _named(self, name: str, populations: Mapping[str, NodePopulation]) -> Selected:
        """A union holds what the rules reachable from it hold; one that contains itself is no riddle so."""
        definition = self._definitions[name]
        if isinstance(definition, list):
            parts = [
                each for each in self._reachable(definition) if isinstance(self._definitions.get(each), dict)
            ]
            return _union(self._named(each, populations) for each in sorted(parts))
        if not isinstance(definition, dict):
            raise CircuitError(
                f"The node set {name!r} is neither a rule {{…}} nor a list of names.", where=self._where
            )
        try:
            return _by_rule(definition, populations)
        except QueryError as error:
            raise CircuitError(
                f"The node set {name!r} is wrong: {error.what}", where=self._where, hint=error.hint
            ) from error

    def _check(self) -> Iterable[Problem]:
        for name, definition in self._definitions.items():
            if isinstance(definition, list):
                yield from self._check_union(name, definition)
            elif not isinstance(definition, dict):
                yield Problem(
                    f"The node set {name!r} is neither a rule {{…}} nor a list of names.",
                    self._where,
                    'Write for instance {"layer": "5"}.',
                )

    def _check_union(self, name: str, members: list[Any]) -> Iterable[Problem]:
        for member in members:
            if not isinstance(member, str):
                what = f"The node set {name!r} lists {member!r}, which is not the name of a node set."
                hint = 'A list of node ids is written {"node_id": […]}.'
                yield Problem(what, self._where, hint)
                return
            if member not in self._definitions:
                error = UnknownNameError("node set", member, self._definitions)
                what = f"The node set {name!r} lists {member!r}, which does not exist."
                yield Problem(what, self._where, error.hint)
        if name in self._reachable(members):
            yield Problem(
                f"The node set {name!r} contains itself.",
                self._where,
                "Remove the name from the lists of the sets that it is made of.",
            )

    def _reachable(self, members: list[Any]) -> set[str]:
        found: set[str] = set()
        waiting = list(members)
        while waiting:
            each = waiting.pop()
            if isinstance(each, str) and each not in found:
                found.add(each)
                inner = self._definitions.get(each)
                waiting += inner if isinstance(inner, list) else []
        return found


def read_node_sets(path: Path) -> dict[str, Any]:
    """The sets of a file as it gives them; raises CircuitError."""
    return read_json(path)


def _by_rule(rule: Mapping[str, Any], populations: Mapping[str, NodePopulation]) -> Selected:
    found = {name: population.filter(rule) for name, population in populations.items()}
    return {name: rows for name, rows in found.items() if rows.size}


def _union(selections: Iterable[Selected]) -> Selected:
    together: dict[str, list[Rows]] = {}
    for selected in selections:
        for name, rows in selected.items():
            together.setdefault(name, []).append(rows)
    return {name: np.unique(np.concatenate(parts)) for name, parts in together.items()}
