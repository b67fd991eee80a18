"""Shared by all tests. No display, no user settings, no surprise messages from Qt."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import peers

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYTEST_QT_API", "pyside6")
os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
if "CI" in os.environ:  # the same examples each time; on a desk new ones are looked for
    hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the tests cache, trust and measure away from the user's own.

    Processes that share the tests share what they compile, which takes half a minute for some circuits.
    """
    home = tmp_path_factory.mktemp("home")
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = tmp_path_factory.getbasetemp().parent / "mechanisms"
        shared.mkdir(exist_ok=True)
        (home / "cache").mkdir()
        (home / "cache" / "mechanisms").symlink_to(shared, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOMASCOPE_HOME", str(home))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The published circuits with their reference outputs."""
    if not peers.SHARED_DATA.is_dir():
        pytest.skip(f"the published reference circuits are not at {peers.SHARED_DATA} (SOMASCOPE_TEST_DATA)")
    return peers.SHARED_DATA


@pytest.fixture(scope="session")
def allen_mod_files() -> Path:
    """The 17 mod files of the Allen cells."""
    return peers.allen_mod_files()


@pytest.fixture(scope="session")
def l5pc_files() -> Path:
    """The layer 5 pyramidal cell that comes with bluepyopt."""
    return peers.l5pc_files()


@pytest.fixture(scope="session")
def bluecellulab_python() -> Path:
    """The Python of an environment that holds BlueCelluLab and BluePyOpt."""
    return peers.bluecellulab_python()
