"""Asks what an animation of the cell shall show, and tells how far its making is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.panels.cell.film import Painter, making
from gui.session.notices import Notices
from gui.session.player import SPEEDS, USUAL_SPEED

_RATES: Final = (10, 20, 25, 50)  # pictures a second that a GIF can say exactly
_USUAL_RATE: Final = 25
_USUAL_WIDTH: Final = 640
_MOST_PIXELS: Final = 300_000_000  # of all pictures together, each a byte of memory


@dataclass(frozen=True)
class Scenery:
    """What can be shown: from when to when (ms), and who paints its moments in some size.

    What `painter` returns is called in a thread, by one at a time. `size`: that of the view.
    """

    span: tuple[float, float]
    size: QSize
    painter: Callable[[QSize], Painter]


class FilmDialog(QDialog):
    """Stays open, beside the window, until the file is there."""

    def __init__(
        self,
        scenery: Scenery,
        ask_for_path: Callable[[], Path | None],
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scenery, self._ask, self._notices = scenery, ask_for_path, notices
        self.task: Task | None = None  # that makes it
        self.setWindowTitle("Save animation of the cell")
        span = scenery.span
        self.first, self.last = (_time(span) for _ in range(2))
        self.first.show_value(span[0])
        self.last.show_value(span[1])
        self.speed, self.rate = QComboBox(), QComboBox()
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:,} ms in each second", speed)
        for rate in _RATES:
            self.rate.addItem(f"{rate} each second", rate)
        self.speed.setCurrentIndex(SPEEDS.index(USUAL_SPEED))
        self.rate.setCurrentIndex(_RATES.index(_USUAL_RATE))
        self.width_field, self.height_field = _pixels(_USUAL_WIDTH), _pixels(_usual_height(scenery.size))
        self.word = QLabel()
        self.word.setAccessibleName("What will be saved")
        self.word.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Pictures that are done")
        self.progress.hide()
        self._lay_out()
        for field in (self.first, self.last, self.width_field, self.height_field):
            field.edited.connect(self._show_size)
            field.complained.connect(self._on_complaint)
        self.speed.currentIndexChanged.connect(self._show_size)
        self.rate.currentIndexChanged.connect(self._show_size)
        self._show_size()

    @property
    def count(self) -> int:
        """How many pictures there will be."""
        first, last = self.first.value, self.last.value
        if first is None or last is None or last < first:
            return 0
        return int((last - first) / self._step + 1e-9) + 1

    @property
    def times(self) -> list[float]:
        """The moments (ms) of the pictures."""
        first = self.first.value or 0.0
        return [first + self._step * number for number in range(self.count)]

    @property
    def size_of_pictures(self) -> QSize:
        """In pixels."""
        return QSize(int(self.width_field.value or 0), int(self.height_field.value or 0))

    def save(self) -> None:
        """Ask for a file and begin to make it."""
        if self._problem() or (path := self._ask()) is None:
            return
        size, each_ms = self.size_of_pictures, 1000 // self.rate.currentData()
        self._show_making(is_making=True)
        work = making(self._scenery.painter(size), self.times, each_ms, path)
        self.task = in_background(work, lambda _nothing: self._on_done(path), self._on_failed)
        self.task.progressed.connect(self._on_progress)

    @override
    def reject(self) -> None:
        """Cancel, also while it is being made."""
        if self.task is not None:
            self.task.cancel()
        super().reject()

    @property
    def _step(self) -> float:
        """Ms from one picture to the next."""
        return float(self.speed.currentData() / self.rate.currentData())

    def _lay_out(self) -> None:
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        rows = (
            ("From", self.first, "The moment of the first picture"),
            ("To", self.last, "The moment of the last picture"),
            ("Speed", self.speed, "How much of the run passes in each second of the animation"),
            ("Pictures", self.rate, "More pictures move more smoothly and make a larger file"),
            ("Width", self.width_field, "Of each picture"),
            ("Height", self.height_field, "Of each picture; all that is seen of the cell now is in it"),
        )
        for title, field, tip in rows:
            form.addRow(title, field)
            field.setAccessibleName(title)
            field.setToolTip(tip)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Save | buttons.Cancel)
        self.buttons.button(buttons.Save).setText("Save as GIF…")
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self._form, self.word, self.progress, self.buttons):
            layout.addWidget(part)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)

    def _problem(self) -> str:
        """Why it cannot be saved so, "" if it can."""
        count, size = self.count, self.size_of_pictures
        if not count:
            return "The last moment lies before the first."
        if count * size.width() * size.height() > _MOST_PIXELS:
            return (
                f"That would be {count:,} pictures, more than there is memory for."
                " Choose a shorter time, a higher speed, or smaller or fewer pictures."
            )
        return ""

    def _show_size(self, *_what: object) -> None:
        count, size, rate = self.count, self.size_of_pictures, self.rate.currentData()
        pictures = "1 picture" if count == 1 else f"{count:,} pictures"
        words = (
            f"{pictures} of {size.width()} × {size.height()} pixels, {count / rate:.3g} s, again and again."
        )
        problem = self._problem()
        self.word.setText(problem or words)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not problem)

    def _on_complaint(self, sentence: str) -> None:
        if sentence:
            self.word.setText(sentence)
        else:
            self._show_size()

    def _show_making(self, *, is_making: bool) -> None:
        self._form.setEnabled(not is_making)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not is_making)
        self.progress.setVisible(is_making)
        self.progress.setRange(0, self.count)
        self.progress.setValue(0)

    def _on_progress(self, done: int, _total: int, _text: str) -> None:
        self.progress.setValue(done)

    def _on_done(self, path: Path) -> None:
        self._notices.post(f"The animation is saved as {path.name}.", where=str(path.parent))
        self.accept()

    def _on_failed(self, error: EngineError) -> None:
        self.task = None
        self._show_making(is_making=False)
        self.word.setText(str(error))


def _usual_height(size: QSize) -> int:
    """In the shape of the view, unless that is a strip."""
    flatness = size.height() / max(size.width(), 1)
    return round(_USUAL_WIDTH * (flatness if 0.5 <= flatness <= 1.5 else 0.75))


def _pixels(usual: int) -> NumberField:
    field = NumberField(Limits(160, 1920), step=80, whole=True)
    field.show_unit("pixels")
    field.show_value(usual)
    return field


def _time(span: tuple[float, float]) -> NumberField:
    field = NumberField(Limits(*span), step=1.0)
    field.show_unit("ms")
    return field
