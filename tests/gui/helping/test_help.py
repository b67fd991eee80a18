import re
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QTextBrowser, QToolButton

from engine.experiment.stimuli import Stimulus
from gui.panels.help import HelpWindow, help_folder, help_pages, title_of
from gui.panels.shortcuts import INSIDE_PANELS
from gui.widgets.help_button import HelpButton

KINDS = get_args(get_args(Stimulus)[0])
PAGES = (
    *("getting-started", "browsing", "cell", "channels", "stimuli", "synapses", "synapse-models"),
    *(
        "protocols",
        "measuring",
        "running",
        "network",
        "run-again",
        "comparing",
        "large-runs",
        "space",
        "file-formats",
        "keyboard",
        "troubleshooting",
    ),
)


@pytest.fixture
def window(qtbot):
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show()
    return window


def text_of(page):
    return (help_folder() / f"{page}.md").read_text(encoding="utf-8")


def press(qtbot, window, name):
    button = next(each for each in window.findChildren(QToolButton) if each.accessibleName() == name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_every_page_is_there_and_in_its_order():
    assert help_pages() == PAGES
    assert title_of("file-formats") == "File formats"


@pytest.mark.parametrize("page", PAGES)
def test_that_every_link_leads_to_a_page(page):
    links = re.findall(r"\]\(([^)]*)\)", text_of(page))
    assert all((help_folder() / link).is_file() for link in links), links


def test_that_every_page_but_the_first_is_linked_from_another():
    linked = {
        link for page in PAGES for link in re.findall(r"\]\(([^)]*)\.md\)", text_of(page)) if link != page
    }
    assert set(PAGES) - linked <= {"getting-started"}


@pytest.mark.parametrize("page", PAGES)
def test_that_every_page_is_shown_under_its_title(window, page):
    window.show_page(page)
    assert window.page == page
    shown = window.findChild(QTextBrowser).toPlainText()
    assert shown.startswith(title_of(page))
    assert "](" not in shown and "**" not in shown
    assert window.findChild(QListWidget).currentItem().text() == title_of(page)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_that_every_stimulus_is_explained(kind):
    assert f"- **{kind.title}**: " in text_of("stimuli")


def test_that_no_stimulus_is_explained_that_there_is_not():
    assert set(re.findall(r"^- \*\*(.*?)\*\*: ", text_of("stimuli"), re.MULTILINE)) == {
        kind.title for kind in KINDS
    }


def test_that_the_keys_of_the_runs_are_the_same_on_the_sheet():
    table = text_of("keyboard").split("## Runs", 1)[1].split("##", 1)[0].split("|---|---|")[1]
    assert re.findall(r"^\| (\w+) \| \S", table, re.MULTILINE) == [
        keys for keys, _ in INSIDE_PANELS["List of runs"]
    ]


def test_that_links_back_and_forward_work(qtbot, window):
    browser = window.findChild(QTextBrowser)
    browser.setSource("browsing.md")
    assert window.page == "browsing"
    assert browser.toPlainText().startswith("Browsing a circuit")
    press(qtbot, window, "Back")
    assert window.page == "getting-started"
    press(qtbot, window, "Forward")
    assert window.page == "browsing"


def test_that_the_list_leads_to_pages(window):
    window.findChild(QListWidget).setCurrentRow(PAGES.index("running"))
    assert window.page == "running"


def test_that_a_page_that_there_is_not_leads_to_the_first(window):
    window.show_page("stimuli")
    window.show_page("no-such-page")
    assert window.page == "getting-started"


def test_that_a_page_can_be_searched_from_place_to_place(qtbot, window):
    window.show_page("stimuli")
    browser, field = window.findChild(QTextBrowser), window.findChild(QLineEdit)
    qtbot.keyClicks(field, "voltage clamp")
    places = [browser.textCursor().position()]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert browser.textCursor().selectedText().casefold() == "voltage clamp"
    assert browser.textCursor().position() == places[0]  # the only one: round and back
    field.clear()
    qtbot.keyClicks(field, "noise")
    places = [browser.textCursor().position()]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert browser.textCursor().position() > places[0]
    field.clear()
    qtbot.keyClicks(field, "zebra")
    found = next(each for each in window.findChildren(QLabel) if each.accessibleName())
    assert found.text() == "Not in this page"


def test_that_a_help_button_asks_for_its_page(qtbot):
    button = HelpButton("stimuli")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.wanted) as wanted:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wanted.args == ["stimuli"]
    assert button.page in help_pages()
