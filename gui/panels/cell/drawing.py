"""Which mode the drawing begins in, and whether OpenGL draws it: as the settings and the machine have it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.plots.cell.graphics import graphics
from gui.plots.cell.outlook import Mode
from gui.plots.cell.painting import DrawingError
from gui.plots.cell.view import CellView
from gui.session.notices import Notices
from gui.settings import settings

if TYPE_CHECKING:
    from gui.plots.cell.opengl import OpenGLDrawer


class Drawing(QObject):
    """Asks for OpenGL when there is something to draw, and lets it draw from when it is known to work."""

    def __init__(self, view: CellView, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._notices = view, notices
        self._drawer: OpenGLDrawer | None = None
        self._has_failed = False
        self._is_chosen = False  # the user has said which mode
        self._wish = settings().value.cell_view
        self._begin()
        graphics().known.connect(self._update)
        settings().changed.connect(self._on_settings)
        view.drawing_failed.connect(self._on_failed)
        view.looked.connect(self._update)
        QApplication.instance().aboutToQuit.connect(self._release)  # type: ignore[union-attr]

    def choose(self, mode: Mode) -> None:
        """The user wants this mode."""
        self._is_chosen = True
        self._view.show_mode(mode)

    def _begin(self) -> None:
        self._view.show_mode("3d" if self._wish == "3d" else "2d")

    def _on_settings(self) -> None:
        wish = settings().value.cell_view
        if wish != self._wish:
            self._wish, self._is_chosen, self._has_failed = wish, False, False
            self._begin()
            self._update()

    def _update(self) -> None:
        """Ask, draw with OpenGL, or without, as it is now."""
        if self._wish != "2d" and self._view.shapes:
            graphics().ask()
        state = graphics().state
        if self._wish == "automatic" and state == "card" and not self._is_chosen:
            self._is_chosen = True
            self._view.show_mode("3d")
        may_draw = state == "card" or (state == "software" and self._wish == "3d")
        if not may_draw or self._wish == "2d" or self._has_failed:
            self._release()
        elif self._drawer is None and self._view.mode == "3d" and self._view.shapes:
            self._draw_with_opengl()

    def _draw_with_opengl(self) -> None:
        from gui.plots.cell.opengl import OpenGLDrawer

        try:
            self._drawer = OpenGLDrawer()
        except DrawingError as error:
            self._on_failed(str(error))
        else:
            self._view.draw_with(self._drawer)

    def _on_failed(self, why: str) -> None:
        self._has_failed = True
        self._release()
        self._notices.post(
            f"OpenGL cannot draw the cell any more: {why}",
            hint="It is drawn without OpenGL, more slowly. 2-D in the preferences leaves it at that.",
            severity="warning",
        )

    def _release(self) -> None:
        if self._drawer is not None:
            self._view.draw_with(None)
            self._drawer.release()
            self._drawer = None
