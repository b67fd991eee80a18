"""The picture of the pieces by OpenGL, drawn beside the window and read back as a QImage.

Not as a widget of OpenGL: one such makes all of its window be put together by OpenGL, the traces as well.
"""

from typing import Final

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QImage,
    QMatrix3x3,
    QOffscreenSurface,
    QOpenGLContext,
    QSurfaceFormat,
    QVector2D,
    QVector3D,
)
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLVertexArrayObject,
)

from gui import theme
from gui.plots.cell.camera import LEAST_RADIUS, NEAREST, Camera
from gui.plots.cell.colours import Rgb, rgb
from gui.plots.cell.graphics import is_software
from gui.plots.cell.painting import DARKEST, THIN, DrawingError, Frame
from gui.plots.cell.pieces import Pieces
from gui.plots.cell.shaders import FRAGMENT, HEAD, HEAD_OF_ES, VERTEX

_SAMPLES: Final = 4  # of each pixel, for smooth edges
_GL_RENDERER, _GL_VERSION = 0x1F01, 0x1F02
_GL_COLOR_BUFFER_BIT, _GL_DEPTH_BUFFER_BIT = 0x4000, 0x0100
_GL_DEPTH_TEST, _GL_SAMPLE_ALPHA_TO_COVERAGE = 0x0B71, 0x809E
_GL_FLOAT, _GL_UNSIGNED_BYTE, _GL_TRIANGLES = 0x1406, 0x1401, 0x0004
_FLOAT_BYTES: Final = 4
_ATTRIBUTES: Final = (("start", 3), ("end", 3), ("radii", 2), ("bends", 2), ("corner", 2))  # numbers of each
_STRIDE: Final = sum(count for _, count in _ATTRIBUTES) * _FLOAT_BYTES
# Of the two triangles of a piece: which end, which side. No indices: PySide cannot say where they begin.
_CORNERS: Final = np.array([(0, -1), (0, 1), (1, -1), (1, -1), (0, 1), (1, 1)], dtype=np.float32)


