"""`python -m tests.gui.cell.same_picture` on a screen: exit code 1 if OpenGL draws another picture."""

import sys

import numpy as np
from PySide6.QtGui import QGuiApplication, QImage

from gui.plots.cell.camera import Camera
from gui.plots.cell.opengl import OpenGLDrawer
from gui.plots.cell.painting import Frame
from gui.plots.cell.scene import Scene
from gui.plots.cell.software import SoftwareDrawer
from tests.gui.cell.cells import ball_and_stick, drawn, y_shaped

SIZE = (400, 300)
LOOKS = ((0, 0, False, 1), (50, 20, True, 1), (-70, 80, True, 9))
MOST_UNLIKE = 0.005  # of the pixels of the cell: float32 against float64 at edges


def main() -> int:
    _application = QGuiApplication(sys.argv[:1])
    opengl, software = OpenGLDrawer(), SoftwareDrawer()
    worst = 0.0
    for shapes in ([y_shaped()], [ball_and_stick()], [y_shaped(), ball_and_stick()], [drawn()]):
        scene = Scene()
        scene.show_shapes(shapes)
        assert scene.pieces is not None
        for azimuth, elevation, has_perspective, zoom in LOOKS:
            camera = Camera(azimuth=azimuth, elevation=elevation, has_perspective=has_perspective)
            camera = camera.fitted(scene.pieces, SIZE).zoomed(zoom, (200, 150), SIZE)
            frame = Frame(scene, camera, SIZE, is_shaded=True, is_smooth=False)
            one, other = (_pixels(each.picture(frame, 1.0)) for each in (opengl, software))
            of_cell = (other != other[0, 0]).any(axis=-1).sum()
            unlike = (np.abs(one - other).max(axis=-1) > 40).sum()
            worst = max(worst, unlike / max(of_cell, 1))
    opengl.release()
    print(f"{opengl.renderer}: {worst:.2%} of the pixels are others")
    return int(worst > MOST_UNLIKE)


def _pixels(image: QImage) -> np.ndarray:
    table = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
    return table[..., :3].astype(np.int16)


if __name__ == "__main__":
    raise SystemExit(main())
