"""A few actions, and a record of which of them ran."""

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from gui.actions import Action, ActionSet


class Deeds:
    """Actions of all kinds over one window, and the ids of those that ran."""

    def __init__(self, window: QWidget) -> None:
        self.done: list[str] = []
        self.may_pause = False
        self.actions = ActionSet((), lambda _name: QIcon(), window)
        self.actions.add(
            (
                self._action(
                    "file.open", "&Open…", "Open a circuit or an experiment.", menu="File", shortcut="Ctrl+O"
                ),
                self._action(
                    "file.save", "&Save", "Write the experiment to its file.", menu="File", shortcut="Ctrl+S"
                ),
                self._action(
                    "run.start", "Run", "Run the experiment from the start.", menu="Run", shortcut="F5"
                ),
                self._action(
                    "run.stop", "Stop", "End the run and keep what is there.", menu="Run", shortcut="Shift+F5"
                ),
                self._action(
                    "run.pause",
                    "Pause",
                    "Hold the run, or let it go on.",
                    menu="Run",
                    shortcut="Space",
                    enabled=lambda: self.may_pause,
                ),
                self._action(
                    "runs.restore",
                    "Restore this experiment",
                    "Bring back the experiment of a run.",
                    menu="Run",
                    submenu="Kept runs",
                ),
                self._action("secret", "Hidden thing", "Is never shown.", show=lambda: False),
            )
        )

    def _action(self, name: str, text: str, tip: str, **more: object) -> Action:
        return Action(id=name, text=text, tip=tip, run=lambda: self.done.append(name), **more)  # type: ignore[arg-type]
