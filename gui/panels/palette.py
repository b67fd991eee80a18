"""The command palette: type a few letters of anything the program can do, press Enter."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui.actions import ActionSet
from gui.models.action_matches import (
    PATH_ROLE,
    REMEMBERED,
    SHORTCUT_ROLE,
    ActionMatches,
    Choice,
    choices,
    ranked,
)
from gui.settings import SettingsStore

_WIDTH_IN_LETTERS = 72
_ROWS = 12
_FROM_TOP = 6  # of the window: one part in so many
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QDialog):
    """One for a window, opened again and again: it remembers what was used, in the settings if there are."""

    def __init__(
        self, actions: ActionSet, parent: QWidget | None = None, *, settings: SettingsStore | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName("Command palette")
        self._actions = actions
        self._all: tuple[Choice, ...] = ()
        self._settings = settings
        self._used = () if settings is None else settings.value.recent_commands
        self._matches = ActionMatches(self)
        self._field = QLineEdit(placeholderText="Type what you want to do")
        self._field.setAccessibleName("What you want to do")
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list = self._made_list()
        self._tip = QLabel(wordWrap=True)
        self._tip.setAccessibleName("What the chosen command does")
        frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        outer, layout = QVBoxLayout(self), QVBoxLayout(frame)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        for widget in (self._field, self._list, self._tip):
            layout.addWidget(widget)

    @override
    def open(self) -> None:
        """Show it over the window, empty, with what was used last first."""
        self._all = choices(self._actions)
        self._field.clear()
        self._search("")
        self._place()
        self.show()
        self._field.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that move through the list reach it while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._trigger(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _made_list(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Commands that fit")
        view.setModel(self._matches)
        view.setItemDelegate(_ChoiceDelegate(view))
        view.setUniformItemSizes(True)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps it, and passes the keys on
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._trigger)
        view.selectionModel().currentChanged.connect(lambda _now, _before: self._show_tip())
        return view

    def _search(self, typed: str) -> None:
        self._matches.show(ranked(typed, self._all, self._used))
        self._list.setCurrentIndex(self._matches.index(0))
        self._show_tip()

    def _show_tip(self) -> None:
        choice = self._chosen(self._list.currentIndex())
        if choice is None:
            self._tip.setText("Nothing is called so. Try another word, such as “run” or “save”.")
        else:
            impossible = "" if choice.is_enabled else "Not possible now. "
            self._tip.setText(impossible + choice.tip)

    def _chosen(self, index: QModelIndex) -> Choice | None:
        return self._matches.choices[index.row()] if index.isValid() else None

    def _trigger(self, index: QModelIndex) -> None:
        choice = self._chosen(index)
        if choice is None or not choice.is_enabled:
            return
        self._used = (choice.id, *(name for name in self._used if name != choice.id))[:REMEMBERED]
        if self._settings is not None:
            self._settings.change(recent_commands=self._used)
        self.close()
        self._actions.widget(choice.id).trigger()

    def _place(self) -> None:
        """Centred near the top of the window, wide enough to read, never wider than it."""
        metrics = self.fontMetrics()
        row = self._list.itemDelegate().sizeHint(QStyleOptionViewItem(), self._matches.index(0)).height()
        self._list.setFixedHeight(row * _ROWS + 2 * self._list.frameWidth())
        self._tip.setMinimumHeight(2 * metrics.lineSpacing())
        owner = self.parentWidget()
        window = owner.window() if owner is not None else None
        area = window.geometry() if window is not None else self.screen().availableGeometry()
        width = min(metrics.averageCharWidth() * _WIDTH_IN_LETTERS, area.width() * 9 // 10)
        height = min(self.sizeHint().height(), area.height() * 8 // 10)
        corner = QPoint(area.center().x() - width // 2, area.top() + area.height() // _FROM_TOP)
        self.setGeometry(QRect(corner, QSize(width, height)))


class _ChoiceDelegate(QStyledItemDelegate):
    """Name, muted the menu it is in, and its keys at the right."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QWidget)
        return QSize(0, view.fontMetrics().lineSpacing() * 3 // 2)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        widget = option.widget
        name, option.text = option.text, ""
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        painter.save()
        painter.setFont(option.font)
        self._paint_texts(painter, option, index, name)
        painter.restore()

    def _paint_texts(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        name: str,
    ) -> None:
        model = index.model()
        assert isinstance(model, ActionMatches)
        enabled = model.choices[index.row()].is_enabled
        group = QPalette.ColorGroup.Active if enabled else QPalette.ColorGroup.Disabled
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected and enabled else QPalette.ColorRole.Text
        gap = option.fontMetrics.averageCharWidth()
        area = option.rect.adjusted(gap, 0, -gap, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(option.palette.color(group, role))
        shortcut = str(index.data(SHORTCUT_ROLE))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, shortcut)
        area.setRight(area.right() - option.fontMetrics.horizontalAdvance(shortcut) - 2 * gap)
        shown = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, shown)
        area.setLeft(area.left() + option.fontMetrics.horizontalAdvance(shown) + 2 * gap)
        if enabled and not selected:
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        path = option.fontMetrics.elidedText(
            str(index.data(PATH_ROLE)), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, path)
