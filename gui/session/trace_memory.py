"""Colours that were chosen for traces, and traces that were hidden: kept for this user."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from engine.user_files import data_folder, read_json_or, write_whole
from gui.background import in_background

_MOST: Final = 2_000  # recordings: those that were touched last
_SOON_MS: Final = 300
_FIELDS: Final = (("colour", str), ("hidden", bool))

Choice = dict[str, Any]  # "colour": "#rrggbb", "hidden": true; without what is as usual


class TraceMemory(QObject):
    """By the id of the recording, which no other recording has, in whatever file its experiment is.

    Change `colours` and `hidden`, then say `keep`. They are read once, at the start.
    """

    failed = Signal(object)  # EngineError: it holds until the program ends

    def __init__(self, file: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file  # None: they are kept until the program ends
        known = {} if file is None else _read(file)
        self.colours = {name: str(each["colour"]) for name, each in known.items() if "colour" in each}
        self.hidden = {name for name, each in known.items() if each.get("hidden")}
        self._touched: dict[str, None] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._write)

    def keep(self, recordings: Iterable[str]) -> None:
        """What was decided about these is to be remembered."""
        for each in recordings:
            self._touched.pop(each, None)
            self._touched[each] = None
        self._soon.start()

    def finish(self) -> None:
        """At the end of the program: what is not written yet, is now."""
        if self._soon.isActive():
            self._soon.stop()
            try:
                self._job()()
            except EngineError as error:
                self.failed.emit(error)

    def _write(self) -> None:
        job = self._job()
        in_background(lambda _task: job(), lambda _none: None, self.failed.emit)

    def _job(self) -> Callable[[], None]:
        touched, self._touched, file = self._touched, {}, self._file
        news = {name: self._choice(name) for name in touched}
        return lambda: None if file is None else _remember(news, file)

    def _choice(self, name: str) -> Choice:
        choice: Choice = {"colour": colour} if (colour := self.colours.get(name)) else {}
        return {**choice, "hidden": True} if name in self.hidden else choice


def usual_file() -> Path | None:
    """Where they are kept; None if there is no folder for it, which the settings tell."""
    try:
        return data_folder() / "traces.json"
    except EngineError:
        return None


def _read(file: Path) -> dict[str, Choice]:
    found = read_json_or(file, {})
    return {
        name: {key: value for key, value in each.items() if (key, type(value)) in _FIELDS}
        for name, each in (found.items() if isinstance(found, dict) else ())
        if isinstance(each, dict)
    }


def _remember(news: dict[str, Choice], file: Path) -> None:
    """Beside what another window has written meanwhile."""
    known = _read(file)
    for name, choice in news.items():
        known.pop(name, None)
        if choice:
            known[name] = choice
    newest = dict(list(known.items())[-_MOST:])
    write_whole(file, json.dumps(newest, indent=1))
