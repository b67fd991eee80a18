"""Gap junctions against the closed form of two coupled conductances."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.simulation.gap_runs import AMPLITUDE_NA, JUNCTION_NS, LEAKS_NS, run_pair
from tests.engine.simulation.in_process import in_process

_MV_PER_NA_NS = 1000.0


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("pair")
    answer: dict[str, Any] = in_process(run_pair, str(folder), folder=tmp_path_factory.mktemp("answer"))
    return answer


def rises(into: int) -> list[float]:
    """Of both cells, mV, by Kirchhoff's law."""
    own, other = LEAKS_NS[into], LEAKS_NS[1 - into]
    whole = own * other + JUNCTION_NS * (own + other)
    here = AMPLITUDE_NA * (other + JUNCTION_NS) / whole * _MV_PER_NA_NS
    there = AMPLITUDE_NA * JUNCTION_NS / whole * _MV_PER_NA_NS
    return [here, there] if into == 0 else [there, here]


def test_that_coupled_cells_share_a_current_as_kirchhoff_says(found: dict[str, Any]) -> None:
    assert found["mechanisms"] == ["CellJunction"]
    for name, into in (("into_first", 0), ("into_second", 1)):
        assert found[name] == pytest.approx(rises(into), rel=1e-6)
        coupling = found[name][1 - into] / found[name][into]
        assert coupling == pytest.approx(JUNCTION_NS / (JUNCTION_NS + LEAKS_NS[1 - into]), rel=1e-6)
    assert found["into_first"][1] == pytest.approx(found["into_second"][0], rel=1e-6), "not symmetric"


def test_that_a_variable_time_step_gives_the_same(found: dict[str, Any]) -> None:
    assert found["variable_step"] == pytest.approx(rises(0), rel=1e-3)


def test_that_junctions_come_and_go_with_their_cells_and_connections(found: dict[str, Any]) -> None:
    single = AMPLITUDE_NA / LEAKS_NS[0] * _MV_PER_NA_NS
    assert found["alone"] == pytest.approx([single], rel=1e-6)
    assert found["apart"] == pytest.approx([single, 0.0], rel=1e-6, abs=1e-9)
    assert found["again"] == found["into_first"]


def test_that_a_side_without_another_is_left_out_and_told(found: dict[str, Any]) -> None:
    text = " ".join(found["problems"])
    assert "1 edge is left out of cells__cells__gap" in text and "other side is missing" in text
    assert "Somascope's own CellJunction stands in" in text
