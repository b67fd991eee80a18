"""The traces that can be measured: those of the scope, and the sweeps of a protocol."""

from typing import TYPE_CHECKING

from gui.panels.measurements.rows import Subject
from gui.session.measuring import Measurement
from gui.session.shown_traces import ShownTrace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.protocols.sweeps import Outcome


def of_traces(traces: "Iterable[ShownTrace]") -> list[Subject]:
    """Voltages of runs that are over: one that goes on is measured when it has ended."""
    return [_of_trace(each) for each in traces if each.run.is_over and each.run.traces.samples]


def of_sweeps(measurement: Measurement | None) -> list[Subject]:
    """The voltages of a protocol's sweeps, in the order of what is varied."""
    from engine.protocols.sweeps import VOLTAGE

    if measurement is None:
        return []
    there = [each for each in measurement.outcomes if VOLTAGE in each.columns]
    return [_of_sweep(measurement, each) for each in sorted(there, key=lambda each: each.sweep.value)]


def _of_trace(trace: ShownTrace) -> Subject:
    from engine.analysis.measures import Signal
    from engine.experiment.applied_step import step_on

    run, traces = trace.run, trace.run.traces
    step = step_on(run.experiment, trace.head.site.cell)
    signal = Signal(traces.column(trace.column), traces.interval, traces.start, step)
    return Subject((run.id, trace.head.id, traces.samples), run.title, trace.name, signal)


def _of_sweep(measurement: Measurement, outcome: "Outcome") -> Subject:
    from engine.analysis.measures import Signal
    from engine.experiment.applied_step import step_on

    step = step_on(outcome.sweep.experiment, measurement.site.cell)
    key = "protocol", measurement.number, id(outcome)
    name = f"Sweep at {outcome.sweep.value:.6g}"
    return Subject(
        key, measurement.protocol.title, name, Signal(outcome.voltage, outcome.interval, 0.0, step)
    )
