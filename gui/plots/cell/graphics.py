"""What draws here: asked of a process of its own, once, since a broken driver ends the process that asks."""

import os
import subprocess
import sys
import time
from functools import cache
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from engine.errors import EngineError
from engine.launch import ROOT
from gui.background import Task, in_background

State = Literal["unasked", "asking", "card", "software", "none"]

_WITHOUT: Final = ("offscreen", "minimal", "vnc", "linuxfb")  # platforms of Qt that have no OpenGL
_PATIENCE_S, _LOOK_S = 20.0, 0.1
# Renderers that are no graphics card, by parts of their names
_SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader", "basic render", "gdi generic")


class Graphics(QObject):
    """`card`: a graphics card draws cells. `software`: OpenGL does, by the processor. `none`: it does not."""

    known = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "unasked"
        self.said = ""  # the name of the renderer, or what is wrong
        self._asking: Task | None = None

    def ask(self) -> None:
        """Find out, in the background; `known` tells when."""
        if self.state != "unasked":
            return
        if QGuiApplication.platformName() in _WITHOUT or getattr(sys, "frozen", False):
            self._take((1, "There is no OpenGL here."))
            return
        self.state = "asking"
        self._asking = in_background(_answer, self._take, self._on_failed)
        self._asking.ended.connect(self._on_ended)

    def _take(self, answer: tuple[int, str]) -> None:
        code, self.said = answer
        self._asking = None
        self.state = "none" if code else "software" if is_software(self.said) else "card"
        self.known.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._take((1, str(error)))

    def _on_ended(self) -> None:
        if self.state == "asking":  # it was given up: whoever comes next may ask
            self.state, self._asking = "unasked", None


@cache
def graphics() -> Graphics:
    """Those of this machine."""
    return Graphics()


def is_software(renderer: str) -> bool:
    """Whether a renderer of this name is no graphics card."""
    return any(name in renderer.casefold() for name in _SOFTWARE)


def _answer(task: Task) -> tuple[int, str]:
    """Exit code of the probe, and its last line."""
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "gui.plots.cell.probe"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "PYTHONPATH": search},
    ) as process:  # fmt: skip
        try:
            while process.poll() is None and time.monotonic() - began < _PATIENCE_S:
                task.report()
                time.sleep(_LOOK_S)
        finally:
            process.kill()
        lines = process.communicate()[0].strip().splitlines()
    return process.returncode, lines[-1] if lines else f"The probe ended with code {process.returncode}."
