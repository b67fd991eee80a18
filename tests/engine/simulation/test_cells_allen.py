"""Allen cells: where each number of a fit goes, in both formats; the published cells from both formats."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.circuit.cells import CellDescription
from engine.errors import EngineError, SimulationError, UnknownNameError
from engine.experiment.conditions import Conditions
from engine.simulation.cells import Cell, build_cell
from engine.simulation.cells.fit_json import read_fit
from engine.simulation.cells.neuroml import read_neuroml
from engine.simulation.host import h
from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.morphology_files import write_swc

_FIT: dict[str, Any] = {
    "passive": [
        {
            "ra": 138.0,
            "e_pas": -88.0,
            "cm": [{"section": kind, "cm": cm} for kind, cm in (("soma", 1.9), ("dend", 2.1), ("axon", 1.5))],
        }
    ],
    "conditions": [
        {"celsius": 34.0, "v_init": -88.0, "erev": [{"section": "soma", "ena": 53.0, "ek": -107.0}]}
    ],
    "genome": [
        {"section": "soma", "mechanism": "hh", "name": "gnabar_hh", "value": "0.25"},
        {"section": "dend", "mechanism": "", "name": "g_pas", "value": 3e-5},
        {"section": "axon", "mechanism": "", "name": "g_pas", "value": 5e-5},
        {"section": "glob", "mechanism": "", "name": "whatever", "value": 1},
    ],
}
_NEUROML = """<neuroml xmlns="http://www.neuroml.org/schema/neuroml2">
  <cell id="one"><biophysicalProperties id="b">
    <membraneProperties>
     <channelDensity ionChannel="pas" condDensity="0.3 S_per_m2" erev="-0.088 V" segmentGroup="dend" ion="x"/>
     <channelDensity ionChannel="pas" condDensity="5e-5 S_per_cm2" erev="-88 mV" segmentGroup="axon" ion="x"/>
      <specificCapacitance value="1.9 uF_per_cm2" segmentGroup="soma"/>
      <specificCapacitance value="0.021 F_per_m2" segmentGroup="dend"/>
    </membraneProperties>
    <intracellularProperties><resistivity segmentGroup="all" value="1.38 ohm_m"/></intracellularProperties>
  </biophysicalProperties></cell>
