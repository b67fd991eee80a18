"""Code of a circuit runs only once it is trusted, for as long as it stays the same."""

from pathlib import Path

import pytest

from engine import user_files
from engine.circuit.circuit import open_circuit
from engine.circuit.trust import code_files, is_trusted, require_trust, trust
from engine.errors import TrustError
from tests.engine.circuit.small_circuit import write_small_circuit


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = write_small_circuit(
        tmp_path / "circuit", biophysical_neuron_models_dir="hoc", morphologies_dir="morphologies"
    )
    for name, text in {
        "hoc/Cell.hoc": "begintemplate Cell",
        "hoc/older/Cell.hoc": "begintemplate OldCell",
        "mod/Ih.mod": "NEURON { SUFFIX Ih }",
        "mod/common.inc": "VERBATIM",
        "mod/README.txt": "",
        "hoc/Cell.cell.nml": "<neuroml/>",
        "hoc/fit.json": "{}",
        "morphologies/stick.swc": "1 1 0 0 0 1 -1",
        "analysis.hoc": "",
    }.items():
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).write_text(text, encoding="utf-8")
    return path


def trusted(config: Path, mod_folder: Path | None = None) -> bool:
    with open_circuit(config) as circuit:
        return is_trusted(circuit, mod_folder)


def accept(config: Path, mod_folder: Path | None = None) -> None:
    with open_circuit(config) as circuit:
        trust(circuit, mod_folder)


def test_that_templates_and_mod_files_are_code_and_data_is_not(config: Path) -> None:
    with open_circuit(config) as circuit:
        names = [path.relative_to(config.parent.resolve()).as_posix() for path in code_files(circuit)]
    assert names == ["hoc/Cell.hoc", "hoc/older/Cell.hoc", "mod/Ih.mod", "mod/common.inc"]


def test_that_code_needs_trust_and_the_error_says_how(config: Path) -> None:
    with open_circuit(config) as circuit, pytest.raises(TrustError) as caught:
        require_trust(circuit)
    assert str(config.parent.resolve()) in caught.value.what
    assert "2 hoc and 1 mod files" in caught.value.what
    assert "--trust" in caught.value.hint
    accept(config)
    with open_circuit(config) as circuit:
        require_trust(circuit)


@pytest.mark.parametrize("name", ["hoc/Cell.hoc", "hoc/older/Cell.hoc", "mod/Ih.mod", "mod/common.inc"])
def test_that_changed_code_is_a_stranger_again_until_it_is_changed_back(config: Path, name: str) -> None:
    accept(config)
    before = (config.parent / name).read_bytes()
    (config.parent / name).write_bytes(before + b"\nsystem()")
    with open_circuit(config) as circuit, pytest.raises(TrustError, match="changed since you trusted it"):
        require_trust(circuit)
    (config.parent / name).write_bytes(before)
    assert trusted(config)


@pytest.mark.parametrize("name", ["hoc/New.hoc", "mod/New.mod", "mechanisms/New.mod"])
def test_that_new_code_is_a_stranger(config: Path, name: str) -> None:
    accept(config)
    (config.parent / name).parent.mkdir(exist_ok=True)
    (config.parent / name).write_text("NEURON { SUFFIX New }", encoding="utf-8")
    assert not trusted(config)


def test_that_changed_data_changes_nothing(config: Path) -> None:
    accept(config)
    (config.parent / "morphologies/stick.swc").write_text("2 1 0 0 0 1 -1", encoding="utf-8")
    (config.parent / "hoc/fit.json").write_text("[]", encoding="utf-8")
    assert trusted(config)


def test_that_a_copy_elsewhere_and_a_folder_named_by_the_user_count_by_themselves(
    config: Path, tmp_path: Path
) -> None:
    accept(config)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "Im.mod").write_text("NEURON { SUFFIX Im }", encoding="utf-8")
    assert not trusted(config, mine)
    accept(config, mine)
    assert trusted(config, mine) and trusted(config)
    moved = config.parent.rename(tmp_path / "moved")
    assert not trusted(moved / config.name)


def test_that_no_code_needs_no_trust(shared_data: Path, home: Path) -> None:
    assert trusted(shared_data / "allen/9_cells")
    assert not (home / "data/trusted.json").exists()


def test_that_a_spoilt_record_trusts_nothing_and_can_be_written_anew(config: Path) -> None:
    for text in ("{", "[]", '{"x": 1}', f'{{"{config.parent.resolve()}": "all"}}'):
        (user_files.data_folder() / "trusted.json").write_text(text, encoding="utf-8")
        assert not trusted(config)
    accept(config)
    assert trusted(config)
