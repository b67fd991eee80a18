"""Sorting rows by columns."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.circuit.nodes import NodePopulation
from engine.errors import UnknownNameError
from tests.engine.circuit.synthesise import Enumerated, write_nodes

SIZE = 200


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> NodePopulation:
    random = np.random.default_rng(2)
    columns = {
        "layer": Enumerated(random.integers(0, 5, SIZE).tolist(), ["6", "", "b", "A", "6"]),
        "name": np.array(list("cCbaA"), dtype=object)[random.integers(0, 5, SIZE)],
        "x": np.where(random.random(SIZE) < 0.3, np.nan, random.integers(0, 9, SIZE)),
        "whole": random.integers(-3, 3, SIZE),
        "unsigned": random.integers(0, 3, SIZE).astype(np.uint64),
    }
    path = write_nodes(tmp_path_factory.mktemp("sorts") / "n.h5", "p", {0: columns}, type_ids=[1] * SIZE)
    return NodePopulation(path, "p")


def _naive(population: NodePopulation, keys: list[tuple[str, bool]], rows: list[int]) -> list[int]:
    """Python's own stable sort, one key after the other, the missing apart."""
    for name, descending in reversed(keys):
        values = population.values(name)
        present = [row for row in rows if values[row] == values[row] and values[row] != ""]
        missing = [row for row in rows if row not in set(present)]
        if values.dtype.kind == "O":
            places = {text: (text.casefold(), text) for text in values}
            down = sorted(present, key=lambda row: places[values[row]])
        else:
            down = sorted(present, key=lambda row: values[row])
        if descending:  # stable in the other direction as well
            groups: dict[object, list[int]] = {}
            for row in down:
                groups.setdefault(values[row], []).append(row)
            down = [row for group in reversed(groups.values()) for row in group]
        rows = down + missing
    return rows


keys = st.lists(
    st.tuples(st.sampled_from(["layer", "name", "x", "whole", "unsigned", "node_id"]), st.booleans()),
    max_size=3,
)


@settings(max_examples=100, deadline=None)
@given(keys=keys)
def test_that_all_rows_are_sorted_stably_with_the_missing_last(
    keys: list[tuple[str, bool]], population: NodePopulation
) -> None:
    assert population.sort(keys).tolist() == _naive(population, keys, list(range(SIZE)))


@settings(max_examples=100, deadline=None)
@given(keys=keys, rows=st.lists(st.integers(0, SIZE - 1), max_size=120, unique=True))
def test_that_chosen_rows_are_sorted_as_among_all(
    keys: list[tuple[str, bool]], rows: list[int], population: NodePopulation
) -> None:
    assert population.sort(keys, rows).tolist() == _naive(population, keys, rows)


def test_that_an_unknown_column_cannot_be_sorted_by(population: NodePopulation) -> None:
    with pytest.raises(UnknownNameError, match="whole"):
        population.sort([("wohle", False)])


def test_that_extreme_whole_numbers_are_sorted_downwards(tmp_path: Path) -> None:
    ends = np.iinfo(np.int64)
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"a": [0, ends.min, ends.max]}}, type_ids=[1] * 3)
    assert NodePopulation(path, "p").sort([("a", True)]).tolist() == [2, 0, 1]
