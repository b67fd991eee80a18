"""Connection overrides: added, said in a sentence, edited in a form, ordered, switched and undone."""

import pytest
from PySide6.QtWidgets import QComboBox

from engine.experiment.advice import advice, remedied
from engine.experiment.base import changed
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.edits import with_override
from gui.forms.picking import PickBox
from gui.panels.experiment.inspector import InspectorPanel
from tests.gui.experiment.conftest import Bench, Open
from tests.gui.experiment.test_editing import _texts

GROUP = "Connection overrides"
FIRST = ConnectionOverride(source="thalamus", target="column", weight=0.5, spont_minis=0.3)
SECOND = ConnectionOverride(name="Later", source="Inhibitory", delay=200.0, weight=0)


@pytest.fixture
def bench(open_bench: Open) -> Bench:
    return open_bench()


def put(bench: Bench, *overrides: ConnectionOverride) -> None:
    experiment = bench.experiment
    for each in overrides:
        experiment = with_override(experiment, each)
    bench.session.document.change(experiment, "Put")


def ids(bench: Bench) -> list[str]:
    return [each.id for each in bench.experiment.connections.overrides]


def test_that_an_override_is_added_shown_in_its_form_and_undone(bench, qtbot):
    inspector = InspectorPanel(bench.session)
    qtbot.addWidget(inspector)
    before = bench.experiment
    bench.trigger("override.add")
    (added,) = bench.experiment.connections.overrides
    assert bench.experiment.connections.enabled, "an override of connections that are off does nothing"
    assert bench.session.selection.element == added.id
    assert _texts(bench, GROUP) == ["Synapses from any cell onto any cell: as the circuit says"]
    form = inspector.form
    assert form is not None
    (ends,) = form.rows["source"].editor.findChildren(PickBox)
    assert {"Inhibitory", "thalamus", "column"} <= set(ends.names)
    (models,) = form.rows["modoverride"].editor.findChildren(QComboBox)
    assert [models.itemText(row) for row in range(models.count())] == [
        "What the circuit's edges ask for",
        "Excitatory (AMPANMDA)",
        "Inhibitory (GABAAB)",
        "Plastic (GluSynapse)",
        "Two exponentials (Exp2Syn)",
    ]
    models.setCurrentIndex(1)
    models.activated.emit(1)
    assert bench.experiment.connections.overrides[0].modoverride == "AMPANMDA"
    assert bench.session.document.undo_stack.undoText() == "Change model"
    form.edited.emit(changed(bench.experiment.connections.overrides[0], delay=50.0), "delay")
    assert [form.rows[name].box.isHidden() for name in ("weight", "spont_minis")] == [False, True]
    for _ in range(3):
        bench.session.document.undo_stack.undo()
    assert bench.experiment == before


def test_that_overrides_are_ordered_switched_copied_and_deleted_one_step_each(bench):
    put(bench, FIRST, SECOND)
    assert _texts(bench, GROUP) == [
        "Synapses from thalamus onto column: weight × 0.5, minis 0.3 Hz",
        "Later: Synapses from Inhibitory onto any cell: no effect (weight 0) from 200 ms on",
    ]
    before, document = bench.experiment, bench.session.document
    bench.session.selection.select_element(FIRST.id)
    for action, step, expected in (
        ("element.move_down", "Move connection override", [SECOND.id, FIRST.id]),
        ("element.duplicate", "Duplicate connection override", None),
        ("element.toggle", "Switch connection override off", [FIRST.id, SECOND.id]),
        ("element.delete", "Delete connection override", [SECOND.id]),
    ):
        bench.session.selection.select_element(FIRST.id)
        bench.trigger(action)
        assert document.undo_stack.undoText() == step
        assert expected is None or ids(bench) == expected
        document.undo_stack.undo()
        assert bench.experiment == before


def test_that_overrides_without_connections_are_told_and_remedied(bench):
    put(bench, FIRST)

    def told() -> list[str]:
        return [each.text for each in advice(bench.experiment, lambda _cell: None)]

    sentence = "Connection overrides change nothing: runs build no synapses of the circuit."
    assert sentence in told()
    (given,) = [each for each in advice(bench.experiment, lambda _cell: None) if each.text == sentence]
    fixed = remedied(bench.experiment, given, lambda _cell: None)
    assert fixed.connections.enabled
    bench.session.document.change(fixed, given.remedy_text)
    assert sentence not in told()


@pytest.mark.parametrize(
    ("action", "field"),
    [("connections.release", "spontaneous_release"), ("connections.only_overridden", "only_overridden")],
)
def test_that_what_holds_for_all_connections_is_switched_in_the_menu(bench, action, field):
    widget = bench.actions.widget(action)
    assert not widget.isChecked()
    bench.trigger(action)
    bench.actions.refresh()
    assert getattr(bench.experiment.connections, field) and widget.isChecked()
    bench.session.document.undo_stack.undo()
    assert not getattr(bench.experiment.connections, field)
