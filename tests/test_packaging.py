"""The wheel holds the whole program and takes one name in everybody's site-packages: `somascope`."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.peers import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what pip would put into site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as the script of an installed wheel starts it, far from the checkout."""
    code = "import sys, somascope; sys.exit(somascope.main())"
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_that_the_wheel_takes_one_name_only(installed: Path) -> None:
    assert sorted(path.name for path in installed.iterdir() if path.suffix != ".dist-info") == ["somascope"]


def test_that_every_module_and_resource_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", "gui", "engine", "resources"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    files = listed.stdout.split() or [
        path.relative_to(ROOT).as_posix()
        for name in ("gui", "engine")
        for path in (ROOT / name).rglob("*.py")
    ]
    expected = {f"somascope/_app/{name}" for name in files if name != "gui/launcher.py"}
    assert expected
    assert expected - inside == set()
    assert "somascope/__init__.py" in inside
    assert not any("tests/" in name or "__pycache__" in name for name in inside)


def test_that_the_installed_program_runs_its_own_copy(installed: Path, tmp_path: Path) -> None:
    done = _run(installed, tmp_path, "doctor")
    assert f"in {installed / 'somascope' / '_app'}" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr


def test_that_the_installed_program_brings_its_examples(installed: Path, tmp_path: Path) -> None:
    done = _run(installed, tmp_path, "run", "example:no-such-thing")
    assert done.returncode == 2
    assert "There is no built-in experiment named 'no-such-thing'" in done.stderr
    assert "squid-axon" in done.stderr


@pytest.mark.parametrize("module", ["engine.cli", "gui"])
def test_that_a_checkout_runs_without_being_installed(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "Somascope")
