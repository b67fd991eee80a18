"""How rows of the experiment are drawn: what it is, and muted under it the numbers."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from gui import theme
from gui.models.experiment_list import DETAILS_ROLE, IS_DOUBLE_ROLE, TITLE_ROLE

Index = QModelIndex | QPersistentModelIndex
_PADDING = 4  # of the height of a line: one part in so many, above and below


class TwoLines(QStyledItemDelegate):
    """One line where that is enough."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines. Asked of every row, so nothing else is looked at."""
        line = option.fontMetrics.lineSpacing()
        lines = 2 if index.data(IS_DOUBLE_ROLE) else 1
        return QSize(1, lines * line + 2 * (line // _PADDING))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        details = index.data(DETAILS_ROLE)
        if not details:
            super().paint(painter, option, index)
        self.initStyleOption(option, index)
        if details:
            self._paint_two(painter, option, (str(index.data(TITLE_ROLE)), str(details)))
        _outline_check_box(painter, option)

    def _paint_two(self, painter: QPainter, option: QStyleOptionViewItem, lines: tuple[str, str]) -> None:
        widget = option.widget
        area = widget.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, widget)
        option.text = ""
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        self._paint_lines(painter, option, area, lines)

    def _paint_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, lines: tuple[str, str]
    ) -> None:
        gap = option.fontMetrics.averageCharWidth() // 2
        line = option.fontMetrics.lineSpacing()
        top = option.rect.center().y() - line
        painter.save()
        painter.setFont(option.font)
        for number, (text, colour) in enumerate(zip(lines, _colours(option), strict=True)):
            place = QRect(
                area.left() + gap, top + number * line, option.rect.right() - area.left() - 2 * gap, line
            )
            painter.setPen(colour)
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


def _outline_check_box(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """The style's own frame cannot be seen on a dark background."""
    if option.features & QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator:
        widget = option.widget
        box = widget.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, widget)
        painter.save()
        painter.setPen(QColor(theme.colours().muted_text))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.restore()


def _colours(option: QStyleOptionViewItem) -> tuple[QColor, QColor]:
    """Of the first and of the second line."""
    if option.state & QStyle.StateFlag.State_Selected:
        chosen = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
        return chosen, chosen
    first = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    is_off = first == QColor(theme.colours().disabled_text)  # the model says so of what is switched off
    return first, first if is_off else QColor(theme.colours().muted_text)
