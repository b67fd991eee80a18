"""Dots that are stamped look like dots."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gui.plots.cell.stamps import Stamps


def opacities(image: QImage) -> np.ndarray:
    """(height, width) of 0 to 255."""
    width, height = image.width(), image.height()
    return np.array([[image.pixelColor(x, y).alpha() for x in range(width)] for y in range(height)])


@pytest.mark.parametrize("diameter", [2.4, 5.0, 10.0])
def test_that_a_dot_is_round_and_covers_the_area_of_a_disc(diameter):
    stamps = Stamps(30, 20)
    stamps.stamp(np.array([[12.5, 9.5]]), QColor("#ff8000"), diameter)
    image = stamps.image()
    assert (image.width(), image.height()) == (30, 20)
    found = opacities(image)
    assert found.sum() / 255 == pytest.approx(np.pi * diameter**2 / 4, rel=0.1)
    np.testing.assert_array_equal(found[:19, :25], found[:19, :25][::-1])
    np.testing.assert_array_equal(found[:19, :25], found[:19, :25][:, ::-1])
    assert image.pixelColor(12, 9).name() == "#ff8000"


def test_that_dots_at_the_edge_are_cut_and_later_ones_lie_above():
    stamps = Stamps(30, 20)
    stamps.stamp(np.array([[0.0, 0.0], [29.9, 19.9], [15.0, 10.0]]), QColor("#ff0000"), 6.0)
    stamps.stamp(np.array([[15.0, 10.0]]), QColor("#0000ff"), 3.0)
    image = stamps.image()
    corners = [image.pixelColor(*place).name() for place in ((0, 0), (29, 19))]
    assert corners == ["#ff0000", "#ff0000"]
    assert image.pixelColor(15, 10).name() == "#0000ff"
    assert image.pixelColor(13, 10).name() == "#ff0000"
    assert opacities(image)[10, 5] == 0