</neuroml>"""


def _describe(folder: Path, processing: str = "aibs_perisomatic", fit: Any = None) -> CellDescription:
    parameters = folder / "fit.json"
    parameters.write_text(json.dumps(_FIT if fit is None else fit))
    return CellDescription(
        "cortex",
        5,
        "allen",
        "biophysical",
        model_template="ctdb:Biophys1.hoc",
        morphology_name="cell",
        morphology_path=write_swc(folder / "cell.swc"),
        dynamics_params_path=parameters,
        model_processing=processing,
    )


def _build(folder: Path, processing: str = "aibs_perisomatic", **conditions: float) -> Cell:
    return build_cell(_describe(folder, processing), Conditions.model_validate(conditions))


def test_that_each_number_of_a_fit_goes_to_the_sections_of_its_kind(tmp_path: Path) -> None:
    cell = _build(tmp_path)
    soma, dendrite, axon = (cell.section(name) for name in ("soma[0]", "dend[1]", "axon[1]"))
    assert [section.Ra for section in cell.sections.values()] == [138.0] * 6
    assert (soma.cm, dendrite.cm, axon.cm) == (1.9, 2.1, 1.5)
    assert (soma.gnabar_hh, dendrite(0.5).g_pas, axon(0.5).g_pas) == (0.25, 3e-5, 5e-5)
    assert (soma.ena, soma.ek) == (53.0, -107.0)
    assert {section.e_pas for section in cell.sections.values()} == {-88.0}
    assert not h.ismembrane("hh", sec=dendrite)


def test_that_bmtk_counts_the_stub_last(tmp_path: Path) -> None:
    cell = _build(tmp_path)
    assert list(cell.numbering.names.values()) == [
        "soma[0]",
        "dend[0]",
        "dend[1]",
        "apic[0]",
        "axon[0]",
        "axon[1]",
    ]
    assert list(cell.numbering.names) == list(range(6))
    assert cell.spike_segment("soma") == cell.section("soma[0]")(0.5)


@pytest.mark.parametrize(
    ("processing", "soma_x", "diameters", "points"),
    [
        ("aibs_perisomatic", 0.5, (1.0, 1.0), 0),
        ("aibs_allactive", 1.0, (2.0, 1.25), 0),
        ("aibs_perisomatic_directed", 0.5, (1.0, 1.0), 2),
        ("aibs_allactive_directed", 1.0, (2.0, 1.25), 2),
    ],
)
def test_that_the_stub_is_what_the_processing_says(  # the last axon section tapers from 2 to 0.5 µm
    tmp_path: Path, processing: str, soma_x: float, diameters: tuple[float, float], points: int
) -> None:
    cell = _build(tmp_path, processing)
    first, second = cell.lists["axon"]
    assert pytest.approx((30.0, 30.0)) == (first.L, second.L)
    assert (first.diam, second.diam) == pytest.approx(diameters)
    assert first.parentseg() == cell.section("soma[0]")(soma_x)
    assert second.parentseg() == first(1)
    assert (first.n3d(), second.n3d()) == (points, points)


def test_that_a_directed_stub_goes_on_where_the_axon_went(tmp_path: Path) -> None:
    cell = _build(tmp_path, "aibs_perisomatic_directed")
    first, second = cell.lists["axon"]
    along = np.array([second.x3d(1) - first.x3d(0), second.y3d(1) - first.y3d(0)])
    # The last axon section runs from (0, -40) to (30, -120) um, the soma is at the origin.
    assert along @ np.array([30.0, -120.0]) / (np.linalg.norm(along) * np.linalg.norm([30.0, -120.0])) > 0.97


@pytest.mark.parametrize("half_length", [5.0, 20.0, 33.0])
def test_that_segments_follow_bmtks_rule(tmp_path: Path, half_length: float) -> None:
    cell = _build(tmp_path, segment_length=half_length)
    for section in cell.sections.values():
        assert section.nseg == 1 + 2 * int(section.L / (2 * half_length))


def test_that_neuroml_says_the_same_with_its_own_units(tmp_path: Path) -> None:
    path = tmp_path / "one.cell.nml"
    path.write_text(_NEUROML)
    description = dataclasses.replace(
        _describe(tmp_path), model_template="nml:one.cell.nml", template_path=path, dynamics_params_path=None
    )
    cell = build_cell(description, Conditions())
    dendrite, axon = cell.section("dend[0]"), cell.section("axon[0]")
    assert (dendrite(0.5).g_pas, axon(0.5).g_pas) == pytest.approx((3e-5, 5e-5))
    assert (dendrite.e_pas, dendrite.cm, cell.section("soma[0]").cm) == pytest.approx((-88.0, 2.1, 1.9))
    assert cell.section("apic[0]").Ra == pytest.approx(138.0)
    assert not h.ismembrane("pas", sec=cell.section("soma[0]"))


@pytest.mark.parametrize(
    "change",
    [
        lambda fit: fit.pop("genome"),
        lambda fit: fit.update(genome={"gbar": 1}),
        lambda fit: fit["genome"][0].update(value="much"),
        lambda fit: fit["genome"][0].update(value=None),
        lambda fit: fit["genome"][0].update(value="NaN"),
        lambda fit: fit["genome"][0].update(section=3),
        lambda fit: fit["genome"][1].update(name="no_such_variable"),
        lambda fit: fit["passive"][0].update(ra=[1]),
        lambda fit: fit["passive"][0].update(cm=3),
        lambda fit: fit["conditions"][0].update(erev=["soma"]),
    ],
)
def test_that_a_spoilt_fit_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    fit = json.loads(json.dumps(_FIT))
    change(fit)
    with pytest.raises(EngineError) as caught:
        build_cell(_describe(tmp_path, fit=fit), Conditions())
    assert "fit.json" in str(caught.value) or "no_such_variable" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("S_per_m2", "S_per_mile2", "known unit"),
        ("-88 mV", "cold", "known unit"),
        ('segmentGroup="axon"', 'segmentGroup="tail"', "tail"),
        ("</neuroml>", "", "cannot be read"),
        ('condDensity="5e-5 S_per_cm2"', "", "has no condDensity"),
    ],
)
def test_that_spoilt_neuroml_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "one.cell.nml"
    path.write_text(_NEUROML.replace(old, new))
    with pytest.raises(SimulationError, match=reason):
        read_neuroml(path)


def test_that_a_fit_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"gone\.json"):
        read_fit(tmp_path / "gone.json")


def test_that_an_unknown_processing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'aibs_allactive'"):
        _build(tmp_path, "aibs_allactiv")


_FITS = {
    "Scnn1a": "472363762",
    "Rorb": "473863510",
    "Nr5a1": "473863035",
    "PV1": "472912177",
    "PV2": "473862421",
}


def _published_cells(mod_files: str, shared: str) -> dict[str, list[list[float]]]:
    """Voltages of the five published cells for a step, from NeuroML and from JSON; at 0.1 ms, in mV."""
    from engine.circuit.circuit import open_circuit
    from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms

    load_mechanisms(compile_mechanisms([Path(mod_files)], lambda _line: None))
    circuit = open_circuit(Path(shared) / "allen" / "5_cells_iclamp" / "circuit_config.json")
    fits = Path(shared) / "allen" / "shared_components" / "biophysical_neuron_templates" / "json"
    cells: dict[str, list[Cell]] = {"neuroml": [], "json": []}
    for node_id in range(5):
        description = circuit.cell("biophysical", node_id)
        cells["neuroml"].append(build_cell(description, Conditions()))
        fit = fits / f"{_FITS[str(description.attributes['model_name'])]}_fit.json"
        other = dataclasses.replace(description, model_template="ctdb:Biophys1.hoc", dynamics_params_path=fit)
        cells["json"].append(build_cell(other, Conditions()))
    somata = {name: [cell.section("soma[0]") for cell in each] for name, each in cells.items()}
    clamps = [h.IClamp(soma(0.5)) for each in somata.values() for soma in each]
    for clamp in clamps:
        clamp.delay, clamp.dur, clamp.amp = 100, 300, 0.2
    voltages = {name: [h.Vector().record(soma(0.5)._ref_v) for soma in each] for name, each in somata.items()}
    h.dt, h.celsius = 0.1, 34
    h.finitialize(-80)
    while h.t < 500:
        h.fadvance()
    return {name: [list(voltage) for voltage in each] for name, each in voltages.items()}


@pytest.mark.science
@pytest.mark.timeout(600)
def test_that_neuroml_and_json_of_the_published_cells_are_the_same_cells(
    allen_mod_files: Path, shared_data: Path, tmp_path: Path
) -> None:
    voltages = in_process(_published_cells, str(allen_mod_files), str(shared_data), folder=tmp_path)
    neuroml, from_json = np.array(voltages["neuroml"]), np.array(voltages["json"])
    assert neuroml.max() > 10  # they fire
    np.testing.assert_allclose(neuroml, from_json, atol=1e-3)
