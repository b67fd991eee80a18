"""Forms made from models."""

from typing import Annotated

import pytest
from pydantic import Field
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from engine.experiment import stimuli as s
from engine.experiment.base import Frozen, changed
from engine.experiment.conditions import Conditions
from engine.experiment.stimuli import ArbitraryWaveform, VoltageLevel
from engine.experiment.targets import CompartmentSetTarget, NodeSetTarget, Site
from engine.messages import events as e
from gui.forms.form import Form
from gui.forms.making import editors_for
from tests.gui.forms.conftest import CELL, MODELS, SPOT


def name_of(model):
    return type(model).__name__


@pytest.fixture
def show(qtbot, surroundings):
    made = []

    def show(model):
        form = Form(type(model), surroundings)
        form.show_model(model)
        qtbot.addWidget(form)
        form.show()
        with qtbot.waitActive(form):
            form.activateWindow()
        made.append(form)
        return form

    return show


def control(form, field, index=0):
    return form.rows[field].editor.controls()[index]


def type_into(qtbot, field, text, key=Qt.Key.Key_Return):
    field.setFocus()
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_that_every_model_has_a_form_that_shows_it_without_a_word(qtbot, show, surroundings, model):
    form = Form(type(model), surroundings)
    qtbot.addWidget(form)
    said = []
    form.edited.connect(lambda *what: said.append(what))
    form.show_model(model)
    form.show_model(changed(model))
    titled = {name for name, field in type(model).model_fields.items() if field.title}
    shown = {name for row in form.rows.values() for name in row.editor.names}
    assert titled - shown <= {"delay"}  # a voltage clamp begins at 0
    assert said == []


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_that_what_a_form_shows_is_the_model(show, model):
    form = show(model)
    values = {name: value for row in form.rows.values() for name, value in row.editor.values().items()}
    assert changed(model, **values) == model


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_that_every_control_has_a_name(show, model):
    form = show(model)
    for row in form.rows.values():
        assert all(each.accessibleName() for each in row.editor.controls())
    nameless = [
        each
        for each in form.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.isVisibleTo(form)
        and not each.accessibleName()
    ]
    assert [each for each in nameless if each.focusProxy() is None and not _is_inside(each)] == []


