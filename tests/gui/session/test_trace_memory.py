"""What was chosen for traces outlives the program."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import EngineError
from engine.user_files import data_folder
from gui.session import trace_memory
from gui.session.trace_memory import TraceMemory, usual_file


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path))


def _changed(colour: str = "", *, hidden: bool = False, name: str = "one") -> TraceMemory:
    memory = TraceMemory(usual_file())
    if colour:
        memory.colours[name] = colour
    if hidden:
        memory.hidden.add(name)
    memory.keep([name])
    return memory


def test_that_colours_and_hidden_traces_are_there_again(qtbot: QtBot) -> None:
    first = _changed("#123456", hidden=True)
    first.keep(["never touched"])
    first.finish()
    second = TraceMemory(usual_file())
    assert second.colours == {"one": "#123456"} and second.hidden == {"one"}
    second.colours["one"] = ""
    second.hidden.clear()
    second.keep(["one"])
    second.finish()
    third = TraceMemory(usual_file())
    assert not third.colours and not third.hidden


def test_that_a_choice_is_written_soon_and_in_the_background(qtbot: QtBot) -> None:
    memory = _changed("#123456")
    qtbot.waitUntil(lambda: TraceMemory(usual_file()).colours == {"one": "#123456"})
    memory.finish()


def test_that_two_windows_keep_what_each_has_chosen(qtbot: QtBot) -> None:
    one, other = _changed("#111111", name="one"), _changed("#222222", name="other")
    one.finish()
    other.finish()
    assert TraceMemory(usual_file()).colours == {"one": "#111111", "other": "#222222"}


def test_that_the_oldest_choices_go(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_memory, "_MOST", 2)
    for name in ("one", "two", "one", "three"):
        _changed("#111111", name=name).finish()
    assert set(TraceMemory(usual_file()).colours) == {"one", "three"}


@pytest.mark.parametrize("spoilt", ["[1]", "{", '{"one": 5}', '{"one": {"colour": 5, "hidden": "no"}}'])
def test_that_a_spoilt_file_says_nothing(qtbot: QtBot, spoilt: str) -> None:
    (data_folder() / "traces.json").write_text(spoilt)
    memory = TraceMemory(usual_file())
    assert not memory.colours and not memory.hidden


def test_that_a_file_that_cannot_be_written_is_told(qtbot: QtBot) -> None:
    memory = _changed("#111111")
    (data_folder() / "traces.json").mkdir()
    told: list[EngineError] = []
    memory.failed.connect(told.append)
    memory.finish()
    assert "traces.json" in told[0].what
