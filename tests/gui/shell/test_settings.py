"""What the user chose is kept; a spoilt file costs only what is spoilt in it."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pytestqt.qtbot import QtBot

from gui.models.recent_files import RecentFiles
from gui.settings import RECENT_FILES, SettingsStore


def test_that_settings_are_there_again(tmp_path: Path, qtbot: QtBot) -> None:
    store = SettingsStore(tmp_path / "settings.json")
    with qtbot.waitSignal(store.changed):
        store.change(theme="dark", zoom_percent=150)
    assert SettingsStore(tmp_path / "settings.json").value == store.value


def test_that_of_a_spoilt_file_the_good_part_is_used(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"theme": "purple", "zoom_percent": 120, "recent_files": 7, "unknown": 1}))
    value = SettingsStore(file).value
    assert (value.theme, value.zoom_percent, value.recent_files) == ("system", 120, ())
    file.write_text("{ not JSON")
    assert SettingsStore(file).value.zoom_percent == 100


def test_that_a_setting_out_of_range_is_refused() -> None:
    store = SettingsStore()
    with pytest.raises(ValidationError):
        store.change(zoom_percent=10)
    assert store.value.zoom_percent == 100


def test_that_the_last_ten_files_are_known_newest_first_and_once(tmp_path: Path) -> None:
    store = SettingsStore()
    for number in (*range(12), 5):
        store.remember_file(tmp_path / f"{number}.json")
    names = [path.name for path in store.value.recent_files]
    assert len(names) == RECENT_FILES
    assert names[:3] == ["5.json", "11.json", "10.json"]


def test_that_missing_recent_files_are_found_out(tmp_path: Path, qtbot: QtBot) -> None:
    store = SettingsStore()
    (tmp_path / "there.json").touch()
    recent = RecentFiles(store)
    for name in ("gone.json", "there.json"):
        store.remember_file(tmp_path / name)
    qtbot.waitUntil(lambda: [entry.exists for entry in recent.entries] == [True, False])
    recent.clear()
    assert recent.entries == ()
