"""What the panel of synapses does to the experiment: each a step that can be undone."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.experiment.activation import edges_of, with_active, without_connections
from engine.experiment.experiment import Experiment
from engine.experiment.synaptic_input import AtRandom, Choice, OfFilter, OfPopulations
from gui.panels.synapses.words import synapses

if TYPE_CHECKING:
    from gui.session.session import Session


class Activating(QObject):
    """Decides which synapses of the shown cell runs build."""

    def __init__(self, session: "Session", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def can(self) -> bool:
        """Whether there are synapses and an experiment."""
        table = self._session.afferent.table
        return table is not None and bool(table.size) and self._session.document.experiment is not None

    def can_selected(self) -> bool:
        """Whether some are selected besides."""
        return self.can() and bool(self._session.afferent.selected.size)

    def all(self) -> None:
        """Every one of them."""
        self._choose(None, "Activate all synapses")

    def of_filter(self) -> None:
        """Those that the filter shows, now and whenever the experiment is run."""
        text = self._session.afferent.filter.strip()
        self._choose(OfFilter(text=text) if text else None, f"Activate synapses with {text}" if text else "")

    def of_population(self, name: str) -> None:
        """Those of one edge population."""
        self._choose(OfPopulations(populations=(name,)), f"Activate synapses of {name}")

    def selected(self) -> None:
        """Those that are selected."""
        rows = self._session.afferent.selected
        self._choose_rows(rows, f"Activate {synapses(rows.size)}")

    def without_selected(self) -> None:
        """Those that are active now, but not the selected ones."""
        afferent = self._session.afferent
        left = np.setdiff1d(np.flatnonzero(afferent.active), afferent.selected)
        self._choose_rows(left, f"Leave out {synapses(afferent.selected.size)}")

    def at_random(self, number: int, seed: int, text: str) -> None:
        """So many, chosen at random among those of a filter."""
        choice = AtRandom(count=number, seed=seed, text=text.strip())
        self._choose(choice, f"Activate {synapses(number)} at random")

    def none(self) -> None:
        """No connections at all."""
        if (experiment := self._session.document.experiment) is not None:
            self._change(without_connections(experiment), "Switch connections off")

    def _choose_rows(self, rows: NDArray[np.int64], text: str) -> None:
        if (table := self._session.afferent.table) is not None:
            self._choose(edges_of(table, rows), text)

    def _choose(self, choice: Choice | None, text: str) -> None:
        experiment, cell = self._session.document.experiment, self._session.afferent.cell
        if experiment is not None and cell is not None and self.can():
            step = f"{text or 'Activate all synapses'} of {cell}"
            self._change(with_active(experiment, cell, choice), step)

    def _change(self, experiment: Experiment, text: str) -> None:
        self._session.document.change(experiment, text)
        self._session.document.end_burst()
