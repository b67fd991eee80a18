"""The door of the program: a command goes to the engine, and without one the window opens."""

import sys
from collections.abc import Sequence

from engine import cli
from engine.resources import example_names
from gui import qt_libraries


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code. Qt is not imported for a command: those run on machines without a display."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    return cli.main(given) if given else _open_window()


def _open_window() -> int:
    """Say that the window is still to come, and what works until then."""
    example = next(iter(example_names()), "NAME")
    print(
        "The window of Somascope is not built yet; the commands work: try"
        f" `somascope run example:{example}`, `somascope info CIRCUIT`, or `somascope --help`."
    )
    missing = qt_libraries.sentence(qt_libraries.missing_libraries())
    if missing:
        print(missing, file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