class OpenGLDrawer:
    """Owns a context and what is in the graphics memory. DrawingError where that cannot be made."""

    def __init__(self) -> None:
        wanted = QSurfaceFormat()
        wanted.setVersion(3, 3)
        wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
        self._surface, self._context = QOffscreenSurface(), QOpenGLContext()
        self._surface.setFormat(wanted)
        self._surface.create()
        self._context.setFormat(wanted)
        if not self._context.create() or not self._context.makeCurrent(self._surface):
            raise DrawingError("There is no OpenGL 3.3.")
        self._program = _linked(self._context)
        self._arrays = QOpenGLVertexArrayObject()
        self._arrays.create()
        self._corners, self._colours = QOpenGLBuffer(), QOpenGLBuffer()
        for buffer in (self._corners, self._colours):
            buffer.create()
        self._colours.setUsagePattern(QOpenGLBuffer.UsagePattern.DynamicDraw)
        functions = self._context.functions()
        self.renderer = str(functions.glGetString(_GL_RENDERER))
        self.version = str(functions.glGetString(_GL_VERSION))
        self._target: QOpenGLFramebufferObject | None = None
        self._pieces: Pieces | None = None
        self._coloured: object = None
        self._middle, self._reach = np.zeros(3), 1.0  # µm: the middle of all, and from there to the furthest

    @property
    def is_software(self) -> bool:
        """Whether it is no graphics card that draws."""
        return is_software(self.renderer)

    def picture(self, frame: Frame, ratio: float) -> QImage:
        """The pieces of a frame. DrawingError if the driver does not do it any more."""
        scene, camera = frame.scene, frame.projection
        assert scene.pieces is not None and isinstance(camera, Camera)
        size = QSize(max(round(frame.size[0] * ratio), 1), max(round(frame.size[1] * ratio), 1))
        if not self._context.makeCurrent(self._surface):
            raise DrawingError("The graphics driver has given up.")
        if scene.pieces is not self._pieces:
            self._load(scene.pieces)
        if scene.colouring is not self._coloured:
            self._colour(scene.piece_colours())
            self._coloured = scene.colouring
        target = self._target_of(size)
        target.bind()
        self._draw(frame, camera, ratio, size)
        target.release()
        return target.toImage().convertToFormat(QImage.Format.Format_RGB32)

    def release(self) -> None:
        """Give the graphics memory back, while there is a context."""
        if self._context.makeCurrent(self._surface):
            self._target = None
            for buffer in (self._corners, self._colours):
                buffer.destroy()
            self._arrays.destroy()
            self._program.removeAllShaders()
            self._context.doneCurrent()

    def _load(self, pieces: Pieces) -> None:
        self._pieces, self._coloured = pieces, None
        numbers = np.column_stack([pieces.starts, pieces.ends, pieces.radii, pieces.bends]).astype(np.float32)
        corners = np.empty((len(pieces), len(_CORNERS), numbers.shape[1] + 2), dtype=np.float32)
        corners[:, :, :-2] = numbers[:, None]
        corners[:, :, -2:] = _CORNERS
        if len(pieces):
            ends = np.concatenate([pieces.starts, pieces.ends])
            self._middle = (ends.min(axis=0) + ends.max(axis=0)) / 2
            furthest = np.linalg.norm(ends - self._middle, axis=1).max()
            self._reach = float(furthest + pieces.radii.max())
        self._arrays.bind()
        self._corners.bind()
        self._corners.allocate(corners.tobytes(), corners.nbytes)
        offset = 0
        for name, count in _ATTRIBUTES:
            place = self._program.attributeLocation(name)
            self._program.enableAttributeArray(place)
            self._program.setAttributeBuffer(place, _GL_FLOAT, offset, count, _STRIDE)
            offset += count * _FLOAT_BYTES
        self._colours.bind()
        place = self._program.attributeLocation("colour")
        self._program.enableAttributeArray(place)
        self._program.setAttributeBuffer(place, _GL_UNSIGNED_BYTE, 0, 4, 4)
        self._arrays.release()

    def _colour(self, colours: Rgb) -> None:
        opaque = np.full((len(colours), len(_CORNERS), 4), 255, dtype=np.uint8)
        opaque[:, :, :3] = colours[:, None]
        self._colours.bind()
        self._colours.allocate(opaque.tobytes(), opaque.nbytes)
        self._colours.release()

    def _target_of(self, size: QSize) -> QOpenGLFramebufferObject:
        if self._target is None or self._target.size() != size:
            made = QOpenGLFramebufferObjectFormat()
            made.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
            made.setSamples(0 if self.is_software else _SAMPLES)  # without a card it costs four times as much
            self._target = QOpenGLFramebufferObject(size, made)
            if not self._target.isValid():
                self._target = None
                raise DrawingError(f"No picture of {size.width()} × {size.height()} pixels can be drawn.")
        return self._target

    def _draw(self, frame: Frame, camera: Camera, ratio: float, size: QSize) -> None:
        assert self._pieces is not None
        functions, program = self._context.functions(), self._program
        functions.glViewport(0, 0, size.width(), size.height())
        red, green, blue = (rgb(theme.colours().background) / 255).tolist()
        functions.glClearColor(red, green, blue, 1.0)
        functions.glClear(_GL_COLOR_BUFFER_BIT | _GL_DEPTH_BUFFER_BIT)
        functions.glEnable(_GL_DEPTH_TEST)
        functions.glEnable(_GL_SAMPLE_ALPHA_TO_COVERAGE)
        functions.glColorMask(True, True, True, False)  # alpha says which samples: nothing shines through
        program.bind()
        at = program.uniformLocation
        program.setUniformValue(at("rotation"), QMatrix3x3(camera.rotation.reshape(-1).tolist()))
        program.setUniformValue(at("centre"), QVector3D(*camera.centre))
        program.setUniformValue(at("size"), QVector2D(size.width(), size.height()))
        program.setUniformValue1i(at("is_smooth"), int(not self.is_software))
        for name, value in self._numbers(frame, camera, ratio).items():
            program.setUniformValue1f(at(name), value)
        self._arrays.bind()
        functions.glDrawArrays(_GL_TRIANGLES, 0, len(_CORNERS) * len(self._pieces))
        self._arrays.release()
        program.release()
        functions.glColorMask(True, True, True, True)

    def _numbers(self, frame: Frame, camera: Camera, ratio: float) -> dict[str, float]:
        return {
            "scale": camera.scale * ratio,
            "one_over_eye": 1.0 / camera.eye_distance(frame.size),
            "nearest": NEAREST,
            "least_radius": LEAST_RADIUS * ratio,
            "middle_depth": float(camera.rotation[2] @ (self._middle - np.array(camera.centre))),
            "depth_range": self._reach * 1.01,
            "thin": THIN * ratio,
            "darkest": DARKEST if frame.is_shaded else 1.0,
        }


def _linked(context: QOpenGLContext) -> QOpenGLShaderProgram:
    head = HEAD_OF_ES if context.isOpenGLES() else HEAD
    program = QOpenGLShaderProgram()
    kinds = ((QOpenGLShader.ShaderTypeBit.Vertex, VERTEX), (QOpenGLShader.ShaderTypeBit.Fragment, FRAGMENT))
    if not all(program.addShaderFromSourceCode(kind, head + text) for kind, text in kinds):
        raise DrawingError(f"A shader cannot be compiled: {program.log()}")
    if not program.link():
        raise DrawingError(f"The shaders cannot be linked: {program.log()}")
    return program
