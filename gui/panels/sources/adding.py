"""Adds sources of spikes to the experiment: each a step that can be undone."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.circuit.spikes import Spikes
from engine.experiment.source_presets import (
    SOURCE_KINDS,
    SourceKind,
    driven_by,
    new_source,
    spikes_of_run,
)
from engine.experiment.spike_sources import SpikeSource
from engine.experiment.synaptic_input import SpikeReplay
from gui.background import in_background
from gui.panels.sources.run_dialog import RunDialog, spikes_in
from gui.session.run import Run
from gui.session.shown_cell import shown_cell

if TYPE_CHECKING:
    from engine.experiment.targets import CellReference
    from gui.session.session import Session


class SourceAdding(QObject):
    """Connections are on afterwards, and the shown cell takes part and is recorded."""

    def __init__(self, session: "Session", parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent

    def can(self) -> bool:
        """Whether there is an experiment, and a circuit whose cells could fire."""
        return self._session.document.experiment is not None and bool(self.populations())

    def can_replay_run(self) -> bool:
        """Whether a run has spikes, besides."""
        return self.can() and bool(self._runs())

    def populations(self) -> tuple[str, ...]:
        """Whose cells may fire: the virtual ones first, which do nothing else."""
        circuit = self._session.circuit
        return () if circuit is None else circuit.sending_populations

    def trains(self, kind: SourceKind, population: str = "") -> None:
        """Trains of all cells of a population; the usual one if none is said."""
        experiment, populations = self._session.document.experiment, self.populations()
        if experiment is not None and populations:
            whose = population or populations[0]
            title = SOURCE_KINDS[kind].title
            source = new_source(kind, whose, experiment, self._usual_node(whose))
            self.add(source, f"Add {_inside(title)} of {whose}")

    def file(self, path: Path) -> None:
        """Those of a file."""
        self.add(SpikeReplay(spike_file=path.as_posix(), name=path.stem), f"Replay spikes from {path.name}")

    def run(self, run: Run) -> None:
        """Those of a run, copied."""
        spikes = {name: Spikes(each.times, each.node_ids) for name, each in run.spikes.items()}
        title = run.title
        in_background(
            lambda _task: spikes_of_run(spikes, title),
            lambda source: self.add(source, f"Replay spikes of {title}"),
            self._session.notices.post_error,
        )

    def add(self, source: SpikeSource, text: str) -> None:
        """Let the spikes of a source arrive, and select it."""
        experiment = self._session.document.experiment
        if experiment is not None:
            self._session.document.change(driven_by(experiment, self._cell(), source), text)
            self._session.document.end_burst()
            now = self._session.document.experiment
            if now is not None and any(each.id == source.id for each in now.replays):
                self._session.selection.select_element(source.id)

    def ask_for_file(self) -> None:
        """Let the user choose a spike file."""
        circuit = self._session.circuit
        folder = str(circuit.config_path.parent) if circuit is not None else ""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Spikes to replay", folder, "Spike files (*.h5 *.nwb *.csv);;All files (*)"
        )
        if name:
            self.file(Path(name))

    def ask_for_run(self) -> RunDialog | None:
        """Let the user choose one of the runs that have spikes."""
        runs = self._runs()
        if not runs:
            return None
        dialog = RunDialog(runs, self._window)
        dialog.accepted.connect(lambda: self.run(dialog.run))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _usual_node(self, population: str) -> int:
        """The first node of a population that a synapse of the shown cell comes from, if they are known."""
        afferent = self._session.afferent
        if afferent.table is None or afferent.cell != shown_cell(self._session):
            return 0
        is_of_it = afferent.table.values("source").astype(str) == population
        ids = afferent.table.values("source_id")[is_of_it]
        return int(ids.min()) if ids.size else 0

    def _cell(self) -> "CellReference | None":
        cell = shown_cell(self._session)
        circuit = self._session.circuit
        if cell is None or circuit is None or cell.population not in circuit.node_populations:
            return None
        return cell if circuit.node_populations[cell.population].node_type != "virtual" else None

    def _runs(self) -> list[Run]:
        """Newest first."""
        return [run for run in reversed(tuple(self._session.runs)) if run.is_over and spikes_in(run)]


def _inside(title: str) -> str:
    """As inside of a sentence; names keep their capital."""
    return title if title.startswith("Poisson") else title[0].lower() + title[1:]
