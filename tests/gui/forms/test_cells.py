"""Whose cells a manipulation changes, and what a drug blocks: their editors."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from engine.experiment.manipulations import BlockSodium, Drug
from engine.experiment.targets import CellReference
from gui.forms.cells import CellsEditor, ConductancesEditor
from gui.forms.form import Form
from tests.gui.forms.conftest import CELL

DRUG = Drug(id="drug", cell=CELL, variables=("gnabar_hh", "gkbar_hh", "gl_hh"))


@pytest.fixture
def form(qtbot, surroundings) -> Any:
    form = Form(Drug, surroundings)
    form.edited.connect(lambda model, _name: form.show_model(model))
    form.show_model(DRUG)
    qtbot.addWidget(form)
    form.show()
    return form


def cells_of(form: Form) -> CellsEditor:
    editor = form.rows["node_set"].editor
    assert isinstance(editor, CellsEditor)
    return editor


def blocked_of(form: Form) -> ConductancesEditor:
    editor = form.rows["variables"].editor
    assert isinstance(editor, ConductancesEditor)
    return editor


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def write(qtbot, line: Any, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def whose(form: Form) -> tuple[Any, Any]:
    return getattr(form.model, "node_set", ""), getattr(form.model, "cell", "")


def test_that_a_cell_becomes_a_node_set_and_back(qtbot, form):
    editor = cells_of(form)
    choose(editor.kind, "node_set")
    assert whose(form) == ("Excitatory", None)
    choose(editor.kind, "cell")
    assert whose(form) == (None, CELL)
    write(qtbot, editor.cell.line, "column:7")
    assert whose(form) == (None, CellReference("column", 7))


def test_that_what_is_no_cell_is_refused_in_words(qtbot, form):
    write(qtbot, cells_of(form).cell.line, "nobody")
    assert form.model.cell == CELL
    assert "population and number" in form.rows["node_set"].refusal


def test_that_older_changes_of_a_node_set_are_shown(form, surroundings, qtbot):
    other = Form(BlockSodium, surroundings)
    qtbot.addWidget(other)
    other.show_model(BlockSodium(node_set="All"))
    assert cells_of(other).kind.currentData() == "node_set"
    assert cells_of(other).node_set.text == "All"


def test_that_what_a_drug_blocks_can_be_ticked_off_but_not_all_of_it(form):
    button = blocked_of(form).button
    assert button.text() == "gnabar_hh, gkbar_hh and 1 more"
    for action in button.menu().actions()[1:]:
        action.trigger()
    assert form.model.variables == ("gnabar_hh",)
    assert button.text() == "gnabar_hh"
    (first, *_others) = button.menu().actions()
    first.trigger()
    assert form.model.variables == ("gnabar_hh",)
    assert form.rows["variables"].refusal == "Blocks cannot be empty."
    assert first.isChecked()
