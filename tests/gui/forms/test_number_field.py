"""A field for one number, with a keyboard."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from engine.units import SoftLimits
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField


@pytest.fixture
def other():
    """A field beside it, to which the focus can go."""
    return QLineEdit()


@pytest.fixture
def field(qtbot, other):
    window = QWidget()
    qtbot.addWidget(window)
    field = NumberField(Limits(-1000, 1000, soft=SoftLimits(-10, 10)), step=0.05)
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(other)
    field.show_unit("nA")
    field.show_value(0.1)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.hasFocus)
    yield field
    window.close()


def type_into(qtbot, field, text, key=Qt.Key.Key_Return):
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def test_that_typing_counts_on_enter(qtbot, field):
    seen = []
    field.edited.connect(lambda: seen.append(field.value))
    type_into(qtbot, field, "50p")
    assert seen == [0.05]
    assert field.lineEdit().text() == "0.05 nA"


def test_that_typing_counts_when_the_focus_leaves(qtbot, field, other):
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    assert field.value == 0.1
    other.setFocus()
    assert field.value == 0.25


def test_that_escape_takes_back_what_is_typed(qtbot, field):
    type_into(qtbot, field, "77", Qt.Key.Key_Escape)
    assert field.lineEdit().text() == "0.1 nA"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 0.1


@pytest.mark.parametrize(
    ("typed", "value"), [("*2", 0.2), ("/10", 0.01), ("+5", 5.1), ("2*pi", 6.283185307179586)]
)
def test_that_arithmetic_can_be_typed(qtbot, field, typed, value):
    type_into(qtbot, field, typed)
    assert field.value == value


@pytest.mark.parametrize("typed", ["1e9", "-1001", "nan", "abc", "", "--", "0,5", "1/0"])
def test_that_what_is_not_allowed_is_said_and_not_taken(qtbot, field, other, typed):
    said: list[str] = []
    edits: list[float | None] = []
    field.complained.connect(said.append)
    field.edited.connect(lambda: edits.append(field.value))
    type_into(qtbot, field, typed)
    assert said[-1].endswith((".", "0.5"))
    assert (field.value, edits) == (0.1, [])
    other.setFocus()
    assert field.lineEdit().text() == "0.1 nA"


def test_that_a_refusal_says_the_allowed_range(qtbot, field):
    with qtbot.waitSignal(field.complained, check_params_cb=bool) as said:
        type_into(qtbot, field, "2000")
    assert said.args == ["Must be between \u22121\u00a0000 and 1\u00a0000\u00a0nA."]


def test_that_an_open_limit_is_said(qtbot):
    limits = Limits(0, 100, low_is_open=True)
    assert limits.refusal(0, "ms") == "Must be above 0 and at most 100\u00a0ms."
    assert limits.refusal(0.001, "ms") == ""


def test_that_an_unusual_value_is_taken_with_a_warning(qtbot, field):
    type_into(qtbot, field, "50")
    assert field.value == 50
    assert field.warning == "Unusual: common values are \u221210 to 10\u00a0nA."


def test_that_arrows_step_and_pages_step_ten_times_as_far(qtbot, field):
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.value == 0.15
    qtbot.keyClick(field, Qt.Key.Key_PageUp)
    assert field.value == 0.65
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value == 0.1


def test_that_steps_end_at_the_limits(qtbot, field):
    field.show_value(999.99)
    qtbot.keyClick(field, Qt.Key.Key_PageUp)
    assert field.value == 1000


def test_that_a_small_number_steps_in_its_own_decade(qtbot):
    field = NumberField(Limits(0, 10, low_is_open=True), step=1.0)
    qtbot.addWidget(field)
    field.show_value(0.025)
    field.stepBy(1)
    assert field.value == 0.035


@pytest.mark.parametrize("is_focused", [True, False])
def test_that_the_wheel_steps_only_with_the_focus(qtbot, field, other, is_focused):
    (field if is_focused else other).setFocus()
    here = QPointF(5, 5)
    event = QWheelEvent(
        here,
        field.mapToGlobal(here),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)
    assert field.value == (0.15 if is_focused else 0.1)


def test_that_a_number_keeps_all_its_digits_when_shown_and_left(qtbot, field, other):
    edits = []
    field.edited.connect(lambda: edits.append(field.value))
    other.setFocus()
    field.show_value(0.1 + 0.2)
    assert field.lineEdit().text() == "0.3 nA"
    field.setFocus()
    assert field.lineEdit().text() == "0.30000000000000004 nA"
    other.setFocus()
    assert field.value == 0.1 + 0.2
    assert edits == []


def test_that_what_is_typed_stays_when_the_same_value_is_shown(qtbot, field):
    field.selectAll()
    qtbot.keyClicks(field, "0.2")
    field.show_value(0.1)
    assert field.lineEdit().text() == "0.2"
    field.show_value(0.4)
    assert field.lineEdit().text() == "0.4 nA"


def test_that_undo_is_left_to_the_window_unless_something_is_typed(qtbot, field):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    def claims_undo():
        key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        key.ignore()
        field.event(key)
        return key.isAccepted()

    assert not claims_undo()
    qtbot.keyClicks(field, "7")
    assert claims_undo()
