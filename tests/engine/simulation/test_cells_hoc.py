"""Cells of hoc templates in all their forms, without compiled mechanisms."""

import dataclasses
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import morphio
import numpy as np
import pytest

from engine.circuit.cells import CellDescription
from engine.circuit.problems import Problem
from engine.errors import EngineError, MechanismError, SimulationError, UnknownNameError
from engine.experiment.conditions import Conditions
from engine.simulation.cells import Cell, build_cell
from engine.simulation.host import h
from tests.engine.simulation import hoc_templates
from tests.engine.simulation.morphology_files import SECTIONS, write_asc, write_swc

CONDITIONS = Conditions()


@pytest.fixture(autouse=True)
def _leave_nothing_behind() -> Iterator[None]:
    """Every cell of a test must be gone when the test has let go of it."""
    before = _count_sections()
    yield
    after = _count_sections()
    assert after == before


def _count_sections() -> int:
    gc.collect()
    return sum(1 for _ in h.allsec())


def _describe(folder: Path, name: str, text: str, morphology: Path | None = None) -> CellDescription:
    template = folder / f"{name}.hoc"
    template.write_text(text)
    return CellDescription(
        "cells",
        7,
        "obi",
        "biophysical",
        model_template=f"hoc:{name}",
        template_path=template,
        morphology_name="cell",
        morphology_path=morphology or write_swc(folder / "cell.swc"),
        dynamics_params={"AIS_scaler": 1.5},
    )


def _lengths(cell: Cell) -> dict[str, float]:
    return {name: section.L for name, section in cell.sections.items()}


