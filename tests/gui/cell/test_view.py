"""The widget: what mouse and keyboard do in each mode, and what it tells."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QImage, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.plots.cell.camera import Camera
from gui.plots.cell.colours import ColourScale, rgb, type_colour
from gui.plots.cell.markers import Marker
from gui.plots.cell.outlook import Mode
from gui.plots.cell.picking import Pick
from gui.plots.cell.view import CellView
from tests.gui.cell.cells import CELL, ball_and_stick, drawn, y_shaped

MODES: tuple[Mode, ...] = ("3d", "2d", "dendrogram")
VOLTAGE = ColourScale("Voltage", "mV", -80.0, 40.0)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(qtbot: QtBot) -> CellView:
    made = CellView()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_shapes([y_shaped()])
    with qtbot.waitExposed(made):
        made.show()
    return made


def spot(view: CellView, section: str, x: float) -> QPoint:
    """Where it is on the widget."""
    place = view.place_of(view.shapes[0].anatomy.segment_at(section, x), x)
    assert place is not None
    return place.toPoint()


def drag(view: CellView, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """With the left button, in some steps."""
    QTest.mousePress(view, LEFT, modifiers, start)
    for step in range(1, 6):
        move(view, start + (end - start) * step / 5, LEFT, modifiers)
    QTest.mouseRelease(view, LEFT, modifiers, end)


def move(view: CellView, to: QPoint, buttons: Any = Qt.MouseButton.NoButton, modifiers: Any = NONE) -> None:
    """The mouse, over the widget."""
    place = QPointF(to)
    where = QPointF(view.mapToGlobal(to))
    event = QMouseEvent(QEvent.Type.MouseMove, place, where, Qt.MouseButton.NoButton, buttons, modifiers)
    QApplication.sendEvent(view, event)


def wheel(view: CellView, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def pixels(view: CellView) -> np.ndarray:
    """(height, width, 3) of what is on the screen."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
    return data[..., 2::-1].copy()


def is_in(view: CellView, colour: str) -> bool:
    """Whether a colour is on the screen, but for light and shade."""
    return bool((np.abs(pixels(view).astype(int) - rgb(colour)).max(axis=-1) <= 1).any())


@pytest.mark.parametrize("mode", MODES)
def test_that_a_click_on_the_pixel_of_a_spot_chooses_its_segment(
    view: CellView, mode: Mode, qtbot: QtBot
) -> None:
    view.show_mode(mode)
    for section in ("apic[0]", "apic[1]", "apic[2]", "axon[0]", "soma[0]"):
        with qtbot.waitSignal(view.clicked) as told:
            QTest.mouseClick(view, LEFT, NONE, spot(view, section, 0.5))
        pick, _, where = told.args
        assert (pick.cell, pick.section) == (CELL, section)
        assert pick.x == pytest.approx(0.5, abs=0.1)
        assert where == view.mapToGlobal(spot(view, section, 0.5))


def test_that_a_click_beside_the_cell_chooses_nothing(view: CellView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.clicked) as told:
        QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier, QPoint(3, 200))
    assert told.args[0] is None
    assert told.args[1] & Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("mode", MODES)
def test_that_what_is_under_the_mouse_is_told_once(view: CellView, mode: Mode, qtbot: QtBot) -> None:
    view.show_mode(mode)
    told: list[Pick | None] = []
    view.hovered.connect(told.append)
    move(view, spot(view, "apic[1]", 0.5))
    move(view, spot(view, "apic[1]", 0.5))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert [pick and pick.section for pick in told] == ["apic[1]", None]


def test_that_a_resting_mouse_asks_for_a_tip(view: CellView, qtbot: QtBot) -> None:
    place = spot(view, "apic[1]", 0.5)
    move(view, place)
    with qtbot.waitSignal(view.tip_wanted) as told:
        QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert told.args[0].section == "apic[1]"


