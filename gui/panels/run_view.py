"""The table of runs as it is drawn and handled: marks that can be clicked, keys of its own."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.models.run_table import Column, RunTable
from gui.session.run import Run
from gui.widgets.marks import paint_chip, paint_eye, paint_pin
from gui.widgets.row_table import RowTable

Index = QModelIndex | QPersistentModelIndex
_MARKS: Final = (Column.SHOWN, Column.COLOUR, Column.PINNED)
_NO_MODIFIER: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_SAMPLES: Final = {
    Column.NAME: "Run 100 x",
    Column.STATE: "stopped at 1000 ms",
    Column.LENGTH: "10000 ms",
    Column.BEGAN: "30 Sep 23:59",
}
PALETTE_SIZE: Final = 8  # colours that are offered


def chip_colours(run: Run) -> tuple[QColor, ...]:
    """The run's own colour, or the first ones that its traces get by their order."""
    if run.colour:
        return (QColor(run.colour),)
    return tuple(QColor(theme.trace_colour(k)) for k in range(max(1, min(len(run.heads), 3))))


class RunView(RowTable):
    """Delete, Enter, F2, P and K work on the runs while this has the focus, and nowhere else."""

    mark_clicked = Signal(object, object)  # Run, Column

    def __init__(self, runs: RunTable, keys: Mapping[Qt.Key, Callable[[], object]], parent: QWidget) -> None:
        super().__init__(runs, "Runs", parent, several=True)
        self._runs, self._keys = runs, keys
        self.setItemDelegate(_RunDelegate(runs, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setHighlightSections(False)
        self.clicked.connect(self._on_clicked)
        self.fit()

    def fit(self) -> None:
        """Widths and heights follow the font."""
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(metrics.lineSpacing() * 3 // 2)
        header.setMinimumSectionSize(metrics.height())
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in _MARKS:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, metrics.height() * 8 // 5)
        for column, sample in _SAMPLES.items():
            header.resizeSection(column, metrics.horizontalAdvance(sample) + metrics.height())
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        self._choose_columns()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_columns()

    def _choose_columns(self) -> None:
        """Where there is little room, length and begin are left to the details."""
        metrics = self.fontMetrics()
        margin = metrics.height()
        room = self.viewport().width() - metrics.horizontalAdvance(_SAMPLES[Column.STATE]) - margin
        room -= sum(self.columnWidth(column) for column in (*_MARKS, Column.NAME))
        for column in (Column.LENGTH, Column.BEGAN):
            room -= metrics.horizontalAdvance(_SAMPLES[column]) + margin
            if self.isColumnHidden(column) != (room < 0):
                self.setColumnHidden(column, room < 0)

    @override
    def event(self, event: QEvent) -> bool:
        """Claim the keys of this table, so that no shortcut of the window takes them."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.modifiers() in _NO_MODIFIER
            and (event.key() in self._keys or event.key() == Qt.Key.Key_F2)
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        is_free = self.state() != QAbstractItemView.State.EditingState
        if is_free and event.modifiers() in _NO_MODIFIER and key in self._keys:
            self._keys[key]()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_runs"):
            self.fit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() in _MARKS:
            self.mark_clicked.emit(self._runs.run_at(index.row()), Column(index.column()))


class _RunDelegate(QStyledItemDelegate):
    """Paints the marks; hidden runs are muted, failed ones in the colour of errors."""

    def __init__(self, runs: RunTable, view: QWidget) -> None:
        super().__init__(view)
        self._runs = runs

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return size.expandedTo(QSize(0, option.fontMetrics.lineSpacing() * 3 // 2))

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        run = self._runs.run_at(index.row())
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is what is chosen
        if index.column() == Column.STATE and run.state == "failed":
            option.palette.setColor(option.palette.ColorRole.Text, QColor(theme.colours().error))
        elif not run.is_visible:
            option.palette.setColor(option.palette.ColorRole.Text, QColor(theme.colours().muted_text))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() not in _MARKS:
            return
        run = self._runs.run_at(index.row())
        size = option.fontMetrics.height() * 0.85
        area = QRectF(0, 0, size, size)
        area.moveCenter(QRectF(option.rect).center())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = theme.colours()
        strong = option.palette.highlightedText().color() if selected else QColor(colours.text)
        weak = strong if selected else QColor(colours.muted_text)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.column() == Column.COLOUR:
            if selected:  # a rim, so that no colour gets lost on that of the selection
                paint_chip(painter, area.adjusted(-1, -1, 1, 1), (QColor(colours.background),))
            paint_chip(painter, area.adjusted(1, 1, -1, -1), chip_colours(run))
        elif index.column() == Column.SHOWN:
            paint_eye(painter, area, strong if run.is_visible else weak, is_open=run.is_visible)
        else:
            paint_pin(painter, area, strong if run.is_pinned else weak, is_set=run.is_pinned)
        painter.restore()
