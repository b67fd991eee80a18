"""Every edit of the list: with mouse and keys, one step each, and undone to the same document."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.edits import with_manipulation, with_recording, with_replay, with_stimulus
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.manipulations import BlockSodium
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Holding, Sine, Step
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import NodeSetTarget, Site
from gui import actions, theme
from gui.models.experiment_list import GROUPS, ExperimentTree
from gui.panels.experiment.panel import ExperimentPanel
from gui.panels.experiment.two_lines import TwoLines
from gui.panels.experiment.view import ExperimentView
from gui.session.selection import CONDITIONS
from tests.gui.experiment.conftest import COLUMN, INTERNEURON, PYRAMIDAL, Bench, Open

_SITE = Site(cell=PYRAMIDAL)
_STEP, _SINE, _HOLDING = Step(target=_SITE), Sine(target=Site(cell=INTERNEURON)), Holding(target=_SITE)
_VOLTAGE = SiteRecording(site=_SITE)
_CURRENT = StimulusRecording(stimulus=_STEP.id)


def _full() -> Experiment:
    experiment = Experiment(
        circuit=CircuitReference(path=COLUMN.as_posix()), cells=ListedCells(cells=(PYRAMIDAL, INTERNEURON))
    )
    for stimulus in (_STEP, _SINE, _HOLDING):
        experiment = with_stimulus(experiment, stimulus)
    return with_recording(with_recording(experiment, _VOLTAGE), _CURRENT)


def _view(bench: Bench) -> ExperimentView:
    (view,) = bench.panel.findChildren(ExperimentView)
    return view


def _model(bench: Bench) -> ExperimentTree:
    model = _view(bench).model()
    assert isinstance(model, ExperimentTree)
    return model


def _texts(bench: Bench, group: str) -> list[str]:
    model = _model(bench)
    parent = model.index(GROUPS.index(group), 0)
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def _click(qtbot: QtBot, bench: Bench, key: str) -> None:
    view = _view(bench)
    view.scrollTo(_model(bench).index_of(key))
    place = view.visualRect(_model(bench).index_of(key)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _has_more_than(bench: Bench, count: int) -> bool:
    return len(bench.experiment.stimuli) > count


_EDITS: dict[str, tuple[Callable[[Bench], object], str]] = {
    "duplicate": (lambda bench: bench.trigger("element.duplicate"), "Duplicate stimulus"),
    "delete": (lambda bench: bench.trigger("element.delete"), "Delete stimulus and 1 recording of it"),
    "switch off": (lambda bench: bench.trigger("element.toggle"), "Switch stimulus off"),
    "down": (lambda bench: bench.trigger("element.move_down"), "Move stimulus"),
    "rename": (lambda bench: bench.panel.editing.rename(_STEP.id, "IDrest"), "Rename stimulus"),
    "record voltage": (lambda bench: bench.trigger("recording.add"), "Add recording"),
    "record current": (lambda bench: bench.trigger("recording.add.current"), "Add recording of current"),
    "remove cell": (
        lambda bench: bench.trigger("cell.remove"),
        "Remove cell column:105 with 2 stimuli and 2 recordings",
    ),
}


@pytest.mark.parametrize("name", _EDITS)
def test_that_each_edit_is_one_named_step_that_can_be_undone(open_bench: Open, name: str) -> None:
    bench = open_bench(experiment=_full())
    before = bench.experiment
    bench.session.selection.select_cell(PYRAMIDAL)
    bench.session.selection.select_element(_STEP.id)
    edit, text = _EDITS[name]
    edit(bench)
    stack = bench.session.document.undo_stack
    assert bench.experiment != before and (stack.count(), stack.undoText()) == (1, text)
    after = bench.experiment
    stack.undo()
    assert bench.experiment is before
    stack.redo()
    assert bench.experiment is after


def test_that_each_preset_is_one_step_in_the_menu(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench()
    bench.session.selection.select_cell(PYRAMIDAL)
    for action in bench.panel.actions():
        if action.id.startswith("stimulus.add."):
            count = len(bench.experiment.stimuli)
            bench.trigger(action.id)
            qtbot.waitUntil(partial(_has_more_than, bench, count))
            newest = bench.experiment.stimuli[-1].id
            qtbot.waitUntil(partial(_is_selected, bench, newest))
    while bench.session.document.undo_stack.canUndo():
        bench.session.document.undo_stack.undo()
    assert bench.experiment == Experiment(circuit=bench.experiment.circuit)


def test_that_the_keyboard_alone_renames_duplicates_switches_and_deletes(
    qtbot: QtBot, open_bench: Open
) -> None:
    bench = open_bench(experiment=_full())
    view = _view(bench)
    view.setFocus()
    bench.session.selection.select_element(_STEP.id)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    qtbot.keyClicks(editor, "IDrest")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.experiment.stimuli[0].name == "IDrest")
    qtbot.keyClick(view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    copy = bench.experiment.stimuli[1]
    assert copy.name == "IDrest" and bench.session.selection.element == copy.id
    paused: list[bool] = []
    QShortcut(QKeySequence("Space"), bench.window, lambda: paused.append(True))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not paused  # Space means the row while the list has the focus
    assert [each.enabled for each in bench.experiment.stimuli] == [True, False, True, True]
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [each.kind for each in bench.experiment.stimuli] == ["step", "sine", "step", "holding"]
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert [each.id for each in bench.experiment.stimuli] == [_STEP.id, _SINE.id, _HOLDING.id]
    assert bench.session.selection.element == _HOLDING.id  # the neighbour
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert bench.session.selection.element == _SINE.id


def test_that_a_name_being_typed_survives_what_happens_elsewhere(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    bench.session.selection.select_element(_STEP.id)
    bench.trigger("element.rename")
    (editor,) = _view(bench).findChildren(QLineEdit)
    qtbot.keyClicks(editor, "IDre")
    bench.panel._known.learnt.emit()
    bench.session.document.change(
        with_recording(bench.experiment, SiteRecording(site=_SITE)), "Add recording"
    )
    qtbot.keyClicks(editor, "st")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.experiment.stimuli[0].name == "IDrest")
    assert _texts(bench, "Recordings")[1] == "Current of IDrest"


def test_that_keys_of_a_text_field_stay_there(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    before = bench.experiment
    bench.session.selection.select_cell(PYRAMIDAL)
    bench.session.selection.select_element(_STEP.id)
    bench.field.setFocus()
    qtbot.keyClicks(bench.field, "I x")
    qtbot.keyClick(bench.field, Qt.Key.Key_Home)
    qtbot.keyClick(bench.field, Qt.Key.Key_Delete)
    assert bench.field.text() == " x"
    qtbot.keyClick(bench.field, Qt.Key.Key_Delete, Qt.KeyboardModifier.KeypadModifier)
    assert bench.experiment is before


def test_that_deleting_a_cell_row_takes_what_is_on_it(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    view = _view(bench)
    view.setFocus()
    _click(qtbot, bench, str(INTERNEURON))
    assert bench.session.selection.current == INTERNEURON and bench.session.selection.element == ""
    bench.actions.refresh()
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert bench.experiment.cells == ListedCells(cells=(PYRAMIDAL,))
    assert bench.session.document.undo_stack.undoText() == "Remove cell column:150 with 1 stimulus"


def test_that_a_check_box_switches_and_a_row_selects(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    qtbot.waitUntil(lambda: bench.panel._known.facts(PYRAMIDAL) is not None)  # rows move when it comes
    _click(qtbot, bench, _VOLTAGE.id)
    assert bench.session.selection.element == _VOLTAGE.id
    view = _view(bench)
    index = _model(bench).index_of(_VOLTAGE.id)
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    delegate = view.itemDelegate()
    assert isinstance(delegate, TwoLines)
    delegate.initStyleOption(option, index)
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert not bench.experiment.recordings[0].enabled
    _click(qtbot, bench, CONDITIONS)
    assert bench.session.selection.element == CONDITIONS


@pytest.mark.parametrize(
    ("dragged", "row", "expected"),
    [
        (0, 3, "sine holding step"),
        (2, 0, "holding step sine"),
        (0, 1, "step sine holding"),
        (0, 2, "sine step holding"),
        (1, -1, "step holding sine"),
    ],
)
def test_that_rows_are_reordered_by_dragging(open_bench: Open, dragged: int, row: int, expected: str) -> None:
    bench = open_bench(experiment=_full())
    model = _model(bench)
    group = model.index(GROUPS.index("Stimuli"), 0)
    source = model.index(dragged, 0, group)
    key = model.key(source)
    bench.session.selection.select_element(key)
    data = model.mimeData([source])
    assert model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, group)
    assert [each.kind for each in bench.experiment.stimuli] == expected.split()
    assert bench.session.selection.element == model.key(_view(bench).currentIndex()) == key
    bench.session.document.undo_stack.undo()
    assert bench.experiment.stimuli == (_STEP, _SINE, _HOLDING)


def test_that_a_stimulus_cannot_be_dragged_among_the_recordings(open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    before = bench.experiment
    model = _model(bench)
    data = model.mimeData([model.index_of(_STEP.id)])
    for group in (model.index(GROUPS.index("Recordings"), 0), QModelIndex()):
        assert not model.canDropMimeData(data, Qt.DropAction.MoveAction, 0, 0, group)
        assert not model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, group)
    assert bench.experiment is before


def test_that_the_list_says_what_there_is_and_hides_what_is_rare(open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    assert _texts(bench, "Stimuli")[0] == "Step: 0.1 nA at column:105 soma[0], 100–500 ms"
    assert _texts(bench, "Recordings") == ["Voltage at column:105 soma[0]", "Current of Step"]
    assert _texts(bench, "Run conditions") == ["1000 ms, dt 0.025 ms, 34 °C"]
    view = _view(bench)
    rare = [GROUPS.index(name) for name in ("Manipulations", "Spike sources")]
    assert all(view.isRowHidden(row, QModelIndex()) for row in rare)
    more = with_replay(bench.experiment, SpikeReplay(spike_file="/data/spikes.h5"))
    more = with_manipulation(more, BlockSodium(node_set="All"))
    more = with_recording(more, Report(target=NodeSetTarget(node_set="L5"), label="soma"))
    bench.session.document.change(more, "Add")
    assert not any(view.isRowHidden(row, QModelIndex()) for row in rare)
    assert _texts(bench, "Spike sources") == ["Spikes from spikes.h5"]
    assert _texts(bench, "Manipulations") == ["TTX: Block sodium (TTX) in All"]


def test_that_cells_are_shown_with_their_types(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    expected = ["column:105, L5_TTPC", "column:150, L23_LBC"]
    qtbot.waitUntil(lambda: _texts(bench, "Cells") == expected)


def test_that_recordings_have_the_colour_of_their_traces(open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    model = _model(bench)
    chips = [model.index_of(each.id) for each in (_VOLTAGE, _CURRENT)]
    role = Qt.ItemDataRole.DecorationRole
    assert [chip.data(role).name() for chip in chips] == [theme.trace_colour(0), theme.trace_colour(1)]
    bench.panel.editing.switch(_VOLTAGE.id, False)  # then the other is the first trace
    assert chips[0].data(role).alpha() == 0 and chips[1].data(role).name() == theme.trace_colour(0)


def test_that_the_cells_of_a_node_set_stay_together(open_bench: Open) -> None:
    experiment = Experiment(
        circuit=CircuitReference(path=COLUMN.as_posix()), cells=NodeSetOfCells(node_set="L5")
    )
    bench = open_bench(experiment=experiment)
    assert _texts(bench, "Cells") == ["All cells of L5"]
    bench.panel.add_cell(PYRAMIDAL)
    assert "node set" in bench.notices[0].what
    bench.panel.editing.record(PYRAMIDAL)
    assert bench.experiment.cells == NodeSetOfCells(node_set="L5") and len(bench.experiment.recordings) == 1


def test_that_the_model_keeps_qts_rules_through_every_edit(qtbot: QtBot) -> None:
    model = ExperimentTree(lambda _cell: "")
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    full = _full()
    fewer = full.model_validate({**dict(full), "stimuli": (_STEP, _HOLDING), "cells": ListedCells()})
    for experiment in (full, fewer, None, full, fewer.model_validate({**dict(fewer), "recordings": ()})):
        model.show_experiment(experiment)
    assert model.rowCount(model.index(GROUPS.index("Stimuli"), 0)) == 2
    assert tester.model() is model


def test_that_the_actions_have_ids_and_keys_of_their_own(open_bench: Open) -> None:
    bench = open_bench()
    actions.check(bench.panel.actions())
    assert all(action.tip.endswith((".", "?")) for action in bench.panel.actions())


def test_that_everything_can_be_reached_and_read_without_seeing_it(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    bench.session.selection.select_cell(PYRAMIDAL)
    names = []
    bench.window.setFocus()
    for _ in range(5):
        bench.window.focusNextChild()
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName())
    assert names == ["Stimulate soma", "Help: stimuli", "Add stimulus", "Add recording", "Experiment"]


def test_that_an_empty_panel_says_what_to_do(qtbot: QtBot, open_bench: Open) -> None:
    nothing = open_bench(circuit=None)
    assert "open a circuit" in nothing.panel._hint.text()
    empty = open_bench()
    assert empty.panel._hint.text() == "No cell yet: choose one in the circuit and press Stimulate soma (I)."
    empty.session.selection.select_cell(PYRAMIDAL)
    assert empty.panel._hint.text() == "Press Stimulate soma (I) to begin with the chosen cell."
    empty.panel.stimulate_current()
    qtbot.waitUntil(lambda: bool(empty.experiment.stimuli))
    assert not empty.panel._hint.isVisible()


def test_that_a_panel_that_is_gone_leaves_no_ears_behind(qtbot: QtBot, open_bench: Open) -> None:
    bench = open_bench(experiment=_full())
    second = ExperimentPanel(bench.session)
    with qtbot.waitSignal(second.destroyed):
        second.deleteLater()
    theme.notifier().changed.emit()
    bench.session.selection.select_cell(PYRAMIDAL)
    bench.session.selection.select_element(_STEP.id)
    bench.session.document.change(changed(_full(), title="Another"), "Rename")
    assert bench.experiment.title == "Another"


def _is_selected(bench: Bench, element: str) -> bool:
    return bench.session.selection.element == element
