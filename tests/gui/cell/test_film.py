"""Animations: what is asked for, what is made, and what becomes of it when it goes wrong."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialogButtonBox

from gui.background import wait_for_all
from gui.panels.cell.film import Painter, pixels_of
from gui.panels.cell.film_dialog import FilmDialog, Scenery
from gui.session.notices import Notices
from tests.gui.accessibility import nameless_controls


def painter(size: QSize) -> Painter:
    """One colour for each moment."""

    def paint(time: float) -> QImage:
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor(round(time), 0, 255 - round(time)))
        return image

    return paint


class Desk:
    """A dialog, where it saves, and what was told."""

    def __init__(self, path: Path) -> None:
        self.path: Path | None = path
        self.told: list[str] = []
        notices = Notices()
        notices.posted.connect(lambda notice: self.told.append(notice.what))
        self.dialog = FilmDialog(Scenery((10.0, 110.0), QSize(400, 100), painter), lambda: self.path, notices)
        self._kept = notices


@pytest.fixture
def desk(tmp_path, qtbot):
    made = Desk(tmp_path / "cell.gif")
    qtbot.addWidget(made.dialog)
    made.dialog.show()
    yield made
    wait_for_all()


def choose(dialog, *, speed, rate, width):
    dialog.speed.setCurrentIndex(dialog.speed.findData(speed))
    dialog.rate.setCurrentIndex(dialog.rate.findData(rate))
    for field, pixels in ((dialog.width_field, width), (dialog.height_field, width * 3 // 4)):
        field.show_value(max(pixels, 160))
        field.edited.emit()


def test_that_the_file_has_the_pictures_the_size_and_the_length_that_were_asked_for(desk, qtbot):
    choose(desk.dialog, speed=100, rate=20, width=240)
    assert desk.dialog.word.text() == "21 pictures of 240 × 180 pixels, 1.05 s, again and again."
    with qtbot.waitSignal(desk.dialog.accepted):
        desk.dialog.save()
    with Image.open(desk.path) as film:
        assert film.size == (240, 180)
        assert getattr(film, "n_frames", 1) == 21
        for number in range(21):
            film.seek(number)
            assert film.info["duration"] == 50
            grey = 10 + 5 * number
            assert film.convert("RGB").getpixel((80, 60)) == (grey, 0, 255 - grey)
    assert desk.told == ["The animation is saved as cell.gif."]


def test_that_a_strip_is_not_taken_for_the_shape_of_the_pictures(desk):
    assert desk.dialog.size_of_pictures == QSize(640, 480)
    notices = Notices()
    square = FilmDialog(Scenery((0.0, 1.0), QSize(500, 500), painter), lambda: None, notices)
    assert square.size_of_pictures == QSize(640, 640)


def test_that_cancel_leaves_no_file(desk, qtbot):
    choose(desk.dialog, speed=1, rate=50, width=240)
    with qtbot.waitSignal(desk.dialog.rejected):
        desk.dialog.save()
        qtbot.waitUntil(lambda: desk.dialog.progress.value() > 2)
        desk.dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).click()
    assert wait_for_all()
    assert list(desk.path.parent.iterdir()) == []
    assert desk.told == []


def test_that_a_file_that_cannot_be_written_is_told_and_asked_for_again(desk, qtbot):
    desk.path = desk.path.parent / "missing" / "cell.gif"
    choose(desk.dialog, speed=1000, rate=10, width=240)
    desk.dialog.save()
    save = desk.dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert not save.isEnabled()
    qtbot.waitUntil(save.isEnabled)
    assert "cell.gif could not be written" in desk.dialog.word.text()
    assert desk.dialog.isVisible()


def test_that_no_name_means_not_now(desk):
    desk.path = None
    desk.dialog.save()
    assert desk.dialog.task is None
    assert desk.dialog.isVisible()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda dialog: dialog.first.show_value(110.0) or dialog.last.show_value(10.0), "before the first"),
        (lambda dialog: choose(dialog, speed=1, rate=50, width=1920), "memory"),
    ],
)
def test_that_what_cannot_be_made_is_refused_before(desk, change, reason):
    change(desk.dialog)
    desk.dialog.first.edited.emit()
    assert reason in desk.dialog.word.text()
    assert not desk.dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def test_that_all_controls_have_names(desk):
    assert nameless_controls(desk.dialog) == []


def test_that_pixels_are_red_green_blue_row_by_row():
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(1, 2, 3))
    image.setPixelColor(2, 1, QColor(9, 8, 7))
    expected = np.full((2, 3, 3), (1, 2, 3), dtype=np.uint8)
    expected[1, 2] = (9, 8, 7)
    np.testing.assert_array_equal(pixels_of(image), expected)
