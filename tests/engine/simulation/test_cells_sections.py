"""Section numbers, as both dialects count."""

from typing import Any

import pytest
from typing_extensions import override

from engine.errors import SimulationError
from engine.simulation.cells.sections import (
    lists_by_kind,
    numbered_by_kind,
    numbered_by_voltage,
    numbered_in_order,
    section_name,
    sections_by_name,
)
from engine.simulation.host import h

_NAMES = ("soma[0]", "dend[0]", "dend[1]", "apic[0]", "axon[0]", "axon[1]", "myelin[0]")


def _sections() -> dict[str, Any]:
    return sections_by_name([h.Section(name=name) for name in _NAMES])


def test_that_bmtk_counts_in_order() -> None:
    assert numbered_in_order(_sections()).names == dict(enumerate(_NAMES))


def test_that_the_stub_keeps_the_first_numbers_of_the_axon_that_it_replaced() -> None:
    numbering = numbered_by_kind(_sections(), lambda: 99)
    assert numbering.names == {
        0: "soma[0]",
        1: "axon[0]",
        2: "axon[1]",
        3: "myelin[0]",
        100: "dend[0]",
        101: "dend[1]",
        102: "apic[0]",
    }


def test_that_the_morphology_is_not_asked_before_a_number_is() -> None:
    asked: list[int] = []

    def axons() -> int:
        asked.append(1)
        return 3

    numbering = numbered_by_kind(_sections(), axons)
    assert asked == []
    assert numbering.numbers["apic[0]"] == numbering.numbers["apic[0]"] == 6
    assert asked == [1]


def test_that_a_removed_axon_section_is_named() -> None:
    numbering = numbered_by_kind(_sections(), lambda: 99)
    with pytest.raises(SimulationError, match=r"axon\[49\] of the morphology"):
        numbering.name(50, "cell S1:0")


@pytest.mark.parametrize("number", [-1, 103, 10**9])
def test_that_a_number_beyond_the_cell_is_refused(number: int) -> None:
    numbering = numbered_by_kind(_sections(), lambda: 99)
    with pytest.raises(SimulationError, match="numbered 0 to 102"):
        numbering.name(number, "cell S1:0")


def test_that_numbers_that_a_template_left_in_the_voltage_are_read() -> None:
    sections = _sections()
    for section, number in zip(sections.values(), (0, 7, 8, 9, 1, 2, 3), strict=True):
        section(0.0001).v = number
    numbering = numbered_by_voltage(sections)
    assert numbering is not None
    assert numbering.numbers["apic[0]"] == 9 and numbering.numbers["axon[1]"] == 2


def test_that_voltages_that_are_no_numbers_are_not_taken_for_them() -> None:
    sections = _sections()
    assert numbered_by_voltage(sections) is None
    for section in sections.values():
        section(0.5).v = 0
    assert numbered_by_voltage(sections) is None


def test_that_names_lose_their_owner_and_gain_an_index() -> None:
    h("create sections_test_lone")
    assert section_name(h.sections_test_lone) == "sections_test_lone[0]"

    class Owner:
        @override
        def __str__(self) -> str:
            return "cells.A:3"

    assert section_name(h.Section(name="dend[4]", cell=Owner())) == "dend[4]"


def test_that_sections_are_listed_by_kind() -> None:
    lists = lists_by_kind(_sections())
    assert [len(lists[kind]) for kind in ("soma", "axon", "dend", "apic", "myelin", "all")] == [
        1,
        2,
        2,
        1,
        1,
        7,
    ]
