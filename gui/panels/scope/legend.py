"""Names of traces under the plots: show and hide, rename, give a colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QScrollArea, QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look


@dataclass(frozen=True)
class Entry:
    """One name. `head_id`: of a recording, "" for a whole run; `is_ghost`: that is the previous one."""

    key: str
    name: str
    pen: QPen
    head_id: str = ""
    is_voltage: bool = False
    is_shown: bool = True
    can_rename: bool = False
    is_ghost: bool = False


class Legend(QScrollArea):
    """As many lines as the names need, up to three; more are scrolled to."""

    switched = Signal(object, bool)  # Entry, shown
    alone_wanted = Signal(object)  # Entry: hide all others
    rename_wanted = Signal(object)
    colour_wanted = Signal(object)
    phase_plane_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self._content = QWidget()
        self.setWidget(self._content)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Names of traces")
        self._buttons: list[_Name] = []

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these names."""
        if tuple(entries) == self.entries:
            return
        has_same_names = [each.key for each in entries] == [each.key for each in self.entries]
        self.entries = tuple(entries)
        if not has_same_names:
            self._make_buttons()
        for button, entry in zip(self._buttons, entries, strict=True):
            button.show_entry(entry)
        self._arrange()

    def button(self, key: str) -> QAbstractButton:
        """The button of an entry."""
        return next(each for each in self._buttons if each.entry.key == key)

    @override
    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        self._arrange()

    def _make_buttons(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for entry in self.entries:
            button = _Name(entry, self._content)
            button.clicked.connect(lambda shown, each=button: self.switched.emit(each.entry, shown))
            button.rename_wanted.connect(lambda each=button: self._rename(each.entry))
            button.menu_wanted.connect(lambda where, each=button: self._open_menu(each.entry, where))
            button.show()
            self._buttons.append(button)

    def _arrange(self) -> None:
        left = top = height = 0
        for button in self._buttons:
            size = button.sizeHint()
            if left and left + size.width() > self.viewport().width():
                left, top = 0, top + height
            button.setGeometry(
                QRect(QPoint(left, top), QSize(min(size.width(), self.width()), size.height()))
            )
            left, height = left + size.width(), size.height()
        whole = top + height
        self._content.resize(self.viewport().width(), whole)
        self.setFixedHeight(min(whole, 3 * height))
        self.setVisible(bool(self._buttons))

    def _rename(self, entry: Entry) -> None:
        if entry.can_rename:
            self.rename_wanted.emit(entry)

    def _open_menu(self, entry: Entry, where: QPoint) -> None:
        menu = self.menu_of(entry)
        menu.exec(where)
        menu.deleteLater()

    def menu_of(self, entry: Entry) -> QMenu:
        """What can be done with a name."""
        menu = QMenu(self)
        hide = "Hide" if entry.is_shown else "Show"
        menu.addAction(hide, lambda: self.switched.emit(entry, not entry.is_shown))
        if entry.head_id:
            menu.addAction("Show only this", lambda: self.alone_wanted.emit(entry))
            menu.addSeparator()
            rename: QAction = menu.addAction("Rename…", lambda: self._rename(entry))
            rename.setEnabled(entry.can_rename)
            menu.addAction("Colour…", lambda: self.colour_wanted.emit(entry))
        if entry.is_voltage:
            menu.addSeparator()
            menu.addAction("Phase plane", lambda: self.phase_plane_wanted.emit(entry))
        return menu


class _Name(QAbstractButton):
    """A piece of the line, and its name; nothing else, so that many fit."""

    rename_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, entry: Entry, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda where: self.menu_wanted.emit(self.mapToGlobal(where)))

    def show_entry(self, entry: Entry) -> None:
        """Take over a name, its line and whether it is shown."""
        self.entry = entry
        self.setChecked(entry.is_shown)
        self.setText(entry.name)
        more = " Double-click or F2: rename." if entry.can_rename else ""
        self.setToolTip(f"{entry.name}: click to {'hide' if entry.is_shown else 'show'}.{more}")
        self.setAccessibleName(f"{entry.name}, {'shown' if entry.is_shown else 'hidden'}")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.entry.name)
        return QSize(round(width + 3.2 * look.em()), round(1.35 * look.em()))

    @override
    def paintEvent(self, e: QPaintEvent) -> None:
        colours, em = theme.colours(), look.em()
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(
                self.rect(), look.colour(colours.selection if self.hasFocus() else colours.raised)
            )
        pen = QPen(self.entry.pen)
        pen.setWidthF(2.0)
        if not self.isChecked():
            pen.setColor(look.colour(colours.grid))
        painter.setPen(pen)
        painter.drawLine(round(0.4 * em), self.height() // 2, round(2.0 * em), self.height() // 2)
        painter.setPen(look.colour(colours.text if self.isChecked() else colours.disabled_text))
        box = self.rect().adjusted(round(2.4 * em), 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.entry.name)
        painter.end()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.click()  # takes back what the first of the two clicks did
        self.rename_wanted.emit()

    @override
    def keyPressEvent(self, e: QKeyEvent) -> None:
        if e.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        else:
            super().keyPressEvent(e)
