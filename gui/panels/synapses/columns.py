"""Which columns of the table of synapses are shown."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from gui.models.node_table import heading
from gui.models.synapse_table import ACTIVE, USUAL, SynapseTableModel
from gui.panels.circuit.cell_table import CellTable
from gui.session.column_memory import remember_columns, remembered_columns

_USUAL_LETTERS: Final = 7
_MARGIN: Final = 3  # letters
_LETTERS: Final = {"source": 9, "kind": 10, "section": 9, "edges": 24, "x": 8}


class SynapseColumns(QObject):
    """The menu of the header. What was chosen holds for all cells, and is remembered."""

    def __init__(self, view: CellTable, model: SynapseTableModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._shown = set(remembered_columns("synapses") or USUAL)
        self._fitted: tuple[str, ...] = ()
        header = view.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu_wanted)
        model.modelReset.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Show what is to be shown of the present table."""
        names = tuple(column.name for column in self._model.columns)
        if names != self._fitted:
            self._fitted = names
            self.size()
            for section, name in enumerate(names):
                self._view.setColumnHidden(section, name not in self._shown)

    def size(self) -> None:
        """Widths from the titles and what usually stands below, in the present font."""
        letter = self._view.fontMetrics().averageCharWidth()
        for section, column in enumerate(self._model.columns):
            letters = max(len(heading(column)), _LETTERS.get(column.name, _USUAL_LETTERS)) + _MARGIN
            self._view.setColumnWidth(section, letters * letter)

    def show_column(self, section: int, *, shown: bool) -> None:
        """Show a column or hide it."""
        name = self._model.columns[section].name
        (self._shown.add if shown else self._shown.discard)(name)
        self._view.setColumnHidden(section, not shown)
        self._remember()

    def menu(self) -> QMenu:
        """All columns, with a tick where they are shown."""
        menu = QMenu(self._view)
        for section, column in enumerate(self._model.columns):
            entry = menu.addAction(heading(column))
            entry.setCheckable(True)
            entry.setChecked(not self._view.isColumnHidden(section))
            entry.setEnabled(column.name != ACTIVE)
            entry.toggled.connect(lambda shown, section=section: self.show_column(section, shown=shown))
        menu.addSeparator()
        menu.addAction("Usual columns").triggered.connect(self._on_usual)
        return menu

    def _on_usual(self) -> None:
        self._shown = set(USUAL)
        self._fitted = ()
        self.fit()
        self._remember()

    def _remember(self) -> None:
        """Also of columns that the present table lacks."""
        remember_columns("synapses", sorted(self._shown))

    def _on_menu_wanted(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.horizontalHeader().mapToGlobal(place))
