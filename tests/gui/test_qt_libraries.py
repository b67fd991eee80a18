"""The program says itself which system library Qt misses."""

import re
import subprocess
import sys

from gui.qt_libraries import PACKAGES, missing_in, missing_libraries, sentence
from tests.peers import ROOT

_LISTING = """\
Qt/plugins/platforms/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffc0e5f2000)
\tlibQt6XcbQpa.so.6 => Qt/lib/libQt6XcbQpa.so.6 (0x00007f9d0c000000)
\tlibxcb-icccm.so.4 => not found
\tlibxcb-cursor.so.0 => not found
QtGui.abi3.so:
\tlibxcb-icccm.so.4 => not found
\tlibc.so.6 => /lib/libc.so.6 (0x00007f9d0b800000)
"""


def test_that_every_missing_library_is_named_once() -> None:
    assert missing_in(_LISTING) == ("libxcb-cursor.so.0", "libxcb-icccm.so.4")


def test_that_the_sentence_names_the_package_of_both_families() -> None:
    said = sentence(["libxcb-cursor.so.0"])
    assert "libxcb-cursor.so.0 is missing" in said
    assert "apt install libxcb-cursor0`" in said
    assert "dnf install xcb-util-cursor`" in said


def test_that_a_library_of_unknown_package_is_still_named() -> None:
    assert "libfuture.so.1 is missing" in sentence(["libfuture.so.1"])
    assert sentence([]) == ""


def test_that_looking_does_not_import_qt() -> None:
    code = "import sys, gui.qt_libraries as q; q.missing_libraries(); sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_that_what_qt_needs_here_is_known_to_us() -> None:
    """Where a library is missing on the machine of the tests, the table must know its package."""
    assert set(missing_libraries()) <= set(PACKAGES)


def test_that_the_readme_names_every_package() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = readme.partition("<!-- libraries -->")[2]
    command = re.search(r"apt-get install .*", listed.replace("\\\n", " "))
    assert command is not None
    assert {package.apt for package in PACKAGES.values()} <= set(command.group().split())
