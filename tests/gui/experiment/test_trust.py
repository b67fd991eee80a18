"""The trust question: what would be executed, in plain words; and No unless somebody says Yes."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from gui.panels.trust import TrustDialog
from gui.session.trusting import TrustQuestion

_FOLDER = Path("/data/circuits/ca1")
_HOC = (_FOLDER / "hoc" / "pyramidal.hoc",)
_MOD = (_FOLDER / "mod" / "na.mod", _FOLDER / "mod" / "k.mod", Path("/elsewhere/ca.mod"))


def _shown(qtbot: QtBot, question: TrustQuestion) -> TrustDialog:
    dialog = TrustDialog(question)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.open()
    return dialog


def _said(dialog: TrustDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def _button(dialog: TrustDialog, text: str) -> QPushButton:
    (button,) = [each for each in dialog.findChildren(QPushButton) if each.text() == text]
    return button


def test_that_it_says_what_would_be_executed_and_lists_it(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, TrustQuestion(_FOLDER, _HOC, _MOD, changed=False))
    assert "1 hoc file (cell templates) and 3 mod files (channels and synapses)" in _said(dialog)
    assert str(_FOLDER) in _said(dialog) and "not the same" not in _said(dialog)
    (files,) = dialog.findChildren(QListWidget)
    assert not files.isVisible()
    qtbot.mouseClick(_button(dialog, "Show the files"), Qt.MouseButton.LeftButton)
    assert files.isVisible()
    listed = [Path(files.item(row).text()) for row in range(files.count())]
    assert listed == [Path("hoc/pyramidal.hoc"), Path("mod/na.mod"), Path("mod/k.mod"), _MOD[2]]


def test_that_code_that_has_changed_is_pointed_out(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, TrustQuestion(_FOLDER, (), _MOD, changed=True))
    assert "The code is not the same any more" in _said(dialog)
    assert "hoc" not in _said(dialog)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_that_a_key_pressed_in_haste_trusts_nothing(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = _shown(qtbot, TrustQuestion(_FOLDER, _HOC, _MOD, changed=False))
    qtbot.keyClick(dialog.focusWidget(), key)
    assert dialog.result() == QDialog.DialogCode.Rejected and not dialog.isVisible()


def test_that_trust_is_given_by_its_button(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, TrustQuestion(_FOLDER, _HOC, _MOD, changed=False))
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(_button(dialog, "Trust and build"), Qt.MouseButton.LeftButton)
