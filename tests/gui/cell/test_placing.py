"""Places on the cell: chosen by mouse and keyboard, offered what to put there, marked, dragged, linked."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import edits
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.placing import site_of
from engine.experiment.recordings import SiteRecording, StimulusRecording
from engine.experiment.stimuli import PlacedSynapse, Step, VoltageClamp
from engine.experiment.targets import Site
from gui import theme
from gui.background import wait_for_all
from gui.panels.cell.panel import CellPanel
from gui.plots.cell.markers import Marker
from gui.session.session import Session
from tests.gui.accessibility import nameless_controls
from tests.gui.cell.cells import CELL, Branch
from tests.gui.cell.small_session import SmallSession

FORKED = (
    Branch("soma[0]", course=((-10, 0, 0, 20), (10, 0, 0, 20)), diameter=20),
    Branch("apic[0]", "soma[0]", 0.5, ((0, 10, 0, 4), (0, 110, 0, 4)), segments=5, distance=10),
    Branch("apic[1]", "apic[0]", 1.0, ((0, 110, 0, 2), (80, 160, 0, 2)), segments=5, distance=110),
    Branch("apic[2]", "apic[0]", 1.0, ((0, 110, 0, 2), (-80, 160, 0, 2)), segments=5, distance=110),
)
TIP = Site(cell=CELL, section="apic[1]", x=0.9)
STEM = Site(cell=CELL, section="apic[0]", x=0.5)
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session() -> Iterator[SmallSession]:
    yield SmallSession()
    wait_for_all()


@pytest.fixture
def panel(session: SmallSession, qtbot: QtBot) -> Iterator[CellPanel]:
    """A forked cell is drawn, in a window with something else in it."""
    window, inside = QMainWindow(), QWidget()
    window.setCentralWidget(inside)
    qtbot.addWidget(window)
    made = CellPanel(cast("Session", session))
    made.setParent(inside)
    made.setGeometry(0, 0, 600, 500)
    field = QLineEdit(inside)
    field.setGeometry(0, 510, 200, 30)
    window.resize(620, 560)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere.json")))
    session.selection.select_cell(CELL)
    session.rig.build(CELL, *FORKED)
    qtbot.waitUntil(made.has_shape)
    yield made
    window.close()


def pixel(panel: CellPanel, site: Site) -> QPoint:
    segment = panel.view.shapes[0].anatomy.segment_at(site.section, site.x)
    place = panel.view.place_of(segment, site.x)
    assert place is not None
    return place.toPoint()


def click(panel: CellPanel, site: Site, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, keys, pixel(panel, site))


def put(session: SmallSession, *elements: Step | PlacedSynapse | VoltageClamp | SiteRecording) -> None:
    experiment = session.document.experiment
    assert experiment is not None
    for each in elements:
        put_one = edits.with_recording if isinstance(each, SiteRecording) else edits.with_stimulus
        experiment = put_one(experiment, each)  # type: ignore[arg-type]  # the one that fits
    session.document.change(experiment, "Put")


def markers(panel: CellPanel) -> dict[object, Marker]:
    return {each.marker.key: each.marker for each in panel.view._markers.placed()}


def sections(places: tuple[Site, ...]) -> list[str]:
    return [each.section for each in places]


def test_that_a_click_chooses_the_spot_and_offers_what_can_be_put_there(panel, session) -> None:
    click(panel, TIP)
    popover = panel.placing.popover
    assert popover.isVisible() and popover.buttons["inject"].hasFocus()
    chosen = session.selection.site
    assert chosen is not None and chosen.section == "apic[1]"
    assert popover.place.text().startswith(f"apic[1]({chosen.x:.3g})")
    assert "from the soma" in popover.place.text()
    assert chosen.x == pytest.approx(0.9, abs=0.02)
    assert nameless_controls(popover) == []


@pytest.mark.parametrize(
    ("keys", "placement"),
    [
        ((Qt.Key.Key_Return,), "inject"),
        ((Qt.Key.Key_Down, Qt.Key.Key_Return), "record"),
        ((Qt.Key.Key_Up, Qt.Key.Key_Space), "clamp"),
        ((Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Return), "synapse"),
        ((Qt.Key.Key_S,), "synapse"),
        ((Qt.Key.Key_C,), "clamp"),
    ],
)
def test_that_the_popover_is_used_by_keyboard(panel, session, keys, placement) -> None:
    asked: list[tuple[str, tuple[Site, ...]]] = []
    panel.place_wanted.connect(lambda *what: asked.append(what))
    click(panel, STEM)
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)
    ((wanted, sites),) = asked
    assert wanted == placement and sections(sites) == ["apic[0]"]
    assert not panel.placing.popover.isVisible() and panel.view.hasFocus()


def test_that_a_button_is_pressed_by_mouse(panel) -> None:
    asked: list[str] = []
    panel.place_wanted.connect(lambda placement, _sites: asked.append(placement))
    click(panel, STEM)
    QTest.mouseClick(panel.placing.popover.buttons["record"], Qt.MouseButton.LeftButton)
    assert asked == ["record"]


def test_that_esc_and_a_click_elsewhere_close_it_and_the_click_counts(panel, session) -> None:
    popover = panel.placing.popover
    click(panel, STEM)
    QTest.keyClick(popover.buttons["inject"], Qt.Key.Key_Escape)
    assert not popover.isVisible() and session.selection.site is not None
    click(panel, STEM)
    field = panel.parentWidget().findChild(QLineEdit)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert not popover.isVisible() and field.hasFocus()
    click(panel, STEM)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(5, panel.view.height() - 60))
    assert not popover.isVisible() and session.selection.site is None and panel.placing.places == ()


def test_that_shift_adds_places_and_takes_them_away(panel) -> None:
    other = Site(cell=CELL, section="apic[2]", x=0.9)
    click(panel, TIP)
    click(panel, other, SHIFT)
    popover = panel.placing.popover
    assert sections(panel.placing.places) == ["apic[1]", "apic[2]"]
    assert popover.isVisible() and popover.place.text() == "2 places"
    assert [each.kind for each in markers(panel).values()] == ["place", "place"]
    asked: list[tuple[Site, ...]] = []
    panel.place_wanted.connect(lambda _placement, sites: asked.append(sites))
    popover.buttons["synapse"].click()
    assert sections(asked[0]) == ["apic[1]", "apic[2]"]
    click(panel, TIP, SHIFT)
    assert sections(panel.placing.places) == ["apic[2]"]
    click(panel, STEM)
    assert sections(panel.placing.places) == ["apic[0]"]


def test_that_the_popover_stays_inside_of_the_window(panel) -> None:
    window = panel.window()
    corner = window.mapToGlobal(QPoint(window.width() - 2, window.height() - 2))
    panel.placing.popover.show_at(corner, "apic[1](0.9), 190 µm from the soma", "")
    assert window.rect().contains(panel.placing.popover.geometry())


def test_that_actions_place_what_was_chosen_in_another_view(panel, session) -> None:
    actions = {action.id: action for action in panel.actions()}
    assert not actions["cell.place.inject"].enabled()
    session.selection.select_site(TIP)
    assert actions["cell.place.inject"].enabled()
    asked: list[object] = []
    panel.place_wanted.connect(lambda *what: asked.append(what))
    actions["cell.place.clamp"].run()
    assert asked == [("clamp", (TIP,))]


def test_that_the_experiment_stands_on_the_cell_in_the_colours_of_its_traces(panel, session) -> None:
    put(
        session,
        Step(id="step", target=STEM, name="Kick"),
        PlacedSynapse(id="synapse", target=TIP),
        VoltageClamp(id="clamp", target=Site(cell=CELL)),
        SiteRecording(id="stem", site=STEM),
        SiteRecording(id="far", site=Site(cell=CELL, section="apic[2]", x=0.5)),
        SiteRecording(id="tip", site=TIP),
    )
    found = markers(panel)
    assert {key: each.kind for key, each in found.items()} == {
        "step": "inject",
        "synapse": "synapse",
        "clamp": "clamp",
        "far": "record",
    }
    colours = {key: each.colour for key, each in found.items()}
    assert colours["step"] == theme.trace_colour(0)
    assert colours["far"] == theme.trace_colour(1)
    assert colours["synapse"] == theme.trace_colour(2)
    assert colours["clamp"] == theme.colours().text
    assert found["step"].name == "Kick"
    session.trace_colours.choose("far", "#123456")
    assert markers(panel)["far"].colour == "#123456"


def test_that_only_what_is_at_one_place_of_this_cell_is_shown(panel, session) -> None:
    elsewhere = Site(cell=type(CELL)("cells", 99))
    put(
        session,
        Step(id="other", target=elsewhere),
        Step(id="nowhere", target=Site(cell=CELL, section="apic[77]")),
        Step(id="off", target=TIP, enabled=False),
    )
    found = markers(panel)
    assert set(found) == {"off"} and found["off"].colour == theme.colours().ghost


def grip_of(panel: CellPanel, site: Site) -> QPoint:
    """A pixel of the marker's body, beside its tip."""
    tip = pixel(panel, site)
    around = (QPoint(dx, dy) for dx in range(-30, 31, 3) for dy in range(-30, 31, 3))
    return next(tip + step for step in around if panel.view.marker_at(QPointF(tip + step)) is not None)


