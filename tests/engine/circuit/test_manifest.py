"""JSON files and manifests, sound and spoilt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.circuit.manifest import expand, read_json, resolve
from engine.circuit.problems import Problem
from engine.errors import CircuitError, UnknownNameError


def test_that_variables_may_be_made_of_variables_in_any_order() -> None:
    raw = {
        "manifest": {"$NODES": "${NETWORK}/nodes", "$NETWORK": "$BASE/network", "$BASE": "."},
        "file": "$NODES/a.h5",
        "inner": [{"file": "${NODES}_b.h5"}],
    }
    assert expand(raw, Path("/circuit")) == {
        "file": "./network/nodes/a.h5",
        "inner": [{"file": "./network/nodes_b.h5"}],
    }


def test_that_configdir_is_the_folder_of_the_file() -> None:
    assert expand({"file": "${configdir}/a.h5"}, Path("/circuit"))["file"] == str(Path("/circuit")) + "/a.h5"


def test_that_a_longer_name_is_not_taken_for_a_shorter_one() -> None:
    raw = {"manifest": {"$A": "short", "$AB": "long"}, "file": "$AB/x"}
    assert expand(raw, Path())["file"] == "long/x"


def test_that_patterns_keep_their_dollar_signs() -> None:
    raw = {"node_set": {"mtype": {"$regex": "^L5$A|x$"}}}
    assert expand(raw, Path()) == raw


def test_that_variables_that_mean_each_other_are_named_in_their_circle() -> None:
    with pytest.raises(CircuitError, match="A → B → A"):
        expand({"manifest": {"$A": "$B/1", "$B": "$A/2"}, "file": "$A"}, Path())


def test_that_an_unknown_variable_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean '\$NETWORK_DIR'"):
        expand({"manifest": {"$NETWORK_DIR": "n"}, "file": "$NETWORK_DIRS/a"}, Path())


def test_that_with_a_list_of_problems_the_rest_is_expanded_all_the_same() -> None:
    problems: list[Problem] = []
    raw = {"manifest": {"$A": "a", "$N": 3}, "good": "$A", "bad": "$B"}
    assert expand(raw, Path(), problems) == {"good": "a", "bad": "$B"}
    assert len(problems) == 2


def test_that_a_manifest_that_doubles_at_each_step_does_not_fill_the_memory() -> None:
    manifest = {f"$V{i}": f"$V{i + 1}$V{i + 1}" for i in range(200)} | {"$V200": "x"}
    with pytest.raises(CircuitError, match="too long"):
        expand({"manifest": manifest, "file": "$V0"}, Path())


def test_that_relative_paths_are_meant_from_the_folder_of_the_file() -> None:
    assert resolve(Path("/circuit/a"), "../b/./c.h5") == Path("/circuit/b/c.h5")
    assert resolve(Path("/circuit/a"), "/else/c.h5") == Path("/else/c.h5")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b'{"a": 1,}', "line 1"),
        (b'{"a": 1, "a": 2}', "'a' occurs twice"),
        (b'{"b": {"a": 1, "a": 2}}', "'a' occurs twice"),
        (b"[1, 2]", "no JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"\x89HDF\r\n\x1a\n\x00\x00", "UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5000 + b"}", "cannot be used"),
    ],
)
def test_that_each_kind_of_spoilt_file_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(CircuitError, match=reason) as caught:
        read_json(path)
    assert "config.json" in caught.value.what
    assert caught.value.where == str(tmp_path)


def test_that_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CircuitError, match="is missing"):
        read_json(tmp_path / "none.json")
    with pytest.raises(CircuitError, match="is a folder"):
        read_json(tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values))
def test_that_whatever_is_in_a_file_it_is_expanded_or_its_problems_are_told(
    raw: dict[str, object],
) -> None:
    problems: list[Problem] = []
    expanded = expand(json.loads(json.dumps(raw)), Path("/base"), problems)
    assert set(expanded) == set(raw) - {"manifest"}
    if "$" not in json.dumps(raw) and not isinstance(raw.get("manifest", {}), str | int | list | bool):
        assert all(expanded[key] == raw[key] for key in expanded)
