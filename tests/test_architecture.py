"""The walls between packages stand, files stay readable, and nothing of one machine is in the tree."""

import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import ROOT

_LONGEST = 400
_OUR_FOLDERS = ("gui", "engine", "resources", "tests")
_TEXTS = {".py", ".toml", ".md", ".json", ".hoc", ".csv", ".swc", ".mod"}
_MACHINE = re.compile(r"(?<![\w.$}])/(?:home|root|work|Users|tmp|opt)/\w|[A-Z]:\\Users\b")
_IMPORTS = "import sys; {statement}; print(*sorted(sys.modules))"


def _files() -> Iterator[Path]:
    for folder in _OUR_FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in _TEXTS)
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in _TEXTS)


def test_that_the_import_contracts_hold() -> None:
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in _files() if path.suffix == ".py"
    }
    assert {str(path.relative_to(ROOT)): count for path, count in lengths.items() if count > _LONGEST} == {}


def test_that_no_path_of_one_machine_is_in_the_tree() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in _files()
        if path != Path(__file__)
        for match in _MACHINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import engine.cli", {"numpy", "pydantic", "h5py", "libsonata", "neuron", "PySide6"}),
        ("import gui.__main__", {"numpy", "pydantic", "h5py", "libsonata", "neuron", "PySide6"}),
        ("import engine.commands.info", {"neuron", "PySide6"}),
        ("import engine.commands.doctor", {"numpy", "neuron", "PySide6"}),
        ("import engine.commands.export, engine.commands.run", {"PySide6", "pyqtgraph"}),
        ("import engine.client.client", {"neuron", "PySide6"}),
        (
            "import gui.session.worker_pool, gui.session.sequences",
            {"neuron", "libsonata", "PySide6.QtWidgets"},
        ),
    ],
)
def test_that_a_command_loads_only_what_it_needs(statement: str, unwanted: set[str]) -> None:
    """What the contracts cannot see: an import that a library makes, or one inside of a function."""
    code = _IMPORTS.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert unwanted.isdisjoint(done.stdout.split())


def test_that_ci_runs_the_commands_of_the_readme() -> None:
    """`.ci/run` cuts them out of the README between these marks; without the marks it would run nothing."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for mark in ("start", "test", "libraries"):
        assert f"from_readme {mark}" in script
        cut = re.search(
            rf"^<!-- {mark} -->\n```sh\n(.+?)\n```\n<!-- end of {mark} -->$", readme, re.MULTILINE | re.DOTALL
        )
        assert cut is not None
        assert cut.group(1).replace("\\\n", " ").count("\n") == 0, "one command"
