"""Controls side by side, as many as there is room for; the others go into the next line."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget
from typing_extensions import override

_NO_ITEM: QLayoutItem = None  # type: ignore[assignment]  # what Qt wants there


@dataclass(frozen=True, slots=True)
class _Piece:
    """A control that is seen: how narrow it can be, and how it would like to be. In pixels."""

    item: QLayoutItem
    least: int
    width: int
    height: int
    grows: int  # shares of what is left


class FlowRow(QWidget):
    """For rows of controls: no wider than its widest control has to be. Who can grow shares what is left.

    It is as high as its lines need. A layout that told its height for each width would make the panel around
    it as high as it likes to be, and scroll.
    """

    def __init__(self, *widgets: QWidget, spacing: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = _Lines(self)
        self._lines.setSpacing(spacing)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._fit)
        for widget in widgets:
            self.add(widget)

    def add(self, widget: QWidget, *, grows: int = 0) -> None:
        """One more control; with `grows` it takes so many shares of what is left of its line."""
        if grows:
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            policy.setHorizontalStretch(grows)
            widget.setSizePolicy(policy)
        self._lines.addWidget(widget)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start(0)  # not now: what is around it is being laid out, and would begin again

    @override
    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a control came, went, or speaks in larger letters
            self._soon.start(0)
        return is_done

    def _fit(self) -> None:
        height = self._lines.height_of(self.width())
        if (height, height) != (self.minimumHeight(), self.maximumHeight()):
            self.setFixedHeight(height)


class _Lines(QLayout):
    """Measures its controls once until one of them changes: many rows are laid out at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._measured: list[_Piece] | None = None
        self.setContentsMargins(0, 0, 0, 0)

    def height_of(self, width: int) -> int:
        """In pixels, of all lines when they are so wide."""
        rows = self._rows(width)
        return sum(map(_height, rows)) + self._gap() * max(len(rows) - 1, 0)

    @override
    def addItem(self, arg__1: QLayoutItem) -> None:
        self._items.append(arg__1)
        self._measured = None

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem:
        return self._items[index] if 0 <= index < len(self._items) else _NO_ITEM

    @override
    def takeAt(self, index: int) -> QLayoutItem:
        self._measured = None
        return self._items.pop(index) if 0 <= index < len(self._items) else _NO_ITEM

    @override
    def invalidate(self) -> None:
        self._measured = None
        super().invalidate()

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)  # of these flags, none

    @override
    def sizeHint(self) -> QSize:
        """All in one line."""
        pieces = self._pieces()
        gaps = self._gap() * max(len(pieces) - 1, 0)
        return QSize(sum(each.width for each in pieces) + gaps, _height(pieces))

    @override
    def minimumSize(self) -> QSize:
        pieces = self._pieces()
        return QSize(max((each.least for each in pieces), default=0), _height(pieces))

    @override
    def setGeometry(self, arg__1: QRect) -> None:
        super().setGeometry(arg__1)
        top = arg__1.top()
        for row in self._rows(arg__1.width()):
            height, left = _height(row), arg__1.left()
            for piece, width in zip(row, self._widths(row, arg__1.width()), strict=True):
                place = QRect(left, top + (height - piece.height) // 2, width, piece.height)
                piece.item.setGeometry(place)
                left += width + self._gap()
            top += height + self._gap()

    def _pieces(self) -> list[_Piece]:
        if self._measured is None:
            self._measured = [_piece(item) for item in self._items if not item.isEmpty()]
        return self._measured

    def _rows(self, room: int) -> list[list[_Piece]]:
        rows: list[list[_Piece]] = []
        left = 0
        for piece in self._pieces():
            if rows and left + piece.least <= room:
                rows[-1].append(piece)
            else:
                rows.append([piece])
                left = 0
            left += piece.least + self._gap()
        return rows

    def _widths(self, row: list[_Piece], room: int) -> list[int]:
        rest = room - sum(each.least for each in row) - self._gap() * (len(row) - 1)
        shares = sum(each.grows for each in row)
        share = max(rest, 0) // shares if shares else 0
        return [min(each.least, room) + share * each.grows for each in row]

    def _gap(self) -> int:
        return max(self.spacing(), 0)


def _height(row: list[_Piece]) -> int:
    return max((each.height for each in row), default=0)


def _piece(item: QLayoutItem) -> _Piece:
    hint, widget = item.sizeHint(), item.widget()
    grows = widget.sizePolicy().horizontalStretch() if widget is not None else 0
    least = item.minimumSize().width() if grows else hint.width()
    return _Piece(item, least, hint.width(), hint.height(), grows)
