"""The command that writes everything of an experiment into one folder."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.errors import EngineError
from gui.actions import Action
from gui.session.session import Session
from gui.settings import settings

if TYPE_CHECKING:
    from gui.plots.table import Column
    from gui.session.exporting import Bundle, Part, Written
    from gui.session.run import Run

SUBMENU = "Export"


class ExportCommand(QObject):
    """Offers what there is: of the shown run, of the last protocol."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        scope: Callable[[], Any],
        open_help: Callable[[str], object],
    ) -> None:
        """`scope` gives the panel of the traces, once it is there."""
        super().__init__(window)
        self._window, self._session, self._scope, self._open_help = window, session, scope, open_help

    def ask(self) -> None:
        """Let the user say what is wanted."""
        from gui.panels.export import ExportDialog

        bundle = self._bundle()
        if bundle is None:
            return
        dialog = ExportDialog(bundle, self._window)
        dialog.written.connect(self._on_written)
        dialog.help.wanted.connect(self._open_help)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def actions(self) -> tuple[Action, ...]:
        """For the menu File, the toolbar and the palette."""
        return (
            Action(
                id="file.export",
                text="Bundle: experiment, SONATA, script, CSV, picture…",
                tip="Write the experiment and what came of it into one folder, to keep or to hand in.",
                icon="export",
                run=self.ask,
                menu="File",
                submenu=SUBMENU,
                group=1,
                shortcut="Ctrl+E",
                enabled=lambda: self._session.document.experiment is not None,
            ),
        )

    def _bundle(self) -> "Bundle | None":
        from gui.plots.table import as_text
        from gui.session.exporting import Bundle, usual_name

        experiment, circuit = self._session.document.experiment, self._session.circuit
        if experiment is None or circuit is None:
            return None
        run, measurement = self._session.runs.latest, self._session.measuring.current
        parts: set[Part] = {"experiment", "sonata", "script"}
        has_samples = run is not None and run.is_over and run.traces.samples > 0
        if has_samples:
            parts |= {"samples", "picture"}
        has_result = measurement is not None and measurement.result is not None
        protocol = measurement.protocol.title if has_result and measurement is not None else ""
        if has_result:
            parts.add("results")
        name = usual_name(experiment, protocol, datetime.now(UTC).astimezone().date())
        path = self._session.document.path
        beside = path.parent if path is not None else settings().value.last_folder or Path.home()
        columns = _columns(run) if has_samples and run is not None else []
        return Bundle(
            *(beside / name, name, experiment, circuit.config_path, frozenset(parts)),
            samples=lambda report: as_text(columns, ",", report),
            measurement=measurement,
        )

    def _on_written(self, bundle: "Bundle", written: "Written") -> None:
        notices = self._session.notices
        for problem in written.problems:
            notices.post_error(problem)
        names = list(written.names)
        if "picture" in bundle.parts:
            try:
                names += self._write_pictures(bundle)
            except EngineError as error:
                notices.post_error(error)
        if names:
            notices.post(f"Exported: {', '.join(names)}.", where=str(bundle.folder))

    def _write_pictures(self, bundle: "Bundle") -> list[str]:
        scope = self._scope()
        names = [f"{bundle.name}.png", f"{bundle.name}.svg"]
        for name in names:
            scope.saving.write_image(scope.stack.rows, bundle.folder / name)
        return names


def _columns(run: "Run") -> "list[Column]":
    titles = [f"{each.label or each.variable} at {each.site} ({each.unit})" for each in run.heads]
    samples = [run.traces.column(number) for number in range(len(titles))]
    return [("Time (ms)", run.traces.times()), *zip(titles, samples, strict=True)]