def test_that_a_v6_template_gets_its_arguments(tmp_path: Path) -> None:
    cell = build_cell(_describe(tmp_path, "HocV6", hoc_templates.v6("HocV6")), CONDITIONS)
    assert (cell.hoc_object.gid, cell.hoc_object.ais, cell.hoc_object.scale) == (8, 1.5, 1.0)
    assert [len(cell.lists[kind]) for kind in ("soma", "axon", "dend", "apic", "all")] == [1, 2, 2, 1, 6]
    assert cell.section("soma").nseg == 1 and cell.section("apic[0]").nseg == 1 + 2 * (200 // 40)
    assert str(cell) == "cells:7" and not cell.is_point


def test_that_the_random_streams_of_a_template_are_seeded_as_the_convention_says(tmp_path: Path) -> None:
    description = _describe(tmp_path, "HocV6", hoc_templates.v6("HocV6"))
    cell = build_cell(description, Conditions(seed_convention="bluecellulab"))
    assert cell.hoc_object.gid == 7
    cell.reseed(123)
    assert cell.hoc_object.seed == 123


@pytest.mark.parametrize("form", [hoc_templates.v6, hoc_templates.bluepyopt])
def test_that_the_stub_has_the_numbers_of_the_axon_and_the_lost_ones_are_named(
    tmp_path: Path, form: Callable[[str], str]
) -> None:
    name = f"HocNumbers{form.__name__}"
    cell = build_cell(_describe(tmp_path, name, form(name)), CONDITIONS)
    assert [cell.section_number(each) for each in ("soma[0]", "axon[0]", "axon[1]")] == [0, 1, 2]
    assert [cell.section_number(each) for each in ("dend[0]", "dend[1]", "apic[0]")] == [4, 5, 6]
    assert cell.section(6) == cell.section("apic[0]")
    with pytest.raises(SimulationError, match=r"Section 3 .* axon\[2\]"):
        cell.section(3)


def test_that_spikes_are_seen_at_the_end_of_the_soma_or_on_the_second_axon_section(tmp_path: Path) -> None:
    cell = build_cell(_describe(tmp_path, "HocV6", hoc_templates.v6("HocV6")), CONDITIONS)
    assert cell.spike_segment("soma") == cell.sections["soma[0]"](1)
    assert cell.spike_segment("AIS") == cell.sections["axon[1]"](0.5)


def test_that_a_template_of_a_lone_path_is_the_cell_itself(tmp_path: Path) -> None:
    cell = build_cell(_describe(tmp_path, "HocPlain", hoc_templates.plain("HocPlain")), CONDITIONS)
    assert tuple(cell.sections) == SECTIONS
    assert [cell.section_number(name) for name in SECTIONS] == list(range(7))


def test_that_a_v5_template_finds_the_cell_that_it_wraps(tmp_path: Path) -> None:
    description = _describe(tmp_path, "HocV5", hoc_templates.v5("HocV5"), write_asc(tmp_path / "cell.asc"))
    cell = build_cell(description, CONDITIONS)
    assert cell.hoc_object.gid == 8
    assert [cell.section_number(name) for name in ("axon[1]", "dend[0]", "apic[0]")] == [2, 4, 6]
    dendrite = cell.section("dend[0]")
    h.distance(0, cell.section("soma[0]")(0))
    assert dendrite(0.5).g_pas == pytest.approx(h.distance(dendrite(0.5)) * 1e-6, rel=1e-5)


def test_that_two_contents_under_one_name_are_two_templates(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    first = build_cell(
        _describe(tmp_path / "one", "HocTwice", hoc_templates.v6("HocTwice", "hh")), CONDITIONS
    )
    second = build_cell(
        _describe(tmp_path / "two", "HocTwice", hoc_templates.v6("HocTwice", "pas")), CONDITIONS
    )
    again = build_cell(
        _describe(tmp_path / "one", "HocTwice", hoc_templates.v6("HocTwice", "hh")), CONDITIONS
    )
    somata = [cell.section("soma[0]") for cell in (first, second, again)]
    assert [bool(h.ismembrane("hh", sec=soma)) for soma in somata] == [True, False, True]
    assert second.hoc_object.scale == 1.0


def test_that_a_name_longer_than_neuron_takes_is_shortened(tmp_path: Path) -> None:
    name = "HocLong" + "g" * 200
    cell = build_cell(_describe(tmp_path, name[:60], hoc_templates.v6(name)), CONDITIONS)
    assert len(cell.hoc_object.hname()) < 60


def test_that_a_template_that_failed_can_be_mended_and_built(tmp_path: Path) -> None:
    # A `create` before the error would leave sections that NEURON cannot delete, which the fixture would see.
    with pytest.raises(SimulationError, match="HocMended"):
        build_cell(
            _describe(
                tmp_path, "HocMended", "begintemplate HocMended\nproc init() { ) }\nendtemplate HocMended"
            ),
            CONDITIONS,
        )
    cell = build_cell(_describe(tmp_path, "HocMended", hoc_templates.plain("HocMended")), CONDITIONS)
    assert len(cell.sections) == 7


def test_that_the_line_of_an_error_is_one_of_the_users_file(tmp_path: Path) -> None:
    text = "begintemplate HocLine\n\n\nproc init() { ) }\nendtemplate HocLine\n"
    with pytest.raises(SimulationError) as caught:
        build_cell(_describe(tmp_path, "HocLine", text), CONDITIONS)
    assert caught.value.where == f"{tmp_path / 'HocLine.hoc'}, near line 4"


def test_that_missing_mechanisms_are_listed_before_anything_is_built(tmp_path: Path) -> None:
    text = hoc_templates.v6("HocLacks", "NaTg insert SKv3_1")
    with pytest.raises(MechanismError, match=r"NaTg, SKv3_1") as caught:
        build_cell(_describe(tmp_path, "HocLacks", text), CONDITIONS)
    assert "NaTg.mod" in caught.value.hint and "SKv3_1.mod" in caught.value.hint
    assert not hasattr(h, "HocLacks")


def test_that_a_mechanism_named_in_a_string_is_named_in_the_error(tmp_path: Path) -> None:
    text = hoc_templates.v5("HocHides").replace('"all", "pas"', '"all", "NaTa_t"')
    with pytest.raises(MechanismError, match="NaTa_t"):
        build_cell(_describe(tmp_path, "HocHides", text, write_asc(tmp_path / "cell.asc")), CONDITIONS)


def test_that_a_missing_helper_file_is_named(tmp_path: Path) -> None:
    text = '{load_file("our_helpers.hoc")}\n' + hoc_templates.plain("HocHelpless")
    with pytest.raises(SimulationError, match=r"our_helpers\.hoc"):
        build_cell(_describe(tmp_path, "HocHelpless", text), CONDITIONS)


def test_that_a_helper_file_beside_the_template_is_used(tmp_path: Path) -> None:
    (tmp_path / "our_helper.hoc").write_text("func hoc_test_helper() { return 5 }\n")
    text = hoc_templates.plain("HocHelped").replace(
        "begintemplate HocHelped", "begintemplate HocHelped\nexternal hoc_test_helper"
    )
    text = '{load_file("our_helper.hoc")}\n' + text.replace(
        "lists() import_file", "lists() gid = hoc_test_helper() import_file"
    )
    cell = build_cell(_describe(tmp_path, "HocHelped", text), CONDITIONS)
    assert cell.hoc_object.gid == 5


def test_that_an_attribute_that_the_template_needs_is_asked_for_by_name(tmp_path: Path) -> None:
    text = hoc_templates.v6("HocNeeds").replace("soma_scaler", "leak_density")
    with pytest.raises(SimulationError, match="leak_density") as caught:
        build_cell(_describe(tmp_path, "HocNeeds", text), CONDITIONS)
    assert "dynamics_params/leak_density" in caught.value.hint


def test_that_morphologies_in_every_format_give_the_same_cell(tmp_path: Path) -> None:
    asc = write_asc(tmp_path / "cell.asc")
    alone, container = tmp_path / "cell.h5", tmp_path / "container.h5"
    morphio.mut.Morphology(asc).write(alone)
    with h5py.File(alone) as source, h5py.File(container, "w") as target:
        group = target.create_group("cell")
        for name in source:
            source.copy(name, group)
    upper = tmp_path / "UPPER.ASC"
    upper.write_bytes(asc.read_bytes())
    strange = tmp_path / 'Zoë\'s "cell".asc'
    strange.write_bytes(asc.read_bytes())
    expected = None
    for path in (asc, alone, container, upper, strange):
        cell = build_cell(_describe(tmp_path, "HocFormats", hoc_templates.v6("HocFormats"), path), CONDITIONS)
        shape = {
            name: (section.L, section.diam, section(0.5).area()) for name, section in cell.sections.items()
        }
        soma = shape.pop("soma[0]")
        expected = expected or (shape, soma)
        assert shape == expected[0], path.name
        # an outline that MorphIO keeps becomes a soma as in neurodamus, not as in Import3d
        assert soma == pytest.approx(expected[1], rel=0.2 if path.suffix == ".h5" else 0, abs=0), path.name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letters.swc", "1 1 0 0 0 5 -1\n2 3 hello\n"),
        ("empty.swc", ""),
        ("letters.asc", "this is not a morphology"),
        ("cut.asc", '("CellBody" (CellBody) (0 0 0 1) (1 1 0'),
        ("letters.h5", "this is not HDF5"),
        ("picture.png", "this is no morphology"),
    ],
)
def test_that_a_broken_morphology_is_named(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(EngineError) as caught:
        build_cell(_describe(tmp_path, "HocPlain", hoc_templates.plain("HocPlain"), path), CONDITIONS)
    assert name in str(caught.value) or "morphology" in str(caught.value)


def test_that_what_the_circuit_found_missing_is_repeated(tmp_path: Path) -> None:
    description = _describe(tmp_path, "HocPlain", hoc_templates.plain("HocPlain"))
    problem = Problem("The morphology cell is missing.", "cells, cell 7", "Looked everywhere.")
    missing = dataclasses.replace(description, morphology_path=None, problems=(problem,))
    with pytest.raises(SimulationError, match="Looked everywhere"):
        build_cell(missing, CONDITIONS)
    with pytest.raises(SimulationError, match="template hoc:HocPlain of the cell is missing"):
        build_cell(dataclasses.replace(description, template_path=None), CONDITIONS)


def test_that_an_unknown_section_and_a_position_off_the_section_are_refused(tmp_path: Path) -> None:
    cell = build_cell(_describe(tmp_path, "HocPlain", hoc_templates.plain("HocPlain")), CONDITIONS)
    with pytest.raises(UnknownNameError, match=r"Did you mean 'apic\[0\]'"):
        cell.section("apic[9]")
    with pytest.raises(SimulationError, match="not on section"):
        cell.segment("soma[0]", 1.5)


def test_that_a_template_in_the_allen_dialect_is_cut_and_counted_as_bmtk_does(tmp_path: Path) -> None:
    description = _describe(tmp_path, "HocPlain", hoc_templates.plain("HocPlain"))
    cell = build_cell(dataclasses.replace(description, dialect="allen"), Conditions(segment_length=10.0))
    assert {name: section.nseg for name, section in cell.sections.items()} == {
        name: 1 + 2 * int(length / 20) for name, length in _lengths(cell).items()
    }
    assert cell.spike_segment("AIS") == cell.sections["soma[0]"](0.5)


def test_that_a_template_of_a_point_process_is_a_point_cell(tmp_path: Path) -> None:
    text = """begintemplate HocPoint
    public pointcell, CellRef
    objref pointcell, CellRef, this
    proc init() { CellRef = this gid = $1 pointcell = new IntFire1() pointcell.tau = 24 }
    endtemplate HocPoint"""
    description = dataclasses.replace(_describe(tmp_path, "HocPoint", text), model_type="point_process")
    cell = build_cell(description, CONDITIONS)
    assert cell.is_point and cell.netcon_target.tau == 24
    with pytest.raises(SimulationError, match="no membrane"):
        cell.spike_segment("soma")


def test_that_a_template_without_sections_is_refused(tmp_path: Path) -> None:
    text = "begintemplate HocEmpty\nproc init() { gid = $1 }\nendtemplate HocEmpty\n"
    with pytest.raises(SimulationError, match="made no sections"):
        build_cell(_describe(tmp_path, "HocEmpty", text), CONDITIONS)


def test_that_a_cell_rests_where_its_passive_reversal_is(tmp_path: Path) -> None:
    text = hoc_templates.plain("HocRests").replace("insert hh", "insert pas")
    cell = build_cell(_describe(tmp_path, "HocRests", text), CONDITIONS)
    h.finitialize(-60)
    h.dt = 1.0
    for _ in range(1000):
        h.fadvance()
    voltages = [segment.v for section in cell.sections.values() for segment in section]
    np.testing.assert_allclose(voltages, -70, atol=1e-6)
