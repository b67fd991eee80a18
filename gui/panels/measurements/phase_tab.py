"""The phase plane of the voltages that are shown, or of one of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from typing_extensions import override

from gui.background import Task
from gui.forms.editors import ComboBox
from gui.panels.measurements.plot_tab import PlotTab, Say
from gui.panels.measurements.subjects import Subject, of_traces
from gui.plots.distance_plot import Spot
from gui.plots.phase_plot import SLOPE, VOLTAGE, PhaseCurve, PhasePlot
from gui.plots.picture import LegendEntry
from gui.plots.table import Column
from gui.session.session import Session
from gui.session.time_span import Span

_ALL: Final = "All voltages"
_MOST: Final = 300_000  # points: more hold up the window when they are painted
_WHOLE: Final = "Whole trace"
_NO_TRACE: Final = "Run the experiment (F5): the voltages of the scope are drawn here as dV/dt against V."
_GOES_ON: Final = "The phase plane is drawn when the run has ended."


class PhaseTab(PlotTab):
    """A click on a loop shows that moment in all views."""

    def __init__(self, session: Session, say: Say) -> None:
        self.plot = PhasePlot()
        self.trace, self.part = ComboBox(), ComboBox()
        super().__init__(session, say, ("points", "phase plane"), (self.trace, self.part))
        for box, name, tip in (
            (self.trace, "Which trace", "Draw all voltages that the scope shows, or those of one recording"),
            (self.part, "Which part", "Draw the whole of it, or a region that is measured"),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.activated.connect(self.refresh)
        self.plot.clicked.connect(self._on_clicked)
        session.shown_traces.changed.connect(self.refresh)
        session.regions.changed.connect(self.refresh)
        session.runs.ended.connect(self.refresh)
        self.begin()

    @override
    def drawing(self) -> PhasePlot:
        return self.plot

    def choose(self, head_id: str) -> None:
        """Draw one recording, "" for all, as a whole."""
        self._show_choices()
        self.trace.setCurrentIndex(max(self.trace.findData(head_id), 0))
        self.plot.follows = True
        self.refresh()

    @override
    def begin(self) -> None:
        self._show_choices()
        chosen, spans = self.trace.currentData(), self._session.regions.spans
        shown = [each for each in self._session.shown_traces.voltages if chosen in ("", each.head.id)]
        there = [each for each in shown if each.run.is_over and each.run.traces.samples]
        if not there:
            self.show_words(_GOES_ON if shown else _NO_TRACE)
            return
        span, several = spans.get(self.part.currentData()), len({each.run for each in there}) > 1
        subjects, colours = of_traces(there), [each.colour for each in there]
        self.later.want(lambda task: _curves(task, subjects, colours, span, several=several), self._on_curves)

    @override
    def in_words(self, spot: Spot) -> str:
        curve, place = self.plot.curve_at(spot.point)
        at = f"{spot.distance:.4g} mV, {spot.value:.4g} mV/ms at {curve.times[place]:.7g} ms"
        return f"{curve.name}: {at}".replace("-", "−")

    @override
    def columns(self) -> Sequence[Column]:
        columns: list[Column] = []
        for each in self.plot.curves:
            columns += [("Time (ms)", each.times), (f"{each.name}: {VOLTAGE}", each.voltage)]
            columns.append((f"{each.name}: {SLOPE}", each.slope))
        return columns

    @override
    def legend_of_picture(self) -> list[LegendEntry]:
        return self.plot.legend()

    def _on_curves(self, curves: Sequence[PhaseCurve]) -> None:
        self.plot.show_curves(curves)
        self.show_words("")
        full = [each.times[-1] for each in curves if len(each.times) == _MOST // len(curves)]
        self.remark.setText(f"Drawn up to {min(full):.6g} ms; choose a region for the rest" if full else "")

    def _on_clicked(self, spot: Spot) -> None:
        curve, place = self.plot.curve_at(spot.point)
        self._session.playhead.move(float(curve.times[place]))

    def _show_choices(self) -> None:
        names = {each.head.id: each.name for each in self._session.shown_traces.voltages}
        _offer(self.trace, {"": _ALL} | names)
        spans = self._session.regions.spans
        _offer(self.part, {"": _WHOLE} | {name: f"Region {name}" for name in spans})


def _offer(box: ComboBox, choices: Mapping[str, str]) -> None:
    """These, by what they stand for; what is chosen stays if it is among them."""
    chosen = box.currentData()
    if [(box.itemData(row), box.itemText(row)) for row in range(box.count())] != list(choices.items()):
        box.clear()
        for key, text in choices.items():
            box.addItem(text, key)
        box.setCurrentIndex(max(box.findData(chosen), 0))
    box.setVisible(box.count() > 1)


def _curves(
    task: Task, subjects: Sequence[Subject], colours: Sequence[str], span: Span | None, *, several: bool
) -> list[PhaseCurve]:
    """Of each trace; with the name of its run, where there are `several`. Runs in a thread."""
    from engine.analysis.phase_plane import slope, telling

    curves = []
    for number, (subject, colour) in enumerate(zip(subjects, colours, strict=True)):
        task.report(number, len(subjects), "phase plane")
        whole = subject.read()
        signal = whole if span is None else whole.cut(span)
        changes = slope(signal.voltage, signal.interval)
        kept = telling(signal.voltage, changes)[: _MOST // len(subjects)]
        times = signal.start + np.arange(float(len(signal.voltage))) * signal.interval
        name = f"{subject.name} · {subject.run}" if several else subject.name
        curves.append(PhaseCurve(name, colour, times[kept], signal.voltage[kept], changes[kept]))
    return curves