def _is_inside(widget):
    """A part of a control, such as the line of a combo box or the corner of a table."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, Form):
        if parent.accessibleName():
            return True
        parent = parent.parentWidget()
    return False


def test_that_a_field_of_an_unknown_type_fails_and_names_the_table(qtbot, surroundings):
    class Odd(Frozen):
        what: Annotated[complex, Field(title="What")] = 0j

    parent = QWidget()
    qtbot.addWidget(parent)
    with pytest.raises(TypeError, match=r"what.*complex.*gui\.forms\.making\._BY_TYPE"):
        editors_for(Odd, surroundings, parent)


def test_that_typing_makes_a_new_model(qtbot, show):
    form = show(s.Step(target=SPOT))
    with qtbot.waitSignal(form.edited) as edited:
        type_into(qtbot, control(form, "amplitude"), "50p")
    assert edited.args == [changed(form.model, amplitude=0.05), "amplitude"]


def test_that_a_revert_button_goes_back_to_the_default(qtbot, show):
    form = show(s.Step(target=SPOT, amplitude=0.3))
    button = next(
        each
        for each in form.findChildren(QAbstractButton)
        if each.accessibleName() == "Revert Amplitude to 0.1 nA"
    )
    with qtbot.waitSignal(form.edited) as edited:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert edited.args[0].amplitude == 0.1
    assert not button.isEnabled()


def test_that_a_model_that_refuses_says_why_below_the_field(qtbot, show):
    form = show(s.PulseTrain(target=SPOT))
    edits = []
    form.edited.connect(lambda *what: edits.append(what))
    field = control(form, "width")
    type_into(qtbot, field, "60")
    assert form.rows["width"].message.text().startswith("Pulses of 60 ms do not fit into a period of 50 ms")
    assert form.rows["width"].message.isVisible()
    control(form, "frequency").setFocus()
    assert (field.value, edits) == (2.0, [])


@pytest.mark.parametrize("typed", ["1e9", "nan", "abc", "--", "-5"])
@pytest.mark.parametrize("model", [s.OrnsteinUhlenbeck(target=SPOT), Conditions()], ids=name_of)
def test_that_nonsense_never_gets_into_a_model(qtbot, show, model, typed):
    form = show(model)
    form.edited.connect(lambda new, _name: type(new).model_validate(dict(new)))
    for name, row in form.rows.items():
        for each in row.editor.controls():
            if hasattr(each, "selectAll") and each.isVisible():
                type_into(qtbot, each, typed)
        assert form.model is not None, name
    numbers = [value for value in dict(form.model).values() if isinstance(value, float)]
    assert 1e9 not in numbers


def test_that_a_refusal_is_not_said_of_another_stimulus(qtbot, show):
    form = show(s.Step(target=SPOT))
    type_into(qtbot, control(form, "amplitude"), "abc")
    assert form.rows["amplitude"].message.text() == "“abc” is not a number."
    control(form, "delay").setFocus()
    form.show_model(s.Step(target=SPOT))
    assert form.rows["amplitude"].message.text() == ""


def test_that_the_unit_follows_the_mode(qtbot, show):
    form = show(s.OrnsteinUhlenbeck(target=SPOT))
    assert control(form, "mean").lineEdit().text() == "0.1 nA"
    assert not control(form, "reversal").isVisible()
    form.show_model(changed(form.model, mode="conductance"))
    assert control(form, "mean").lineEdit().text() == "0.1 µS"
    assert control(form, "reversal").isVisible()


def test_that_an_empty_number_says_what_it_means(qtbot, show):
    form = show(Conditions())
    form._more.setChecked(True)
    field = control(form, "extracellular_calcium")
    assert field.lineEdit().placeholderText() == "as it is"
    type_into(qtbot, field, "1.2")
    assert form.model.extracellular_calcium == 1.2
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert form.model.extracellular_calcium is None


def test_that_rare_fields_are_folded_and_counted_when_they_differ(show):
    form = show(Conditions(random_seed=5))
    assert not control(form, "random_seed").isVisible()
    assert form._more.text() == "More (1 changed)"


def test_that_choices_are_in_words(qtbot, show):
    form = show(Conditions())
    box = control(form, "integration_method")
    assert [box.itemText(index) for index in range(box.count())] == [
        *("Implicit Euler", "Crank–Nicolson", "Crank–Nicolson + ions")
    ]


def test_that_the_tab_key_goes_down_the_form(qtbot, show):
    form = show(s.Step(target=SPOT))
    control(form, "delay").setFocus()
    visited = []
    for _ in range(3):
        widget = QApplication.focusWidget()
        assert widget is not None
        visited.append(widget.accessibleName())
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert visited == ["Delay", "Duration", "Amplitude"]


def test_that_a_cell_of_a_table_can_be_edited(qtbot, show):
    form = show(s.VoltageClamp(target=SPOT, levels=(VoltageLevel(duration=50, voltage=-65),)))
    grid = form.rows["levels"].editor.grid
    assert grid.setData(grid.index(0, 1), "-0.08 V")
    assert form.model.levels == (VoltageLevel(duration=50, voltage=-80),)
    assert not grid.setData(grid.index(0, 0), "0")
    assert form.rows["levels"].message.text() == (
        "Row 1, Duration (ms): Must be above 0 and at most 10\u00a0000\u00a0000\u00a0ms."
    )


def test_that_rows_are_added_and_removed(qtbot, show):
    form = show(ArbitraryWaveform(target=SPOT))
    editor = form.rows["times"].editor
    view, add, remove = editor.controls()[:3]
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert (form.model.times, form.model.amplitudes) == ((0, 10, 20), (0, 0.1, 0.1))
    view.selectRow(0)
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert form.model.times == (10, 20)


def test_that_points_are_pasted_from_a_spreadsheet(qtbot, show):
    form = show(ArbitraryWaveform(target=SPOT))
    QApplication.clipboard().setText("0\t0\n5\t0.2\n10\t50p\n")
    view = control(form, "times")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (form.model.times, form.model.amplitudes) == ((0, 5, 10), (0, 0.2, 0.05))
    form.rows["times"].editor.grid.paste("1;two", 0)
    assert form.rows["times"].message.text() == "Line 1 of what was pasted: “two” is not a number."


def test_that_points_are_loaded_from_a_file(qtbot, show, tmp_path):
    form = show(ArbitraryWaveform(target=SPOT))
    path = tmp_path / "chirp.csv"
    path.write_text("time (ms), current (pA)\n0, 0\n3, 100\n")
    with qtbot.waitSignal(form.edited):
        form.rows["times"].editor.load(path)
    assert (form.model.times, form.model.amplitudes) == ((0, 3), (0, 0.1))
    path.write_text("0, 0\n3, x\n")
    with qtbot.waitSignal(form.rows["times"].editor.complained) as said:
        form.rows["times"].editor.load(path)
    assert said.args[0].startswith("Line 2: 'x' is not a number.")


def test_that_variables_of_mechanisms_are_a_table(qtbot, show):
    form = show(Conditions(mechanism_globals={"hh": {"usetable_hh": 0, "note": "5"}}))
    grid = form.rows["mechanism_globals"].editor.grid
    assert [grid.data(grid.index(row, 2)) for row in (0, 1)] == ["0", '"5"']
    form._more.setChecked(True)
    qtbot.mouseClick(control(form, "mechanism_globals", 1), Qt.MouseButton.LeftButton)
    for column, text in enumerate(("StochKv", "vmin", "-100.5")):
        grid.setData(grid.index(2, column), text)
    assert form.model.mechanism_globals == {
        "hh": {"usetable_hh": 0, "note": "5"},
        "StochKv": {"vmin": -100.5},
    }


def test_that_the_place_is_one_of_the_cells_and_sets(qtbot, show):
    form = show(s.Step(target=SPOT))
    editor = form.rows["target"].editor
    assert editor.cell.names == ("column:105", "column:7")
    assert editor.node_set.names == ("Excitatory", "All")
    type_into(qtbot, editor.cell, "column:7")
    assert form.model.target == Site(cell=type(CELL)("column", 7), section="apic[3]", x=0.25)
    editor.kind.setCurrentIndex(1)
    editor.kind.activated.emit(1)
    assert form.model.target == NodeSetTarget(node_set="Excitatory", section="apic[3]", x=0.25)
    editor.kind.setCurrentIndex(2)
    editor.kind.activated.emit(2)
    assert "no compartment set" in form.rows["target"].message.text()
    assert not isinstance(form.model.target, CompartmentSetTarget)


@pytest.mark.parametrize("typed", ["column", "column:x", ":5", "column:-1"])
def test_that_a_cell_that_is_none_is_refused(qtbot, show, typed):
    form = show(s.Step(target=SPOT))
    type_into(qtbot, form.rows["target"].editor.cell, typed)
    assert form.model.target == SPOT
    assert form.rows["target"].message.text().startswith("Write a cell as its population and number")


HH = e.MechanismKind(
    name="hh",
    variables=(e.VariableKind(name="hh.m", hoc_name="m_hh", unit="", role="state"),),
)
SODIUM = e.MechanismKind(
    name="na_ion",
    variables=(e.VariableKind(name="ina", hoc_name="ina", unit="mA/cm²", role="assigned"),),
)


def section(name, kind, distance, *mechanisms):
    return e.SectionDescription(
        name=name,
        section_type=kind,
        number=None,
        parent=None,
        parent_x=0,
        length=40,
        axial_resistance=100,
        distance_from_soma=distance,
        diameters=(1.0,),
        first_point=0,
        points=0,
        mechanisms=tuple(e.InsertedMechanism(name=each, values=()) for each in mechanisms),
    )


BUILT = e.Description(
    request_id="",
    cell=CELL,
    sections=(
        section("apic[3]", "apic", 100),
        section("soma[0]", "soma", 0, "hh", "na_ion"),
        section("dend[0]", "dend", 10, "na_ion"),
    ),
    section_lists={},
    mechanisms=(HH, SODIUM),
    point_processes=(),
)


def test_that_sections_and_distances_come_with_the_built_cell(qtbot, show, session, monkeypatch):
    form = show(s.Step(target=SPOT))
    editor = form.rows["target"].editor
    edits = []
    form.edited.connect(lambda *what: edits.append(what))
    assert editor.section.names == ()
    monkeypatch.setattr(session.rig, "description", lambda cell: BUILT if cell == CELL else None)
    session.rig.described.emit(CELL)
    assert editor.section.names == ("soma[0]", "dend[0]", "apic[3]")
    headings = [editor.section.itemText(row) for row in range(editor.section.count())]
    assert [each for each in headings if "[" not in each] == ["Soma", "Basal dendrites", "Apical dendrites"]
    shown = [each.text() for each in editor.findChildren(QLabel)]
    assert "110 µm from the soma" in shown
    assert edits == []
    type_into(qtbot, editor.section, "dend[9]")
    assert form.rows["target"].message.text() == "This cell has no section dend[9]; it has 3 others."


def test_that_only_variables_that_are_there_are_offered(qtbot, show, session, monkeypatch):
    from engine.experiment.recordings import SiteRecording

    monkeypatch.setattr(session.rig, "description", lambda cell: BUILT if cell == CELL else None)
    form = show(SiteRecording(site=Site(cell=CELL, section="soma[0]")))
    box = form.rows["variable"].editor.box
    assert box.names == ("v", "i_membrane", "hh.m", "ina")
    assert "ina (mA/cm²)" in [box.itemText(row) for row in range(box.count())]
    form.show_model(SiteRecording(site=Site(cell=CELL, section="dend[0]"), variable="cai"))
    assert box.names == ("v", "i_membrane", "ina")
    assert form.rows["variable"].message.text() == "“cai” is not there; the list shows what is."
