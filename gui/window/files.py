"""Opening, saving and closing of documents, and the questions that come before."""

import json
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from engine.errors import EngineError
from engine.resources import EXPERIMENT_SUFFIX, example_file, example_names, resources_folder
from gui.actions import Action
from gui.models.recent_files import RecentFiles
from gui.session.session import Session
from gui.settings import RECENT_FILES, SettingsStore
from gui.window import questions

Keys = QKeySequence.StandardKey


class Files(QObject):
    """What the menu File does. Nothing is opened or closed before unsaved changes were asked about."""

    circuit_came = Signal()  # a circuit was opened rather than an experiment: there is a cell to choose

    def __init__(
        self, window: QMainWindow, session: Session, store: SettingsStore, recent: RecentFiles
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._store, self._recent = window, session, store, recent
        self._opening: Path | None = None
        self._run: Literal["", "when opened", "when ready"] = ""
        session.opening.connect(self._on_opening)
        session.opened.connect(self._on_opened)
        session.document.replaced.connect(self._on_replaced)
        session.rig.state_changed.connect(self._run_if_wanted)
        session.rig.described.connect(self._run_if_wanted)

    def open(self, path: Path, *, run: bool = False) -> bool:
        """Open a file or a folder, and run it where that is wanted; False where what is open is to stay."""
        if not self.may_leave():
            return False
        self._run = ""
        self._session.open_path(path)
        self._run = "when opened" if run else ""
        return True

    def open_example(self, name: str, *, run: bool = True) -> None:
        """Open a built-in experiment; EngineError where there is none of that name."""
        file = example_file(name)
        if self.may_leave():
            self._session.open_example(file)
            self._run = "when opened" if run else ""

    def run(self) -> None:
        """Run now, or, where the circuit's code is not trusted yet, when it is."""
        rig = self._session.rig
        if rig.state == "untrusted":
            self._run = "when ready"
            rig.ask_for_trust()
        else:
            rig.run()

    def run_when_ready(self) -> None:
        """Run as soon as that is possible: what was just put together may be built still."""
        self._run = "when ready"
        if self._session.rig.state == "untrusted":
            self._session.rig.ask_for_trust()
        self._run_if_wanted()

    def give_up_running(self) -> None:
        """The user does not trust the circuit."""
        self._run = ""

    def may_leave(self) -> bool:
        """Whether the present document may go: it is saved, or its changes are not wanted."""
        document = self._session.document
        if not document.is_modified:
            return True
        answer = questions.about_unsaved_changes(document.name, self._window)
        return answer == "discard" or (answer == "save" and self.save())

    def ask_for_file(self) -> None:
        """Open what the user chooses."""
        if (path := questions.which_file(self._window, self._folder())) is not None:
            self.open(path)

    def ask_for_folder(self) -> None:
        """Open the circuit in the folder that the user chooses."""
        if (path := questions.which_folder(self._window, self._folder())) is not None:
            self.open(path)

    def new(self) -> None:
        """An empty experiment with the circuit that is open; without one, a circuit is asked for."""
        if self._session.circuit is None:
            self.ask_for_file()
        elif self.may_leave():
            self._session.new_experiment()

    def save(self) -> bool:
        """Write the file; False where that failed or was not wanted."""
        path = self._session.document.path
        return self.save_as() if path is None else self._save(path)

    def save_as(self) -> bool:
        """Write to a file that the user chooses."""
        document = self._session.document
        suggestion = document.path or self._folder() / f"{document.name}{EXPERIMENT_SUFFIX}"
        path = questions.where_to_save(self._window, suggestion)
        return path is not None and self._save(path)

    def close(self) -> None:
        """Back to the welcome page."""
        if self.may_leave():
            self._session.close()

    def actions(self) -> tuple[Action, ...]:
        """The menu File."""

        def is_open() -> bool:
            return self._session.document.experiment is not None

        return (
            Action(
                id="file.new",
                text="New experiment",
                tip="Begin an empty experiment with the circuit that is open.",
                run=self.new,
                menu="File",
                shortcut=Keys.New,
                icon="new",
            ),
            Action(
                id="file.open",
                text="Open…",
                tip="Open an experiment, a circuit or a simulation configuration.",
                run=self.ask_for_file,
                menu="File",
                shortcut=Keys.Open,
                icon="open",
            ),
            Action(
                id="file.open_folder",
                text="Open circuit folder…",
                tip="Open the SONATA circuit in a folder.",
                run=self.ask_for_folder,
                menu="File",
                icon="folder",
            ),
            *self._recent_actions(),
            *self._example_actions(),
            Action(
                id="file.save",
                text="Save",
                tip="Write the experiment to its file.",
                run=self.save,
                menu="File",
                group=1,
                shortcut=Keys.Save,
                icon="save",
                enabled=is_open,
            ),
            Action(
                id="file.save_as",
                text="Save as…",
                tip="Write the experiment to another file.",
                run=self.save_as,
                menu="File",
                group=1,
                shortcut="Ctrl+Shift+S",
                icon="save-as",
                enabled=is_open,
            ),
            Action(
                id="file.close",
                text="Close",
                tip="Close the experiment and its circuit, and go back to the welcome page.",
                run=self.close,
                menu="File",
                group=2,
                shortcut="Ctrl+W",
                enabled=is_open,
            ),
            Action(
                id="file.quit",
                text="Quit",
                tip="End the program.",
                run=self._window.close,
                menu="File",
                group=3,
                shortcut="Ctrl+Q",
            ),
        )

    def _recent_actions(self) -> tuple[Action, ...]:
        """A place for each of the recent files; empty places are not shown."""

        def action(place: int) -> Action:
            def there() -> bool:
                return place < len(self._recent.entries)

            def text() -> str:
                if not there():
                    return "No recent file"
                entry = self._recent.entries[place]
                return (entry.name if entry.exists else f"{entry.name} (not found)").replace("&", "&&")

            return Action(
                id=f"file.recent.{place}",
                text=text,
                tip="Open this file again.",
                run=lambda: self.open(self._recent.entries[place].path),
                menu="File",
                submenu="Open recent",
                enabled=lambda: there() and self._recent.entries[place].exists,
                show=there,
            )

        clear = Action(
            id="file.recent.clear",
            text="Clear this list",
            tip="Forget the recent files; the files stay.",
            run=self._recent.clear,
            menu="File",
            submenu="Open recent",
            enabled=lambda: bool(self._recent.entries),
        )
        return (*map(action, range(RECENT_FILES)), clear)

    def _example_actions(self) -> tuple[Action, ...]:
        return tuple(
            Action(
                id=f"file.example.{name}",
                text=_title(name).replace("&", "&&"),
                tip="Open this built-in experiment and run it.",
                run=partial(self.open_example, name),
                menu="File",
                submenu="Examples",
            )
            for name in example_names()
        )

    def _save(self, path: Path) -> bool:
        try:
            self._session.document.save(path)
        except EngineError as error:
            self._session.notices.post_error(error)
            return False
        self._store.remember_file(path)
        return True

    def _folder(self) -> Path:
        path = self._session.document.path
        return path.parent if path is not None else self._store.value.last_folder or Path.home()

    def _on_opening(self, path: Path) -> None:
        self._opening = path.absolute()

    def _on_replaced(self) -> None:
        opening, self._opening = self._opening, None
        document = self._session.document
        if opening is None or document.experiment is None:
            return
        has_file = document.path is not None or not document.is_modified  # not so: it comes from a journal
        if has_file and not opening.is_relative_to(resources_folder()):
            self._store.remember_file(document.path or opening)
        if self._run == "when opened":
            self._run = "when ready"
            self._run_if_wanted()
        elif not opening.name.endswith(EXPERIMENT_SUFFIX):
            self.circuit_came.emit()

    def _on_opened(self) -> None:
        """It is over: if the document did not come, it was refused."""
        self._opening = None
        if self._run == "when opened":
            self._run = ""

    def _run_if_wanted(self, _what: object = None) -> None:
        if self._run == "when ready" and self._session.rig.can_run():
            self._run = ""
            self._session.rig.run()


def _title(example: str) -> str:
    """What a built-in experiment calls itself; its file comes with the program."""
    title: str = json.loads(example_file(example).read_text(encoding="utf-8"))["title"]
    return title
