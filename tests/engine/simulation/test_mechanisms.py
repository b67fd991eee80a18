"""Mod files become one library per content, in a cache, whoever asks and however it ends."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import user_files
from engine.errors import MechanismError
from engine.simulation import nrnivmodl
from engine.simulation.mechanisms import compile_mechanisms
from engine.simulation.mod_sets import gather
from tests.engine.simulation.in_process import in_process

_ROOT = Path(__file__).resolve().parents[3]
_MOD = """NEURON {{ SUFFIX {name} NONSPECIFIC_CURRENT i RANGE g }}
PARAMETER {{ g = {g} (S/cm2) }}
ASSIGNED {{ v (mV) i (mA/cm2) }}
BREAKPOINT {{ i = g*(v + 65) {extra} }}
"""


def _write_mod(folder: Path, name: str, *, file: str = "", g: float = 0.001, extra: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / (file or f"{name}.mod")
    path.write_text(_MOD.format(name=name, g=g, extra=extra))
    return path


def _silent(_line: str) -> None:
    """Nobody listens."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one test's own, under a name that makes tools stumble."""
    home = tmp_path / "a home with spaces"
    monkeypatch.setenv("SOMASCOPE_HOME", str(home))
    return user_files.cache_folder() / "mechanisms"


def test_that_a_set_is_compiled_once_and_found_again_wherever_it_lies(tmp_path: Path, cache: Path) -> None:
    lines: list[str] = []
    _write_mod(tmp_path / "here", "leak_one")
    _write_mod(tmp_path / "here", "leak_two")
    first = compile_mechanisms([tmp_path / "here"], lines.append)
    assert lines[0] == "Compiling 2 mod files"
    assert "Compiling leak_one.mod" in " ".join(lines)
    assert first.library is not None and first.library.is_file() and first.library.is_relative_to(cache)
    assert first.mechanisms == {"leak_one", "leak_two"}
    assert first.log is not None and str(tmp_path / "here" / "leak_one.mod") in first.log.read_text()

    lines.clear()
    _write_mod(tmp_path / "there", "leak_one")
    _write_mod(tmp_path / "elsewhere", "leak_two")
    assert compile_mechanisms([tmp_path / "there", tmp_path / "elsewhere"], lines.append) == first
    assert lines == []


def test_that_another_content_or_another_neuron_is_another_library(tmp_path: Path) -> None:
    _write_mod(tmp_path / "one", "leak")
    _write_mod(tmp_path / "two", "leak", g=0.002)
    one, two = gather([tmp_path / "one"]), gather([tmp_path / "two"])
    assert len({one.key("9.0.2"), two.key("9.0.2"), one.key("9.0.3")}) == 3


def test_that_copies_of_a_file_count_once(tmp_path: Path) -> None:
    _write_mod(tmp_path / "one", "leak")
    copy = _write_mod(tmp_path / "two", "leak")
    copy.write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))
    _write_mod(tmp_path / "two", "leak", file="leak_again.mod")
    assert [file.path.name for file in gather([tmp_path / "one", tmp_path / "two"]).files] == ["leak.mod"]


def test_that_two_different_files_for_one_mechanism_are_both_named(tmp_path: Path) -> None:
    one = _write_mod(tmp_path / "one", "leak")
    two = _write_mod(tmp_path / "two", "leak", file="other.mod", g=0.002)
    with pytest.raises(MechanismError, match="'leak'") as caught:
        gather([tmp_path / "one", tmp_path / "two"])
    assert str(one) in caught.value.what and str(two) in caught.value.what


def test_that_files_of_one_name_for_two_mechanisms_are_both_compiled(tmp_path: Path) -> None:
    _write_mod(tmp_path / "one", "leak", file="channel.mod")
    _write_mod(tmp_path / "two", "drip", file="channel.mod")
    mod_set = gather([tmp_path / "one", tmp_path / "two"])
    assert len({mod_set.file_name(file) for file in mod_set.files}) == 2


def test_that_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MechanismError, match="nowhere"):
        gather([tmp_path / "nowhere"])


def test_that_no_mod_files_need_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert compile_mechanisms([tmp_path], _silent).library is None
    assert compile_mechanisms([], _silent).library is None


@pytest.mark.parametrize(
    "extra", ["nonsense = = 1", "}\nVERBATIM\nnonsense;\nENDVERBATIM\nPROCEDURE p() { g = g"]
)
def test_that_a_file_that_does_not_compile_is_named_and_nothing_is_cached(
    tmp_path: Path, cache: Path, extra: str
) -> None:
    _write_mod(tmp_path / "mod", "good_leak")
    bad = _write_mod(tmp_path / "mod", "bad_leak", extra=extra)
    with pytest.raises(MechanismError, match=r"bad_leak\.mod does not compile: .*\w") as caught:
        compile_mechanisms([tmp_path / "mod"], _silent)
    assert caught.value.where.startswith(str(bad))
    log = Path(caught.value.hint.removeprefix("All that the compiler said is in ").removesuffix("."))
    assert "bad_leak" in log.read_text()
    assert [path for path in cache.iterdir() if path.is_dir()] == []


def test_that_the_line_of_a_syntax_error_is_named(tmp_path: Path, cache: Path) -> None:
    bad = _write_mod(tmp_path / "mod", "bad_leak", extra="\n nonsense = = 1\n")
    with pytest.raises(MechanismError) as caught:
        compile_mechanisms([tmp_path / "mod"], _silent)
    assert caught.value.where == f"{bad}:5"


