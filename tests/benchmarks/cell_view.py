"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.cell_view`: pictures of cells, and picks on them.

On a screen with OpenGL (`xvfb-run -a python -m …`) by OpenGL, too. Goals: 30 frames a second while it turns
and while its colours change, with up to 5,000 segments; a pick of 10,000 segments in 10 ms.
"""

import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.experiment.targets import CellReference
from engine.messages.events import Description, SectionDescription
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.opengl import OpenGLDrawer
from gui.plots.cell.painting import DrawingError, PiecesPicture
from gui.plots.cell.shapes import Shape, shape_of
from gui.plots.cell.view import CellView
from tests.benchmarks.table import show, verdict

_COUNTS, _PICKED = (1_000, 5_000, 20_000), 10_000
_SIZE = (900, 560)  # pixels
_FRAMES, _PICKS = 30, 400
_OF_A_SECTION, _POINTS = 10, 12  # segments, and 3-D points
_STEP_UM = 7.0  # between two points
_SCALE = ColourScale("Voltage", "mV", -80.0, 40.0)
_FRAME_MS, _PICK_MS = 1000 / 30, 10.0


def main() -> None:
    """Each way of drawing with each number of segments, then picks."""
    application = QApplication.instance() or QApplication([])
    random = np.random.default_rng(1)
    cells = {count: grown(count, random) for count in (*_COUNTS, _PICKED)}
    drawers: dict[str, PiecesPicture | None] = {"processor": None}
    opengl = _opengl()
    if opengl is not None:
        drawers[opengl.renderer.partition(" ")[0]] = opengl
    header = ("segments", "pieces", "first frame", "turning", "goal", "", "recolouring", "goal", "")
    for name, drawer in drawers.items():
        rows = [[count, *_measured(application, *cells[count], drawer)] for count in _COUNTS]
        show(f"3-D by the {name}, {_SIZE[0]} × {_SIZE[1]} pixels, ms", header, rows)
    _picks(shape_of(*cells[_PICKED]), random)
    if opengl is not None:
        opengl.release()


def grown(segments: int, random: np.random.Generator) -> tuple[Description, np.ndarray]:
    """A bush of sections, each on the tip of an earlier one, as a worker would describe it."""
    count = max(segments // _OF_A_SECTION, 1)
    courses = np.empty((count, _POINTS, 4))
    directions = random.normal(size=(count, 3))
    sections = []
    for number in range(count):
        parent = int(random.integers(number // 3, number)) if number else -1
        direction = directions[number] + (2.0 * directions[parent] if number else 0.0)
        directions[number] = direction / np.linalg.norm(direction)
        wiggles = random.normal(scale=1.2, size=(_POINTS, 3)).cumsum(axis=0)
        start = courses[parent, -1, :3] if number else np.zeros(3)
        along = _STEP_UM * np.arange(_POINTS)[:, None] * directions[number]
        courses[number, :, :3] = start + along + wiggles - wiggles[0]
        courses[number, :, 3] = np.linspace(1.6, 1.1, _POINTS)
        sections.append(
            SectionDescription(
                name=f"dend[{number}]", section_type="dend", number=None,
                parent=f"dend[{parent}]" if number else None, parent_x=1.0,
                length=float(np.linalg.norm(np.diff(courses[number, :, :3], axis=0), axis=1).sum()),
                axial_resistance=100.0, distance_from_soma=0.0, diameters=(1.3,) * _OF_A_SECTION,
                first_point=number * _POINTS, points=_POINTS, mechanisms=(),
            )
        )  # fmt: skip
    description = Description(
        request_id="benchmark", cell=CellReference("bush", segments), sections=tuple(sections),
        section_lists={}, mechanisms=(), point_processes=(),
    )  # fmt: skip
    return description, courses.reshape(-1, 4)


def _opengl() -> OpenGLDrawer | None:
    try:
        return OpenGLDrawer()
    except DrawingError:
        return None


def _measured(
    application, description: Description, points: np.ndarray, drawer: PiecesPicture | None
) -> list[object]:
    view = CellView()
    view.resize(*_SIZE)
    view.show_mode("3d")
    view.draw_with(drawer)
    view.show()
    application.processEvents()
    began = time.perf_counter()
    shape = shape_of(description, points)
    view.show_shapes([shape])
    view.repaint()
    first_ms = (time.perf_counter() - began) * 1e3
    phases = np.random.default_rng(2).uniform(0, 6, shape.anatomy.segments)

    def turn(_frame: int) -> None:
        view.turn(3.0, 0.5)

    def recolour(frame: int) -> None:
        view.show_values(-20 + 60 * np.sin(phases + frame / 5), _SCALE)

    turning = _median_ms(application, view, turn)
    view.stand_still()
    recolouring = _median_ms(application, view, recolour)
    view.close()
    view.deleteLater()
    goal = _FRAME_MS if shape.anatomy.segments <= 5_000 else None
    return [
        len(shape.pieces),
        first_ms,
        turning,
        *verdict(turning, goal),
        recolouring,
        *verdict(recolouring, goal),
    ]


def _median_ms(application, view: CellView, change: Callable[[int], None]) -> float:
    times = []
    for frame in range(_FRAMES + 2):
        began = time.perf_counter()
        change(frame)
        view.repaint()
        times.append((time.perf_counter() - began) * 1e3)
        application.processEvents()
    return median(times[2:])


def _picks(shape: Shape, random: np.random.Generator) -> None:
    view = CellView()
    view.resize(*_SIZE)
    view.show_shapes([shape])
    view.pick_at(QPointF(0, 0))  # what is known of the pieces on the screen is known from now on
    times, found = [], 0
    for x, y in random.uniform((150, 90), (750, 470), (_PICKS, 2)):
        began = time.perf_counter()
        found += view.pick_at(QPointF(x, y)) is not None
        times.append((time.perf_counter() - began) * 1e3)
    moved = []
    for _ in range(_FRAMES):
        view.turn(2.0, 0.0)
        began = time.perf_counter()
        view.pick_at(QPointF(450, 280))
        moved.append((time.perf_counter() - began) * 1e3)
    rows = [
        ["at rest, median", median(times), *verdict(median(times), _PICK_MS)],
        ["at rest, worst", max(times), *verdict(max(times), _PICK_MS)],
        ["just after it was turned, median", median(moved), *verdict(median(moved), _PICK_MS)],
    ]
    title = f"Picks of {shape.anatomy.segments:,} segments, ms ({found} of {_PICKS} hit the cell)"
    show(title, ("", "took", "goal", ""), rows)
    view.deleteLater()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
