"""What has become of a run, in words."""

from engine.messages import events as e
from engine.messages.live import (
    AppliedSetting,
    ChannelDensity,
    ClampVoltage,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    SynapseWeight,
    Temperature,
)
from gui.models.live_changes import change_of_cells
from gui.session.run import Run

_NO_RUN = "Press Run (F5) to see here what the cell does."
_NO_CELL = "Choose a cell in the circuit, press Stimulate soma (I), then Run (F5)."


def why_empty(run: Run | None, hidden: set[str], *, has_cells: bool) -> str:
    """What to do when there is nothing to draw."""
    if run is None:
        return _NO_RUN if has_cells else _NO_CELL
    if run.state == "failed":
        return f"{run.title} failed before its first sample."
    if not run.is_visible:
        return f"{run.title} is hidden. Show it in the list of runs."
    if run.heads:
        return "All traces are hidden. Click their names below to show them." if hidden else ""
    if not run.is_over:
        return ""
    fired = " The Network panel shows its spikes." if any(each.count for each in run.spikes.values()) else ""
    return f"{run.title} records nothing to draw here.{fired} Add a recording, then press Run (F5)."


def state_in_words(run: Run | None, took_s: float | None) -> str:
    """Such as "Run 3: finished, 500 ms in 0.8 s". `took_s`: how long it took, where that is known."""
    if run is None:
        return ""
    at = f"{run.time:.6g}"
    if run.reference:
        return f"{run.title}: {at} ms from {run.reference}"
    took = f" in {seconds(took_s)}" if took_s is not None else ""
    in_words = {
        "starting": "building the cells …",
        "running": f"{at} of {run.tstop:.6g} ms",
        "paused": f"paused at {at} ms",
        "stopping": f"stopping at {at} ms …",
        "stopped": f"stopped at {at} ms",
        "failed": f"failed at {at} ms. {problem_in_words(run.problem)}",
        "finished": f"finished, {at} ms{took}",
    }
    return f"{run.title}: {in_words[run.state]}".rstrip()


def problem_in_words(problem: e.Failed | None) -> str:
    """What, where and what to try, as one text."""
    if problem is None:
        return ""
    where = f"In {problem.where}." if problem.where else ""
    return " ".join(filter(None, [problem.what, where, problem.hint]))


def seconds(value: float) -> str:
    """Such as "0.83 s", "12 s", "3 min 5 s"."""
    if value < 60:
        return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def change_in_words(applied: AppliedSetting, run: Run) -> str:
    """What was changed while the run was under way, and when."""
    return f"{applied.time:.7g} ms: {_setting_in_words(applied, run)}"


def _setting_in_words(applied: AppliedSetting, run: Run) -> str:  # noqa: PLR0911 - one line for each kind
    match setting := applied.setting:
        case StimulusAmplitude():
            return f"{_stimulus(setting.stimulus, run)} set to {setting.amplitude:g} nA"
        case ClampVoltage():
            return f"{_stimulus(setting.stimulus, run)} set to {setting.voltage:g} mV"
        case ChannelDensity():
            change = f"× {setting.factor:g}" if setting.factor is not None else f"= {setting.value:g}"
            return f"{setting.variable} {change} in {setting.sections} of {setting.cell}"
        case Manipulations():
            return change_of_cells(applied, setting, run.experiment, run.settings)
        case Temperature():
            return f"temperature set to {setting.celsius:g} °C"
        case SynapseWeight():
            return f"weight of edge {setting.edge} of {setting.edge_population} set to {setting.weight:g}"

        case PlacedSynapseWeight():
            return f"{_stimulus(setting.stimulus, run)} set to {setting.weight:g} µS"


def _stimulus(element_id: str, run: Run) -> str:
    for stimulus in run.experiment.stimuli:
        if stimulus.id == element_id:
            return stimulus.name or stimulus.title
    return element_id
