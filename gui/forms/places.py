"""Editors for places on cells, and for what is recorded there."""

from typing import Final

from pydantic import BaseModel, ValidationError
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site, Target
from engine.messages.places_in_words import place_in_words
from gui import theme
from gui.forms.anatomy import section_choices, variable_choices
from gui.forms.editors import ComboBox, Editor
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.forms.picking import Choice, PickBox
from gui.forms.surroundings import Surroundings

_KINDS: Final = {
    "site": "One cell",
    "node_set": "Every cell of a node set",
    "compartment_set": "Spots of a compartment set",
}
_UNKNOWN_CELL: Final = "Write a cell as its population and number, such as cortex:12."


class UnclearError(ValueError):
    """What is typed names no place; the message is a sentence."""


def cell_named(text: str) -> CellReference:
    """Return the cell that is written as its population and number; `UnclearError` if it is not."""
    population, _, number = text.rpartition(":")
    if not population or not (number.isascii() and number.isdecimal()) or len(number) > 18:
        raise UnclearError(_UNKNOWN_CELL)
    return CellReference(population, int(number))


class PlaceEditor(Editor):
    """A spot on a cell, and where `kinds` allow it the same spot on many cells, or a list of spots."""

    def __init__(
        self, name: str, kinds: tuple[str, ...], surroundings: Surroundings, parent: QWidget | None = None
    ) -> None:
        super().__init__((name,), parent)
        self.is_wide = True
        self._surroundings = surroundings
        self._place: Target | None = None
        self.kind = ComboBox(self)
        for kind in kinds:
            self.kind.addItem(_KINDS[kind], kind)
        self.kind.setVisible(len(kinds) > 1)
        self.cell, self.node_set, self.compartment_set, self.section = (PickBox(self) for _ in range(4))
        self.position = NumberField(Limits(0.0, 1.0), step=0.05, parent=self)
        self._at = QLabel("at", self)
        self._distance = QLabel(self)
        self._distance.setWordWrap(True)
        self._distance.setAccessibleName("Distance from the soma")
        self._lay_out()
        self._connect()
        self._on_changed()

    @override
    def show_model(self, model: BaseModel) -> None:
        self._show(getattr(model, self.names[0]))

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self._place}

    @override
    def warning(self) -> str:
        if self._has_section() and (known := self.section.names) and not self._is_known_section():
            return f"This cell has no section {self.section.text}; it has {len(known)} others."
        return ""

    @override
    def controls(self) -> tuple[QWidget, ...]:
        boxes = self.kind, self.cell, self.node_set, self.compartment_set, self.section, self.position
        return boxes if self.kind.count() > 1 else boxes[1:]

    @override
    def show_title(self, title: str, description: str) -> None:
        named = (
            (self.kind, title, description or "Where it is"),
            (self.cell, f"{title}: cell", "Population and number, such as cortex:12"),
            (self.node_set, f"{title}: node set", "A node set of the circuit or the experiment"),
            (self.compartment_set, f"{title}: compartment set", "Of the circuit or the experiment"),
            (self.section, f"{title}: section", "Such as soma[0] or apic[12]; type to search"),
            (self.position, f"{title}: position", "0 is the near end of the section, 1 the far end"),
        )
        for control, name, tip in named:
            control.setAccessibleName(name)
            control.setToolTip(tip)

    def _lay_out(self) -> None:
        spot = QHBoxLayout()
        spot.addWidget(self.section, 3)
        spot.addWidget(self._at)
        spot.addWidget(self.position, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.kind, self.cell, self.node_set, self.compartment_set):
            layout.addWidget(widget)
        layout.addLayout(spot)
        layout.addWidget(self._distance)

    def _connect(self) -> None:
        self.kind.activated.connect(self._on_kind)
        for box in (self.cell, self.node_set, self.compartment_set, self.section):
            box.committed.connect(self._on_edited)
            box.left.connect(self.finished)
        self.position.edited.connect(self._on_edited)
        self.position.complained.connect(self.complained)
        self.position.finished.connect(self.finished)
        self._surroundings.changed.connect(self._on_changed)
        theme.notifier().changed.connect(self._show_distance)

    def _show(self, place: Target) -> None:
        self._place = place
        self.kind.setCurrentIndex(self.kind.findData(place.kind))
        self.cell.setVisible(isinstance(place, Site))
        self.node_set.setVisible(isinstance(place, NodeSetTarget))
        self.compartment_set.setVisible(isinstance(place, CompartmentSetTarget))
        for widget in (self.section, self._at, self.position):
            widget.setVisible(not isinstance(place, CompartmentSetTarget))
        match place:
            case Site():
                self.cell.show_text(str(place.cell))
            case NodeSetTarget():
                self.node_set.show_text(place.node_set)
            case CompartmentSetTarget():
                self.compartment_set.show_text(place.compartment_set)
        if not isinstance(place, CompartmentSetTarget):
            self.section.show_text(place.section)
            self.position.show_value(place.x)
        self._show_sections()

    def _wanted(self, kind: str) -> Target:
        section, x = (
            self.section.text or "soma[0]",
            0.5 if self.position.value is None else self.position.value,
        )
        match kind:
            case "site":
                return Site(cell=self._wanted_cell(), section=section, x=x)
            case "node_set":
                return NodeSetTarget(node_set=_first(self.node_set, "node set"), section=section, x=x)
            case _:
                return CompartmentSetTarget(compartment_set=_first(self.compartment_set, "compartment set"))

    def _wanted_cell(self) -> CellReference:
        return cell_named(self.cell.text or next(iter(self.cell.names), ""))

    def _take(self, kind: str) -> None:
        try:
            place = self._wanted(kind)
        except ValidationError:
            self.complained.emit("Write a section such as soma[0] or apic[12].")
        except UnclearError as error:
            self.complained.emit(str(error))
        else:
            self.complained.emit("")
            self._show(place)
            self.edited.emit()

    def _on_edited(self) -> None:
        self._take(self.kind.currentData())

    def _on_kind(self, _index: int) -> None:
        self._take(self.kind.currentData())
        if self._place is not None:
            self.kind.setCurrentIndex(self.kind.findData(self._place.kind))
        self.finished.emit()

    def _on_changed(self) -> None:
        self.cell.show_choices([Choice(str(cell)) for cell in self._surroundings.cells()])
        self.node_set.show_choices([Choice(name) for name in self._surroundings.node_sets()])
        self.compartment_set.show_choices([Choice(name) for name in self._surroundings.compartment_sets()])
        self._show_sections()

    def _show_sections(self) -> None:
        found = None
        if isinstance(self._place, Site):
            found = self._surroundings.description(self._place.cell)
        elif isinstance(self._place, NodeSetTarget):
            found = self._surroundings.any_description()
        self.section.show_choices(section_choices(found))
        self._show_distance()

    def _show_distance(self) -> None:
        self._distance.setStyleSheet(f"color: {theme.colours().muted_text};")
        text = ""
        if isinstance(self._place, Site):
            found = self._surroundings.description(self._place.cell)
            if found is not None:
                text = place_in_words(found, self._place.section, self._place.x)
            elif self._surroundings.is_building(self._place.cell):
                text = "building the cell…"
        self._distance.setText(text)
        self._distance.setVisible(bool(text))

    def _has_section(self) -> bool:
        return isinstance(self._place, Site)

    def _is_known_section(self) -> bool:
        return self.section.text in self.section.names or f"{self.section.text}[0]" in self.section.names


