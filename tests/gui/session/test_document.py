"""Undo and redo give back exactly what was there."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from gui.session.document import Document
from tests.gui.session.experiments import edited, small

numbers = st.integers(0, 5000)
walks = st.lists(st.one_of(numbers, st.sampled_from(["undo", "redo", "pause"])), max_size=40)


def opened(experiment: Experiment) -> Document:
    document = Document()
    document.put(experiment)
    return document


@given(st.lists(numbers, max_size=30))
def test_that_undoing_all_and_redoing_all_gives_the_same_documents(choices: list[int]) -> None:
    document = opened(small())
    first = document.experiment
    versions = [first]
    for number in choices:
        assert document.experiment is not None
        document.change(edited(document.experiment, number), "Edit")
        if document.experiment is not versions[-1]:
            versions.append(document.experiment)
    for version in reversed(versions):
        assert document.experiment is version
        document.undo_stack.undo()
    assert not document.is_modified and not document.undo_stack.canUndo()
    for version in versions:
        assert document.experiment is version
        document.undo_stack.redo()
    assert not document.undo_stack.canRedo()
    assert document.is_modified == (len(versions) > 1)


@given(walks)
def test_that_any_walk_through_the_history_is_one_of_a_list(walk: list[int | str]) -> None:
    """Compared with the simplest thing that can be right: a list and a place in it."""
    document = opened(small())
    assert document.experiment is not None
    history, place = [document.experiment], 0
    for step in walk:
        if step == "undo":
            document.undo_stack.undo()
            place = max(place - 1, 0)
        elif step == "redo":
            document.undo_stack.redo()
            place = min(place + 1, len(history) - 1)
        elif step == "pause":
            document.end_burst()
        else:
            new = edited(history[place], int(step))
            document.change(new, "Edit")
            if new != history[place]:
                history, place = [*history[: place + 1], new], place + 1
        assert document.experiment == history[place]
        assert document.is_modified == (place != 0)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.booleans()), min_size=1, max_size=25))
def test_that_what_merges_is_one_step(edits: list[tuple[str, bool]]) -> None:
    document = opened(small())
    steps: list[tuple[str, int]] = []
    burst = 0
    for number, (key, ends) in enumerate(edits):
        assert document.experiment is not None
        document.change(changed(document.experiment, title=str(number)), "Edit", merge=key)
        if not key or not steps or steps[-1] != (key, burst):
            steps.append((key, burst))
        if ends:
            document.end_burst()
            burst += 1
    assert document.undo_stack.count() == len(steps)
    for _ in steps:
        document.undo_stack.undo()
    assert document.experiment == small() and not document.is_modified


def test_that_a_burst_that_ends_where_it_began_is_no_step(qtbot: QtBot) -> None:
    document = opened(small())
    first = small()
    for title in ("A", "B", ""):
        document.change(changed(first, title=title), "Rename", merge="title")
    assert document.experiment == first
    assert not document.is_modified and not document.undo_stack.canUndo()


def test_that_a_change_to_the_same_is_none(qtbot: QtBot) -> None:
    document = opened(small())
    with qtbot.assertNotEmitted(document.experiment_changed):
        document.change(small(), "Nothing")
    assert not document.undo_stack.canUndo()


@settings(max_examples=30)
@given(st.lists(numbers, max_size=6), st.lists(numbers, max_size=6))
def test_that_clean_is_where_it_was_saved(before: list[int], after: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.somascope.json"
        document = opened(small())
        for number in before:
            assert document.experiment is not None
            document.change(edited(document.experiment, number), "Edit")
        document.save(path)
        saved, index = document.experiment, document.undo_stack.index()
        assert saved is not None and not document.is_modified
        assert store.with_absolute_paths(store.load(path), path.parent) == saved
        first_bytes = path.read_bytes()
        for number in after:
            assert document.experiment is not None
            document.change(edited(document.experiment, number), "Edit", merge="same")
        assert document.is_modified == (document.undo_stack.index() != index)
        while document.undo_stack.index() > index:
            document.undo_stack.undo()
        assert document.experiment == saved and not document.is_modified
        document.save()
        assert path.read_bytes() == first_bytes


def test_that_the_title_says_the_file_or_the_experiment(qtbot: QtBot, tmp_path: Path) -> None:
    document = opened(small())
    assert document.name == "Untitled"
    document.change(changed(small(), title="Rebound"), "Rename")
    assert document.name == "Rebound"
    with qtbot.waitSignal(document.state_changed):
        document.save(tmp_path / "mine.somascope.json")
    assert document.name == "mine"


def test_that_a_recovered_document_is_modified_until_it_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    document.put(small(), modified=True)
    assert document.is_modified
    document.save(tmp_path / "a.somascope.json")
    assert not document.is_modified
