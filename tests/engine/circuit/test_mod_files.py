"""What mod files declare and what cells need, by reading only: real files and tricky ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.circuit.cells import CellDescription
from engine.circuit.circuit import open_circuit
from engine.circuit.mod_files import (
    BUILT_IN,
    Declared,
    MissingMechanism,
    declared_in,
    declared_mechanisms,
    find_mod_folders,
    mechanisms_needed,
    missing_mechanisms,
    require_mechanisms,
)
from engine.errors import CircuitError, MechanismError
from tests.engine.circuit.small_circuit import write_small_circuit

CELL = CellDescription(population="A", node_id=3, dialect="obi", model_type="biophysical")
MOD = "TITLE of it\nNEURON {\n  SUFFIX %s\n  RANGE gbar\n}\n"


def hoc_cell(path: Path, code: str) -> CellDescription:
    path.write_text(code, encoding="utf-8")
    return replace(CELL, model_template=f"hoc:{path.stem}", template_path=path)


def needed(path: Path, code: str) -> set[str]:
    return set(mechanisms_needed(hoc_cell(path, code))) - BUILT_IN


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("NEURON { SUFFIX Ca_HVA USEION ca READ eca }", Declared("Ca_HVA", "density")),
        ("NEURON {\n POINT_PROCESS Gap }", Declared("Gap", "point process")),
        ("NEURON { ARTIFICIAL_CELL VecStim }", Declared("VecStim", "artificial cell")),
        ("COMMENT\nNEURON { SUFFIX no }\nENDCOMMENT\nNEURON { SUFFIX yes }", Declared("yes", "density")),
        ("NEURON {\n : SUFFIX no\n ? SUFFIX no\n SUFFIX yes : SUFFIX no\n}", Declared("yes", "density")),
        (
            "VERBATIM\n/* NEURON { SUFFIX no } */\nENDVERBATIM\nNEURON { SUFFIX yes }",
            Declared("yes", "density"),
        ),
        ("TITLE NEURON { SUFFIX no }\nNEURON { SUFFIX yes }", Declared("yes", "density")),
        ("NEURON { SUFFIX nothing }", None),
        ("PARAMETER { SUFFIX = 1 }", None),
        ("", None),
    ],
)
def test_that_declarations_are_found_and_comments_are_not(text: str, declared: Declared | None) -> None:
    assert declared_in(text) == declared


def test_that_the_allen_mod_files_declare_their_mechanisms(allen_mod_files: Path) -> None:
    declared = declared_mechanisms([allen_mod_files])
    assert len(declared) == 17
    assert {name for name, path in declared.items() if name != path.stem} == {"VecStim"}


def test_that_of_two_folders_the_first_counts(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"file_{folder}.mod").write_text(MOD % "Ih", encoding="utf-8")
    assert declared_mechanisms([tmp_path / "b", tmp_path / "a"])["Ih"].name == "file_b.mod"


def test_that_a_template_needs_what_it_inserts_and_creates(tmp_path: Path) -> None:
    code = """
    // insert commented1
    /* insert commented2
    */
    begintemplate Cell
    objref synapse, list
    proc init() {
        print "insert quoted // not a comment"
        forsec all { insert pas  insert Ih }  soma insert NaTg
        list = new List()
        soma synapse = new ProbGABAAB_EMS(0.5)
        other = new Cell()
        setdata_StochKv(0.5) setRNG_StochKv(rng)
    }
    endtemplate Cell
    """
    assert needed(tmp_path / "Cell.hoc", code) == {"Ih", "NaTg", "ProbGABAAB_EMS", "StochKv"}


def test_that_files_beside_the_template_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "channels.hoc").write_text(
        'load_file("Cell.hoc")\ninsert Kv3\nfoo = new Syn(0.5)', encoding="utf-8"
    )
    loads = '{load_file("stdrun.hoc")}\n{load_file("channels.hoc")}\n'
    assert needed(tmp_path / "Cell.hoc", loads + "insert Ih") == {"Ih", "Kv3", "Syn"}
    elsewhere = '{load_file("TDistFunc.hoc")}\nx = new TDistFunc()\ninsert Ih'
    assert needed(tmp_path / "Cell.hoc", elsewhere) == {"Ih"}


def test_that_channels_made_at_run_time_are_not_missing(tmp_path: Path) -> None:
    code = 'proc make() { k = new KSChan() k.name($s1) }\nmake("Km")\ninsert Km insert Ih'
    assert needed(tmp_path / "Cell.hoc", code) == {"Ih"}
    code = 'make_mechanism("Pump", "PumpTemplate")\ninsert Pump'
    assert needed(tmp_path / "Cell.hoc", code) == set()


def test_that_neuroml_and_parameters_of_one_cell_need_the_same(shared_data: Path) -> None:
    folder = shared_data / "allen/shared_components/biophysical_neuron_templates"
    for specimen in ("472363762", "473863510", "473863035", "473862421", "472912177"):
        nml = replace(CELL, model_template="nml:x", template_path=folder / f"nml/Cell_{specimen}.cell.nml")
        json = replace(CELL, dynamics_params_path=folder / f"json/{specimen}_fit.json")
        ours = mechanisms_needed(nml) - {"pas"}
        assert ours == mechanisms_needed(json) and "CaDynamics" in ours and len(ours) >= 8


def test_that_point_neurons_need_their_cell_only() -> None:
    assert mechanisms_needed(replace(CELL, model_template="nrn:IntFire1")) == {"IntFire1"}
    assert missing_mechanisms(replace(CELL, model_template="nrn:IntFire1"), []) == []


def test_that_what_is_missing_comes_with_the_file_to_provide(tmp_path: Path) -> None:
    cell = hoc_cell(tmp_path / "Cell.hoc", "insert pas insert Ih insert SK insert Im insert ca_ion")
    mods = tmp_path / "mechanisms"
    mods.mkdir()
    (mods / "h_current.mod").write_text(MOD % "Ih", encoding="utf-8")
    missing = missing_mechanisms(cell, [mods], {"SK"})
    assert missing == [MissingMechanism("Ih", mods / "h_current.mod"), MissingMechanism("Im")]
    assert [each.file_name for each in missing] == ["h_current.mod", "Im.mod"]
    assert str(missing[0]) == "Ih: provided by h_current.mod, not compiled yet"
    with pytest.raises(MechanismError) as caught:
        require_mechanisms(cell, [mods], {"SK"})
    assert caught.value.what == "Cell 3 of A needs mechanisms that are missing: Im."
    assert "Provide Im.mod" in caught.value.hint and str(mods) in caught.value.hint
    require_mechanisms(cell, [mods], {"SK", "Im"})


def test_that_bad_parameters_are_told(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"genome": [{}]}', '{"genome": 3}', "null"):
        path = tmp_path / "fit.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CircuitError, match=r"parameters fit.json are not those of an Allen cell"):
            mechanisms_needed(replace(CELL, dynamics_params_path=path))
    with pytest.raises(CircuitError, match="cannot be read"):
        mechanisms_needed(replace(CELL, dynamics_params_path=tmp_path / "none.json"))


def test_that_mod_files_are_found_where_circuits_keep_them(tmp_path: Path) -> None:
    config = write_small_circuit(tmp_path / "circuit", mechanisms_dir="channels")
    places = ["channels/modfiles", "mod", "components/mechanisms"]
    for place in [*places, "mechanisms"]:
        (config.parent / place).mkdir(parents=True)
    for place in places:
        (config.parent / place / "Ih.mod").write_text(MOD % "Ih", encoding="utf-8")
    mine = tmp_path / "mine"
    mine.mkdir()
    with open_circuit(config) as circuit:
        found = find_mod_folders(circuit)
        assert set(found) == {(config.parent / place).resolve() for place in places}
        assert found[0] == (config.parent / places[0]).resolve()
        with pytest.raises(MechanismError, match="holds no mod files"):
            find_mod_folders(circuit, mine)
        (mine / "Im.mod").write_text(MOD % "Im", encoding="utf-8")
        assert find_mod_folders(circuit, mine) == (mine.resolve(), *found)