def drag(panel: CellPanel, begin: QPoint, end: QPoint) -> None:
    view, left = panel.view, Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=begin)
    for step in range(1, 11):
        QTest.mouseMove(view, begin + (end - begin) * step / 10)
    QTest.mouseRelease(view, left, pos=end)


def test_that_an_electrode_is_chosen_by_a_click_and_moved_by_one_drag(panel, session) -> None:
    put(session, Step(id="step", target=STEM), SiteRecording(id="stem", site=STEM))
    begin = grip_of(panel, STEM)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=begin)
    assert session.selection.element == "step" and markers(panel)["step"].is_selected
    assert session.document.undo_stack.count() == 1, "a click moves nothing"
    assert not panel.placing.popover.isVisible()
    pointed: list[Site | None] = []
    session.pointing.changed.connect(pointed.append)
    drag(panel, begin, begin + pixel(panel, TIP) - pixel(panel, STEM))
    experiment = session.document.experiment
    assert experiment is not None
    for each in (experiment.stimuli[0], experiment.recordings[0]):
        site = site_of(each)
        assert site is not None and site.section == "apic[1]"
        assert site.x == pytest.approx(0.9, abs=0.05)
    assert {each.section for each in pointed if each is not None} >= {"apic[0]", "apic[1]"}
    assert pointed[-1] is None, "nothing stays alight where the mouse was"
    assert session.document.undo_stack.undoText() == "Move electrode"
    assert session.document.undo_stack.count() == 2
    session.document.undo_stack.undo()
    assert session.document.experiment.stimuli[0].target == STEM
    assert markers(panel)["step"].x == STEM.x


