"""Who draws: OpenGL where it works and is wanted, else the processor; nobody notices but by the speed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import ClassVar

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.launch import ROOT
from gui.background import wait_for_all
from gui.panels.cell.drawing import Drawing
from gui.plots.cell import graphics as graphics_module
from gui.plots.cell.graphics import Graphics, State, is_software
from gui.plots.cell.painting import DrawingError, Frame
from gui.plots.cell.view import CellView
from gui.session.notices import Notice, Notices
from gui.settings import settings
from tests.gui.cell.cells import y_shaped

ON_A_SCREEN = {"QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}


class Card:
    """Draws all in one colour, until it breaks."""

    made: ClassVar[list["Card"]] = []

    def __init__(self) -> None:
        self.pictures, self.is_broken, self.is_released = 0, False, False
        Card.made.append(self)

    def picture(self, frame: Frame, ratio: float) -> QImage:
        if self.is_broken:
            raise DrawingError("The graphics driver has given up.")
        self.pictures += 1
        image = QImage(round(frame.size[0] * ratio), round(frame.size[1] * ratio), QImage.Format.Format_RGB32)
        image.fill(0xFF00FF00)
        return image

    def release(self) -> None:
        self.is_released = True


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[CellView]:
    made = CellView()
    qtbot.addWidget(made)
    made.resize(300, 200)
    with qtbot.waitExposed(made):
        made.show()
    Card.made = []
    monkeypatch.setattr("gui.plots.cell.opengl.OpenGLDrawer", Card)
    yield made
    settings().change(cell_view="automatic")
    wait_for_all()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """A machine of which is known what draws there."""

    def of(state: State) -> Graphics:
        made = Graphics()
        made.state = state
        monkeypatch.setattr("gui.panels.cell.drawing.graphics", lambda: made)
        return made

    return of


def test_that_a_screen_without_opengl_is_not_asked(qtbot: QtBot) -> None:
    asked = Graphics()
    with qtbot.waitSignal(asked.known):
        asked.ask()
    assert asked.state == "none"
    assert asked.said


def test_that_who_asks_after_a_question_was_given_up_gets_an_answer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.plots.cell.graphics._WITHOUT", ())
    asked = Graphics()
    asked.ask()
    assert asked.state == "asking"
    wait_for_all()  # as a program that ends gives up all that it waits for
    qtbot.waitUntil(lambda: asked.state == "unasked")
    with qtbot.waitSignal(asked.known, timeout=60_000):
        asked.ask()
    assert asked.said


def test_that_it_begins_flat_without_a_card_and_draws_in_space_all_the_same(view, machine) -> None:
    machine("none")
    drawing = Drawing(view, Notices())
    view.show_shapes([y_shaped()])
    assert view.mode == "2d"
    drawing.choose("3d")
    view.grab()
    assert view.mode == "3d" and Card.made == []


def test_that_a_card_draws_in_space_from_when_it_is_known(view, machine) -> None:
    graphics = machine("asking")
    _drawing = Drawing(view, Notices())
    view.show_shapes([y_shaped()])
    assert view.mode == "2d"
    graphics.state = "card"
    graphics.known.emit()
    assert view.mode == "3d"
    view.grab()
    assert Card.made[0].pictures == 1


def test_that_who_has_chosen_a_mode_keeps_it(view, machine) -> None:
    graphics = machine("asking")
    drawing = Drawing(view, Notices())
    view.show_shapes([y_shaped()])
    drawing.choose("dendrogram")
    graphics.state = "card"
    graphics.known.emit()
    assert view.mode == "dendrogram" and Card.made == []
    drawing.choose("3d")
    assert len(Card.made) == 1


@pytest.mark.parametrize(("wish", "cards"), [("automatic", 0), ("3d", 1), ("2d", 0)])
def test_that_opengl_without_a_card_is_used_only_if_that_is_wished(
    view, machine, wish: str, cards: int
) -> None:
    machine("software")
    settings().change(cell_view=wish)
    drawing = Drawing(view, Notices())
    view.show_shapes([y_shaped()])
    assert view.mode == ("3d" if wish == "3d" else "2d")
    drawing.choose("3d")
    assert len(Card.made) == cards


def test_that_the_setting_holds_at_once(view, machine) -> None:
    machine("card")
    _drawing = Drawing(view, Notices())
    view.show_shapes([y_shaped()])
    assert view.mode == "3d"
    settings().change(cell_view="2d")
    assert view.mode == "2d" and Card.made[0].is_released
    settings().change(cell_view="3d")
    assert view.mode == "3d" and len(Card.made) == 2


def test_that_a_card_that_breaks_is_replaced_and_told_of(view, machine) -> None:
    machine("card")
    notices = Notices()
    told: list[Notice] = []
    notices.posted.connect(told.append)
    _drawing = Drawing(view, notices)
    view.show_shapes([y_shaped()])
    Card.made[0].is_broken = True
    view.grab()
    assert "given up" in told[0].what and len(told) == 1
    assert Card.made[0].is_released and view.mode == "3d"
    view.turn(10, 0)
    view.grab()
    assert len(Card.made) == 1 and len(told) == 1


def test_that_opengl_that_cannot_be_made_is_told_of(view, machine, monkeypatch) -> None:
    def refuse() -> None:
        raise DrawingError("There is no OpenGL 3.3.")

    monkeypatch.setattr("gui.plots.cell.opengl.OpenGLDrawer", refuse)
    machine("card")
    notices = Notices()
    told: list[Notice] = []
    notices.posted.connect(told.append)
    _drawing = Drawing(view, notices)
    view.show_shapes([y_shaped()])
    view.grab()
    assert len(told) == 1 and "3.3" in told[0].what


def test_that_a_probe_that_dies_means_that_there_is_no_opengl(monkeypatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(graphics_module, "_WITHOUT", ())
    monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")  # which aborts the probe
    asked = Graphics()
    with qtbot.waitSignal(asked.known, timeout=60_000):
        asked.ask()
    assert asked.state == "none"


@pytest.mark.parametrize(
    ("renderer", "is_one"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("Microsoft Basic Render Driver", True),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
        ("Apple M2", False),
    ],
)
def test_that_a_card_is_told_from_what_stands_in_for_one(renderer: str, is_one: bool) -> None:
    assert is_software(renderer) == is_one


@pytest.mark.skipif(
    shutil.which("xvfb-run") is None, reason="needs a screen with OpenGL: xvfb-run is not there"
)
def test_that_opengl_and_the_processor_draw_the_same_picture() -> None:
    """On a screen of its own: the platform of the tests has no OpenGL."""
    said = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-m", "tests.gui.cell.same_picture"],
        cwd=ROOT, env={**os.environ, **ON_A_SCREEN}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
