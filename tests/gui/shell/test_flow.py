"""Rows of controls that wrap."""

from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.flow import FlowRow


def _shown(qtbot: QtBot, width: int) -> tuple[QWidget, FlowRow, list[QWidget]]:
    panel = QWidget()
    buttons: list[QWidget] = [QPushButton(f"Button {number}") for number in range(3)]
    field = QLineEdit()
    row = FlowRow(*buttons, spacing=4)
    row.add(field, grows=1)
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(row)
    column.addStretch(1)
    qtbot.addWidget(panel)
    panel.resize(width, 300)
    panel.show()
    return panel, row, [*buttons, field]


def _lines(controls: list[QWidget]) -> int:
    return len({each.geometry().center().y() // 8 for each in controls})


def test_that_controls_stand_in_one_line_where_there_is_room(qtbot: QtBot) -> None:
    _, row, controls = _shown(qtbot, 800)
    qtbot.waitUntil(lambda: row.height() == max(each.height() for each in controls))
    assert _lines(controls) == 1
    assert controls[-1].geometry().right() == row.width() - 1, "who can grow takes what is left"
    assert controls[0].width() == controls[0].sizeHint().width()


def test_that_they_wrap_and_the_row_grows_with_its_lines(qtbot: QtBot) -> None:
    panel, row, controls = _shown(qtbot, 800)
    one = row.minimumSizeHint().height()
    panel.resize(controls[0].sizeHint().width() + 10, 300)
    qtbot.waitUntil(lambda: row.height() > 3 * one)
    assert _lines(controls) == 4
    assert all(row.rect().contains(each.geometry()) for each in controls)
    panel.resize(800, 300)
    qtbot.waitUntil(lambda: row.height() <= one + 4)
    assert _lines(controls) == 1


def test_that_hidden_controls_take_no_room_and_larger_letters_more(qtbot: QtBot) -> None:
    panel, row, controls = _shown(qtbot, 800)
    panel.resize(controls[0].sizeHint().width() * 2, 300)
    one = row.minimumSizeHint().height()
    qtbot.waitUntil(lambda: _lines(controls) > 1 and row.height() > 2 * one)
    before = row.height()
    controls[1].hide()
    controls[2].hide()
    qtbot.waitUntil(lambda: row.height() < before)
    font = panel.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    small = row.height()
    panel.setFont(font)
    qtbot.waitUntil(lambda: row.height() > small)
    assert row.minimumSizeHint().width() <= max(each.sizeHint().width() for each in controls)
