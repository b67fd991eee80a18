"""The door of the program: a command goes to the engine, and without one the window opens.

`somascope [PATH] [--run]`, `somascope --example NAME [--run]`; `--safe-mode` forgets the layout.
"""

import argparse
import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine import cli
from engine.errors import EngineError
from engine.resources import example_file
from gui import qt_libraries

_COMMANDS = ("info", "run", "protocol", "export", "doctor", "worker", "job", "features")
_OF_THE_ENGINE = (*_COMMANDS, "-h", "--help", "--version")
_INSTEAD = "`somascope run` works without a window."


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code. Qt is not imported for a command: those run on machines without a display."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in _OF_THE_ENGINE:
        return cli.main(given)
    try:
        return _open_window(given)
    except EngineError as error:
        return _refuse(" ".join(str(error).split()))


def _open_window(given: Sequence[str]) -> int:
    chosen = _parser().parse_args(given)
    path: Path | None = chosen.path
    if path is not None and not path.exists():
        raise EngineError(
            f"There is no file or folder named {str(path)!r}.",
            hint=f"Commands are {', '.join(_COMMANDS[:5])}; see `somascope --help`.",
        )
    if chosen.example:
        example_file(chosen.example)  # says which there are, if this one is not
    if (sentence := _without_display()) or (sentence := _import_qt()):
        return _refuse(f"{sentence} {_INSTEAD}")
    from gui import app

    return app.run(app.Wanted(path, chosen.example, chosen.run, chosen.safe_mode))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="somascope", add_help=False)
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH")
    parser.add_argument("--example", default="", metavar="NAME")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--safe-mode", action="store_true")
    return parser


def _without_display() -> str:
    """A sentence where this is a Linux without a screen; Qt would end the process."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return "There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set."


def _import_qt() -> str:
    """A sentence where Qt cannot be used. Asking the loader takes long: only where there is a doubt."""
    try:
        import PySide6.QtWidgets
    except ImportError as error:
        missing = qt_libraries.sentence(qt_libraries.missing_libraries())
        return (
            missing or f"Qt cannot be used here: {error}. Install it with `pip install pyside6-essentials`."
        )
    plugin = Path(PySide6.QtWidgets.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not _will_use(plugin):
        return ""
    try:
        ctypes.CDLL(str(plugin))  # Qt would end the process if this failed
    except OSError as error:
        return qt_libraries.sentence(qt_libraries.missing_libraries()) or f"Qt cannot open a window: {error}."
    return ""


def _will_use(plugin: Path) -> bool:
    if not sys.platform.startswith("linux") or not plugin.is_file():
        return False
    return os.environ.get("QT_QPA_PLATFORM", "xcb") == "xcb" and not os.environ.get("WAYLAND_DISPLAY")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return cli.BAD_INPUT


if __name__ == "__main__":
    raise SystemExit(main())
