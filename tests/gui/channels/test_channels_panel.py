"""The channel table and the drugs: from a press to the document, and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.experiment.cell_changes import change_of, drug_on
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.manipulations import Assignment, BlockSodium, Drug
from engine.experiment.targets import Site
from gui.panels.channels.panel import ChannelsPanel
from gui.panels.channels.row import ParameterRow
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.gui.accessibility import nameless_controls
from tests.gui.channels.cells import CELL, OTHER, POINT, described, point

SODIUM = "gnabar_hh"


@pytest.fixture
def session(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A cell is selected and, to all that is known, built; there are no workers."""
    pool = WorkerPool(cores=1)
    session = Session(pool)
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere/circuit_config.json")))
    known = {CELL: described(), POINT: point()}
    monkeypatch.setattr(session.rig, "description", known.get)
    session.selection.select_cell(CELL)
    yield session
    session.rig.shutdown()
    pool.shutdown()


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> ChannelsPanel:
    panel = ChannelsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(340, 1000)
    panel.show()
    with qtbot.waitActive(panel):
        panel.activateWindow()
    qtbot.waitUntil(lambda: panel.is_filled)
    return panel


def type_into(qtbot: QtBot, field: Any, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def experiment_of(session: Session) -> Experiment:
    assert session.document.experiment is not None
    return session.document.experiment


def assigned(session: Session, sections: str, variable: str) -> Assignment | None:
    """What the table's change says, if there is one."""
    change = change_of(experiment_of(session), CELL, sections, variable)
    return change.assignments[0] if change is not None else None


def drug(session: Session, name: str) -> Drug | None:
    return drug_on(experiment_of(session), CELL, name)


def shown(panel: ChannelsPanel) -> list[str]:
    return [
        row.parameter.variable
        for rows in panel.rows.values()
        for row in rows
        if row.parameter is not None and not row.isHidden()
    ]


def pick(qtbot: QtBot, panel: ChannelsPanel, sections: str) -> None:
    panel.sections.setCurrentIndex(panel.sections.findData(sections))
    panel.sections.activated.emit(panel.sections.currentIndex())
    qtbot.waitUntil(lambda: panel.is_filled)


def drag(qtbot: QtBot, slider: QWidget, by: int) -> None:
    """From the handle, which is in the middle, to the side."""
    middle = slider.rect().center()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 6):
        qtbot.mouseMove(slider, middle + QPoint(by * step // 5, 0))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(by, 0))


def test_that_all_that_can_be_changed_is_listed_with_its_values(panel: ChannelsPanel) -> None:
    assert shown(panel) == [
        *(SODIUM, "gkbar_hh", "gIhbar_Ih", "gbar_Mystery"),
        *("cm", "Ra", "g_pas", "e_pas", "gl_hh"),
        *("el_hh", "ehcn_Ih", "ena"),
        "tau_Mystery",
    ]
    assert panel.row(SODIUM).title.text() == "hh: sodium"
    assert panel.row(SODIUM).original.text() == "0.12 S/cm²"
    assert panel.row("gIhbar_Ih").original.text() == "0.0001 to 0.0002 S/cm²"
    assert panel.row("gIhbar_Ih").value.value is None
    assert panel.row("Ra").original.text() == "100 Ω cm"
    assert panel.row("e_pas").original.text() == "\N{MINUS SIGN}70 mV"
    assert not panel.row("ena").slider.isVisibleTo(panel), "half of a potential is no smaller potential"
    assert not panel.revert_all.isEnabled()


def test_that_sections_can_be_picked(qtbot: QtBot, panel: ChannelsPanel) -> None:
    names = [panel.sections.itemText(each) for each in range(panel.sections.count())]
    assert names == ["All sections", "Soma", "Basal dendrites"]
    pick(qtbot, panel, "dend")
    assert shown(panel) == ["gIhbar_Ih", "cm", "Ra", "g_pas", "e_pas", "ehcn_Ih"]
    assert panel.row("cm").original.text() == "1 to 2 µF/cm²"


def test_that_the_chosen_section_can_be_picked_and_is_followed(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    session.selection.select_site(Site(cell=CELL, section="dend[0]"))
    pick(qtbot, panel, "chosen")
    assert panel.sections.currentText() == "Chosen section: dend[0]"
    assert panel.row("gIhbar_Ih").original.text() == "0.0001 S/cm²"
    session.selection.select_site(Site(cell=CELL, section="dend[1]"))
    qtbot.waitUntil(lambda: panel.row("gIhbar_Ih").original.text() == "0.0002 S/cm²")
    type_into(qtbot, panel.row("gIhbar_Ih").factor, "2")
    assert assigned(session, "dend[1]", "gIhbar_Ih") == Assignment(
        variable="gIhbar_Ih", operator="*=", value=2
    )
    session.selection.select_site(None)
    qtbot.waitUntil(lambda: panel.sections.currentText() == "All sections")


def test_that_a_typed_factor_is_one_step_and_undo_comes_back(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.row(SODIUM)
    type_into(qtbot, row.factor, "0.5")
    assert assigned(session, "all", SODIUM) == Assignment(variable=SODIUM, operator="*=", value=0.5)
    assert experiment_of(session).cells == ListedCells(cells=(CELL,)), "who is changed takes part"
    assert row.value.value == 0.06
    assert row.slider.factor == pytest.approx(0.5, abs=0.01)
    assert row.mark.isVisible()
    assert session.document.undo_stack.undoText() == "Change gnabar_hh"
    session.document.undo_stack.undo()
    assert experiment_of(session).manipulations == ()
    assert row.factor.value == 1
    assert not row.mark.isVisible()


def test_that_a_value_is_the_same_everywhere(qtbot: QtBot, session: Session, panel: ChannelsPanel) -> None:
    row = panel.row("gIhbar_Ih")
    type_into(qtbot, row.value, "0.3 mS/cm2")
    assert assigned(session, "all", "gIhbar_Ih") == Assignment(variable="gIhbar_Ih", value=0.0003)
    assert row.factor.value is None, "it is another factor in each section"
    sodium = panel.row(SODIUM)
    type_into(qtbot, sodium.value, "/2")
    assert assigned(session, "all", SODIUM) == Assignment(variable=SODIUM, value=0.06)
    assert sodium.factor.value == 0.5


def test_that_a_drag_is_one_step(qtbot: QtBot, session: Session, panel: ChannelsPanel) -> None:
    row = panel.row(SODIUM)
    drag(qtbot, row.slider, -row.slider.width() // 4)
    found = assigned(session, "all", SODIUM)
    assert found is not None
    assert found.value == row.slider.factor
    assert found.value == pytest.approx(2**0.5 - 1, abs=0.1)
    assert session.document.undo_stack.count() == 1
    qtbot.keyClick(row.slider, Qt.Key.Key_PageUp)
    qtbot.keyClick(row.slider, Qt.Key.Key_PageUp)
    assert session.document.undo_stack.count() == 2


def test_that_the_middle_of_the_slider_is_the_original(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.row(SODIUM)
    for factor in (0.0, 0.25, 1.0, 2.0, 3.0, 50.0):
        row.slider.show_factor(factor)
        assert row.slider.factor == pytest.approx(min(factor, 3.0), rel=0.01)
    type_into(qtbot, row.factor, "2")
    type_into(qtbot, row.factor, "1")
    assert assigned(session, "all", SODIUM) is None, "once the original is no change"
    assert not row.mark.isVisible()


def test_that_reverting_leaves_other_changes(qtbot: QtBot, session: Session, panel: ChannelsPanel) -> None:
    type_into(qtbot, panel.row(SODIUM).factor, "0.5")
    type_into(qtbot, panel.row("Ra").value, "150")
    assert panel.row(SODIUM).revert.accessibleName() == "Revert hh: sodium to 0.12 S/cm²"
    qtbot.mouseClick(panel.row(SODIUM).revert, Qt.MouseButton.LeftButton)
    assert assigned(session, "all", SODIUM) is None
    assert assigned(session, "all", "Ra") is not None
    qtbot.mouseClick(panel.drugs["TTX"].button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.revert_all, Qt.MouseButton.LeftButton)
    assert experiment_of(session).manipulations == ()
    session.document.undo_stack.undo()
    assert len(experiment_of(session).manipulations) == 2


def test_that_what_makes_no_sense_is_refused_in_words(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.row("cm")
    type_into(qtbot, row.value, "0")
    assert row.note.text() == "Must be above 0\N{NO-BREAK SPACE}µF/cm²."
    type_into(qtbot, row.value, "much")
    assert "is not a number" in row.note.text()
    assert experiment_of(session).manipulations == ()
    type_into(qtbot, row.value, "1.5")
    assert row.note.text() == ""


def test_that_one_press_blocks_sodium_and_one_more_gives_it_back(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.drugs["TTX"]
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    found = drug(session, "TTX")
    assert found is not None
    assert (found.percent, found.variables, found.wash_in, found.enabled) == (100.0, (SODIUM,), 0.0, True)
    assert row.button.isChecked()
    assert row.percent.value == 100
    assert session.document.undo_stack.count() == 1
    assert panel.row(SODIUM).note.text() == "0 S/cm² with TTX 100 %"
    type_into(qtbot, row.percent, "40")
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert row.percent.value == 0
    assert panel.row(SODIUM).note.text() == ""
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert row.percent.value == 40, "as it was before it was switched off"
    assert len(experiment_of(session).manipulations) == 1


def test_that_a_drug_washes_in_and_out_at_a_time(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.drugs["TTX"]
    assert not row.wash_in.isVisible()
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    type_into(qtbot, row.wash_in, "0.1 s")
    type_into(qtbot, row.wash_out, "250")
    found = drug(session, "TTX")
    assert found is not None
    assert (found.wash_in, found.wash_out) == (100.0, 250.0)
    assert panel.row(SODIUM).note.text() == "TTX comes at 100 ms"
    type_into(qtbot, row.wash_out, "50")
    assert "more than 100 ms" in row.note.text()
    assert drug(session, "TTX") == found
    assert row.wash_out.value == 250


def test_that_a_drug_without_channels_says_so_and_can_be_given_some(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    row = panel.drugs["Cd"]
    assert not row.button.isEnabled()
    assert not row.slider.isVisible()
    assert row.reason.isVisible()
    assert "calcium" in row.reason.toolTip()
    assert not panel.can_toggle(row.known)
    action = next(each for each in row.by_hand.menu().actions() if each.data() == "gbar_Mystery")
    action.trigger()
    found = drug(session, "Cd")
    assert found is not None
    assert found.variables == ("gbar_Mystery",)
    assert row.button.isEnabled()
    assert row.slider.isVisible()
    assert row.choices.text() == "1 channel"


def test_that_drugs_multiply_with_the_table_and_that_is_told(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    type_into(qtbot, panel.row(SODIUM).factor, "0.5")
    type_into(qtbot, panel.drugs["TTX"].percent, "50")
    assert panel.row(SODIUM).note.text() == "0.03 S/cm² with TTX 50 %"
    pick(qtbot, panel, "soma")
    assert panel.row(SODIUM).note.text() == "0.03 S/cm² with × 0.5 in all sections, TTX 50 %"
    assert panel.row(SODIUM).factor.value == 1


def test_that_the_temperature_is_that_of_the_conditions(
    qtbot: QtBot, session: Session, panel: ChannelsPanel
) -> None:
    type_into(qtbot, panel.celsius, "30")
    assert experiment_of(session).conditions.celsius == 30
    session.document.undo_stack.undo()
    assert panel.celsius.value == experiment_of(session).conditions.celsius


def test_that_changes_of_node_sets_are_not_forgotten(session: Session, panel: ChannelsPanel) -> None:
    note = panel._of_sets
    assert not note.isVisible()
    of_all = BlockSodium(node_set="all")
    wanted = experiment_of(session).model_copy(update={"manipulations": (of_all,)})
    session.document.change(wanted, "Block sodium")
    assert note.isVisible()


def test_that_another_cell_is_another_table(qtbot: QtBot, session: Session, panel: ChannelsPanel) -> None:
    type_into(qtbot, panel.row(SODIUM).factor, "0.5")
    field = panel.row(SODIUM).factor
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.7")
    session.selection.select_cell(OTHER)
    found = assigned(session, "all", SODIUM)
    assert found is not None
    assert found.value == 0.7, "what is typed counts for the cell that was shown"
    assert panel.hint.isVisible()
    assert "not built" in panel.hint.text()
    session.selection.select_cell(POINT)
    assert "point" in panel.hint.text()
    session.selection.clear()
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere/circuit_config.json")))
    assert "Choose a cell" in panel.hint.text()


def test_that_what_nobody_sees_waits_but_drugs_can_be_switched(qtbot: QtBot, session: Session) -> None:
    panel = ChannelsPanel(session)
    qtbot.addWidget(panel)
    assert not any(panel.rows.values())
    actions = {action.id: action for action in panel.actions()}
    ttx = actions["channels.drug.ttx"]
    assert ttx.enabled()
    assert not actions["channels.drug.cd"].enabled()
    ttx.run()
    assert drug(session, "TTX") is not None
    assert ttx.checked is not None
    assert ttx.checked()
    panel.show()
    qtbot.waitUntil(lambda: panel.is_filled)
    assert panel.drugs["TTX"].button.isChecked()
    actions["channels.revert"].run()
    assert not ttx.checked()


def test_that_every_control_has_a_name_and_a_tip(panel: ChannelsPanel) -> None:
    assert nameless_controls(panel) == []
    row = panel.row(SODIUM)
    assert row.value.accessibleName() == "hh: sodium: value in S/cm²"
    for control in (row.slider, row.factor, row.value, *(each.button for each in panel.drugs.values())):
        assert control.toolTip()


def test_that_the_keyboard_reaches_everything_from_top_to_bottom(panel: ChannelsPanel) -> None:
    row, ttx = panel.row(SODIUM), panel.drugs["TTX"]
    wanted: list[QWidget] = [panel.revert_all, ttx.button, ttx.slider, panel.celsius, panel.sections]
    wanted += [row.slider, row.factor, row.value, panel.row("gkbar_hh").slider, panel.row("ena").value]
    seen: list[QWidget] = []
    at: QWidget | None = panel.revert_all
    while at is not None and at not in seen:
        seen.append(at)
        at = at.nextInFocusChain()
    assert [each for each in seen if each in wanted] == wanted
    assert all(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in wanted)


def test_that_a_row_shows_and_does_not_emit(qtbot: QtBot, panel: ChannelsPanel) -> None:
    row = ParameterRow()
    qtbot.addWidget(row)
    heard: list[object] = []
    for signal in (row.multiplied, row.given, row.revert_wanted):
        signal.connect(lambda *what: heard.append(what))
    for parameter in panel._parameters:
        row.show_parameter(parameter, None, "")
    assert heard == []
