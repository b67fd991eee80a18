"""Values along the cell: on the way between two points at a moment, and how a signal falls off."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.targets import Site
from gui import theme
from gui.actions import Action
from gui.panels.space.attenuation_tab import AttenuationTab
from gui.panels.space.commands import actions_of
from gui.panels.space.ends import Ends
from gui.panels.space.path_tab import PathTab
from gui.panels.space.shown import ShownValues
from gui.panels.space.tab import PlotTab
from gui.panels.space.way import Way, in_words, usual_ends, way_between
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.help_button import HelpButton

_FRAME_MS = 33
_LARGE_ZOOM = 1.25  # from here on, tabs and ends have lines of their own


class SpacePanel(QWidget):
    """Two points of the shown cell, and what was recorded between them and everywhere."""

    cursor_text = Signal(str)  # what is under the mouse, "" for nothing
    actions_changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._told: object = None
        self.way: Way | None = None  # what is drawn, from the first point to the second
        self.shown = ShownValues(session, self)
        self.ends = Ends(self)
        self.path = PathTab(session, self.cursor_text.emit, self)
        self.attenuation = AttenuationTab(session, self.cursor_text.emit, self)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.words.setAccessibleName("About the values along the cell")
        self.remark = ElidedLabel()
        self.remark.setAccessibleName("Which way is drawn, and when")
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self.draw)
        self._lay_out()
        self._connect()
        self._dress()
        self._is_stale = True  # another cell is drawn when somebody looks

    @property
    def front(self) -> PlotTab:
        """The tab that is seen."""
        return self.path if self.tabs.currentIndex() == 0 else self.attenuation

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self)

    def reset(self) -> None:
        """From the soma to the farthest tip of the dendrites."""
        anatomy = self.shown.anatomy
        if anatomy is not None and anatomy.segments:
            self.ends.show_sites(*usual_ends(anatomy))
        else:
            self.ends.show_sites(None, None)
        self._on_way()

    def draw(self) -> None:
        """Bring the plot that is seen up to date."""
        self._frame.stop()
        words = self.shown.words
        self.words.setText(words)
        self._stack.setCurrentWidget(self.words if words else self.front)
        self.path.legend.setVisible(not words and self.front is self.path)
        frames, time = self.shown.frames, self._session.playhead.time
        if self.front is self.path:
            self.path.show_frames(frames, time)
        else:
            self.attenuation.show_frames(frames)
        self._show_remark()
        told = words, self.way is None
        if told != self._told:
            self._told = told
            self.actions_changed.emit()

    def touch(self, *_what: object) -> None:
        """There is more to draw. Cheap: call it for every chunk."""
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._take_anatomy()
        self.draw()

    def _lay_out(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("What is drawn")
        for name, tip in (("Path", "Values on the way"), ("Attenuation", "How a signal falls off")):
            self.tabs.setTabToolTip(self.tabs.addTab(name), tip)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self.tabs)
        self._head.addWidget(self.ends, 1)
        self._stack = QStackedWidget()
        for page in (self.path, self.attenuation, self.words):
            self._stack.addWidget(page)
        last = QHBoxLayout()
        last.addWidget(self.remark, 1)
        last.addWidget(self.path.legend)
        last.addWidget(HelpButton("space"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.setSpacing(2)
        layout.addLayout(self._head)
        layout.addWidget(self._stack, 1)
        layout.addLayout(last)

    def _connect(self) -> None:
        session = self._session
        self.shown.anatomy_changed.connect(self._on_anatomy)
        self.shown.advanced.connect(self.touch)
        session.playhead.moved.connect(self.touch)
        session.document.experiment_changed.connect(self.touch)
        session.selection.site_changed.connect(self._on_site)
        self.ends.edited.connect(self._on_way)
        self.ends.reset_wanted.connect(self.reset)
        self.ends.complained.connect(self._on_complaint)
        self.tabs.currentChanged.connect(self.touch)
        theme.notifier().changed.connect(self._dress)

    def _on_anatomy(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._take_anatomy()

    def _take_anatomy(self) -> None:
        """Another cell, or the same built anew: its points stay where it still has them."""
        self._is_stale = False
        anatomy = self.shown.anatomy
        self.ends.show_choices(anatomy)
        sites = self.ends.first.site, self.ends.last.site
        names = {each.name for each in anatomy.description.sections} if anatomy is not None else set()
        if all(site is not None and site.cell == self.shown.cell and site.section in names for site in sites):
            self._on_way()
        else:
            self.reset()
            self._on_site(self._session.selection.site)

    def _on_way(self) -> None:
        self.way = self._present_way()
        self.path.show_way(self.way)
        self.attenuation.show_origin(self.shown.anatomy, self.ends.first.site)
        self.draw()

    def _present_way(self) -> Way | None:
        anatomy, first, last = self.shown.anatomy, self.ends.first.site, self.ends.last.site
        if anatomy is None or not anatomy.segments or first is None or last is None:
            return None
        ends = (anatomy.segment_at(each.section, each.x) for each in (first, last))
        return way_between(anatomy, *ends)

    def _on_site(self, site: Site | None) -> None:
        """A spot was chosen to be looked at: the way begins there, or with Shift it ends there."""
        if self._is_stale or site is None or site.cell != self.shown.cell or self.shown.anatomy is None:
            return
        is_last = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        (self.ends.last if is_last else self.ends.first).show_site(site)
        self._on_way()

    def _on_complaint(self, sentence: str) -> None:
        if sentence:
            self.remark.setText(sentence)
        else:
            self._show_remark()

    def _show_remark(self) -> None:
        run, frames = self.shown.run, self.shown.frames
        if self.way is None or run is None or frames is None:
            self.remark.setText("")
        elif self.front is self.path:
            time = self._session.playhead.time
            at = frames.times()[frames.index_at(time) or 0]
            newest = "newest, " if time is None else ""
            self.remark.setText(
                f"{run.title}, {newest}{at:.7g} ms. The path is {self.way.length:.0f} µm long."
            )
        else:
            first = in_words(self.way.ends[0])
            self.remark.setText(
                f"{run.title}, distances from {first}. Along a length constant the signal falls to 37 %."
            )

    def _dress(self) -> None:
        is_large = theme.zoom() > _LARGE_ZOOM
        direction = QBoxLayout.Direction
        self._head.setDirection(direction.TopToBottom if is_large else direction.LeftToRight)
        self.ends.dress()
        self.path.dress()
        self.attenuation.dress()
        self.touch()
