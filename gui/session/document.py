"""The document: one Experiment, every change of which can be undone.

In memory all paths of an experiment are absolute; its file holds them relative to itself.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from typing_extensions import override

from engine.experiment import store
from engine.experiment.base import new_id
from engine.experiment.experiment import Experiment

_UNDO_LIMIT = 500


class Document(QObject):
    """Owns the experiment, its undo stack and its file. `experiment` is None while nothing is open."""

    experiment_changed = Signal(object, object)  # old and new Experiment (or None); also after undo and redo
    replaced = Signal()  # another document is here: the history is gone. After experiment_changed
    state_changed = Signal()  # path, title or modified
    stepped = Signal()  # an edit, undo or redo is complete: `is_modified` knows about it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_UNDO_LIMIT)
        # slots of this object: the stack says something when it is deleted, and then nobody must listen
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.undo_stack.indexChanged.connect(self._on_index_changed)
        self.experiment: Experiment | None = None
        self.path: Path | None = None
        self.token = new_id()  # what files beside it are called; another for each document
        self._burst = 0
        self._never_clean = False

    @property
    def is_modified(self) -> bool:
        """Whether there is something that the file does not hold."""
        return self.experiment is not None and (self._never_clean or not self.undo_stack.isClean())

    @property
    def name(self) -> str:
        """What the window's title calls it."""
        if self.path is not None:
            return self.path.name.removesuffix(store.SUFFIX)
        return (self.experiment.title if self.experiment else "") or "Untitled"

    def put(
        self,
        experiment: Experiment | None,
        path: Path | None = None,
        *,
        modified: bool = False,
        token: str = "",
    ) -> None:
        """Hold another document, whose paths are absolute. Who calls has asked about unsaved changes."""
        self.undo_stack.clear()
        self.path, self.token = path, token or new_id()
        self._never_clean = modified
        self._show(experiment)
        self.replaced.emit()
        self.state_changed.emit()

    def load(self, path: Path) -> None:
        """Open a file; DocumentError if it cannot be."""
        self.put(store.with_absolute_paths(store.load(path), path.parent), path)

    def save(self, path: Path | None = None) -> None:
        """Write the file, whole or not at all; EngineError if that fails."""
        target = path or self.path
        assert self.experiment is not None, "nothing to save"
        assert target is not None, "where to?"
        store.save(self.experiment, target, folder=target.parent)
        self.path, self._never_clean = target, False
        self.undo_stack.setClean()
        self.end_burst()
        self.state_changed.emit()

    def change(self, experiment: Experiment, text: str, *, merge: str = "") -> None:
        """Replace the experiment, as "Undo `text`" can take back.

        Changes with the same `merge`, such as "<id>.amplitude", in one burst are one step.
        """
        if experiment == self.experiment:
            return
        assert self.experiment is not None, "nothing to change"
        key = f"{merge} {self._burst}" if merge else ""
        self.undo_stack.push(_Replace(text, self, self.experiment, experiment, key))

    def end_burst(self) -> None:
        """What comes next is a step of its own: editing has finished."""
        self._burst += 1

    def show_version(self, experiment: Experiment) -> None:
        """For the undo commands."""
        self._show(experiment)

    def _on_clean_changed(self, _is_clean: bool) -> None:  # noqa: FBT001 - a slot
        self.state_changed.emit()

    def _on_index_changed(self, _index: int) -> None:
        self.stepped.emit()

    def _show(self, experiment: Experiment | None) -> None:
        old, self.experiment = self.experiment, experiment
        if old is not experiment:
            self.experiment_changed.emit(old, experiment)


class _Replace(QUndoCommand):
    """Undo is the old value and redo the new one: no edit needs to know its own inverse."""

    def __init__(self, text: str, document: Document, old: Experiment, new: Experiment, merge: str) -> None:
        super().__init__(text)
        self._document, self._old, self._new, self._merge = document, old, new, merge

    @override
    def id(self) -> int:
        return 1

    @override
    def redo(self) -> None:
        self._document.show_version(self._new)

    @override
    def undo(self) -> None:
        self._document.show_version(self._old)

    @override
    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Replace) or not self._merge or other._merge != self._merge:  # noqa: SLF001
            return False
        self._new = other._new  # noqa: SLF001
        self.setObsolete(self._new == self._old)
        return True
