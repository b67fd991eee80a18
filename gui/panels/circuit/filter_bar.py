"""The line that says which cells the table shows."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.errors import EngineError, QueryError
from gui import theme
from gui.widgets.search_line import SearchLine

_DEBOUNCE_MS: Final = 80
_HELP: Final = (
    "<p>Words search all text: <b>PC</b></p>"
    "<p>Conditions on columns: <b>layer == 5</b>, <b>mtype ~ PC</b> (pattern), "
    "<b>y &gt; 500</b>, <b>etype in [bAC, cAC]</b></p>"
    "<p>Join them with <b>&amp;</b> (and), <b>|</b> (or), <b>!</b> (not) and brackets.</p>"
)


class FilterBar(QWidget):
    """A text, and the node set that was chosen in the tree. Says `changed` soon after the last letter."""

    changed = Signal()
    left_downwards = Signal()  # Down: into the table
    accepted = Signal()  # Enter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.node_set = ""
        self._told = ("", "")
        self.line = SearchLine(self)
        self.line.setPlaceholderText("Filter: a word, or layer == 5 & mtype ~ PC")
        self.line.setClearButtonEnabled(True)
        self.line.setAccessibleName("Filter of cells")
        self.line.setToolTip(_HELP)
        self._chip = QToolButton(self)
        self._chip.setAccessibleName("Show all cells again, not only those of the node set")
        self._chip.clicked.connect(lambda: self.show_node_set(""))
        self._chip.hide()
        self._error = QLabel(self)
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._error.setAccessibleName("What is wrong with the filter")
        self._error.hide()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_DEBOUNCE_MS)
        self._soon.timeout.connect(self._tell)
        self._lay_out()
        self.line.textChanged.connect(lambda _text: self._soon.start())
        self.line.down.connect(self._on_down)
        self.line.returnPressed.connect(self._on_return)
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()

    @property
    def text(self) -> str:
        """The filter as it stands in the line."""
        return self.line.text().strip()

    def show_text(self, text: str) -> None:
        """Filter by another text, at once."""
        self.show_filter(text, self.node_set)

    def show_node_set(self, name: str) -> None:
        """Keep to a node set ("" for none), at once."""
        self.show_filter(self.text, name)

    def show_filter(self, text: str, name: str) -> None:
        """Filter by another text and node set, at once."""
        self.line.setText(text)
        self.node_set = name
        self._chip.setText(f"{name}  ✕")
        self._chip.setToolTip(f"Only cells of the node set {name} are shown. Press to show all again.")
        self._chip.setVisible(bool(name))
        self._tell()

    def start_anew(self) -> None:
        """Another population: no filter, and nobody is told."""
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._soon.stop()
        self.node_set = ""
        self._chip.hide()
        self._told = ("", "")
        self.show_error(None)

    def show_error(self, error: EngineError | None) -> None:
        """Say under the line what is wrong, and where; None: nothing."""
        self._error.setVisible(error is not None)
        self._error.setText("" if error is None else _sentence(error))

    @property
    def error(self) -> str:
        """What is said to be wrong."""
        return self._error.text()

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 0, 0)
        upper.addWidget(self._chip)
        upper.addWidget(self.line, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(upper)
        whole.addWidget(self._error)

    def _tell(self) -> None:
        self._soon.stop()
        if (wanted := (self.text, self.node_set)) != self._told:
            self._told = wanted
            self.changed.emit()

    def _on_down(self) -> None:
        self._tell()
        self.left_downwards.emit()

    def _on_return(self) -> None:
        self._tell()
        self.accepted.emit()

    def _on_theme(self) -> None:
        self._error.setStyleSheet(f"color: {theme.colours().error};")


def _sentence(error: EngineError) -> str:
    place = ""
    if isinstance(error, QueryError) and error.position is not None:
        place = f" (at character {error.position + 1})"
    what = error.what.rstrip(".")
    return f"{what}{place}. {error.hint}".strip()
