"""`somascope doctor`: is this installation fit, and what mends it."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine import __version__
from engine.errors import EngineError
from engine.resources import ROOT, example_names, own_mechanisms_folder
from engine.user_files import cache_folder, data_folder, log_folder

_PACKAGES = (
    "numpy",
    "h5py",
    "libsonata",
    "morphio",
    "neuron",
    "efel",
    "pillow",
    "pydantic",
    "pyqtgraph",
    "PySide6_Essentials",
    "qasync",
)
_HAS_NO_WINDOWS_WHEEL = {
    "neuron": "Install NEURON with its Windows installer (https://nrn.readthedocs.io), or use the WSL.",
    "libsonata": "Use Somascope inside the WSL (the Windows Subsystem for Linux), where it can be installed.",
}
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `fix` says how to mend it; without one it is fine."""

    name: str
    found: str
    fix: str = ""


def examine() -> int:
    """Print every check; exit code 1 where something needs mending."""
    ill = 0
    for check in _checks():
        ill += bool(check.fix)
        print(f"{'problem' if check.fix else 'OK':<8} {check.name:<20} {check.found}", flush=True)
        if check.fix:
            print(f"{'':<8} {'':<20} {check.fix}")
    print(f"\n{ill} of these need mending." if ill else "\nAll is well.")
    return 1 if ill else 0


def _checks() -> Iterator[Check]:
    yield Check("Somascope", f"{__version__} in {ROOT}")
    yield Check("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield from map(_package, _PACKAGES)
    yield _neuron_starts()
    yield compiler()
    yield _qt_libraries()
    yield _opengl()
    yield from _own_folders()
    yield _own_models()
    names = example_names()
    missing = "" if names else "The installation is incomplete: install Somascope again."
    yield Check("examples", ", ".join(names) or "none", missing)


def _own_models() -> Check:
    """The models of synapses that stand in where a circuit comes without."""
    names = sorted(path.stem for path in own_mechanisms_folder().glob("*.mod"))
    missing = "" if names else "The installation is incomplete: install Somascope again."
    return Check("own models", ", ".join(names) or "none", missing)


def _package(name: str) -> Check:
    try:
        return Check(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        usual = f"Install it with `{sys.executable} -m pip install {name.replace('_', '-')}`."
        on_windows = platform.system() == "Windows"
        return Check(name, "not installed", _HAS_NO_WINDOWS_WHEEL.get(name, usual) if on_windows else usual)


def _neuron_starts() -> Check:
    code, said = _in_own_process("-c", "from engine.simulation.host import h; print(h.nrnversion())")
    if code == 0:
        return Check("NEURON starts", said)
    return Check(
        "NEURON starts", f"no: {said}", "Install NEURON again: `pip install --force-reinstall neuron`."
    )


def compiler() -> Check:
    """Say whether mod files can be compiled here."""
    scripts = Path(sysconfig.get_path("scripts"))
    compiles = shutil.which("nrnivmodl", path=os.pathsep.join([str(scripts), os.environ.get("PATH", "")]))
    if compiles is None:
        return Check("mod file compiler", "nrnivmodl is missing", "It comes with NEURON: install that again.")
    tools = {name: shutil.which(name) for name in ("make", os.environ.get("CXX", "c++"))}
    absent = [name for name, path in tools.items() if path is None]
    if absent:
        fix = {
            "Darwin": "Install Apple's command line tools with `xcode-select --install`.",
            "Windows": "Use NEURON's Windows installer, which brings a compiler.",
        }.get(
            platform.system(),
            "Install them with `sudo apt install build-essential` or `sudo dnf install gcc-c++ make`.",
        )
        return Check("mod file compiler", f"{' and '.join(absent)} missing", fix)
    return Check("mod file compiler", f"{compiles} with {' and '.join(filter(None, tools.values()))}")


def _qt_libraries() -> Check:
    code, said = _in_own_process("-m", "gui.qt_libraries")
    return Check("Qt libraries", said if code == 0 else "incomplete", "" if code == 0 else said)


def _opengl() -> Check:
    display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if platform.system() == "Linux" and not display:
        return Check("OpenGL", "not looked at: there is no display here")
    code, said = _in_own_process("-m", "gui.opengl")
    if code == 0:
        return Check("OpenGL", said)
    return Check(
        "OpenGL", said or "none", "Everything works without it, only more slowly; a graphics driver helps."
    )


def _own_folders() -> Iterator[Check]:
    for name, folder_of in (("cache", cache_folder), ("user data", data_folder), ("log", log_folder)):
        try:
            folder = folder_of()
        except EngineError as error:
            yield Check(name, error.what, error.hint)
        else:
            writable = os.access(folder, os.W_OK)
            fix = "" if writable else f"Make {folder} writable, or set SOMASCOPE_HOME to a folder that is."
            yield Check(name, f"{_size_mb(folder):.1f} MB in {folder}", fix)


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _in_own_process(*arguments: str) -> tuple[int, str]:
    """Exit code and last line of a Python of its own: what crashes there does not crash here."""
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, "PYTHONPATH": search},
        )
    except subprocess.TimeoutExpired:
        return 1, f"no answer within {_PATIENCE_S} s"
    lines = (done.stdout if done.returncode == 0 else done.stdout + done.stderr).strip().splitlines()
    return done.returncode, lines[-1] if lines else f"ended with code {done.returncode} without a word"