class VariableEditor(Editor):
    """A variable that can be recorded: at the recording's own place, or anywhere."""

    def __init__(self, name: str, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__((name,), parent)
        self._surroundings = surroundings
        self._site: Site | None = None
        self.box = PickBox(self)
        self.box.committed.connect(self.edited)
        self.box.left.connect(self.finished)
        self._put(self.box)
        surroundings.changed.connect(self._on_changed)

    @override
    def show_model(self, model: BaseModel) -> None:
        site = getattr(model, "site", None)
        self._site = site if isinstance(site, Site) else None
        self.box.show_text(getattr(model, self.names[0]))
        self._on_changed()

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self.box.text}

    @override
    def warning(self) -> str:
        text, known = self.box.text, self.box.names
        if not text or not known or text in known or "." in text:
            return ""  # of a point process, such as IClamp.i: it may be put there by the run
        return f"“{text}” is not there; the list shows what is."

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self.box,)

    def _on_changed(self) -> None:
        if self._site is not None:
            found = self._surroundings.description(self._site.cell)
            self.box.show_choices(variable_choices(found, self._site.section))
        else:
            self.box.show_choices(variable_choices(self._surroundings.any_description(), None))


def _first(box: PickBox, what: str) -> str:
    """What is picked, or else the first of the list."""
    name = box.text or next(iter(box.names), "")
    if not name:
        raise UnclearError(f"There is no {what} to choose from: the circuit and the experiment have none.")
    return name
