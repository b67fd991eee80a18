import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSpinBox, QWidget

from gui.panels.preferences import PreferencesDialog
from gui.settings import Settings, SettingsStore


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.json"


@pytest.fixture
def store(file):
    return SettingsStore(file)


@pytest.fixture
def dialog(qtbot, store):
    dialog = PreferencesDialog(store)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def control(dialog, kind, name):
    title = Settings.model_fields[name].title
    return next(each for each in dialog.findChildren(kind) if each.accessibleName() == title)


def test_that_every_field_with_a_title_has_a_control_and_no_other(dialog):
    named = {each.accessibleName() for each in dialog.findChildren(QWidget) if each.accessibleDescription()}
    assert named == {field.title for field in Settings.model_fields.values() if field.title}


def test_that_choices_hold_at_once_and_survive_a_restart(qtbot, dialog, store, file):
    box = control(dialog, QComboBox, "theme")
    qtbot.keyClicks(box, "Dark")
    box.activated.emit(box.currentIndex())
    qtbot.keyClick(control(dialog, QCheckBox, "show_ghost"), Qt.Key.Key_Space)
    zoom = control(dialog, QSpinBox, "zoom_percent")
    zoom.stepUp()
    assert (store.value.theme, store.value.show_ghost, store.value.zoom_percent) == ("dark", False, 110)
    again = SettingsStore(file).value
    assert again == store.value
    assert again != Settings()


def test_that_a_typed_number_counts_when_it_is_whole(qtbot, dialog, store):
    told = []
    store.changed.connect(lambda: told.append(store.value.zoom_percent))
    zoom = control(dialog, QSpinBox, "zoom_percent")
    zoom.selectAll()
    qtbot.keyClicks(zoom, "150")
    assert told == []
    qtbot.keyClick(zoom, Qt.Key.Key_Return)
    assert told == [150]


def test_that_a_memory_limit_can_be_given_and_taken_away(qtbot, dialog, store):
    limit = control(dialog, QSpinBox, "memory_limit_mib")
    assert limit.text() == "No limit"
    limit.stepUp()
    assert store.value.memory_limit_mib == 256
    limit.selectAll()
    qtbot.keyClicks(limit, "4096")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    assert store.value.memory_limit_mib == 4096
    limit.setValue(limit.minimum())
    assert store.value.memory_limit_mib is None


def test_that_defaults_come_back_and_what_is_not_shown_stays(qtbot, dialog, store, tmp_path):
    store.change(theme="dark", zoom_percent=150, memory_limit_mib=1024)
    store.remember_file(tmp_path / "a.somascope.json")
    revert = next(each for each in dialog.findChildren(QPushButton) if "defaults" in each.text())
    qtbot.mouseClick(revert, Qt.MouseButton.LeftButton)
    assert store.value == Settings(recent_files=(tmp_path / "a.somascope.json",), last_folder=tmp_path)
    assert not revert.isEnabled()


def test_that_a_change_from_elsewhere_is_shown_and_not_sent_back(dialog, store):
    told = []
    store.changed.connect(lambda: told.append(store.value))
    store.change(zoom_percent=170)
    assert control(dialog, QSpinBox, "zoom_percent").value() == 170
    assert len(told) == 1
