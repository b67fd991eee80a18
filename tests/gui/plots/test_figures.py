"""Figures for print: vectors with letters, of the size that was asked for, nothing cut off."""

import math
import re
import zlib
from itertools import product

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gui import theme
from gui.plots.figure import Axis, Chart, Curve, Entry, Figure, Style, number_text, round_length, round_step
from gui.plots.figure_files import drawn, image
from gui.plots.figure_painting import _simplified
from gui.plots.figure_reading import in_print

_BLUE = "#0072b2"
_POINTS_OF_85_MM = 85 / 25.4 * 72


def a_figure() -> Figure:
    """Two charts, with long numbers and names; the lower one has a line at half its height."""
    time = np.linspace(0, 100, 5001)
    voltage = Curve(time, 100 * np.sin(time), "#d55e00")
    level = Curve(np.array([0.0, 100.0]), np.array([0.5, 0.5]), _BLUE)
    x = Axis("Time (ms)", 0, 100)
    return Figure(
        (
            Chart(x, Axis("Membrane voltage (mV)", -12_345, 12_345), (voltage,)),
            Chart(x, Axis("Open part of the channels", 0, 1), (level,)),
        ),
        (Entry("A trace with a long name", "#d55e00"), Entry("Another one with a long name", _BLUE)),
        "Somascope: test",
    )


def texts_of(pdf: bytes) -> bytes:
    """The drawing of a PDF, and all else that is compressed in it."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"\n".join(_inflated(each) for each in streams)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_that_a_pdf_has_the_width_that_was_asked_for_and_letters_and_lines(qtbot):
    pdf = drawn(a_figure(), Style(), "pdf")
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", pdf)
    assert box is not None
    width = float(box[1].split()[2])
    assert width == pytest.approx(_POINTS_OF_85_MM, abs=0.5)
    assert b"/Subtype /Image" not in pdf, "a picture cannot be edited"
    content = texts_of(pdf)
    assert content.count(b"Tj") + content.count(b"TJ") >= 10, "letters are letters"
    assert b"/ToUnicode" in pdf, "and can be searched"
    assert len(re.findall(rb" l\b", content)) > 200, "lines are lines"


def test_that_an_svg_is_as_large_and_has_its_words(qtbot):
    svg = drawn(a_figure(), Style(width_mm=180, text_points=9), "svg").decode()
    millimetres = re.search(r'width="([\d.]+)mm"', svg)
    assert millimetres is not None and float(millimetres[1]) == pytest.approx(180, abs=0.1)
    for words in ("Time (ms)", "Membrane voltage (mV)", "A trace with a long name", "−10000"):
        assert words in svg
    assert "<image" not in svg


@pytest.mark.parametrize(
    ("scale_bars", "width", "points"), list(product((False, True), (60.0, 85.0, 180.0), (6, 8, 12)))
)
def test_that_nothing_is_cut_off(qtbot, scale_bars, width, points):
    style = Style(width_mm=width, text_points=points, scale_bars=scale_bars)
    grey = _pixels(image(a_figure(), style, 150)).min(axis=2)
    edges = np.concatenate([grey[:2].ravel(), grey[-2:].ravel(), grey[:, :2].ravel(), grey[:, -2:].ravel()])
    if width > 60 or points < 12:  # there the names of the legend are longer than the figure is wide
        assert (edges > 250).all(), "ink reaches the edge"
    assert (grey < 60).any(), "black axes"


def test_that_data_are_where_the_axes_say(qtbot):
    x, ends = Axis("Time (ms)", 0, 100), np.array([0.0, 100.0])
    levels = [Curve(ends, np.full(2, level), colour) for level, colour in ((10.0, _BLUE), (25.0, "#d55e00"))]
    figure = Figure((Chart(x, Axis("Voltage (mV)", 0, 30), tuple(levels)),))
    found = _pixels(image(figure, Style(), 300))
    rows = []
    for colour in ("#000000", _BLUE, "#d55e00"):
        wanted = QColor(colour)
        rgb = [wanted.red(), wanted.green(), wanted.blue()]
        is_it = (np.abs(found - rgb) < 12).all(axis=2)
        rows.append(np.flatnonzero(is_it.sum(axis=1) > found.shape[1] / 2).mean())
    axis, low, high = rows
    assert (axis - low) / (axis - high) == pytest.approx(10 / 25, abs=0.01)


def test_that_colours_of_the_dark_theme_are_seen_on_white(qtbot, monkeypatch):
    monkeypatch.setattr(theme._STATE, "dark", True)
    on_screen = [theme.trace_colour(index) for index in range(theme.TRACE_COLOURS)]
    monkeypatch.setattr(theme._STATE, "dark", False)
    of_light = [theme.trace_colour(index) for index in range(theme.TRACE_COLOURS)]
    assert [in_print(QColor(each)) for each in of_light] == of_light
    monkeypatch.setattr(theme._STATE, "dark", True)
    assert [in_print(QColor(each)) for each in on_screen] == of_light
    assert QColor(in_print(QColor(theme.colours().text))).lightnessF() < 0.2
    assert QColor(in_print(QColor("#ffffaa"))).lightnessF() < 0.75


@pytest.mark.parametrize(("least", "step"), [(0.7, 1), (1, 1), (1.01, 2), (23, 50), (0.0051, 0.01), (0, 1)])
def test_that_steps_are_round(least, step):
    assert math.isclose(round_step(least), step)


def test_that_lengths_and_numbers_are_round():
    assert [round_length(each) for each in (35, 19, 0.07, 9.9)] == pytest.approx([20, 10, 0.05, 5])
    assert [number_text(each) for each in (-65.0, 1e-9, 0.25, -2e-7)] == ["−65", "1e−9", "0.25", "−2e−7"]
    rows = Axis("", 0, 40, tuple((k + 0.5, str(k)) for k in range(60)))
    assert len(rows.tick_marks(5)) <= 5
    assert Axis("Current (nA)", 0, 1).unit == "nA"


def _pixels(picture: QImage) -> "np.ndarray[tuple[int, int, int], np.dtype[np.int16]]":
    """(height, width, 3) red, green, blue."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(rgb.constBits(), dtype=np.uint8).reshape(rgb.height(), rgb.bytesPerLine() // 4, 4)
    return flat[:, : rgb.width(), 2::-1].astype(np.int16)


def test_that_lines_are_thinned_without_a_printer_showing_it():
    x = np.linspace(0, 200, 4801)
    flat_then_spike = np.where(np.abs(x - 100) < 2, 60 * np.cos((x - 100) / 4 * np.pi), 0.0)
    for y in (flat_then_spike, 40 * np.sin(x / 7), np.random.default_rng(1).normal(0, 20, len(x))):
        thin_x, thin_y = _simplified(x, y)
        left = np.clip(np.searchsorted(thin_x, x, side="right") - 1, 0, len(thin_x) - 2)
        wide, high = np.diff(thin_x)[left], np.diff(thin_y)[left]
        apart = np.abs(wide * (y - thin_y[left]) - high * (x - thin_x[left])) / np.hypot(wide, high)
        assert apart.max() < 0.06, "points of a page"
        assert (y.min(), y.max()) == pytest.approx((thin_y.min(), thin_y.max()), abs=0.06)
    assert len(_simplified(x, flat_then_spike)[0]) < 600 and len(_simplified(x, 40 * np.sin(x / 7))[0]) < 1300
    broken = flat_then_spike.copy()
    broken[2000] = np.nan
    assert np.isnan(_simplified(x, broken)[1]).sum() == 1
