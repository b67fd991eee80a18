"""`somascope export`: an experiment for other programs, as SONATA or as a script for plain NEURON."""

import sys
from collections.abc import Sequence
from pathlib import Path

from engine.circuit.circuit import Circuit, open_circuit
from engine.commands.preparing import need_mechanisms, need_trust, tell
from engine.commands.sources import Source, find
from engine.experiment.cell_changes import Change
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.sonata_export_modifications import ChangedSection
from engine.experiment.targets import CellReference
from engine.simulation.cell_store import CellStore
from engine.simulation.cells.cell import Cell
from engine.simulation.changed_sections import changed_sections
from engine.simulation.script_export import to_script


def export_sonata(text: str, folder: Path, *, trusted: bool, mechanisms: Path | None) -> int:
    """Write a simulation configuration into `folder` that runs in BlueCelluLab and neurodamus."""
    source = find(text)
    with open_circuit(source.circuit_path) as circuit:
        cells = _BuiltCells(source, circuit, mechanisms, trusted=trusted)
        exported = to_simulation_config(
            source.experiment,
            source.circuit_path,
            folder,
            base=source.base,
            section_number=cells.section_number,
            changed_sections=cells.changed_sections,
        )
    tell((*source.problems, *exported.problems), sys.stderr)
    print(f"Written: {exported.path}")
    return 0


def export_script(text: str, folder: Path, *, trusted: bool, mechanisms: Path | None) -> int:
    """Write a Python script into `folder` that needs NEURON and the files it names, and nothing of ours."""
    source = find(text)
    with open_circuit(source.circuit_path) as circuit:
        need_trust(circuit, mechanisms, trusted=trusted)
        compiled = need_mechanisms(source.experiment, circuit, mechanisms, sys.stderr)
        written = to_script(source.experiment, circuit, source.base, folder, compiled)
    tell((*source.problems, *written.problems), sys.stderr)
    print(f"Written: {written.path}")
    return 0


class _BuiltCells:
    """What an export asks of built cells. A template gives it, so the first question builds its cell."""

    def __init__(self, source: Source, circuit: Circuit, mechanisms: Path | None, *, trusted: bool) -> None:
        self._source = source
        self._circuit = circuit
        self._mechanisms = mechanisms
        self._trusted = trusted
        self._store: CellStore | None = None

    def section_number(self, reference: CellReference, section: str) -> int:
        """SONATA's number of a section."""
        return self._cell(reference).section_number(section)

    def changed_sections(self, reference: CellReference, change: Change) -> Sequence[ChangedSection]:
        """The sections that a change is about."""
        return changed_sections(self._cell(reference), change)

    def _cell(self, reference: CellReference) -> Cell:
        if self._store is None:
            need_trust(self._circuit, self._mechanisms, trusted=self._trusted)
            need_mechanisms(self._source.experiment, self._circuit, self._mechanisms, sys.stderr)
            self._store = CellStore(self._circuit)
        return self._store.provide([reference], self._source.experiment.conditions)[reference]
