"""What tests and benchmarks fetch from outside: published circuits, model files, and peers to compare with.

Everything is fetched once, also by tests that run side by side, and kept in `SOMASCOPE_TEST_DOWNLOADS`.
"""

import contextlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from engine.file_lock import locked

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("SOMASCOPE_TEST_DATA", ROOT.parent / "shared" / "data"))
_DOWNLOADS = Path(os.environ.get("SOMASCOPE_TEST_DOWNLOADS", ROOT / ".test_cache"))


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process at a time may fetch this."""
    _DOWNLOADS.mkdir(parents=True, exist_ok=True)
    with locked(_DOWNLOADS / f".{name}.lock", waiting=lambda: None):
        yield


def _downloaded(name: str, *arguments: str) -> Path:
    """A folder that pip downloaded into once; kept between test runs."""
    folder = _DOWNLOADS / name
    done = folder / ".complete"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.PIPE)
        done.touch()
    return folder


def allen_mod_files() -> Path:
    """The 17 mod files of the Allen cells, out of the wheel of bmtk."""
    with _alone("bmtk"):
        return _allen_mod_files()


def _allen_mod_files() -> Path:
    folder = _downloaded("bmtk", "--only-binary=:all:", "bmtk")
    inside = "bmtk/utils/scripts/bionet/mechanisms/modfiles/"
    target = folder / "modfiles"
    if not target.is_dir():
        target.mkdir()
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            for name in wheel.namelist():
                if name.startswith(inside) and name.endswith(".mod"):
                    (target / Path(name).name).write_bytes(wheel.read(name))
    return target


def l5pc_files() -> Path:
    """The layer 5 pyramidal cell of the source distribution of bluepyopt: examples/l5pc."""
    with _alone("bluepyopt"):
        return _l5pc_files()


def _l5pc_files() -> Path:
    folder = _downloaded("bluepyopt", "--no-binary=bluepyopt", "bluepyopt")
    target = folder / "l5pc"
    if not target.is_dir():
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            for member in archive.getmembers():
                inside = member.name.partition("/examples/l5pc/")[2]
                if inside and member.isfile() and (file := archive.extractfile(member)) is not None:
                    path = target / inside
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(file.read())
    return target


def bluecellulab_python() -> Path:
    """The Python of an environment that holds BlueCelluLab and BluePyOpt, the peers we compare with."""
    with _alone("bluecellulab"):
        return _bluecellulab_python()


def _bluecellulab_python() -> Path:
    folder = _DOWNLOADS / "bluecellulab"
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    done = folder / ".complete"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = (str(scripts / "python"), "-m", "pip", "install")
        subprocess.run(
            [*pip, "--quiet", "--no-compile", "bluecellulab", "bluepyopt"],  # most of it is never imported
            check=True,
            stdout=subprocess.PIPE,
        )
        done.touch()
    return scripts / "python"
