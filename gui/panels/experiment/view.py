"""The tree of the experiment: keys, drags and its menu."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget
from typing_extensions import override

from engine.experiment.experiment import Experiment
from gui.models.experiment_list import GROUPS, ExperimentTree
from gui.panels.experiment.two_lines import TwoLines


class ExperimentView(QTreeView):
    """Says which row the user chose, but not which one was shown."""

    chosen = Signal(object)  # QModelIndex
    menu_wanted = Signal(object)  # QPoint, of the screen

    def __init__(self, model: ExperimentTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree = model
        self._is_showing = False
        self.setAccessibleName("Experiment")
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setItemDelegate(TwoLines(self))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setIndentation(self.fontMetrics().averageCharWidth() * 2)
        self.expandAll()

    def show_experiment(self, experiment: Experiment | None) -> None:
        """Show another version; what Qt makes current while rows come and go is not the user's choice."""
        self._is_showing = True
        self._tree.show_experiment(experiment)
        self._is_showing = False
        for number in range(len(GROUPS)):
            hide = self._tree.is_superfluous(number)
            if hide != self.isRowHidden(number, QModelIndex()):  # to say so lays out all rows anew
                self.setRowHidden(number, QModelIndex(), hide)

    def show_key(self, key: str) -> None:
        """Make this row the current one; none if there is no such row."""
        index = self._tree.index_of(key)
        if index == self.currentIndex():
            return
        self._is_showing = True
        self.setCurrentIndex(index)
        self._is_showing = False

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if not self._is_showing:
            self.chosen.emit(current)

    @override
    def event(self, event: QEvent) -> bool:
        """Space switches a row on and off; elsewhere in the window it pauses the run."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            on_element = self._tree.element(self.currentIndex()) is not None
            if on_element and event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        return super().event(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            corner = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_wanted.emit(self.viewport().mapToGlobal(corner))
        else:
            self.menu_wanted.emit(event.globalPos())
        event.accept()
