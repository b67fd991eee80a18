"""What there is to be exported: of the shown run, of the last protocol, and their plots as figures."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from gui.session.session import Session
from gui.settings import settings

if TYPE_CHECKING:
    from gui.plots.figure import Figure
    from gui.plots.table import Column
    from gui.session.exporting import Bundle, BundledFigure, Part
    from gui.session.measuring import Measurement
    from gui.session.run import Run

_NO_RUN = "there is no run yet"
_NO_PROTOCOL = "no protocol has been run"


def bundle_of(session: Session, panels: Mapping[str, QWidget]) -> "Bundle | None":
    """All that can be written, under its usual name; None: there is no experiment."""
    from gui.plots.table import as_text
    from gui.session.exporting import PARTS, Bundle, usual_name

    experiment, circuit = session.document.experiment, session.circuit
    if experiment is None or circuit is None:
        return None
    run, measurement = _finished(session.runs.latest), session.measuring.current
    if measurement is not None and not (measurement.is_over and measurement.outcomes):
        measurement = None
    figures = tuple(_figures(run, measurement, panels))
    missing = _missing(experiment, run, measurement, has_figures=bool(figures))
    name = usual_name(experiment, measurement, datetime.now(UTC).astimezone().date())
    path = session.document.path
    beside = path.parent if path is not None else settings().value.last_folder or Path.home()
    columns = _columns(run) if run is not None else []
    return Bundle(
        *(beside / name, name, experiment, circuit.config_path, frozenset(PARTS) - missing.keys()),
        samples=lambda report: as_text(columns, ",", report),
        measurement=measurement,
        run=run,
        figures=figures,
        missing=missing,
    )


def _missing(
    experiment: Experiment, run: "Run | None", measurement: "Measurement | None", *, has_figures: bool
) -> "dict[Part, str]":
    """Why parts cannot be written."""
    from engine.output import nwb_file

    missing: dict[Part, str] = {}
    if run is None:
        missing |= {"outputs": _NO_RUN, "samples": _NO_RUN}
    elif _without_words(run.experiment) != _without_words(experiment):
        missing["outputs"] = "the experiment is another than that of the run"
    elif run.settings:
        missing["outputs"] = "the run was changed while it went on"
    if measurement is None or measurement.result is None:
        missing["results"] = _NO_PROTOCOL
    if run is None and measurement is None:
        missing["nwb"] = _NO_RUN
    elif not nwb_file.is_available():
        missing["nwb"] = nwb_file.MISSING
    if not has_figures:
        missing["figures"] = "there are no traces yet"
    return missing


def _without_words(experiment: Experiment) -> Experiment:
    return changed(experiment, title="", notes="")


def _finished(run: "Run | None") -> "Run | None":
    """A run that can be written: it is over, and recorded something."""
    return run if run is not None and run.is_over and run.traces.samples > 0 else None


def _figures(
    run: "Run | None", measurement: "Measurement | None", panels: Mapping[str, QWidget]
) -> "Iterator[BundledFigure]":
    scope: Any = panels.get("scope")
    if run is not None and scope is not None and scope.stack.rows:
        caption = f"{run.experiment.title or run.title}: traces against time."
        yield _bundled("traces", caption, scope.saving.figure(scope.stack.rows))
    protocols: Any = panels.get("protocols")
    if measurement is None or protocols is None:
        return
    where = f"{measurement.protocol.title} at {measurement.site}"
    if measurement.result is not None and measurement.result.x and protocols.results.plot.series:
        plots = [protocols.results.plot.getPlotItem()]
        yield _bundled("result", f"{where}: what was found.", protocols.results.saving.figure(plots))
    if measurement.outcomes and protocols.sweeps.plot.values is not None:
        plots = [protocols.sweeps.plot.getPlotItem()]
        caption = f"{where}: its sweeps, one over the other; colours say what was varied."
        yield _bundled("sweeps", caption, protocols.sweeps.saving.figure(plots))


def _bundled(name: str, caption: str, figure: "Figure") -> "BundledFigure":
    from gui.plots.figure import Style
    from gui.plots.figure_files import drawn
    from gui.session.exporting import BundledFigure

    return BundledFigure(name, caption, lambda form, width: drawn(figure, Style(width_mm=width), form))


def _columns(run: "Run") -> "list[Column]":
    titles = [f"{each.label or each.variable} at {each.site} ({each.unit})" for each in run.heads]
    samples = [run.traces.column(number) for number in range(len(titles))]
    return [("Time (ms)", run.traces.times()), *zip(titles, samples, strict=True)]
