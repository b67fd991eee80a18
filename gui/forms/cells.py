"""Editors of manipulations: whose cells are changed, and which conductances a drug blocks."""

from typing import Any, Final

from pydantic import BaseModel
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.targets import CellReference
from engine.messages.parameters import parameters_of
from gui.forms.editors import ComboBox, Editor
from gui.forms.picking import Choice, PickBox
from gui.forms.places import UnclearError, cell_named
from gui.forms.surroundings import Surroundings
from gui.widgets.choices_button import ChoicesButton

_KINDS: Final = {"cell": "One cell", "node_set": "Every cell of a node set"}
_MOST_NAMED: Final = 2


class CellsEditor(Editor):
    """One cell, or the cells of a node set: two fields of which one is empty."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(("node_set", "cell"), parent)
        self.is_wide, self.has_default = True, False
        self.title = "Cells"
        self._surroundings = surroundings
        self._wanted: dict[str, object] = {"node_set": None, "cell": None}
        self.kind = ComboBox(self)
        for kind, words in _KINDS.items():
            self.kind.addItem(words, kind)
        self.cell, self.node_set = PickBox(self), PickBox(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.kind, self.cell, self.node_set):
            layout.addWidget(widget)
        self.kind.activated.connect(self._on_kind)
        for box in (self.cell, self.node_set):
            box.committed.connect(self._on_edited)
            box.left.connect(self.finished)
        surroundings.changed.connect(self._on_changed)
        self._on_changed()

    @override
    def show_model(self, model: BaseModel) -> None:
        cell: CellReference | None = getattr(model, "cell", None)
        node_set: str | None = getattr(model, "node_set", None)
        self._wanted = {"node_set": node_set, "cell": cell}
        if cell is not None:
            self.cell.show_text(str(cell))
        if node_set is not None:
            self.node_set.show_text(node_set)
        self._show_kind("node_set" if cell is None else "cell")

    @override
    def values(self) -> dict[str, object]:
        return self._wanted

    @override
    def warning(self) -> str:
        box = self.cell if self.kind.currentData() == "cell" else self.node_set
        known = box.names
        return f"There is no “{box.text}” here." if box.text and known and box.text not in known else ""

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return self.kind, self.cell, self.node_set

    @override
    def show_title(self, title: str, description: str) -> None:
        named = (
            (self.kind, title, "Whose parameters change"),
            (self.cell, f"{title}: cell", "Population and number, such as cortex:12"),
            (self.node_set, f"{title}: node set", "A node set of the circuit or the experiment"),
        )
        for control, name, tip in named:
            control.setAccessibleName(name)
            control.setToolTip(tip)

    def _take(self, kind: str) -> None:
        try:
            if kind == "cell":
                text = self.cell.text or next(iter(self.cell.names), "")
                self._wanted = {"node_set": None, "cell": cell_named(text)}
            else:
                text = self.node_set.text or next(iter(self.node_set.names), "")
                self._wanted = {"node_set": text or None, "cell": None}
        except UnclearError as error:
            self.complained.emit(str(error))
        else:
            self.complained.emit("")
            self.edited.emit()

    def _on_edited(self) -> None:
        self._take(self.kind.currentData())

    def _on_kind(self, _index: int) -> None:
        self._show_kind(self.kind.currentData())
        self._take(self.kind.currentData())
        self.finished.emit()

    def _show_kind(self, kind: str) -> None:
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.cell.setVisible(kind == "cell")
        self.node_set.setVisible(kind == "node_set")

    def _on_changed(self) -> None:
        self.cell.show_choices([Choice(str(cell)) for cell in self._surroundings.cells()])
        self.node_set.show_choices([Choice(name) for name in self._surroundings.node_sets()])


class ConductancesEditor(Editor):
    """Maximal conductances by their names: those of the cell to choose from, and what is chosen already."""

    def __init__(self, name: str, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__((name,), parent)
        self._surroundings = surroundings
        self._model: BaseModel | None = None
        self._wanted: tuple[str, ...] = ()
        self._offered: dict[str, str] = {}  # stays while the same drug is shown: what is ticked off too
        self.button = ChoicesButton(self)
        self.button.chosen.connect(self._on_chosen)
        self._put(self.button)
        surroundings.changed.connect(self._show)

    @override
    def show_model(self, model: BaseModel) -> None:
        if getattr(model, "id", "") != getattr(self._model, "id", ""):
            self._offered = {}
        self._model = model
        self._wanted = getattr(model, self.names[0])
        self._show()

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self._wanted}

    @override
    def in_words(self, value: Any) -> str:
        return ", ".join(value)

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self.button,)

    def _show(self) -> None:
        if self._model is None:
            return
        chosen: tuple[str, ...] = getattr(self._model, self.names[0])
        self._offered |= self._choices()
        for name in chosen:
            self._offered.setdefault(name, name)
        self.button.show_choices(self._offered, chosen)
        more = f" and {len(chosen) - _MOST_NAMED} more" if len(chosen) > _MOST_NAMED else ""
        self.button.setText(", ".join(chosen[:_MOST_NAMED]) + more)

    def _choices(self) -> dict[str, str]:
        cell: CellReference | None = getattr(self._model, "cell", None)
        found = self._surroundings.description(cell) if cell is not None else None
        found = found or self._surroundings.any_description()
        parameters = parameters_of(found) if found is not None else ()
        return {
            each.variable: f"{each.variable}, {each.words.lower()}"
            for each in parameters
            if each.is_conductance
        }

    def _on_chosen(self, names: tuple[str, ...]) -> None:
        self._wanted = names
        self.edited.emit()
        self.finished.emit()
        self._show()  # what was refused is as before
