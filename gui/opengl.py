"""Which OpenGL this machine draws with: `python -m gui.opengl`, since a broken driver ends the process."""

import sys

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_GL_RENDERER, _GL_VERSION = 0x1F01, 0x1F02


def main() -> int:
    """Print renderer and version; exit code 1 where there is no OpenGL."""
    application = QGuiApplication(sys.argv[:1])
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        print(f"Qt's {application.platformName()} platform gives no OpenGL")
        return 1
    functions = context.functions()
    print(f"{functions.glGetString(_GL_RENDERER)}, OpenGL {functions.glGetString(_GL_VERSION)}")
    context.doneCurrent()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
