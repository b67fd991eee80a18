"""Cells without a template, against the equations of passive cables."""

import math
from pathlib import Path
from typing import Any

import pytest

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.simulation.cells import Cell, build_cell
from engine.simulation.cells.ball_and_stick import BallAndStick, build_ball_and_stick
from engine.simulation.cells.plain import (
    SQUID,
    PlainMembrane,
    build_morphology,
    build_single_compartment,
    cut_by_length_constant,
)
from engine.simulation.host import h
from tests.engine.simulation.morphology_files import SECTIONS, SOMA_RADIUS, write_asc, write_swc

_G = 1e-4  # S/cm²
_RA = 150.0  # Ω·cm
_LEAK = PlainMembrane(conductance=_G, reversal=-65.0, axial_resistivity=_RA)


def _input_resistance(cell: Cell) -> float:
    """MΩ, seen from the soma, by a steady current."""
    soma = cell.section("soma[0]")
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 0.01
    h.dt = 1.0
    h.finitialize(-65)
    for _ in range(2000):
        h.fadvance()
    return float((soma(0.5).v + 65) / 0.01)


def test_that_a_single_compartment_obeys_ohms_law() -> None:
    cell = build_single_compartment("cells", 0, _LEAK, length=30.0, diameter=10.0)
    area_cm2 = math.pi * 30.0 * 10.0 * 1e-8
    assert _input_resistance(cell) == pytest.approx(1e-6 / (_G * area_cm2), rel=1e-9)


def test_that_a_ball_and_stick_has_the_resistance_of_the_cable_equation() -> None:
    shape = BallAndStick(20.0, 500.0, 2.0, 101, _LEAK, _LEAK)
    conductance_soma = _G * math.pi * 20.0**2 * 1e-8
    radius = 1e-4  # cm
    length_constant = math.sqrt(radius / (2 * _G * _RA))
    infinite = math.pi * radius**2 / (_RA * length_constant)
    conductance = conductance_soma + infinite * math.tanh(500e-4 / length_constant)
    # The soma has half its own axial resistance (12 kΩ) before the stick.
    assert _input_resistance(build_ball_and_stick("cells", 0, shape)) == pytest.approx(
        1e-6 / conductance, rel=2e-3
    )


def test_that_a_ball_and_stick_is_numbered_and_named() -> None:
    cell = build_ball_and_stick("cells", 3)
    assert cell.section(1) == cell.section("dend[0]")
    assert str(cell.section("dend[0]")) == "cells:3.dend[0]"


def test_that_a_squid_compartment_fires_on_a_step() -> None:
    cell = build_single_compartment("cells", 0, SQUID)
    soma = cell.section("soma[0]")
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 5, 1, 0.5
    voltage = h.Vector().record(soma(0.5)._ref_v)
    h.dt, h.celsius = 0.025, 6.3
    h.finitialize(-65)
    while h.t < 20:
        h.fadvance()
    assert 30 < voltage.max() < 50  # overshoot, below the sodium reversal of 50 mV


@pytest.mark.parametrize("write", [write_swc, write_asc])
def test_that_a_morphology_alone_becomes_a_cell_with_all_its_sections(tmp_path: Path, write: Any) -> None:
    cell = build_morphology(write(tmp_path / f"cell{write.__name__.replace('write_', '.')}"), _LEAK)
    assert tuple(cell.sections) == SECTIONS
    assert [cell.section_number(name) for name in SECTIONS] == list(range(7))
    assert pytest.approx(100) == cell.section("dend[0]").L
    assert cell.section("apic[0]")(0.5).g_pas == _G


def test_that_a_lone_soma_point_is_a_sphere(tmp_path: Path) -> None:
    cell = build_morphology(write_swc(tmp_path / "cell.swc"), _LEAK)
    assert sum(segment.area() for segment in cell.section("soma[0]")) == pytest.approx(
        4 * math.pi * SOMA_RADIUS**2
    )


def test_that_a_circuits_cell_without_template_is_passive(tmp_path: Path) -> None:
    description = CellDescription(
        "cells",
        4,
        "obi",
        "biophysical",
        morphology_name="cell",
        morphology_path=write_swc(tmp_path / "cell.swc"),
    )
    cell = build_cell(description, Conditions())
    assert str(cell) == "cells:4"
    assert all(h.ismembrane("pas", sec=section) for section in cell.sections.values())


def test_that_segments_are_short_against_the_length_constant() -> None:
    section = h.Section(name="cable")
    section.L, section.diam, section.Ra, section.cm = 1000, 1, 100, 1
    cut_by_length_constant([section])
    length_constant = 1e5 * math.sqrt(1 / (4 * math.pi * 100 * 100 * 1))
    assert section.nseg % 2 == 1
    assert section.L / section.nseg <= 0.1 * length_constant < section.L / (section.nseg - 2)


def test_that_a_morphology_without_soma_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "headless.swc"
    path.write_text("1 3 0 0 0 1 -1\n2 3 50 0 0 1 1\n")
    with pytest.raises(SimulationError, match="no soma"):
        build_morphology(path)


def test_that_a_cell_with_nothing_to_build_it_from_is_refused() -> None:
    with pytest.raises(SimulationError, match="neither a template nor a morphology"):
        build_cell(CellDescription("cells", 0, "obi", "biophysical"), Conditions())


@pytest.mark.parametrize(
    ("model_type", "template", "reason"),
    [
        ("virtual", "", "only sends spikes"),
        ("point_neuron", "nest:iaf_psc_alpha", "cannot be built in NEURON"),
    ],
)
def test_that_what_neuron_cannot_be_is_refused(model_type: str, template: str, reason: str) -> None:
    with pytest.raises(SimulationError, match=reason):
        build_cell(CellDescription("cells", 0, "obi", model_type, model_template=template), Conditions())


def test_that_sections_go_with_their_cell() -> None:
    before = sum(1 for _ in h.allsec())
    cells = [build_ball_and_stick("cells", number) for number in range(3)]
    assert sum(1 for _ in h.allsec()) == before + 6
    del cells
    assert sum(1 for _ in h.allsec()) == before