def test_that_stopping_leaves_neither_an_entry_nor_a_process(tmp_path: Path, cache: Path) -> None:
    for number in range(6):
        _write_mod(tmp_path / "mod", f"leak_{number}")
    lines: list[str] = []

    def stopped() -> bool:
        return any("(1 of 6)" in line for line in lines)

    with pytest.raises(nrnivmodl.CompilationStoppedError):
        compile_mechanisms([tmp_path / "mod"], lines.append, stopped)
    assert "Linking" not in lines
    assert [path for path in cache.iterdir() if path.is_dir()] == []
    assert compile_mechanisms([tmp_path / "mod"], _silent).library is not None


def test_that_two_processes_compile_a_set_once(tmp_path: Path, cache: Path) -> None:
    for number in range(3):
        _write_mod(tmp_path / "mod", f"leak_{number}")
    code = (
        "import sys\nfrom pathlib import Path\nfrom engine.simulation.mechanisms import compile_mechanisms\n"
        "compile_mechanisms([Path(sys.argv[1])], print)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "mod")]
    processes = [subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum("Compiling 3 mod files" in each for each in said) == 1


def test_that_a_lock_of_a_process_that_died_holds_nobody_up(tmp_path: Path, cache: Path) -> None:
    _write_mod(tmp_path / "mod", "leak")
    cache.mkdir(parents=True)
    (cache / f"{gather([tmp_path / 'mod']).key(nrnivmodl_version())}.lock").touch()
    assert compile_mechanisms([tmp_path / "mod"], _silent).library is not None


def nrnivmodl_version() -> str:
    """The version that names libraries."""
    from engine.simulation.host import VERSION

    return VERSION


def test_that_a_machine_without_compiler_is_told_how_to_get_one(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_mod(tmp_path / "mod", "leak")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(MechanismError, match=r"no C\+\+ compiler and no make") as caught:
        compile_mechanisms([tmp_path / "mod"], _silent)
    assert "build-essential" in caught.value.hint or "xcode-select" in caught.value.hint


def test_that_the_compiler_of_mod_files_is_found_without_its_script(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_mod(tmp_path / "mod", "leak")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert compile_mechanisms([tmp_path / "mod"], _silent).library is not None


def _load_and_use(folder: str, other: str) -> dict[str, Any]:
    from engine.simulation.host import h
    from engine.simulation.mechanisms import available, density_mechanisms, load_mechanisms

    compiled = compile_mechanisms([Path(folder)], _silent)
    before = "leak" in available()
    load_mechanisms(compiled)
    load_mechanisms(compiled)
    section = h.Section(name="soma")
    section.insert("leak")
    h.finitialize(-60)
    answer = {"before": before, "after": "leak" in density_mechanisms(), "current": section(0.5).leak.i}
    try:
        load_mechanisms(compile_mechanisms([Path(other)], _silent))
    except MechanismError as error:
        answer["refusal"] = str(error)
    return answer


def test_that_a_library_is_loaded_once_and_another_is_refused(tmp_path: Path, cache: Path) -> None:
    _write_mod(tmp_path / "one", "leak", g=0.002)
    _write_mod(tmp_path / "two", "drip")
    answer = in_process(_load_and_use, str(tmp_path / "one"), str(tmp_path / "two"), folder=tmp_path)
    assert not answer["before"] and answer["after"]
    assert answer["current"] == pytest.approx(0.002 * 5)
    assert "cannot unload" in answer["refusal"]


def _load(folder: str) -> str:
    from engine.simulation.mechanisms import load_mechanisms

    try:
        load_mechanisms(compile_mechanisms([Path(folder)], _silent))
    except MechanismError as error:
        return str(error)
    return ""


def test_that_a_file_that_redefines_a_mechanism_of_neuron_is_refused(tmp_path: Path, cache: Path) -> None:
    _write_mod(tmp_path / "mod", "pas")
    assert "names that the mod files declare: pas" in in_process(
        _load, str(tmp_path / "mod"), folder=tmp_path
    )


def test_that_a_cache_that_hoc_cannot_spell_is_loaded_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "Zoë Müller"))
    _write_mod(tmp_path / "Größen", "leak")
    assert in_process(_load, str(tmp_path / "Größen"), folder=tmp_path) == ""


_NMODL = """Translating Ih.mod into /x/Ih.cpp
syntax error:
 Illegal statement:
 Error: Illegal block at line 38 in file Ih.mod
\tgIh == = gIhbar*m
make: *** [makemod2c_inc:3: Ih.cpp] Error 1"""
_CPP = "/x/x86_64/Ih.cpp:328:22: error: expected primary-expression before 'return'"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (_NMODL, nrnivmodl.Complaint("Illegal statement, Illegal block", "Ih.mod", 38)),
        (
            _CPP,
            nrnivmodl.Complaint(
                "expected primary-expression before 'return' (line 328 of its C++ translation)", "Ih.mod"
            ),
        ),
        ("make: g++: No such file or directory", nrnivmodl.Complaint("make: g++: No such file or directory")),
        ("", nrnivmodl.Complaint("nrnivmodl failed without saying why")),
    ],
)
def test_that_the_first_complaint_is_picked_out(output: str, expected: nrnivmodl.Complaint) -> None:
    assert nrnivmodl.first_complaint(output) == expected
