"""The language of filters, against what each row says by itself."""

import math
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.circuit.nodes import NodePopulation
from engine.errors import QueryError
from tests.engine.circuit.synthesise import Enumerated, write_nodes, write_types

Row = dict[str, Any]
Says = tuple[str, Callable[[Row], bool]]  # a filter, and the same in Python for one row

LAYERS = ("1", "2", "5", "L6b", "in", "")
MTYPES = ("L5_TPC:A", "l5_bc", "L2/3", 'say "so"', "a b")
SIZE = 60
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> NodePopulation:
    folder = tmp_path_factory.mktemp("filters")
    random = np.random.default_rng(1)
    names = np.array([random.choice(MTYPES) for _ in range(SIZE)], dtype=object)
    columns = {
        "layer": Enumerated(random.integers(0, len(LAYERS), SIZE).tolist(), LAYERS),
        "name-of it": names,
        "x": np.where(random.random(SIZE) < 0.2, np.nan, random.integers(-3, 4, SIZE) / 2),
        "small": random.integers(0, 5, SIZE).astype(np.uint8),
        "dynamics_params/threshold_current": random.normal(0, 1, SIZE).astype(np.float32),
    }
    path = write_nodes(folder / "n.h5", "p", {0: columns}, type_ids=random.integers(1, 4, SIZE))
    table = write_types(
        folder / "t.csv",
        [{"node_type_id": 1, "ei": "e"}, {"node_type_id": 2, "ei": "i"}, {"node_type_id": 3}],
    )
    return NodePopulation(path, "p", table)


@pytest.fixture(scope="module")
def rows(population: NodePopulation) -> list[Row]:
    values = {name: population.values(name).tolist() for name in population.columns}
    return [{name: values[name][row] for name in values} for row in range(population.size)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def number_comparisons(draw: st.DrawFn) -> Says:
    column = draw(st.sampled_from(["x", "small", "node_id", "dynamics_params/threshold_current"]))
    symbol = draw(st.sampled_from(list(OPERATORS)))
    number = draw(st.sampled_from(["0", "1", "-1.5", "2e0", ".5", "300", "-7", "1e400", "inf"]))
    return f"{column} {symbol} {number}", lambda row: OPERATORS[symbol](row[column], float(number))


@st.composite
def text_comparisons(draw: st.DrawFn) -> Says:
    column = draw(st.sampled_from(["layer", "name-of it", "ei"]))
    symbol = draw(st.sampled_from(list(OPERATORS)))
    value = draw(st.sampled_from([*LAYERS, *MTYPES, "e", "5.0", "3"]))
    number = _number(value)

    def says(row: Row) -> bool:
        text, own = row[column], _number(row[column])
        if symbol in ("==", "!="):
            same = text == value or (number is not None and own == number)
            return same == (symbol == "==")
        if number is not None:
            return own is not None and OPERATORS[symbol](own, number)
        return text != "" and OPERATORS[symbol](text, value)

    return f"`{column}` {symbol} {_quoted(value)}", says


@st.composite
def patterns(draw: st.DrawFn) -> Says:
    column = draw(st.sampled_from(["layer", "name-of it"]))
    pattern = draw(st.sampled_from([r"^L\d", "5|2", "(a|b)$", r"\s", "[^0-9]", "^$"]))
    wanted = draw(st.booleans())
    symbol = "~" if wanted else "!~"
    return (
        f"`{column}`{symbol}{_quoted(pattern)}",
        lambda row: (re.search(pattern, row[column]) is not None) == wanted,
    )


@st.composite
def memberships(draw: st.DrawFn) -> Says:
    wanted = draw(st.booleans())
    joint = draw(st.sampled_from([", ", " ", ","]))
    word = "in" if wanted else "not in"
    if draw(st.booleans()):
        texts = draw(st.lists(st.sampled_from([*LAYERS, "L5_TPC:A"]), max_size=3))
        listed = joint.join(map(_quoted, texts))
        return f"layer {word} [{listed}]", lambda row: (row["layer"] in texts) == wanted
    numbers = draw(st.lists(st.sampled_from([0, 1, 2, 0.5, -1]), max_size=3))
    listed = joint.join(map(str, numbers))
    return f"x {word} ({listed})", lambda row: (row["x"] in numbers) == wanted


@st.composite
def searches(draw: st.DrawFn) -> Says:
    word = draw(st.sampled_from(["l5", "TPC", "E", "so", "2/3", "a b", "nothing"]))
    shown = _quoted(word) if " " in word or draw(st.booleans()) else word
    texts = ("layer", "name-of it", "ei")
    return shown, lambda row: any(word.lower() in row[column].lower() for column in texts)


def _joined(inner: st.SearchStrategy[Says]) -> st.SearchStrategy[Says]:
    @st.composite
    def joins(draw: st.DrawFn) -> Says:
        (left, left_says), (right, right_says) = draw(inner), draw(inner)
        if draw(st.booleans()):
            word = draw(st.sampled_from([" and ", " & ", " && ", " AND ", " "]))
            return f"({left}){word}({right})", lambda row: left_says(row) and right_says(row)
        word = draw(st.sampled_from([" or ", " | ", " || ", "|"]))
        return f"({left}){word}({right})", lambda row: left_says(row) or right_says(row)

    @st.composite
    def negations(draw: st.DrawFn) -> Says:
        text, says = draw(inner)
        word = draw(st.sampled_from(["not ", "! ", "!"]))
        return f"{word}({text})", lambda row: not says(row)

    return joins() | negations()


atoms = number_comparisons() | text_comparisons() | patterns() | memberships() | searches()


@settings(max_examples=400, deadline=None)
@given(says=st.recursive(atoms, _joined, max_leaves=5))
def test_that_a_filter_finds_the_rows_that_satisfy_it_one_by_one(
    says: Says, population: NodePopulation, rows: list[Row]
) -> None:
    text, satisfied = says
    expected = [number for number, row in enumerate(rows) if satisfied(row)]
    assert population.filter(text).tolist() == expected


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="layer xin=!~<>()[],&|\"'`\\5 ", max_size=30))
def test_that_any_text_is_understood_or_refused_with_its_place(text: str, population: NodePopulation) -> None:
    found, refusal = np.empty(0, dtype=np.int64), None
    try:
        found = population.filter(text)
    except QueryError as error:
        refusal = error
    if refusal is None:
        assert found.dtype == np.int64 and np.all(np.diff(found) > 0)
    else:
        assert refusal.position is not None and 0 <= refusal.position <= len(text)
        assert f"character {refusal.position + 1}" in refusal.where


