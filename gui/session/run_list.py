"""Every run of this session, and of the experiment's folder, until the user deletes it."""

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QObject, Signal

from gui.session.run import Run

_FRAMES_BUDGET_BYTES = 512 * 2**20


class RunList(QObject):
    """Newest last. The last run that is over is the ghost of the next. A loaded reference is neither.

    The eyes of these two and of pinned runs are open, and those of older runs close by themselves; until the
    user opens or closes one.
    """

    added = Signal(object)  # Run
    advanced = Signal(object)  # Run: more samples, spikes, another time or state; about 40 times a second
    ended = Signal(object)  # Run: its last word has come
    ended_elsewhere = Signal(object)  # Run that was under way when its document was replaced
    changed = Signal(object)  # Run: name, colour, visible, pinned
    removed = Signal(object)  # Run: it is in the list no more
    deleted = Signal(object)  # Run that the user wants no more, after `removed`
    frames_dropped = Signal(object)  # Run whose `frames` are None now, to make room for newer ones
    compared = Signal(object)  # tuple of Runs to overlay, the first is subtracted; () for none

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[Run] = []
        self._numbered = 0

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def latest(self) -> Run | None:
        """The newest run; where there is none, the newest reference."""
        return newest_of(self._runs)

    def next_number(self) -> int:
        """How the user will count the next run."""
        self._numbered += 1
        return self._numbered

    def add(self, run: Run) -> None:
        """Keep a run."""
        self._append(run)
        self._open_and_close_eyes()

    def remove(self, run: Run) -> None:
        """Delete a run that is over, also on disk."""
        self._runs.remove(run)
        self.removed.emit(run)
        self.deleted.emit(run)
        self._open_and_close_eyes()

    def put(self, runs: Iterable[Run]) -> None:
        """Hold the runs of another document; those that are here stay on disk."""
        self.compare()
        for run in reversed(self._runs.copy()):
            self._runs.remove(run)
            self.removed.emit(run)
        self._numbered = 0
        kept = tuple(runs)
        for run in kept:
            run.is_visible = _has_open_eye(run, kept)
        for run in kept:
            self._append(run)

    def tell_advanced(self, run: Run) -> None:
        """Something has come of a run."""
        if run in self._runs:
            self.advanced.emit(run)

    def tell_ended(self, run: Run) -> None:
        """Its last word has come."""
        self._make_room_for_frames()
        (self.ended if run in self._runs else self.ended_elsewhere).emit(run)

    def change(self, run: Run, **what: object) -> None:
        """Set `name`, `colour`, `is_visible` or `is_pinned`."""
        for name, value in what.items():
            assert name in {"name", "colour", "is_visible", "is_pinned"}, name
            setattr(run, name, value)
        run.is_eye_set |= "is_visible" in what
        if "is_pinned" in what:
            run.is_visible = _has_open_eye(run, self._runs)
        self.changed.emit(run)

    def _append(self, run: Run) -> None:
        self._runs.append(run)
        self._numbered = max(self._numbered, run.number)
        self._make_room_for_frames()
        self.added.emit(run)

    def _open_and_close_eyes(self) -> None:
        for run in self._runs:
            is_open = _has_open_eye(run, self._runs)
            if is_open != run.is_visible:
                run.is_visible = is_open
                self.changed.emit(run)

    def _make_room_for_frames(self) -> None:
        """Frames of the newest runs stay, as many as there is room for; of the newest, always."""
        used = 0
        for number, run in enumerate(reversed(self._runs)):
            if run.frames is None:
                continue
            used += run.frames.size_bytes
            if used > _FRAMES_BUDGET_BYTES and number:
                run.frames = None
                self.frames_dropped.emit(run)

    def compare(self, *runs: Run) -> None:
        """Overlay these and draw how the others differ from the first; none: stop comparing."""
        self.compared.emit(runs)


def newest_of(runs: Sequence[Run]) -> Run | None:
    """The last run; where all are loaded, the last of them."""
    return next((run for run in reversed(runs) if not run.is_loaded), runs[-1] if runs else None)


def _has_open_eye(run: Run, runs: Sequence[Run]) -> bool:
    if run.is_eye_set:
        return run.is_visible
    newest = newest_of(runs)
    others = [each for each in runs if each is not newest and not each.is_loaded]
    ghost = [each for each in others if each.is_over and each.heads][-1:]
    return run.is_pinned or run in (newest, *ghost)
