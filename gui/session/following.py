"""A reference is compared with each new run, until the user stops comparing."""

from PySide6.QtCore import QObject

from gui.session.run import Run
from gui.session.run_list import RunList


class Following(QObject):
    """Follows the list of runs; a comparison that the user began with a reference goes on, too.

    The newest run takes the place of the one before; where several are compared, it joins them.
    """

    def __init__(self, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self.reference: Run | None = None
        self._others: tuple[Run, ...] = ()  # that are to stay in the comparison
        runs.added.connect(self._on_added)
        runs.removed.connect(self._on_removed)
        runs.compared.connect(self._on_compared)

    def follow(self, reference: Run) -> None:
        """Compare it with the next run."""
        self.reference = reference

    def _on_added(self, run: Run) -> None:
        if self.reference is not None and not run.is_over:
            self._runs.compare(self.reference, *self._others, run)

    def _on_removed(self, run: Run) -> None:
        self._others = tuple(each for each in self._others if each is not run)
        if run is self.reference:
            self.reference = None

    def _on_compared(self, runs: tuple[Run, ...]) -> None:
        self.reference = next((run for run in runs if run.reference), None)
        self._others = runs[1:] if len(runs) > 2 else ()
