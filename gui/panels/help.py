"""The help: pages written for this program, with a list of them, links, search, and a way back."""

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.resources import resources_folder
from gui import theme

_ORDER: Final = (
    *("getting-started", "browsing", "cell", "channels", "stimuli", "synapses", "synapse-models"),
    *(
        "protocols",
        "measuring",
        "running",
        "network",
        "run-again",
        "comparing",
        "large-runs",
        "space",
        "file-formats",
        "keyboard",
        "troubleshooting",
    ),
)
_FIRST: Final = _ORDER[0]


def help_folder() -> Path:
    """Where the pages are, one Markdown file each."""
    return resources_folder() / "help"


@cache
def help_pages() -> tuple[str, ...]:
    """Names of all pages, in the order in which one would read them."""
    found = {path.stem for path in help_folder().glob("*.md")}
    return (*(name for name in _ORDER if name in found), *sorted(found - set(_ORDER)))


def title_of(page: str) -> str:
    """The heading of a page."""
    with (help_folder() / f"{page}.md").open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()


class HelpWindow(QWidget):
    """A window of its own, to be read beside the other."""

    def __init__(self, page: str = _FIRST, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Help")
        self._browser = QTextBrowser()
        self._browser.setAccessibleName("Page of the help")
        self._browser.setOpenExternalLinks(True)
        self._browser.setSearchPaths([str(help_folder())])
        self._browser.document().setDocumentMargin(self.fontMetrics().height())
        self._browser.sourceChanged.connect(self._on_page)
        self._list = QListWidget()
        self._list.setAccessibleName("Pages of the help")
        for name in help_pages():
            item = QListWidgetItem(title_of(name), self._list)
            item.setData(Qt.ItemDataRole.UserRole, name)
        self._list.currentItemChanged.connect(self._on_chosen)
        self._field = QLineEdit(placeholderText="Search in this page")
        self._field.setAccessibleName("Search in this page")
        self._field.setClearButtonEnabled(True)
        self._field.textChanged.connect(lambda _text: self._search(from_start=True))
        self._field.returnPressed.connect(self._search)
        self._found = QLabel()
        self._found.setAccessibleName("Result of the search")
        self._back = self._made_button("◀", "Back", self._browser.backward)
        self._forward = self._made_button("▶", "Forward", self._browser.forward)
        self._browser.backwardAvailable.connect(self._back.setEnabled)
        self._browser.forwardAvailable.connect(self._forward.setEnabled)
        self._add_shortcuts()
        self._lay_out()
        theme.notifier().changed.connect(self._browser.reload)
        self.show_page(page)

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return Path(self._browser.source().path()).stem

    def show_page(self, page: str) -> None:
        """Go to a page; the first one where there is none of that name."""
        name = page if page in help_pages() else _FIRST
        if name != self.page:
            self._browser.setSource(
                QUrl.fromLocalFile(str(help_folder() / f"{name}.md")),
                QTextDocument.ResourceType.MarkdownResource,
            )
        self._browser.setFocus()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_browser"):
            self._browser.document().setDocumentMargin(self.fontMetrics().height())

    def _made_button(self, text: str, name: str, press: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setEnabled(False)
        button.setAutoRaise(True)
        button.clicked.connect(press)
        return button

    def _add_shortcuts(self) -> None:
        for keys, do in (
            (QKeySequence(QKeySequence.StandardKey.Back), self._browser.backward),
            (QKeySequence(QKeySequence.StandardKey.Forward), self._browser.forward),
            (QKeySequence(QKeySequence.StandardKey.Find), self._field.setFocus),
            (QKeySequence(Qt.Key.Key_Escape), self.close),
        ):
            QShortcut(keys, self).activated.connect(do)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for widget in (self._back, self._forward, self._field, self._found):
            bar.addWidget(widget)
        splitter = QSplitter()
        splitter.addWidget(self._list)
        splitter.addWidget(self._browser)
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(bar)
        layout.addWidget(splitter, 1)
        metrics, room = self.fontMetrics(), self.screen().availableSize()
        width = min(metrics.averageCharWidth() * 120, room.width() * 9 // 10)
        self.resize(width, min(metrics.height() * 40, room.height() * 9 // 10))
        listed = self._list.sizeHintForColumn(0) + 3 * metrics.averageCharWidth()
        splitter.setSizes([min(listed, width // 3), width])

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and self.page != item.data(Qt.ItemDataRole.UserRole):
            self.show_page(item.data(Qt.ItemDataRole.UserRole))
            self._list.setFocus()

    def _on_page(self, url: QUrl) -> None:
        """The list follows where links lead."""
        name = Path(url.path()).stem
        if name in help_pages():
            with QSignalBlocker(self._list):
                self._list.setCurrentRow(help_pages().index(name))
            self.setWindowTitle(f"{title_of(name)} – Help")
        self._found.clear()

    def _search(self, *, from_start: bool = False) -> None:
        """Find the next place; after the last one comes the first."""
        text = self._field.text()
        cursor = self._browser.textCursor()
        if from_start:
            cursor.setPosition(cursor.selectionStart())
            self._browser.setTextCursor(cursor)
        if not text:
            self._found.clear()
            return
        if not self._browser.find(text):
            cursor.movePosition(cursor.MoveOperation.Start)
            self._browser.setTextCursor(cursor)
            is_there = self._browser.find(text)
            self._found.setText("" if is_there else "Not in this page")
        else:
            self._found.clear()
