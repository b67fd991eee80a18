"""Where the docks are: presets, focus, and what is remembered of it from one start to the next."""

import contextlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from PySide6.QtCore import QByteArray, QObject, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QToolBar, QWidget

from gui.settings import LARGEST_ZOOM, SMALLEST_ZOOM, SettingsStore

Preset = Literal["explore", "patch", "teach", "present"]

VERSION: Final = 6  # another one makes older arrangements void
PRESETS: Final[dict[Preset, tuple[str, ...]]] = {
    "explore": (
        *("circuit", "runs", "sections", "synapses", "cell", "space", "network", "protocols"),
        *("measurements", "experiment", "inspector", "channels"),
    ),
    "patch": (
        *("runs", "sections", "synapses", "cell", "space", "network", "protocols"),
        *("measurements", "experiment", "inspector", "channels"),
    ),
    "teach": ("cell", "experiment"),
    "present": ("cell",),
}
_PRESENT_ZOOM: Final = 150  # percent
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_AREAS: Final = {
    "circuit": _LEFT,
    "runs": _LEFT,
    "sections": _LEFT,
    "synapses": _LEFT,
    "cell": Qt.DockWidgetArea.TopDockWidgetArea,
    "space": Qt.DockWidgetArea.TopDockWidgetArea,
    "network": Qt.DockWidgetArea.TopDockWidgetArea,
    "protocols": Qt.DockWidgetArea.TopDockWidgetArea,
    "measurements": Qt.DockWidgetArea.TopDockWidgetArea,
    "experiment": _RIGHT,
    "inspector": _RIGHT,
    "channels": _RIGHT,
    "log": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_BELOW: Final = (("circuit", "runs"), ("experiment", "inspector"))
_BEHIND: Final = (
    ("circuit", "sections"),
    ("circuit", "synapses"),
    ("cell", "space"),
    ("cell", "network"),
    ("cell", "protocols"),
    ("cell", "measurements"),
    ("inspector", "channels"),
)  # tabs: the first is in front, the second a click away
_CORNERS: Final = {
    Qt.Corner.TopLeftCorner: _LEFT,
    Qt.Corner.BottomLeftCorner: _LEFT,
    Qt.Corner.TopRightCorner: _RIGHT,
    Qt.Corner.BottomRightCorner: _RIGHT,
}
_LEAST_ON_SCREEN: Final = (200, 60)  # pixels of the window's head that must be within reach


class Arrangement(QObject):
    """Owns the docks of the window. They are hidden while there is nothing for them to show."""

    arranged = Signal()  # the docks are there, some turns after `show`

    def __init__(self, window: QMainWindow, store: SettingsStore, file: Path | None) -> None:
        super().__init__(window)
        self._window, self._store = window, store
        self._kept = QSettings(str(file), QSettings.Format.IniFormat) if file is not None else None
        self._state = QByteArray()
        self._shown = self.is_arranged = False  # the one soon leads to the other
        self._steps: Generator[None] = self._showing()
        self._before_focus = QByteArray()
        self._hidden: dict[Qt.DockWidgetArea, tuple[str, ...]] = {}
        self._usual_zoom = 0
        self.docks: dict[str, QDockWidget] = {}
        self.toolbar: QToolBar | None = None
        for corner, area in _CORNERS.items():
            window.setCorner(corner, area)
        self._place_window()

    @property
    def is_focused(self) -> bool:
        """Whether the docks are hidden for the traces' sake."""
        return not self._before_focus.isEmpty()

    def add(self, name: str, title: str, panel: QWidget) -> None:
        """A dock for a panel, hidden until `show`. It scrolls where the window is too small for it."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock.{name}")
        dock.setAccessibleName(title)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(panel)
        dock.setWidget(scroll)
        dock.visibilityChanged.connect(panel.setVisible)  # Qt moves a dock behind a tab only out of sight
        self._window.addDockWidget(_AREAS[name], dock)
        dock.hide()
        self.docks[name] = dock

    def load(self) -> None:
        """Take what was remembered, once all docks are there."""
        if self._kept is not None and self._number("version") == VERSION:
            self._state = _bytes(self._kept.value("state"))
            self._usual_zoom = self._number("usual_zoom")

    def show(self) -> None:
        """Show the docks as they were, or for a new user: soon, one in each turn of the event loop."""
        if not self._shown:
            self._shown = True
            self._steps = self._showing()
            self._go_on()

    def _keep_state(self) -> None:
        if self.is_arranged:
            self._state = self._window.saveState(VERSION)

    def _go_on(self) -> None:
        if not self._shown or self.is_arranged:  # hidden again, or arranged otherwise
            return
        try:
            next(self._steps)
        except StopIteration:
            self.is_arranged = True
            self.arranged.emit()
        else:
            QTimer.singleShot(0, self, self._go_on)

    def _showing(self) -> Generator[None]:
        """What is seen changes at the end of it, or when it is given up."""
        self._window.setUpdatesEnabled(False)
        try:
            with self._at_rest():
                for name in PRESETS["explore"]:
                    self.docks[name].show()
                    yield
            if self._state.isEmpty() or not self._window.restoreState(self._state, VERSION):
                self._apply("explore")
            if self.toolbar is not None:
                self.toolbar.show()
            yield
        finally:
            self._window.setUpdatesEnabled(True)

    def hide(self) -> None:
        """Hide all: nothing is open."""
        if not self._shown:
            return
        self.leave_focus()
        self._steps.close()
        self._keep_state()
        self._shown = self.is_arranged = False
        for widget in (*self.docks.values(), *filter(None, [self.toolbar])):
            widget.hide()

    def save(self) -> None:
        """Remember it for the next start."""
        self.leave_focus()
        self._keep_state()
        if self._kept is not None:
            self._kept.setValue("version", VERSION)
            self._kept.setValue("geometry", self._window.saveGeometry())
            self._kept.setValue("state", self._state)
            self._kept.setValue("usual_zoom", self._usual_zoom)
            self._kept.sync()

    def apply(self, preset: Preset) -> None:
        """Show the docks of a preset, at their usual places and sizes."""
        self._steps.close()
        self._apply(preset)
        self._shown = self.is_arranged = True
        self.arranged.emit()

    def _apply(self, preset: Preset) -> None:
        self._before_focus = QByteArray()
        self._hidden.clear()
        with self._at_rest():
            self._place()
            for name, dock in self.docks.items():
                dock.setVisible(name in PRESETS[preset])
            for first, _ in _among(_BEHIND, self.docks):
                first.raise_()
        self._share()
        self._zoom_for(preset)

    def toggle(self, name: str) -> None:
        """Show or hide one dock."""
        dock = self.docks[name]
        dock.setVisible(not dock.isVisible())
        if dock.isVisible():
            dock.raise_()

    def is_visible(self, name: str) -> bool:
        """Whether a dock is shown."""
        return name in self.docks and self.docks[name].isVisible()

    def toggle_left(self) -> None:
        """Hide the docks on the left, or show those that were there."""
        self._toggle_area(_LEFT)

    def toggle_right(self) -> None:
        """Hide the docks on the right, or show those that were there."""
        self._toggle_area(_RIGHT)

    def any_left(self) -> bool:
        """Whether a dock on the left is shown."""
        return bool(self._visible_in(_LEFT))

    def any_right(self) -> bool:
        """Whether a dock on the right is shown."""
        return bool(self._visible_in(_RIGHT))

    def toggle_focus(self) -> None:
        """Hide all docks, or show them again."""
        if self.is_focused:
            self.leave_focus()
        elif self.is_arranged:
            self._before_focus = self._window.saveState(VERSION)
            for dock in self.docks.values():
                dock.hide()

    def leave_focus(self) -> None:
        """Show the docks that focus mode hides."""
        if self.is_focused:
            self._window.restoreState(self._before_focus, VERSION)
            self._before_focus = QByteArray()

    @contextlib.contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Lay out once, at the end, not again for each dock."""
        layout = self._window.layout()
        assert layout is not None, "a main window has one"
        layout.setEnabled(False)
        try:
            yield
        finally:
            layout.setEnabled(True)
            layout.activate()

    def _place(self) -> None:
        """Bring the docks to their usual places."""
        for name, dock in self.docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(_AREAS[name], dock)
        for above, below in _among(_BELOW, self.docks):
            self._window.splitDockWidget(above, below, Qt.Orientation.Vertical)
        for first, behind in _among(_BEHIND, self.docks):
            self._window.tabifyDockWidget(first, behind)

    def _visible_in(self, area: Qt.DockWidgetArea) -> tuple[str, ...]:
        return tuple(
            name
            for name, dock in self.docks.items()
            if dock.isVisible() and self._window.dockWidgetArea(dock) == area
        )

    def _toggle_area(self, area: Qt.DockWidgetArea) -> None:
        if visible := self._visible_in(area):
            self._hidden[area] = visible
            for name in visible:
                self.docks[name].hide()
            return
        usual = tuple(name for name, usually in _AREAS.items() if usually == area)
        for name in self._hidden.pop(area, usual):
            if name in self.docks:
                self.docks[name].show()

    def _share(self) -> None:
        width, height = self._window.width(), self._window.height()
        self._resize(
            {"circuit": width * 27 // 100, "experiment": width * 24 // 100}, Qt.Orientation.Horizontal
        )
        self._resize({"cell": height * 43 // 100}, Qt.Orientation.Vertical)
        self._resize({"circuit": height * 7 // 10, "runs": height * 3 // 10}, Qt.Orientation.Vertical)
        self._resize({"experiment": height * 4 // 10, "inspector": height * 6 // 10}, Qt.Orientation.Vertical)

    def _resize(self, sizes: dict[str, int], orientation: Qt.Orientation) -> None:
        there = {self.docks[name]: size for name, size in sizes.items() if self.is_visible(name)}
        if there:
            self._window.resizeDocks(list(there), list(there.values()), orientation)

    def _zoom_for(self, preset: Preset) -> None:
        """Large letters to present, and as before afterwards."""
        now = self._store.value.zoom_percent
        if preset == "present" and now < _PRESENT_ZOOM:
            self._usual_zoom = now
            self._store.change(zoom_percent=_PRESENT_ZOOM)
        elif preset != "present" and self._usual_zoom:
            usual, self._usual_zoom = self._usual_zoom, 0
            self._store.change(zoom_percent=min(max(usual, SMALLEST_ZOOM), LARGEST_ZOOM))

    def _number(self, name: str) -> int:
        """A whole number that was kept; 0 where there is none, or something else."""
        text = str(self._kept.value(name)) if self._kept is not None else ""
        return int(text) if text.isdecimal() else 0

    def _place_window(self) -> None:
        """Where it was; in the middle of the screen where that is out of reach."""
        window = self._window
        letter = window.fontMetrics().averageCharWidth()
        room = window.screen().availableSize()
        window.resize(min(max(1280, 190 * letter), room.width()), min(max(760, 110 * letter), room.height()))
        if self._kept is None or self._number("version") != VERSION:
            return
        usual = window.geometry()
        if not window.restoreGeometry(_bytes(self._kept.value("geometry"))) or not _within_reach(
            window.geometry()
        ):
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.setGeometry(usual)


def _among(
    pairs: Iterable[tuple[str, str]], docks: Mapping[str, QDockWidget]
) -> Iterator[tuple[QDockWidget, QDockWidget]]:
    """The docks of those pairs of which both are there."""
    return ((docks[one], docks[other]) for one, other in pairs if one in docks and other in docks)


def _within_reach(window: QRect) -> bool:
    head = QRect(window.left(), window.top(), window.width(), _LEAST_ON_SCREEN[1])
    seen = (head.intersected(screen.availableGeometry()) for screen in QGuiApplication.screens())
    return any(part.width() >= _LEAST_ON_SCREEN[0] and part.height() > 0 for part in seen)


def _bytes(value: Any) -> QByteArray:
    return value if isinstance(value, QByteArray) else QByteArray()