def test_that_and_binds_tighter_than_or_and_not_tightest(population: NodePopulation) -> None:
    whole = population.filter("small == 1 or small == 2 and not x > 0")
    parts = population.filter("(small == 1) or ((small == 2) and (not (x > 0)))")
    assert whole.tolist() == parts.tolist()


def test_that_patterns_without_quotes_go_on_to_the_next_space(population: NodePopulation) -> None:
    plain = population.filter(r"(layer ~ ^(1|2)$ or layer~L6[ab])and small<4")
    quoted = population.filter(r'(layer ~ "^(1|2)$" or layer ~ "L6[ab]") and small < 4')
    assert plain.tolist() == quoted.tolist() != []


def test_that_missing_numbers_are_asked_for_as_nan(population: NodePopulation, rows: list[Row]) -> None:
    missing = [number for number, row in enumerate(rows) if math.isnan(row["x"])]
    assert population.filter("x == nan").tolist() == missing != []
    assert population.filter("x in [nan]").tolist() == missing
    assert population.filter("not x != nan").tolist() == missing


def test_that_missing_texts_are_asked_for_as_empty(population: NodePopulation, rows: list[Row]) -> None:
    expected = [number for number, row in enumerate(rows) if row["ei"] == ""]
    assert population.filter('ei == ""').tolist() == expected != []


def test_that_what_is_shown_of_a_single_precision_number_finds_it(population: NodePopulation) -> None:
    value = population.values("dynamics_params/threshold_current")[7]
    assert 7 in population.filter(f"dynamics_params/threshold_current == {value}")


def test_that_an_empty_filter_keeps_every_row(population: NodePopulation) -> None:
    assert population.filter("  ").tolist() == list(range(SIZE))
    assert population.filter({}).tolist() == list(range(SIZE))


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("layr == 5", 0, "Did you mean 'layer'?"),
        ("x > 1 and layr == 5", 10, "layr"),
        ("x ==", 4, "A value is missing after =="),
        ("x > L5", 4, "is not a number"),
        ("layer ~ [", 8, "not a regular expression"),
        ("x ~ 5", 4, "holds numbers"),
        ("(x > 1", 0, "never closed"),
        ("x > 1)", 5, "')' is not expected"),
        ('layer == "5', 9, "never closed"),
        ("layer in 5", 9, "A list"),
        ("layer in [1, 2", 9, "never closed"),
        ("x > 1 and", 9, "at the end"),
        ("or x > 1", 0, "before 'or'"),
        ("`layer`", 7, "A comparison is missing"),
        ("x == == 5", 5, "A value is missing"),
        ("(" * 4000 + "x", 50, "nested too deeply"),
        ("not " * 4000 + "x", 200, "nested too deeply"),
        ("x in [L5]", 5, "not a number"),
    ],
)
def test_that_mistakes_are_told_with_their_place(
    population: NodePopulation, text: str, position: int, said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        population.filter(text)
    assert said in str(caught.value)
    assert caught.value.position == position


def test_that_nothing_in_a_filter_is_run(population: NodePopulation, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for text in (f"__import__('os').mkdir('{mark}')", f"layer == \"{{open('{mark}', 'w')}}\""):
        try:
            population.filter(text)
        except QueryError:
            continue
    assert not mark.exists()
