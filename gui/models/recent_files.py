"""The files that were opened last, and which of them are still there."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.background import Task, in_background
from gui.settings import SettingsStore


@dataclass(frozen=True, slots=True)
class RecentFile:
    """One of them."""

    path: Path
    exists: bool = True

    @property
    def name(self) -> str:
        """What menus and lists call it: a configuration is known by its folder."""
        name = self.path.name
        generic = name in ("circuit_config.json", "simulation_config.json")
        return f"{self.path.parent.name}/{name}" if generic else name.removesuffix(".somascope.json")


class RecentFiles(QObject):
    """Follows the settings. Looks at the disk in a thread: a drive of the network may take long to answer."""

    changed = Signal()  # `entries` are others

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._looking: Task | None = None
        self.entries: tuple[RecentFile, ...] = tuple(map(RecentFile, store.value.recent_files))
        store.changed.connect(self._on_settings)

    def look(self) -> None:
        """See which files are still there."""
        if self._looking is not None:
            self._looking.cancel()
        paths = self._store.value.recent_files

        def work(_task: Task) -> tuple[RecentFile, ...]:
            return tuple(RecentFile(path, path.exists()) for path in paths)

        self._looking = in_background(work, self._show, lambda _error: None)

    def clear(self) -> None:
        """Forget them all."""
        self._store.change(recent_files=())

    def _on_settings(self) -> None:
        if tuple(entry.path for entry in self.entries) != self._store.value.recent_files:
            self._show(tuple(map(RecentFile, self._store.value.recent_files)))
            self.look()

    def _show(self, entries: tuple[RecentFile, ...]) -> None:
        if entries != self.entries:
            self.entries = entries
            self.changed.emit()
