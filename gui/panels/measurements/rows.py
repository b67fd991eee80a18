"""What is measured: each trace that is shown, in each region; computed in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.models.measured_table import MeasuredRow
from gui.session.feature_process import FeatureProcess
from gui.session.time_span import Span

if TYPE_CHECKING:
    from collections.abc import Hashable

    from engine.analysis.measures import Signal as Trace

WHOLE: Final = "Whole"
DIFFERENCE: Final = "B − A"
_SETTLED_MS: Final = 120  # since the last change: a region that is dragged changes with every pixel


@dataclass(frozen=True, eq=False)
class Subject:
    """A trace to measure. `key`: what it is known by, another if its samples are others."""

    key: "Hashable"
    run: str  # or protocol
    name: str
    signal: "Trace"


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Which traces, which regions of them, and which numbers; without regions, the whole of each."""

    subjects: Sequence[Subject]
    spans: Mapping[str, Span]
    keys: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Found:
    """What came of it. `known`: what need not be measured again; `crashed`: at what eFEL did."""

    rows: tuple[MeasuredRow, ...]
    known: "dict[Hashable, dict[str, float]]"
    crashed: frozenset[str]


class Rows(QObject):
    """Holds the rows, and what was measured before; who wants others while it computes is given these."""

    changed = Signal()  # `rows` or `text` are others

    def __init__(self, features: FeatureProcess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._features = features
        self.rows: tuple[MeasuredRow, ...] = ()
        self.text = ""  # how far it is, or why there is nothing
        self._wanted = _Wanted((), {}, ())
        self._known: dict[Hashable, dict[str, float]] = {}
        self._task: Task | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._begin)

    @property
    def is_computing(self) -> bool:
        """Whether `rows` are of what was wanted before."""
        return self._task is not None or self._settled.isActive()

    def want(self, subjects: Sequence[Subject], spans: Mapping[str, Span], keys: Sequence[str]) -> None:
        """Measure these soon; what was wanted before is given up."""
        self.cancel()
        self._wanted = _Wanted(subjects, dict(spans), tuple(keys))
        if subjects:
            self._settled.start()
        else:
            self._show((), {})

    def cancel(self) -> None:
        """Give up what is being measured; the rows stay."""
        self._settled.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._say("")

    def _begin(self) -> None:
        wanted, known, features = self._wanted, self._known, self._features
        self._task = in_background(
            lambda task: _measured(task, wanted, known, features),
            self._on_measured,
            self._on_failed,
        )
        self._task.progressed.connect(self._on_progress)

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        if self.sender() is self._task and total > 1:
            self._say(f"Measuring {done + 1} of {total} traces…")

    def _on_measured(self, found: "_Found") -> None:
        self._task = None
        self._show(found.rows, found.known)
        if found.crashed:
            names = ", ".join(sorted(found.crashed))
            self._say(f"eFEL crashed at {names}: there is no number for what it was asked.")

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self._say(str(error))

    def _show(self, rows: tuple[MeasuredRow, ...], known: "dict[Hashable, dict[str, float]]") -> None:
        self.rows, self._known, self.text = rows, known, ""
        self.changed.emit()

    def _say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.changed.emit()


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
        for region, span in (wanted.spans or {WHOLE: subject.signal.whole}).items():
            task.report(number, len(wanted.subjects), "measurements")
            key = subject.key, span, wanted.keys
            values = known.get(key)
            if values is None:
                values = measured(subject.signal.cut(span), wanted.keys, features.features)
            kept[key] = found[region] = values
            rows.append(MeasuredRow(subject.run, subject.name, region, values))
        if "A" in found and "B" in found:
            apart = difference(found["B"], found["A"])
            rows.append(MeasuredRow(subject.run, subject.name, DIFFERENCE, apart))
    return _Found(tuple(rows), kept, frozenset(features.crashed))
