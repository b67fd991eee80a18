"""Mistakes of ours: written to a file, told once each, and the program goes on."""

import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from engine import __version__
from engine.errors import EngineError
from engine.user_files import log_folder

_MOST = 20  # different ones: after that only the file hears of them


class Bugs(QObject):
    """Hears of every exception that nobody caught, in any thread."""

    happened = Signal(str)  # a traceback that was not told of before

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[str] = set()

    def watch(self) -> None:
        """From now on."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Called instead of ending the program."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write(text)
        where = "".join(traceback.format_tb(trace)) + kind.__name__
        if where in self._told:
            return
        self._told.add(where)
        _keep(text)
        if len(self._told) <= _MOST:
            self.happened.emit(text)

    def _take_from_thread(self, what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            self.take(what.exc_type, what.exc_value, what.exc_traceback)


def _keep(text: str) -> None:
    try:
        with (log_folder() / "somascope.log").open("a", encoding="utf-8") as log:
            log.write(f"--- Somascope {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{text}\n")
    except (EngineError, OSError):
        return  # it is on the screen and on stderr
