"""The first page: examples that open and run with one click, files to open, files opened last."""

import json
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from engine.resources import example_file, example_names, resources_folder
from gui import theme
from gui.models.recent_files import RecentFile, RecentFiles
from gui.widgets.example_card import ExampleCard

BUILT_IN_CIRCUIT: Final = Path("circuits") / "cortical_column" / "circuit_config.json"

_WIDEST_IN_LETTERS: Final = 180

_FIRST: Final = ("squid-axon", "pyramidal-cell", "fast-spiking-interneuron")
_SENTENCES: Final = {
    "squid-axon": "A short pulse, one action potential, and the gates that make it.",
    "pyramidal-cell": "A layer 5 cell fires and adapts; a second electrode watches its apical tree.",
    "fast-spiking-interneuron": "A basket cell fires at about 100 Hz and never gets slower.",
}
_NETWORK: Final = (
    "One cell of a network, again",
    "A basket cell gets its neighbours' spikes again, and is compared with the run of the whole network.",
)
_NETWORK_SPIKES: Final = (0.25, 0.28, 0.31, 0.5, 0.62, 0.65, 0.68)
_SPIKE_TIMES: Final[dict[str, tuple[float, ...]]] = {
    "squid-axon": (0.3,),
    "pyramidal-cell": (0.22, 0.3, 0.41, 0.55, 0.71),
    "fast-spiking-interneuron": tuple(0.2 + 0.045 * k for k in range(14)),
}