def test_that_a_drag_turns_the_cell_in_space_and_moves_it_flat(view: CellView, qtbot: QtBot) -> None:
    view.show_mode("3d")
    drag(view, QPoint(5, 200), QPoint(65, 180))
    assert view.camera.azimuth < 0 and view.camera.elevation < 0
    turned, before = view.camera, spot(view, "apic[1]", 0.5)
    drag(view, QPoint(5, 200), QPoint(65, 180), Qt.KeyboardModifier.ShiftModifier)
    assert spot(view, "apic[1]", 0.5) - before == QPoint(60, -20)
    view.show_mode("2d")
    drag(view, QPoint(5, 200), QPoint(15, 230))
    assert spot(view, "apic[1]", 0.5) - before == QPoint(70, 10)
    assert (view.camera.azimuth, view.camera.elevation) == (turned.azimuth, turned.elevation)


@pytest.mark.parametrize("mode", MODES)
def test_that_the_wheel_zooms_around_the_mouse(view: CellView, mode: Mode) -> None:
    view.show_mode(mode)
    place, other = spot(view, "apic[1]", 0.5), spot(view, "soma[0]", 0.5)
    wheel(view, place, 3)
    assert (spot(view, "apic[1]", 0.5) - place).manhattanLength() <= 2
    moved = spot(view, "soma[0]", 0.5) - place
    assert moved.manhattanLength() > 1.8 * (other - place).manhattanLength()


@pytest.mark.parametrize("mode", MODES)
def test_that_f_shows_all_of_it_again(view: CellView, mode: Mode) -> None:
    view.show_mode(mode)
    before = spot(view, "apic[1]", 0.9)
    wheel(view, QPoint(0, 0), 8)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert not view.rect().contains(spot(view, "apic[1]", 0.9))
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_F)
    if mode != "3d":
        assert spot(view, "apic[1]", 0.9) == before
    for piece in view.shapes[0].pieces.segments:
        place = view.place_of(int(piece), float(view.shapes[0].anatomy.positions[piece]))
        assert place is not None and view.rect().contains(place.toPoint())


def test_that_keys_turn_move_zoom_and_look_from_sides(view: CellView) -> None:
    view.show_mode("3d")
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.camera.azimuth > 0
    for key, looks in ((Qt.Key.Key_2, (90, 0)), (Qt.Key.Key_3, (0, 90)), (Qt.Key.Key_1, (0, 0))):
        QTest.keyClick(view, key)
        assert (view.camera.azimuth, view.camera.elevation) == looks
    scale = view.camera.scale
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.scale > scale
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.camera.scale == pytest.approx(scale)
    before = spot(view, "soma[0]", 0.5)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert spot(view, "soma[0]", 0.5).x() > before.x()
    view.show_mode("dendrogram")
    before = spot(view, "soma[0]", 0.5)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert spot(view, "soma[0]", 0.5).y() > before.y()


def test_that_no_menu_gets_the_keys_of_the_drawing(view: CellView, qtbot: QtBot) -> None:
    stolen: list[str] = []
    for keys in ("F", "Home", "1"):
        action = QAction(view.window())
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False, keys=keys: stolen.append(keys))
        view.window().addAction(action)
    view.setFocus()
    for key in (Qt.Key.Key_F, Qt.Key.Key_Home, Qt.Key.Key_1):
        QTest.keyClick(view, key)
    assert stolen == []


def test_that_a_fitted_cell_stays_fitted_when_its_room_changes(view: CellView, qtbot: QtBot) -> None:
    scale = view.camera.scale
    view.resize(250, 200)
    assert view.camera.scale == pytest.approx(scale / 2, rel=0.1)
    view.zoom(2.0)
    zoomed = view.camera.scale
    view.resize(500, 400)
    assert view.camera.scale == zoomed


def test_that_the_same_cell_described_anew_is_looked_at_from_where_it_was(view: CellView) -> None:
    view.show_mode("3d")
    view.turn(30, 0)
    before = view.camera
    view.show_shapes([y_shaped()])
    assert view.camera == before


def test_that_types_have_their_colours_in_both_themes(view: CellView) -> None:
    try:
        for name in ("light", "dark"):
            theme.apply(name, 100)
            for kind in ("soma", "apic", "axon"):
                assert is_in(view, type_colour(kind)), (name, kind)
    finally:
        theme.apply("light", 100)


