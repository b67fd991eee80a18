"""What the colours of the cell show: chosen by the user, at the moment that all views show, while it runs."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.targets import CellReference
from gui.panels.cell.ranges import Range, usual_range
from gui.panels.cell.shown import ShownCell
from gui.panels.cell.variables import TYPES, VOLTAGE, built_values, choices_of
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.view import CellView
from gui.session.frames import Frames
from gui.session.shown_cell import takes_part
from gui.settings import settings

if TYPE_CHECKING:
    from gui.session.session import Session

_FRAME_MS: Final = 33  # between two pictures of a cell that changes

Values = NDArray[np.floating]


class Colouring(QObject):
    """Types, until a run brings voltages; what the user chooses stays, and is streamed by the next run.

    Whoever else shows something of the whole cell takes what runs bring of it.
    """

    changed = Signal()  # `choice`, `choices` or the range

    def __init__(
        self, session: "Session", shown: ShownCell, view: CellView, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._shown, self._view = session, shown, view
        self.choice = TYPES
        self.choices = choices_of(None)
        self._is_chosen = False
        self._values: Values | None = None
        self._watched: tuple[CellReference | None, str] | None = None
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self.draw)
        runs = session.runs
        shown.changed.connect(self._on_shown)
        session.document.experiment_changed.connect(self._watch)
        session.circuit_opened.connect(self._on_circuit)
        for signal in (runs.added, runs.advanced, runs.ended, runs.removed, runs.frames_dropped):
            signal.connect(self.touch)
        session.playhead.moved.connect(self.touch)
        settings().changed.connect(self.touch)
        self._on_shown()

    def choose(self, key: str) -> None:
        """Show this from now on; what the cell does not have is no choice."""
        self._is_chosen = True
        self._take(key)

    def touch(self, *_what: object) -> None:
        """Something else is to be seen: draw it soon. Cheap: call it for every chunk."""
        if not self._frame.isActive():
            self._frame.start()

    @property
    def span(self) -> Range:
        """From which value to which the colours go."""
        chosen = settings().value.colour_ranges.get(self.choice.key)
        return chosen if chosen is not None else usual_range(self.choice, self.extent())

    def choose_span(self, span: Range | None) -> None:
        """Remember a range for what is chosen; None: the usual one again."""
        others = {key: each for key, each in settings().value.colour_ranges.items() if key != self.choice.key}
        settings().change(colour_ranges=others if span is None else {**others, self.choice.key: span})
        self.draw()
        self.changed.emit()

    def extent(self) -> Range | None:
        """The lowest and the highest value of all that is known of what is chosen; None: nothing is."""
        frames = self._frames()
        parts = [self._built()] if frames is None else [frames.lowest, frames.highest]
        numbers = [part[np.isfinite(part)] for part in parts if part is not None]
        if not any(each.size for each in numbers):
            return None
        together = np.concatenate(numbers)
        return float(together.min()), float(together.max())

    def text_of(self, segment: int) -> str:
        """The value of a segment with its unit, "" if it has none."""
        values = self._values
        if values is None or segment >= len(values) or not np.isfinite(values[segment]):
            return ""
        named = "" if self.choice.key == VOLTAGE else f"{self.choice.title} "
        return f"{named}{values[segment]:.4g} {self.choice.unit}".rstrip()

    def draw(self) -> None:
        """Bring the colours up to date now."""
        self._frame.stop()
        if not self._is_chosen and self.choice is TYPES and self._frames(VOLTAGE) is not None:
            self._take(VOLTAGE)
            return
        if not self._view.isVisible() or not self._view.shapes:
            return
        if self.choice.role == "type":
            self._values = None
            self._view.show_types()
            self._view.show_note("")
            return
        self._values, note = self._present()
        low, high = self.span
        self._view.show_values(self._values, ColourScale(self.choice.title, self.choice.unit, low, high))
        self._view.show_note(note)

    def _take(self, key: str) -> None:
        found = next((each for each in self.choices if each.key == key), TYPES)
        if found != self.choice:
            self.choice = found
            self._watch()
        self.draw()
        self.changed.emit()

    def _present(self) -> tuple[Values | None, str]:
        """The values to show, and a word about them."""
        if self.choice.role == "built":
            return self._built(), "as built"
        frames = self._frames()
        time = self._session.playhead.time
        index = frames.index_at(time) if frames is not None else None
        if frames is None or index is None:
            return None, self._why_grey()
        return frames.at(time), f"{frames.start + index * frames.interval:.6g} ms"

    def _why_grey(self) -> str:
        latest = self._session.runs.latest
        name = self.choice.title
        if not takes_part(self._session, self._shown.cell):
            return f"{name}: this cell takes no part in the experiment."
        if latest is None or not latest.is_over:
            return f"{name}: seen when it runs."
        return f"{name} was not kept for this cell in {latest.title}: run again to see it."

    def _built(self) -> NDArray[np.float64] | None:
        shape = self._shown.shape
        return built_values(shape.anatomy, self.choice.key) if shape and self.choice.role == "built" else None

    def _frames(self, key: str = "") -> Frames | None:
        """Of the newest run, if they are of this cell and of what is chosen (or of a variable)."""
        latest, shape = self._session.runs.latest, self._shown.shape
        frames = latest.frames if latest is not None else None
        if frames is None or shape is None or not frames.count:
            return None
        is_ours = frames.cell == shape.cell and frames.segments == shape.anatomy.segments
        return frames if is_ours and frames.variable == (key or self.choice.key) else None

    def _on_shown(self) -> None:
        shape = self._shown.shape
        choices = choices_of(shape.anatomy.description if shape is not None else None)
        if shape is not None and choices != self.choices:
            self.choices = choices
            self._take(self.choice.key)
        self._watch()
        self.touch()

    def _on_circuit(self, _circuit: object) -> None:
        self._watched = None  # the rig has forgotten it
        self._watch()

    def _watch(self, *_what: object) -> None:
        """Have the next run stream what is chosen; voltage, where that is nothing that a run brings."""
        cell = self._shown.cell if takes_part(self._session, self._shown.cell) else None
        wanted = cell, self.choice.key if self.choice.role == "live" else VOLTAGE
        if wanted != self._watched:
            self._watched = wanted
            self._session.rig.watch(*wanted)