class WelcomePage(QScrollArea):
    """What to do when nothing is open. Knows no session: it is on the screen before there is one."""

    example_wanted = Signal(str)  # name of a built-in experiment: open it and run it
    network_wanted = Signal()  # the built-in network: open it and run one of its cells again
    path_wanted = Signal(object)  # Path to open
    file_wanted = Signal()  # ask for a file
    folder_wanted = Signal()  # ask for a folder

    def __init__(self, recent: RecentFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._recent = recent
        self.cards = [*(self._card(name) for name in _ordered(example_names())), self._network_card()]
        self._cards_grid = QGridLayout()
        self._inner = QWidget()
        self._columns = 0
        self._title = QLabel("Somascope")
        self._headings: list[QLabel] = []
        self._recent_box = _column()
        self.recent_buttons: list[QPushButton] = []
        self.setWidget(self._made())
        self._scale_fonts()
        self._arrange_cards()
        self._show_recent()
        recent.changed.connect(self._show_recent)
        theme.notifier().changed.connect(self._on_theme)

    def focus_first(self) -> None:
        """Where the keyboard begins."""
        self.cards[0].setFocus()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_cards()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._scale_fonts()
            self._arrange_cards()

    def _made(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(self._inner)
        subtitle = QLabel("Choose a cell, stimulate it, watch its voltage.")
        subtitle.setWordWrap(True)
        for widget in (self._title, subtitle):
            column.addWidget(widget)
        column.addSpacing(self.fontMetrics().lineSpacing())
        column.addWidget(self._heading("One click opens and runs"))
        column.addLayout(self._cards_grid)
        column.addSpacing(self.fontMetrics().lineSpacing())
        below = QHBoxLayout()
        below.setSpacing(3 * self.fontMetrics().lineSpacing())
        for box in (self._opening(), self._recently()):
            below.addLayout(box, 1)
            below.setAlignment(box, Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        column.addStretch(1)
        row = QHBoxLayout(page)
        row.addStretch(1)
        row.addWidget(self._inner, 20)
        row.addStretch(1)
        margin = self.fontMetrics().lineSpacing()
        row.setContentsMargins(margin, 2 * margin, margin, margin)
        return page

    def _opening(self) -> QVBoxLayout:
        box = _column()
        box.addWidget(self._heading("Open"))
        open_file = _link("Open…", "An experiment, a circuit or a simulation configuration", "open")
        open_file.clicked.connect(self.file_wanted)
        open_folder = _link("Open circuit folder…", "A folder with a SONATA circuit in it", "folder")
        open_folder.clicked.connect(self.folder_wanted)
        built_in = _link("Cortical column: 200 cells", "The circuit that comes with the program", "circuit")
        built_in.clicked.connect(lambda: self.path_wanted.emit(resources_folder() / BUILT_IN_CIRCUIT))
        for button in (open_file, open_folder, built_in):
            box.addWidget(button)
        hint = QLabel("Or drop a file or a folder anywhere in this window.")
        hint.setWordWrap(True)
        box.addSpacing(self.fontMetrics().lineSpacing() // 2)
        box.addWidget(hint)
        box.addStretch(1)
        return box

    def _recently(self) -> QVBoxLayout:
        box = _column()
        box.addWidget(self._heading("Recent"))
        box.addLayout(self._recent_box)
        box.addStretch(1)
        return box

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        self._headings.append(label)
        return label

    def _card(self, name: str) -> ExampleCard:
        title, sentence = _about(name)
        card = ExampleCard(title, sentence, _SPIKE_TIMES.get(name, (0.3,)))
        card.clicked.connect(lambda: self.example_wanted.emit(name))
        return card

    def _network_card(self) -> ExampleCard:
        card = ExampleCard(*_NETWORK, _NETWORK_SPIKES)
        card.clicked.connect(self.network_wanted)
        return card

    def _arrange_cards(self) -> None:
        """As many beside each other as there is room for."""
        gap = self.fontMetrics().lineSpacing()
        room = min(self.viewport().width() - 4 * gap, self._inner.maximumWidth())
        least = max(card.sizeHint().width() for card in self.cards)
        columns = min(max((room + gap) // (least + gap), 1), len(self.cards))
        width = (room - (columns - 1) * gap) // columns
        height = max(card.heightForWidth(width) for card in self.cards)
        for card in self.cards:
            card.setFixedHeight(height)
        if columns != self._columns:
            self._columns = columns
            self._cards_grid.setSpacing(gap)
            for place, card in enumerate(self.cards):
                self._cards_grid.addWidget(card, *divmod(place, columns))

    def _show_recent(self) -> None:
        while (item := self._recent_box.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.recent_buttons = [self._recent_button(entry) for entry in self._recent.entries]
        for button in self.recent_buttons:
            self._recent_box.addWidget(button)
        if not self.recent_buttons:
            self._recent_box.addWidget(QLabel("Files that you open are listed here."))

    def _recent_button(self, entry: RecentFile) -> QPushButton:
        text = entry.name if entry.exists else f"{entry.name} (not found)"
        button = _link(text.replace("&", "&&"), str(entry.path), "file")
        button.setEnabled(entry.exists)
        button.clicked.connect(lambda: self.path_wanted.emit(entry.path))
        return button

    def _scale_fonts(self) -> None:
        self._inner.setMaximumWidth(_WIDEST_IN_LETTERS * self.fontMetrics().averageCharWidth())
        for label, factor in ((self._title, 2.0), *((heading, 1.15) for heading in self._headings)):
            font = self.font()
            font.setPointSizeF(font.pointSizeF() * factor)
            font.setBold(True)
            label.setFont(font)

    def _on_theme(self) -> None:
        self._columns = 0
        self._arrange_cards()
        self._show_recent()


def _column() -> QVBoxLayout:
    """One above the other without gaps; else a layout takes the spacing of the one that it is in."""
    box = QVBoxLayout()
    box.setSpacing(2)
    return box


def _link(text: str, tip: str, icon: str) -> QPushButton:
    button = QPushButton(theme.icon(icon), text)
    button.setToolTip(tip)
    button.setAccessibleName(text.replace("&&", "&"))
    button.setAccessibleDescription(tip)
    button.setFlat(True)
    button.setIconSize(theme.icon_size())
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setStyleSheet("QPushButton { text-align: left; padding: 4px; }")
    return button


def _ordered(names: tuple[str, ...]) -> list[str]:
    return sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _about(name: str) -> tuple[str, str]:
    """Title and one sentence; plain JSON, since importing the models takes longer than to show this."""
    found = json.loads(example_file(name).read_text(encoding="utf-8"))
    sentence = _SENTENCES.get(name) or f"{str(found.get('notes', '')).split('. ')[0]}."
    return str(found["title"]), sentence
