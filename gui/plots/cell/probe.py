"""Whether OpenGL draws cells right: `python -m gui.plots.cell.probe`; a broken driver ends the process."""

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage

from engine.experiment.targets import CellReference
from engine.messages.events import Description, SectionDescription
from gui.plots.cell.camera import Camera
from gui.plots.cell.opengl import OpenGLDrawer
from gui.plots.cell.painting import DrawingError, Frame
from gui.plots.cell.scene import Scene
from gui.plots.cell.shapes import shape_of
from gui.plots.cell.software import SoftwareDrawer

_SIZE: Final = (96, 64)
_UNLIKE: Final = 60  # of 255: more than edges and light and shade differ
_MOST_UNLIKE: Final = 0.05  # of the pixels: those at edges


def main() -> int:
    """Draw a small cell twice and compare; print the renderer, or what is wrong with it (exit code 1)."""
    application = QGuiApplication(sys.argv[:1])
    try:
        drawer = OpenGLDrawer()
        frame = _frame()
        drawn, expected = (_pixels(each.picture(frame, 1.0)) for each in (drawer, SoftwareDrawer()))
        drawer.release()
    except DrawingError as error:
        print(error)
        return 1
    unlike = (np.abs(drawn - expected).max(axis=-1) > _UNLIKE).mean()
    if unlike > _MOST_UNLIKE or not (drawn != drawn[0, 0]).any():
        print(f"{drawer.renderer} draws something else than it is told to ({application.platformName()})")
        return 1
    print(drawer.renderer)
    return 0


def _frame() -> Frame:
    """A thick branch from corner to corner."""
    branch = SectionDescription(
        name="dend[0]", section_type="dend", number=None, parent=None, parent_x=0.0, length=100.0,
        axial_resistance=100.0, distance_from_soma=0.0, diameters=(12.0,), first_point=0, points=2,
        mechanisms=(),
    )  # fmt: skip
    description = Description(
        request_id="probe", cell=CellReference("cells", 0), sections=(branch,), section_lists={},
        mechanisms=(), point_processes=(),
    )  # fmt: skip
    scene = Scene()
    scene.show_shapes([shape_of(description, np.array([[0, 0, 0, 12.0], [80, 60, 0, 12.0]]))])
    assert scene.pieces is not None
    return Frame(scene, Camera().fitted(scene.pieces, _SIZE), _SIZE, is_shaded=False)


def _pixels(image: QImage) -> NDArray[np.int16]:
    """(height, width, 3)."""
    table = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
    return table[..., :3].astype(np.int16)


if __name__ == "__main__":
    raise SystemExit(main())
