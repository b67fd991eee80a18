"""Electrodes are put on the drawn cell by clicking its pixels, and dragged along its tree."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.experiment.edits import with_conditions
from engine.experiment.experiment import Experiment
from engine.experiment.placing import site_of
from engine.experiment.targets import CellReference, Site
from engine.messages.anatomy import Anatomy
from engine.resources import resources_folder
from gui.panels.cell.panel import CellPanel
from gui.plots.cell.graphics import graphics
from gui.plots.cell.view import CellView
from gui.settings import SettingsStore
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.end_to_end.test_journeys import finished
from tests.engine.acceptance import l5pc

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
THICK_TUFTED = CellReference("column", 120)
TRUNK, TUFT = "apic[12]", "apic[33]"  # of the built-in cell
MODES = {"2-D": "2d", "Dendrogram": "dendrogram", "3-D": "3d"}
_CLOSER = 5  # times
_TALL = 420  # pixels
_WITHIN_A_PIXEL = (QPointF(), QPointF(-1, -1), QPointF(1, -1), QPointF(-1, 1), QPointF(1, 1))
_COMPILED_MS = 400_000  # published cells bring mechanisms
CONTROL = Qt.KeyboardModifier.ControlModifier


class Bench:
    """The program with one cell drawn."""

    def __init__(self, rig: Rig, config: Path, cell: CellReference) -> None:
        self.rig, self.hand, self.cell = rig, Hand(), cell
        self.session = rig.bench.session
        self.session.open_path(config)
        rig.until_open()
        rig.until(lambda: self.session.rig.state == "ready")
        self.session.selection.select_cell(cell)
        rig.qtbot.waitUntil(self._is_drawn, timeout=_COMPILED_MS)
        rig.window.resizeDocks([rig.window.arrangement.docks["cell"]], [_TALL], Qt.Orientation.Vertical)

    def _is_drawn(self) -> bool:
        return self.panel.shown.cell == self.cell and self.panel.has_shape()

    @property
    def panel(self) -> CellPanel:
        panel = self.rig.bench.panels["cell"]
        assert isinstance(panel, CellPanel)
        return panel

    @property
    def view(self) -> CellView:
        return self.panel.view

    @property
    def anatomy(self) -> Anatomy:
        return self.view.shapes[0].anatomy

    @property
    def experiment(self) -> Experiment:
        assert self.session.document.experiment is not None
        return self.session.document.experiment

    def show_mode(self, text: str) -> None:
        """Press the button of a mode; in space let OpenGL draw, if it can here."""
        (button,) = [each for each in self.panel.findChildren(QToolButton) if each.text() == text]
        self.hand.press(button)
        assert self.view.mode == MODES[text]
        if text == "3-D":
            self.rig.until(lambda: graphics().state in {"card", "software", "none"})
        QApplication.processEvents()

    def pixel_of(self, section: str) -> tuple[QPoint, float]:
        """A pixel where this section is to be seen, and which x of it that is; come nearer to see it."""
        for _ in range(_CLOSER):
            for x in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9):
                place = self.place_of(section, x)
                around = [self.view.pick_at(QPointF(place) + step) for step in _WITHIN_A_PIXEL]
                found = around[0]
                if found is not None and all(each and each.section == section for each in around):
                    return place, found.x
            self.view.zoom(1.5, QPointF(self.place_of(section, 0.5)))
        raise AssertionError(f"{section} is hidden behind others")

    def place_of(self, section: str, x: float) -> QPoint:
        """Where a spot is on the screen."""
        place = self.view.place_of(self.anatomy.segment_at(section, x), x)
        assert place is not None
        return place.toPoint()

    def put(self, placement: str, section: str) -> Site:
        """Click the section's pixel and press what is offered; where it was put."""
        pixel, x = self.pixel_of(section)
        self.hand.press(self.view, pixel)
        popover = self.panel.placing.popover
        assert popover.isVisible() and popover.place.text().startswith(f"{section}(")
        before = self.experiment
        self.hand.press(popover.buttons[placement])  # type: ignore[index]  # one of its offers
        self.rig.until(lambda: self.experiment is not before)
        (site,) = self.panel.placing.places
        assert site.section == section and site.x == pytest.approx(x, abs=1e-3)
        return site

    def grip_of(self, site: Site) -> tuple[QPoint, QPoint]:
        """A pixel of the electrode that stands there, beside its tip; and that of the tip."""
        segment, tip = self.anatomy.segment_at(site.section, site.x), self.place_of(site.section, site.x)
        around = (tip + QPoint(dx, dy) for dx in range(-34, 35, 2) for dy in range(-34, 35, 2))
        found = ((place, self.view.marker_at(QPointF(place))) for place in around)
        return next(
            place for place, each in found if each is not None and each.marker.segment == segment
        ), tip

    def undo(self) -> None:
        """Ctrl+Z, while the cell has the focus."""
        before = self.experiment
        self.rig.until(lambda: self.rig.window.isActiveWindow() and self.view.hasFocus())
        self.rig.until(lambda: self.rig.bench.actions.widget("edit.undo").isEnabled())
        self.hand.key(Qt.Key.Key_Z, CONTROL, self.view)
        self.rig.until(lambda: self.experiment is not before)


