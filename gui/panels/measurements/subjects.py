"""The traces that can be measured: those of the scope, and the sweeps of a protocol."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.experiment.targets import CellReference
from gui.session.measuring import Measurement
from gui.session.shown_traces import ShownTrace

if TYPE_CHECKING:
    from collections.abc import Hashable

    from engine.analysis.measures import Signal
    from engine.circuit.circuit import Circuit
    from engine.experiment.conditions import Conditions
    from engine.experiment.experiment import Experiment
    from engine.experiment.waveforms import CellProperties
    from engine.protocols.sweeps import Outcome

Properties = Callable[[CellReference, "Conditions"], "CellProperties | None"]


@dataclass(frozen=True, eq=False)
class Subject:
    """A trace to measure, of a cell in an experiment. `key`: another if its samples are others.

    `read` is to be called in a thread: samples of many sweeps are in a file.
    """

    key: "Hashable"
    run: str  # or protocol
    name: str
    read: "Callable[[], Signal]"
    experiment: "Experiment"
    cell: CellReference

    def signal(self, properties: Properties) -> "Signal":
        """With the step that it responds to. To be called in a thread: files may tell of the cell."""
        from engine.experiment.applied_step import step_on

        step = step_on(self.experiment, self.cell)
        if step is not None and step.current is None:
            known = properties(self.cell, self.experiment.conditions)
            step = step_on(self.experiment, self.cell, known)
        return dataclasses.replace(self.read(), step=step)


def of_traces(traces: Iterable[ShownTrace]) -> list[Subject]:
    """Voltages of runs that are over: one that goes on is measured when it has ended."""
    return [_of_trace(each) for each in traces if each.run.is_over and each.run.traces.samples]


def of_sweeps(measurement: Measurement | None) -> list[Subject]:
    """The voltages of a protocol's sweeps, in the order of what is varied."""
    from engine.protocols.sweeps import VOLTAGE

    if measurement is None:
        return []
    there = [each for each in measurement.outcomes if VOLTAGE in each.columns]
    return [_of_sweep(measurement, each) for each in sorted(there, key=lambda each: each.sweep.value)]


def properties_from(circuit: "Circuit | None") -> Properties:
    """What a circuit says of its cells; each is asked for once."""
    known: dict[tuple[CellReference, float, float], CellProperties | None] = {}

    def properties(cell: CellReference, conditions: "Conditions") -> "CellProperties | None":
        key = cell, conditions.celsius, conditions.v_init
        if key not in known:
            known[key] = _read(circuit, cell, conditions)
        return known[key]

    return properties


def _read(
    circuit: "Circuit | None", cell: CellReference, conditions: "Conditions"
) -> "CellProperties | None":
    from engine.experiment.properties import properties_of

    try:
        return properties_of(circuit, cell, conditions) if circuit is not None else None
    except EngineError:  # a measure that needs them is not known then
        return None


def _of_trace(trace: ShownTrace) -> Subject:
    from engine.analysis.measures import Signal

    run, traces = trace.run, trace.run.traces
    return Subject(
        *((run.id, trace.head.id, traces.samples), run.title, trace.name),
        lambda: Signal(traces.column(trace.column), traces.interval, traces.start),
        *(run.experiment, trace.head.site.cell),
    )


def _of_sweep(measurement: Measurement, outcome: "Outcome") -> Subject:
    from engine.analysis.measures import Signal

    of_part = f", {outcome.sweep.part}" if outcome.sweep.part else ""
    return Subject(
        ("protocol", measurement.number, id(outcome)),
        measurement.protocol.title,
        f"Sweep at {outcome.sweep.amount}{of_part}".replace("-", "−"),
        lambda: Signal(outcome.voltage, outcome.interval),
        *(outcome.sweep.experiment, measurement.site.cell),
    )
