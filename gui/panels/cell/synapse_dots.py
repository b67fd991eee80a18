"""The synapses of the table as dots on the drawn cell; a click on a dot selects its row."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QObject, Qt

from gui import theme
from gui.panels.cell.shown import ShownCell
from gui.plots.cell.dots import Dots
from gui.plots.cell.view import CellView

if TYPE_CHECKING:
    from engine.circuit.afferent import AfferentSynapses
    from gui.plots.cell.shapes import Shape
    from gui.session.session import Session

_KINDS: Final = ("excitatory", "inhibitory")
_UNPLACED: Final = "placement unknown"
_UNKNOWN: Final = "unknown"


class SynapseDots(QObject):
    """Shows them while somebody looks at the table, and only if the drawn cell is the one it is of."""

    def __init__(self, session: "Session", shown: ShownCell, view: CellView) -> None:
        super().__init__(view)
        self._afferent, self._shown, self._view = session.afferent, shown, view
        afferent = session.afferent
        for signal in (
            *(afferent.changed, afferent.rows_changed, afferent.active_changed, afferent.coloured),
            *(afferent.selection.cells_changed, shown.changed, theme.notifier().changed),
        ):
            signal.connect(self.show)
        view.dot_clicked.connect(self._on_clicked)
        self._told: tuple[object, ...] | None = None
        self.show()

    def show(self, *_what: object) -> None:
        """Show what there is now."""
        afferent, shape = self._afferent, self._shown.shape
        told = (
            *(shape, afferent.table, afferent.is_watched, afferent.colour_by, theme.is_dark()),
            *(afferent.rows, afferent.active, afferent.selection.node_ids),
        )
        before = self._told
        if before is None or any(one is not other for one, other in zip(told, before, strict=True)):
            self._told = told
            self._view.show_dots(self._dots(shape) if shape is not None else None)

    def _dots(self, shape: "Shape") -> Dots | None:
        afferent, table = self._afferent, self._afferent.table
        is_wanted = afferent.is_watched and bool(afferent.colour_by)
        if table is None or not is_wanted or shape.cell != afferent.cell or table.sections is None:
            return None
        names = tuple(each.name for each in shape.anatomy.description.sections)
        if table.sections.names != names:  # the cell was built anew, and the table is being read again
            return None
        rows = np.sort(afferent.rows)
        rows = rows[(table.section_rows[rows] >= 0) & np.isfinite(table.values("x")[rows])]
        sections, xs = table.section_rows[rows], table.values("x")[rows]
        starts = shape.anatomy.starts
        counts = np.diff(starts)[sections]
        groups, legend = _groups(table, rows, afferent.colour_by)
        return Dots(
            segments=starts[sections] + np.minimum((xs * counts).astype(np.intp), counts - 1),
            xs=xs,
            groups=groups,
            legend=legend,
            keys=rows,
            are_hollow=~afferent.active[rows],
            are_marked=np.isin(rows, afferent.selected),
        )

    def _on_clicked(self, key: int, keys: Qt.KeyboardModifier) -> None:
        table, selection = self._afferent.table, self._afferent.selection
        if table is None:
            return
        if keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            selection.toggle(table.name, key)
        else:
            selection.select_cells(table.name, [key])


def _groups(
    table: "AfferentSynapses", rows: "np.ndarray[Any, Any]", column: str
) -> "tuple[np.ndarray[Any, Any], list[tuple[str, str]]]":
    """Which group each row is of, and what the groups are called and coloured."""
    values = table.values(column)
    known = _KINDS if column == "kind" else tuple(dict.fromkeys(table.values(column).tolist()))
    names = (*known, _UNKNOWN) if column == "kind" else known
    number = {name: place for place, name in enumerate(names)}
    groups = np.array([number.get(value, len(names) - 1) for value in values[rows]], dtype=np.intp)
    groups += len(names) * table.are_unplaced[rows]
    used = np.unique(groups)
    words = (*names, *(f"{name}, {_UNPLACED}" for name in names))
    legend = [(words[each], theme.trace_colour(each)) for each in used.tolist()]
    return np.searchsorted(used, groups), legend
