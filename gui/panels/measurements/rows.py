"""What is measured: each trace that is shown, in each region; computed in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from engine.analysis.feature_process import FeatureProcess
from engine.errors import EngineError
from gui.background import Task
from gui.models.measured_table import MeasuredRow
from gui.panels.measurements.later import Later
from gui.panels.measurements.subjects import Properties, Subject, properties_from
from gui.session.time_span import Span

if TYPE_CHECKING:
    from collections.abc import Hashable

    from engine.analysis.measures import Signal as Trace
    from engine.circuit.circuit import Circuit

WHOLE: Final = "Whole"
DIFFERENCE: Final = "B − A"


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Which traces, which regions of them, and which numbers; without regions, the whole of each."""

    subjects: Sequence[Subject]
    spans: Mapping[str, Span]
    keys: tuple[str, ...]
    properties: Properties


@dataclass(frozen=True, eq=False)
class _Found:
    """What came of it. `known`: what need not be measured again; `crashed`: at what eFEL did."""

    rows: tuple[MeasuredRow, ...]
    keys: tuple[str, ...]
    known: "dict[Hashable, dict[str, float]]"
    crashed: frozenset[str]


class Rows(QObject):
    """Holds the rows, and what was measured before; who wants others while it computes is given these."""

    changed = Signal()  # `rows` or `text` are others

    def __init__(self, features: FeatureProcess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._features = features
        self.rows: tuple[MeasuredRow, ...] = ()
        self.keys: tuple[str, ...] = ()  # what was measured in these rows
        self.text = ""  # how far it is, or why there is nothing
        self._known: dict[Hashable, dict[str, float]] = {}
        self._properties: Properties = properties_from(None)
        self.later = Later(self)
        self.later.progressed.connect(self._on_progress)
        self.later.failed.connect(self._on_failed)

    def use_circuit(self, circuit: "Circuit | None") -> None:
        """It knows the cells that are measured."""
        self._properties = properties_from(circuit)

    def want(self, subjects: Sequence[Subject], spans: Mapping[str, Span], keys: Sequence[str]) -> None:
        """Measure these soon; what was wanted before is given up."""
        if not subjects:
            self.later.cancel()
            self._on_measured(_Found((), tuple(keys), {}, frozenset()))
            return
        wanted = _Wanted(subjects, dict(spans), tuple(keys), self._properties)
        known, features = self._known, self._features
        self.later.want(lambda task: _measured(task, wanted, known, features), self._on_measured)

    def _on_progress(self, done: int, total: int) -> None:
        if total > 1:
            self._say(f"Measuring {done + 1} of {total} traces…")

    def _on_measured(self, found: "_Found") -> None:
        self.rows, self.keys = found.rows, found.keys
        self._known, self.text = found.known, _about(found)
        self.changed.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._say(str(error))

    def _say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.changed.emit()


def _about(found: _Found) -> str:
    if not found.crashed:
        return ""
    return f"eFEL crashed at {', '.join(sorted(found.crashed))}: there is no number for what it was asked."


def _measured(
    task: Task, wanted: _Wanted, known: "Mapping[Hashable, dict[str, float]]", features: FeatureProcess
) -> "_Found":
    """All rows, and what is now known of them. Runs in a thread."""
    from engine.analysis.measures import difference, measured

    rows: list[MeasuredRow] = []
    kept: dict[Hashable, dict[str, float]] = {}
    features.forget_crashes()
    for number, subject in enumerate(wanted.subjects):
        found: dict[str, dict[str, float]] = {}
        signal: Trace | None = None
        for region in wanted.spans or (WHOLE,):
            task.report(number, len(wanted.subjects), "measurements")
            span = wanted.spans.get(region)
            key = subject.key, span, wanted.keys
            values = known.get(key)
            if values is None:
                signal = signal or subject.signal(wanted.properties)
                part = signal if span is None else signal.cut(span)
                values = measured(part, wanted.keys, features.features)
            kept[key] = found[region] = values
            rows.append(MeasuredRow(subject.run, subject.name, region, values))
        if "A" in found and "B" in found:
            apart = difference(found["B"], found["A"])
            rows.append(MeasuredRow(subject.run, subject.name, DIFFERENCE, apart))
    return _Found(tuple(rows), wanted.keys, kept, frozenset(features.crashed))
