"""The tab that shows how far a signal has fallen off in each segment, against the distance."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment.targets import Site
from engine.messages.anatomy import Anatomy
from gui.background import Task, in_background
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.panels.space.profile import DIRECTIONS, Direction, Part, parts_of, recorded_of
from gui.panels.space.tab import PlotTab, Say
from gui.panels.space.way import in_words, site_of
from gui.plots.attenuation_plot import AttenuationPlot, Group
from gui.plots.cell.colours import type_colour
from gui.plots.table import Column
from gui.plots.variable_words import heading_of, title_of
from gui.session.frames import Frames
from gui.session.session import Session

_SYMBOLS: Final = {
    "soma": ("s", "■"),
    "apic": ("o", "●"),
    "dend": ("t1", "▲"),
    "axon": ("d", "◆"),
    "myelin": ("x", "✕"),
}
_OTHER_SYMBOL: Final = ("+", "✚")
_LETTERS: Final = 34  # width of what stands beside the plot
_HEAD: Final = "<tr><td colspan=3>Length constants</td></tr>"
_REST_MS: Final = 250  # between two times that it is worked out, while a run goes on


@dataclass(frozen=True, eq=False)
class _Origin:
    anatomy: Anatomy
    site: Site


class AttenuationTab(PlotTab):
    """Worked out in the background, once at a time; the newest is shown."""

    def __init__(self, session: Session, say: Say, parent: QWidget | None = None) -> None:
        self._origin: _Origin | None = None
        self._frames: Frames | None = None
        self._task: Task | None = None
        self._drawn: object = None  # what it was worked out of
        self.parts: Sequence[Part] = ()
        self.plot = AttenuationPlot()
        super().__init__(session, self.plot, say, "attenuation", parent)
        self.direction = QComboBox()
        for direction, words in DIRECTIONS.items():
            self.direction.addItem(words, direction)
        self.direction.setAccessibleName("Which peak")
        self.direction.setToolTip("How far each segment went above its baseline, or below it")
        self.baseline = NumberField(Limits(0.0), step=1.0, may_be_empty=True)
        self.baseline.show_unit("ms")
        self.baseline.lineEdit().setPlaceholderText("start of the run")
        self.baseline.setAccessibleName("Time of the baseline")
        self.baseline.setToolTip(
            "Peaks count from here on, and from the value at this time. Empty: the start of the run"
        )
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._work)
        self._lay_out()
        self.dress()
        self.direction.currentIndexChanged.connect(self._on_wish)
        self.baseline.edited.connect(self._on_wish)

    def show_origin(self, anatomy: Anatomy | None, site: Site | None) -> None:
        """Distances are those from this spot."""
        is_there = anatomy is not None and bool(anatomy.segments) and site is not None
        self._origin = (
            _Origin(anatomy, site) if is_there and anatomy is not None and site is not None else None
        )
        self._on_wish()

    def show_frames(self, frames: Frames | None) -> None:
        """What was recorded so far."""
        self._frames = frames
        if not self._rest.isActive():
            self._work()

    @property
    def is_working(self) -> bool:
        """Whether something newer than what is shown is being worked out."""
        return self._task is not None

    @override
    def dress(self) -> None:
        super().dress()
        self._column.setFixedWidth(self.fontMetrics().averageCharWidth() * _LETTERS)
        self._show_groups()

    @override
    def show_legend(self) -> None:
        rows = "".join(_in_html(part) for part in self.parts)
        self.legend.setText(f"<table cellspacing=2>{_HEAD}{rows}</table>" if rows else "")

    @override
    def columns(self) -> Sequence[Column]:
        origin = self._origin
        if origin is None or not self.parts:
            return []
        anatomy = origin.anatomy
        segments = np.concatenate([part.segments for part in self.parts])
        sections = [anatomy.section(each) for each in segments.tolist()]
        return [
            (
                f"Path distance from {in_words(origin.site)} (µm)",
                np.concatenate([each.distances for each in self.parts]),
            ),
            ("Section", np.array([each.name for each in sections])),
            ("Position in the section", anatomy.positions[segments]),
            ("Type", np.array([each.section_type for each in sections])),
            (self.plot.title, np.concatenate([each.amplitudes for each in self.parts])),
        ]

    @override
    def site(self, point: int) -> Site | None:
        return (
            site_of(self._origin.anatomy, int(self.plot.segments[point]))
            if self._origin is not None
            else None
        )

    @override
    def point_of(self, site: Site) -> int | None:
        origin = self._origin
        if origin is None or site.cell != origin.anatomy.description.cell:
            return None
        at = np.flatnonzero(self.plot.segments == origin.anatomy.segment_at(site.section, site.x))
        return int(at[0]) if at.size else None

    @override
    def in_words(self, point: int) -> str:
        site, frames = self.site(point), self._frames
        if site is None or frames is None:
            return ""
        distance, value = self.plot.at(point)
        unit = f" {frames.unit}" if frames.unit else ""
        return f"{in_words(site)}, {distance:.0f} µm: {value:.5g}{unit}"

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Peak", self.direction)
        form.addRow("Baseline", self.baseline)
        self.legend.setWordWrap(True)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.addLayout(form)
        scroll = QScrollArea()  # in a low dock there is no room for all types
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(0)
        scroll.setWidget(self.legend)
        column.addWidget(scroll, 1)
        self._column = QWidget()
        self._column.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        self.row.addWidget(self._column)

    def _on_wish(self) -> None:
        """Something else is wanted: at once."""
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._work()

    def _work(self) -> None:
        origin, frames = self._origin, self._frames
        if self._task is not None or not self.isVisible():
            return
        direction: Direction = self.direction.currentData()
        baseline = self.baseline.value
        wanted = origin, frames, frames.count if frames is not None else 0, direction, baseline
        if wanted == self._drawn:
            return
        self._drawn = wanted
        if origin is None or frames is None or not frames.count:
            self.parts = ()
            self._show_groups()
            return
        anatomy, recorded = origin.anatomy, recorded_of(frames, baseline)
        segment = anatomy.segment_at(origin.site.section, origin.site.x)
        self.plot.name_values(_title(frames, direction))
        self._task = in_background(
            lambda task: parts_of(task, anatomy, segment, recorded.amplitudes(direction)),
            self._on_parts,
            self._on_failed,
        )

    def _on_parts(self, parts: Sequence[Part]) -> None:
        self._task = None
        self.parts = parts
        self._show_groups()
        self.say_again()
        self._rest.start()  # perhaps there is more by now

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self._session.notices.post_error(error)

    def _show_groups(self) -> None:
        self.plot.show_groups([_group(part) for part in self.parts])
        self.show_legend()


def _group(part: Part) -> Group:
    return Group(
        name=part.name,
        colour=type_colour(part.section_type),
        symbol=_symbol(part)[0],
        points=part.segments,
        distances=part.distances,
        values=part.amplitudes,
        curve=part.curve,
    )


def _symbol(part: Part) -> tuple[str, str]:
    """As pyqtgraph names it, and as a letter."""
    return _SYMBOLS.get(part.section_type, _OTHER_SYMBOL)


def _in_html(part: Part) -> str:
    mark = f'<span style="color:{type_colour(part.section_type)}">{_symbol(part)[1]}</span>'
    length, quality = (html.escape(each).replace(" ", "&nbsp;") for each in part.in_words())
    if part.problem:
        return f"<tr><td>{mark}</td><td colspan=2>{part.name}: {html.escape(part.problem)}</td></tr>"
    name = f"<tr><td>{mark}</td><td colspan=2>{part.name}</td></tr>"
    if part.fit is None:
        return name
    return f"{name}<tr><td></td><td>{length}&nbsp;</td><td>{quality}</td></tr>"


def _title(frames: Frames, direction: Direction) -> str:
    where = "above" if direction == "upwards" else "below"
    return heading_of(f"{title_of(frames.variable)} {where} baseline", frames.unit)
