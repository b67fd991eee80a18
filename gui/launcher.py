"""Becomes somascope/__init__.py in the wheel: keeps `gui` and `engine` out of everybody's namespace."""

import sys
from pathlib import Path

_APP = Path(__file__).resolve().parent / "_app"


def main() -> int:
    """Run the program: the window, or a command where one is given."""
    if _APP.is_dir():  # installed from a wheel; a checkout finds its packages by itself
        sys.path.insert(0, str(_APP))
    from gui.__main__ import main as run

    return run()
