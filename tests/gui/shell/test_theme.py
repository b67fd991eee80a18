"""Colours that can be read, icons that exist, letters that grow."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engine.resources import ROOT
from gui import theme


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[theme.Colours]:
    theme.apply(request.param, 100)
    assert theme.is_dark() == (request.param == "dark")
    yield theme.colours()
    theme.apply("light", 100)


def test_that_all_text_can_be_read(colours: theme.Colours) -> None:
    for text in ("text", "muted_text", "accent", "warning", "error", "success"):
        for behind in ("background", "surface", "raised"):
            assert contrast(getattr(colours, text), getattr(colours, behind)) >= 4.5, (text, behind)
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.on_selection, colours.selection) >= 4.5


def test_that_traces_stand_out_and_differ_in_colour_and_dashes(colours: theme.Colours) -> None:
    eight = [theme.trace_colour(k) for k in range(8)]
    assert min(contrast(colour, colours.background) for colour in eight) >= 3
    assert len(set(eight)) == len({theme.trace_dash(k) for k in range(8)}) == 8
    assert theme.trace_dash(0) is None


def test_that_the_palette_of_the_application_follows(colours: theme.Colours) -> None:
    palette = QApplication.palette()
    assert palette.color(QPalette.ColorRole.Base).name() == colours.background
    assert palette.color(QPalette.ColorRole.Text).name() == colours.text


def test_that_zoom_scales_the_letters_of_widgets_that_are_shown(qtbot: QtBot) -> None:
    label = QLabel("text")
    qtbot.addWidget(label)
    label.show()
    theme.apply("light", 100)
    usual = label.fontMetrics().height()
    theme.apply("light", 200)
    large = theme.icon_size().width()
    qtbot.waitUntil(lambda: label.fontMetrics().height() >= 1.8 * usual)
    theme.apply("light", 100)
    assert large == 2 * theme.icon_size().width()
    qtbot.waitUntil(lambda: label.fontMetrics().height() == usual)


def test_that_who_draws_is_told(qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply("dark", 100)
    theme.apply("light", 100)


def test_that_every_icon_that_is_asked_for_exists() -> None:
    named = set()
    for file in (ROOT / "gui").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:\bicon=|theme\.icon\()\"([a-z0-9-]+)\"", text))
    assert len(named) > 10
    assert {name for name in named if not (ROOT / "resources" / "icons" / f"{name}.svg").is_file()} == set()


def test_that_icons_have_the_colour_of_the_text(colours: theme.Colours) -> None:
    image = theme.icon("stop").pixmap(32, 32).toImage()
    assert image.pixelColor(16, 16).name() == colours.text
