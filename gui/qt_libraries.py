"""Which system libraries Qt would miss on this machine, found without importing Qt (which would just abort).

Qt's wheels bring Qt, not what a desktop brings; where that is incomplete, Qt ends the process with a message
about "xcb" that names no package. `python -m gui.qt_libraries` says which package to install instead.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Package(NamedTuple):
    """What the packages that hold a library are called in the two large families of Linux."""

    apt: str
    dnf: str


PACKAGES = {
    "libEGL.so.1": Package("libegl1", "libglvnd-egl"),
    "libGL.so.1": Package("libgl1", "libglvnd-glx"),
    "libX11-xcb.so.1": Package("libx11-xcb1", "libX11-xcb"),
    "libX11.so.6": Package("libx11-6", "libX11"),
    "libdbus-1.so.3": Package("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": Package("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": Package("libfreetype6", "freetype"),
    "libglib-2.0.so.0": Package("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": Package("libglib2.0-0", "glib2"),
    "libxcb-cursor.so.0": Package("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": Package("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": Package("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": Package("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": Package("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": Package("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": Package("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": Package("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": Package("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": Package("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": Package("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": Package("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": Package("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": Package("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": Package("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": Package("libxkbcommon0", "libxkbcommon"),
}
_WAYLAND_PACKAGES = {
    "libwayland-client.so.0": Package("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": Package("libwayland-cursor0", "libwayland-cursor"),
    "libwayland-egl.so.1": Package("libwayland-egl1", "libwayland-egl"),
}
_NEEDED = ("QtGui.abi3.so", "QtWidgets.abi3.so", "QtOpenGL.abi3.so", "Qt/plugins/platforms/libqxcb.so")
_NEEDED_BY_WAYLAND = ("Qt/plugins/platforms/libqwayland.so",)


def missing_libraries() -> tuple[str, ...]:
    """Names of the system libraries that Qt's own files ask for and the loader does not find; Linux only."""
    specification = importlib.util.find_spec("PySide6")
    if not sys.platform.startswith("linux") or specification is None or specification.origin is None:
        return ()
    folder = Path(specification.origin).parent
    needed = _NEEDED + (_NEEDED_BY_WAYLAND if os.environ.get("WAYLAND_DISPLAY") else ())
    files = [str(folder / name) for name in needed if (folder / name).is_file()]
    try:
        listing = subprocess.run(["ldd", *files], capture_output=True, text=True, timeout=60, check=False)  # noqa: S607
    except OSError:  # a Linux without ldd: nothing can be said
        return ()
    return missing_in(listing.stdout)


def missing_in(listing: str) -> tuple[str, ...]:
    """The libraries that ldd could not find, each once, in the order of their names."""
    lines = (line.partition("=>") for line in listing.splitlines())
    return tuple(sorted({name.strip() for name, _, where in lines if where.strip() == "not found"}))


def sentence(missing: Iterable[str]) -> str:
    """What is missing and the command that installs it; empty where nothing is."""
    names = tuple(missing)
    if not names:
        return ""
    known = [
        package for name in names if (package := ({**PACKAGES, **_WAYLAND_PACKAGES}).get(name)) is not None
    ]
    verb = "is" if len(names) == 1 else "are"
    listed = f"Qt cannot open a window here: {', '.join(names)} {verb} missing."
    if not known:
        return listed
    apt, dnf = (" ".join(sorted(set(column))) for column in zip(*known, strict=True))
    return f"{listed} Install with `sudo apt install {apt}` (Debian) or `sudo dnf install {dnf}` (Fedora)."


def main() -> int:
    """Print the sentence; exit code 1 where something is missing."""
    missing = sentence(missing_libraries())
    print(missing or "Qt finds all the system libraries that it needs.")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