def test_that_a_hand_that_trembles_moves_nothing(panel, session) -> None:
    put(session, Step(id="step", target=STEM))
    begin = grip_of(panel, STEM)
    drag(panel, begin, begin)
    assert session.document.undo_stack.count() == 1


def test_that_the_mouse_on_the_cell_points_and_what_others_point_at_lights_up(panel, session) -> None:
    put(session, SiteRecording(id="far", site=TIP))
    QTest.mouseMove(panel.view, pixel(panel, STEM))
    assert session.pointing.site is not None and session.pointing.site.section == "apic[0]"
    QTest.mouseMove(panel.view, grip_of(panel, TIP))
    assert session.pointing.site == TIP, "an electrode points at its very site"
    QTest.mouseMove(panel.view, QPoint(3, panel.view.height() - 60))
    assert session.pointing.site is None
    session.pointing.point_at(STEM)
    anatomy = panel.view.shapes[0].anatomy
    assert panel.view.lit == anatomy.segment_at("apic[0]", 0.5)
    session.pointing.point_at(Site(cell=type(CELL)("cells", 99), section="apic[0]"))
    assert panel.view.lit is None


def test_that_a_recording_of_a_current_gives_its_clamp_its_colour(panel, session) -> None:
    put(session, VoltageClamp(id="clamp", target=STEM))
    experiment = session.document.experiment
    recording = StimulusRecording(id="current", stimulus="clamp")
    session.document.change(edits.with_recording(experiment, recording), "Record")
    assert markers(panel)["clamp"].colour == theme.trace_colour(0)
    assert session.document.experiment.cells == ListedCells()
