"""Compares runs as the user wants it: which, how they are laid over one another, and which traces."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.messages.events import TraceHead
from gui.actions import Action
from gui.panels.scope.comparison import Comparison
from gui.panels.scope.comparison_bar import ComparisonBar
from gui.panels.scope.fitting import ALIGNMENTS, SCALES, Options
from gui.panels.scope.quantities import Quantity, grouped
from gui.panels.scope.trace_pair import Choice, TracePairDialog
from gui.plots.placing import AS_TAKEN, Placing
from gui.plots.trace_plot import Line
from gui.session.run import Run
from gui.session.session import Session

_SCALED: Final = {"range": "least 0, greatest 1", "peak": "baseline 0, peak 1"}


class Comparing(QObject):
    """Owns the comparison that is shown; options stay while runs come and go."""

    changed = Signal()  # something is to be drawn otherwise
    refitted = Signal()  # values are in another range: axes are to fit them

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._parent = session, parent
        self.comparison: Comparison | None = None
        self.options = Options()
        self.chosen: tuple[str, str] | None = None  # ids of the two recordings that are compared
        self.bar = ComparisonBar()
        self.bar.hide()
        self.bar.edited.connect(self.change)
        self.bar.traces_wanted.connect(self.ask_traces)
        self.bar.stop_wanted.connect(self.stop)
        session.runs.compared.connect(self._on_compared)

    def stop(self) -> None:
        """Show runs as usual again."""
        self._session.runs.compare()

    def drop(self) -> None:
        """The runs that were compared are gone."""
        self._put(None)

    def change(self, options: Options) -> None:
        """Lay them over one another in another way."""
        is_refitted = options.scale != self.options.scale
        self.options = options
        if self.comparison is not None:
            self._put(Comparison(*self.comparison.runs, options=options, chosen=self.chosen))
        if is_refitted:
            self.refitted.emit()

    def update(self) -> bool:
        """Bring differences up to date; whether there is more to do."""
        if self.comparison is None:
            return False
        if self.comparison.is_outdated:
            self._put(Comparison(*self.comparison.runs, options=self.options, chosen=self.chosen))
        return self.comparison.update()

    def placing(self, run: Run, column: int) -> Placing:
        """Where a column of a run is drawn."""
        return self.comparison.placing(run, column) if self.comparison is not None else AS_TAKEN

    def shown(self, lines: list[tuple[TraceHead, Line]]) -> list[tuple[TraceHead, Line]]:
        """Of two traces that were chosen, these; else all. Numbers of a common range have no unit."""
        comparison = self.comparison
        if comparison is None:
            return lines
        if self.chosen is not None and comparison.differences:
            lines = [(head, line) for head, line in lines if comparison.has_chosen(line)]
        if self.options.scale != "recorded":
            lines = [(head, replace(line, unit="")) for head, line in lines]
        return lines

    def name(self, quantities: list[Quantity]) -> None:
        """Give axes of a common range titles that say so."""
        if self.comparison is not None and (words := _SCALED.get(self.options.scale)):
            for each in quantities:
                each.title = f"{each.title.rpartition(' (')[0] or each.title}, {words}"

    def differences(self, hidden: set[str]) -> dict[str, Quantity]:
        """By the unit of what was recorded."""
        if self.comparison is None:
            return {}
        found = grouped([each for each in self.comparison.lines() if each[0].id not in hidden])
        for quantity in found:
            has_unit = quantity.unit and self.options.scale == "recorded"
            quantity.title = f"{self.comparison.title}{f' ({quantity.unit})' if has_unit else ''}"
        return {quantity.unit: quantity for quantity in found}

    def in_words(self) -> str:
        """What is to be said of the differences."""
        return self.comparison.in_words() if self.comparison is not None else ""

    def ask_traces(self) -> None:
        """Let the user choose which two traces are compared."""
        choices = self._choices()
        dialog = TracePairDialog(choices, self._usual_pair(), self._parent)
        dialog.chosen.connect(self.compare_traces)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def compare_traces(self, first: Choice, second: Choice) -> None:
        """Take a trace of a run away from one of another."""
        chosen = first[1].id, second[1].id
        self._session.runs.compare(first[0], second[0])
        self.chosen = chosen
        self._put(Comparison(first[0], second[0], options=self.options, chosen=chosen))

    def actions(self) -> tuple[Action, ...]:
        """For the menu Analyse and the palette."""

        def option(name: str, value: str, text: str, submenu: str) -> Action:
            return Action(
                id=f"scope.{name}.{value}",
                text=text,
                tip=f"Draw compared runs so: {text[0].lower()}{text[1:]}.",
                run=partial(self._choose, name, value),
                menu="Analyse",
                submenu=submenu,
                group=10,
                enabled=lambda: self.comparison is not None,
                checked=lambda: getattr(self.options, name) == value,
            )

        return (
            Action(
                id="scope.compare_traces",
                text="Compare two traces…",
                tip="Choose a trace and one of another run or of a reference, and draw their difference.",
                run=self.ask_traces,
                menu="Analyse",
                group=10,
                icon="compare",
                enabled=lambda: len({id(run) for run, _ in self._choices()}) > 1,
            ),
            *(option("scale", value, text, "Normalise compared traces") for value, text in SCALES.items()),
            *(option("align", value, text, "Align compared runs") for value, text in ALIGNMENTS.items()),
            Action(
                id="scope.stop_comparing",
                text="Stop comparing runs",
                tip="Show runs as usual again",
                run=self.stop,
                menu="Analyse",
                group=10,
                enabled=lambda: self.comparison is not None,
            ),
        )

    def _choose(self, name: str, value: str) -> None:
        change: Callable[..., Options] = partial(replace, self.options)
        self.change(change(**{name: value}))

    def _on_compared(self, runs: tuple[Run, ...]) -> None:
        if not any(run.is_loaded for run in runs) or len(runs) != 2:
            self.chosen = None
        several = len(runs) > 1
        self._put(Comparison(*runs, options=self.options, chosen=self.chosen) if several else None)

    def _put(self, comparison: Comparison | None) -> None:
        self.comparison = comparison
        self.bar.setVisible(comparison is not None)
        if comparison is not None:
            self.bar.show_options(self.options, comparison.unit or "mV")
        self.changed.emit()

    def _choices(self) -> list[Choice]:
        """Newest first."""
        return [(run, head) for run in reversed(list(self._session.runs)) for head in run.heads]

    def _usual_pair(self) -> tuple[Choice, Choice] | None:
        """What is compared now; else the newest run and a reference, or the run before."""
        if self.comparison is not None and self.comparison.differences:
            sides = self.comparison.differences[0].first, self.comparison.differences[0].second
            first, second = ((side.run, side.run.heads[side.column]) for side in sides)
            return first, second
        latest = self._session.runs.latest
        others = [each for each in self._choices() if each[0] is not latest]
        if latest is None or not latest.heads or not others:
            return None
        return next((each for each in others if each[0].reference), others[0]), (latest, latest.heads[0])