def place_drag_and_undo(bench: Bench, first: str, second: str) -> None:
    """Put an electrode on one section, drag it to another, take both back."""
    empty = bench.experiment
    site = bench.put("inject", first)
    (step,), (recording,) = bench.experiment.stimuli, bench.experiment.recordings
    assert step.kind == "step" and step.target == site
    assert recording.kind == "site" and recording.site == site
    bench.rig.until(lambda: bench.session.selection.element == step.id)
    target, _ = bench.pixel_of(second)
    grip, tip = bench.grip_of(site)
    bench.hand.drag(bench.view, grip, target + grip - tip)
    (step,), (recording,) = bench.experiment.stimuli, bench.experiment.recordings
    assert isinstance(step.target, Site) and step.target.section == second
    assert (bench.place_of(second, step.target.x) - target).manhattanLength() <= 3, "within a pixel or two"
    assert recording.kind == "site" and recording.site == step.target
    assert bench.session.document.undo_stack.undoText() == "Move electrode"
    bench.view.setFocus()
    bench.undo()
    assert bench.experiment.stimuli[0].target == site
    bench.undo()
    assert bench.experiment == empty


def test_that_an_electrode_is_placed_by_its_pixel_dragged_and_both_undone(
    launch: Callable[..., Rig], store: SettingsStore
) -> None:
    store.change(cell_view="3d")
    bench = Bench(launch(), COLUMN, THICK_TUFTED)
    for text, mode in MODES.items():
        bench.show_mode(text)
        place_drag_and_undo(bench, TRUNK, TUFT)
        bench.rig.shot(f"12-cell-{mode}")
    print(f"\nin space by: {graphics().state} ({graphics().said})")
    bench.session.document.undo_stack.setClean()
    bench.rig.close()


@pytest.mark.science
@pytest.mark.timeout(900)
def test_that_the_same_holds_for_the_published_layer_5_cell(
    launch: Callable[..., Rig],
    store: SettingsStore,
    l5pc_files: Path,
    bluecellulab_python: Path,
    tmp_path: Path,
) -> None:
    circuit = l5pc.make_circuit(tmp_path, l5pc_files, bluecellulab_python)
    with open_circuit(circuit.config) as opened:
        trust(opened)
    store.change(cell_view="3d")
    bench = Bench(launch(), circuit.config, CellReference(l5pc.POPULATION, 0))
    for mode in MODES:
        bench.show_mode(mode)
        place_drag_and_undo(bench, l5pc.APICAL_SECTION, "apic[1]")
    bench.session.document.undo_stack.setClean()
    bench.rig.close()


def test_that_three_electrodes_see_the_same_spike_one_after_the_other(launch: Callable[..., Rig]) -> None:
    bench = Bench(launch(), COLUMN, THICK_TUFTED)
    rig, hand = bench.rig, bench.hand
    bench.show_mode("2-D")
    pixel, _ = bench.pixel_of(TRUNK)
    hand.press(bench.view, pixel)
    rig.shot("13-popover")
    hand.key(Qt.Key.Key_Escape)
    sites = [bench.put("inject", "soma[0]"), bench.put("record", TRUNK), bench.put("synapse", TUFT)]
    bench.session.document.change(with_conditions(bench.experiment, tstop=200.0), "Shorter")
    rig.until(bench.session.rig.can_run)
    hand.key(Qt.Key.Key_F5, widget=rig.window)
    run = finished(rig)
    assert [head.site for head in run.heads] == sites
    soma, trunk, tuft = (np.asarray(run.traces.column(number)) for number in range(3))
    assert soma.max() > 0, "the soma fires"
    peak = int(soma.argmax())
    soon = slice(peak, peak + int(20 / run.traces.interval))
    assert trunk[soon].argmax() > 0, "the spike comes to the trunk later"
    assert tuft[soon].max() < soma.max()
    bench.session.playhead.move(peak * run.traces.interval)
    hand.key(Qt.Key.Key_F, widget=bench.view)
    labels = bench.panel.findChildren(QLabel)
    rig.until(lambda: not any("newest" in each.text() for each in labels))
    rig.shot("14-three-electrodes-in-a-spike")
    grip, _ = bench.grip_of(sites[1])
    hand.press(bench.view, grip)
    assert bench.session.selection.element == bench.experiment.recordings[1].id
    hand.key(Qt.Key.Key_Delete, widget=bench.view)
    assert sites[1] not in [site_of(each) for each in bench.experiment.recordings]
    bench.session.document.undo_stack.setClean()
    rig.close()