def test_that_values_colour_their_segments_and_nan_is_grey(view: CellView) -> None:
    anatomy = view.shapes[0].anatomy
    values = np.full(anatomy.segments, np.nan)
    values[anatomy.sections == 0] = -80.0
    view.show_values(values, VOLTAGE)
    shown = pixels(view)
    soma, tip = spot(view, "soma[0]", 0.5), spot(view, "apic[0]", 0.3)
    np.testing.assert_allclose(shown[soma.y(), soma.x()], VOLTAGE.colours(np.array([-80.0]))[0], atol=1)
    np.testing.assert_allclose(shown[tip.y(), tip.x()], rgb(theme.colours().ghost), atol=1)
    values[:] = 40.0
    view.show_values(values, VOLTAGE)
    shown = pixels(view)
    np.testing.assert_allclose(shown[soma.y(), soma.x()], VOLTAGE.colours(np.array([40.0]))[0], atol=1)
    view.show_types()
    assert is_in(view, type_colour("soma"))


def test_that_values_that_are_not_known_are_grey(view: CellView) -> None:
    view.show_values(None, VOLTAGE)
    soma = spot(view, "soma[0]", 0.5)
    np.testing.assert_allclose(pixels(view)[soma.y(), soma.x()], rgb(theme.colours().ghost), atol=1)


@pytest.mark.parametrize("mode", MODES)
def test_that_a_marker_is_seized_dragged_along_the_tree_and_dropped(
    view: CellView, mode: Mode, qtbot: QtBot
) -> None:
    view.show_mode(mode)
    anatomy = view.shapes[0].anatomy
    view.show_markers(
        [Marker("electrode", anatomy.segment_at("apic[0]", 0.5), 0.5, "#d55e00", "inject", "Step")]
    )
    start, end = spot(view, "apic[0]", 0.5), spot(view, "apic[1]", 0.5)
    told: list[tuple[str, object, str]] = []
    for signal in (view.marker_pressed, view.marker_dragged, view.marker_dropped):
        name = (
            "pressed"
            if signal is view.marker_pressed
            else "moved"
            if signal is view.marker_dragged
            else "dropped"
        )
        signal.connect(lambda key, pick, name=name: told.append((name, key, pick.section)))
    with qtbot.assertNotEmitted(view.clicked):
        drag(view, start, end)
    assert told[0] == ("pressed", "electrode", "apic[0]")
    assert ("moved", "electrode", "apic[1]") in told
    assert told[-1] == ("dropped", "electrode", "apic[1]")
    assert view.marker_at(QPointF(end)) is not None


def test_that_what_lights_up_is_seen_and_is_gone_again(view: CellView) -> None:
    before = pixels(view)
    view.highlight(view.shapes[0].anatomy.segment_at("apic[1]", 0.5))
    assert (pixels(view) != before).any()
    view.highlight(None)
    assert (pixels(view) == before).all()


def test_that_perspective_makes_what_is_nearer_larger(view: CellView) -> None:
    view.show_mode("3d")
    view.show_perspective(has_perspective=True)
    view.fit()
    assert view.camera.has_perspective
    shape = view.shapes[0]
    projected = view.camera.project(shape.pieces, view.pixels())
    assert Camera().scale == 1
    ratio = projected.radii / shape.pieces.radii
    nearest, furthest = np.argmax(projected.depths[:, 0]), np.argmin(projected.depths[:, 0])
    assert ratio[nearest, 0] > ratio[furthest, 0] or projected.radii[furthest, 0] == 0.5


@pytest.mark.parametrize("mode", MODES)
def test_that_cells_without_points_and_cells_without_segments_are_shown(view: CellView, mode: Mode) -> None:
    view.show_mode(mode)
    for shapes in ([ball_and_stick()], [drawn()], [], [y_shaped(), ball_and_stick()]):
        view.show_shapes(shapes)
        view.show_values(None, VOLTAGE)
        view.highlight(0)
        view.fit()
        view.grab()
        assert view.pick_at(QPointF(2, 2)) is None
        QTest.mouseClick(view, LEFT, NONE, QPoint(250, 200))


def test_that_a_picture_is_sharper_than_the_screen(view: CellView) -> None:
    picture = view.picture()
    assert picture.width() == 2 * view.width()
    assert picture.height() == 2 * view.height()
