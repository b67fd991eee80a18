"""A run, and what a protocol measured, as files keep them."""

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from engine.experiment.recordings import StimulusRecording
from engine.experiment.targets import CellReference
from gui.session.run import Run

if TYPE_CHECKING:
    from engine.output.recorded import Recorded, Signal


def recorded_run(run: Run) -> "Recorded":
    """All of a run that is over; copies no samples."""
    from engine.output.recorded import Recorded, RecordedSweep

    signals = tuple(_signals(run))
    sweep = RecordedSweep(run.experiment, run.traces.interval, signals, start=run.traces.start)
    spikes = {
        CellReference(population, node_id): np.sort(each.times[each.node_ids == node_id])
        for population, each in run.spikes.items()
        for node_id in np.unique(each.node_ids).tolist()
    }
    title = run.experiment.title or run.title
    return Recorded(title, (sweep,), began_at=_with_zone(run), spikes=spikes)


def _signals(run: Run) -> "list[Signal]":
    from engine.output.recorded import Signal

    stimuli = {
        each.id: each.stimulus for each in run.experiment.recordings if isinstance(each, StimulusRecording)
    }
    return [
        Signal(
            head.label or head.variable,
            head.variable,
            head.unit,
            head.site,
            run.traces.column(number),
            stimuli.get(head.id.partition(".")[0], ""),
        )
        for number, head in enumerate(run.heads)
    ]


def _with_zone(run: Run) -> datetime:
    return run.began_at if run.began_at.tzinfo is not None else run.began_at.astimezone()
