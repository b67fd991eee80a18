"""What tabs with plots do: controls over them, words where there is nothing, and a legend under them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from engine.errors import EngineError
from gui import theme
from gui.panels.measurements.later import Later
from gui.plots.distance_plot import DistancePlot, Spot
from gui.plots.one_plot import OnePlot
from gui.plots.picture import LegendEntry
from gui.plots.saving import PlotSaving
from gui.session.session import Session
from gui.widgets.colour_names import ColourNames
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.flow import FlowRow

Say = Callable[[str], object]


class Page(OnePlot):
    """Whoever inherits says what is drawn. Follows what is shown while it is seen itself."""

    changed = Signal()  # what can be done is another

    def __init__(self, session: Session, say: Say, names: tuple[str, str]) -> None:
        """`names`: what rows of the table are called, and the file."""
        super().__init__()
        self._session, self._say = session, say
        self._is_stale = True
        self.later = Later(self)
        self.later.failed.connect(self._on_failed)
        self.legend = ColourNames()
        self.remark = ElidedLabel()
        self.remark.setAccessibleName("About what is drawn")
        self.words = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.words.setAccessibleName("What to do")
        numbers, file_name = names
        self.saving = PlotSaving(
            self, session.notices, self.legend_of_picture, numbers=numbers, file_name=file_name
        )
        self._pages = QStackedWidget()

    def begin(self) -> None:
        """Compute what is drawn, with `later`, and `show_words("")` or why there is nothing."""
        raise NotImplementedError

    def legend_of_picture(self) -> list[LegendEntry]:
        """What the colours are; nothing where there is only one."""
        return []

    def has_plot(self) -> bool:
        """Whether there is something to copy."""
        return self._pages.currentIndex() == 1

    def refresh(self, *_what: object) -> None:
        """Something is another: draw it anew soon, or when somebody looks."""
        self._is_stale = not self.isVisible()
        if self.isVisible():
            self.begin()

    def look(self) -> None:
        """Somebody looks: bring it up to date."""
        if self._is_stale:
            self.refresh()

    def show_words(self, words: str) -> None:
        """Say why there is nothing to draw; "": there is."""
        self.words.setText(words)
        self._pages.setCurrentIndex(0 if words else 1)
        self.legend.show_entries(() if words else self.legend_of_picture())
        if words:
            self.later.cancel()
            self.remark.setText("")
        self.changed.emit()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.remark.setStyleSheet(f"color: {theme.colours().muted_text};")

    def lay_out(self, controls: Sequence[QWidget], content: QWidget) -> None:
        """Controls over what is drawn."""
        row = FlowRow(*controls)
        row.add(self.remark, grows=1)
        self._pages.addWidget(self.words)
        self._pages.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(row)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.legend)

    def _on_failed(self, error: EngineError) -> None:
        self.show_words(" ".join(filter(None, (error.what, error.hint))))


class PlotTab(Page):
    """With one plot, whose points can be read off."""

    def __init__(
        self, session: Session, say: Say, names: tuple[str, str], controls: Sequence[QWidget]
    ) -> None:
        super().__init__(session, say, names)
        self.lay_out(controls, self.drawing())
        self.drawing().hovered.connect(self._on_hovered)
        self.drawing().menu_wanted.connect(self.open_menu)

    @override
    def drawing(self) -> DistancePlot:
        raise NotImplementedError

    def in_words(self, spot: Spot) -> str:
        """What is under the mouse."""
        raise NotImplementedError

    @override
    def dress(self) -> None:
        super().dress()
        self.drawing().dress()

    def _on_hovered(self, spot: Spot | None) -> None:
        self.drawing().mark(spot.point if spot is not None else None)
        self._say(self.in_words(spot) if spot is not None else "")
