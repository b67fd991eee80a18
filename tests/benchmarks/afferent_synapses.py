"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.afferent_synapses`: 5,000 synapses onto one cell.

How long it takes to build them, against a plain NEURON script that makes the same, and to open their table,
with the longest time for which the window did not answer meanwhile.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.activation import with_active
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.synaptic_input import AtRandom, Connections
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from engine.resources import resources_folder
from engine.simulation.cell_store import CellStore
from engine.simulation.cells.cell import Cell
from engine.simulation.connections import wire
from engine.simulation.describe import describe
from engine.simulation.host import h
from engine.simulation.wiring_key import wiring_key
from gui.background import wait_for_all
from gui.panels.synapses.panel import SynapsesPanel
from tests.benchmarks.table import show, verdict
from tests.end_to_end.watchdog import Watchdog
from tests.gui.cell.small_session import SmallSession

_SYNAPSES: Final = 5_000
_CELL: Final = CellReference("column", 117)
EDGES: Final = "thalamus__column__exp2syn"
_REPEATS: Final = 9
_LONGEST_PAUSE_MS: Final = 16.0


def main() -> None:
    """Ours and the plain script in one process, in turns; then the window."""
    with tempfile.TemporaryDirectory() as name:
        config = write_circuit(Path(name) / "column")
        with open_circuit(config) as circuit:
            cell = CellStore(circuit).provide([_CELL], Conditions())[_CELL]
            _compare_building(circuit, cell)
            description, _points = describe(cell, "bench")
            _open_table(circuit, description)


def _compare_building(circuit: Circuit, cell: Cell) -> None:
    experiment = Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(_CELL,)),
        connections=Connections(enabled=True),
    )
    trains = {CellReference("thalamus", each): np.array([5.0]) for each in range(100)}
    some = with_active(experiment, _CELL, AtRandom(count=_SYNAPSES // 2))

    def build(wanted: Experiment, expected: int) -> None:
        key = wiring_key(wanted, circuit, trains)
        assert len(wire(key, {_CELL: cell}, circuit, wanted.conditions)) == expected

    columns = _columns(circuit)
    deeds = (
        lambda: _plain(cell, columns),
        lambda: build(experiment, _SYNAPSES),
        lambda: build(some, _SYNAPSES // 2),
    )
    times = [[_processor_s(deed) for deed in deeds] for _ in range(_REPEATS)]
    plain, ours, half = np.min(times, axis=0).tolist()
    rows = [
        ["plain NEURON, values at hand", plain * 1e3, ""],
        ["ours, from the edge files", ours * 1e3, ours / plain],
        ["ours, half of them at random", half * 1e3, half / plain],
    ]
    show(f"Building {_SYNAPSES:,} Exp2Syn on a cell", ("", "ms of processor", "ratio"), rows)


def _processor_s(deed: Callable[[], None]) -> float:
    """Seconds of the processor: what else the machine does makes them no longer."""
    began = time.process_time()
    deed()
    return time.process_time() - began


def _columns(circuit: Circuit) -> list[tuple[Any, ...]]:
    """What a script would have in its arrays: node, section, x, delay, conductance, tau1, tau2, reversal."""
    population = circuit.edge_populations[EDGES]
    rows = population.afferent(_CELL.node_id)
    names = ("afferent_section_id", "afferent_section_pos", "delay", "conductance", "tau1", "tau2", "erev")
    values = [population.read_rows(name, rows).tolist() for name in names]
    return list(zip(population.sources(rows).tolist(), *values, strict=True))


def _plain(cell: Cell, columns: list[tuple[Any, ...]]) -> None:
    """Without looking anything up twice, and without telling of anything that is wrong."""
    sections = {number: cell.sections[name] for number, name in cell.numbering.names.items()}
    sources: dict[int, Any] = {}
    kept = []
    for node, section, x, delay, conductance, tau1, tau2, reversal in columns:
        synapse = h.Exp2Syn(sections[section](x))
        synapse.tau1, synapse.tau2, synapse.e = tau1, tau2, reversal
        if node not in sources:
            sources[node] = h.IntFire1()
        kept.append((synapse, h.NetCon(sources[node], synapse, 0.0, delay, conductance)))
    assert len(kept) == _SYNAPSES


def _open_table(circuit: Circuit, description: Description) -> None:
    application = QApplication.instance() or QApplication([])
    session: Any = SmallSession()
    session.document.put(Experiment(circuit=CircuitReference(path=circuit.config_path.as_posix())))
    session.circuit = circuit
    session.rig.known[_CELL] = description, np.empty((0, 4))
    panel = SynapsesPanel(session)
    panel.resize(500, 700)
    panel.show()
    watchdog = Watchdog(panel)
    rows: list[list[object]] = []

    def until(name: str, deed: Any, condition: Any) -> None:
        watchdog.start()
        began = time.perf_counter()
        deed()
        while not condition():
            application.processEvents()
        took = time.perf_counter() - began
        QTest.qWait(60)  # paints, and the beats of the watchdog
        watchdog.stop()
        longest = max(watchdog.gaps_ms)
        rows.append([name, took * 1e3, longest, *verdict(longest, _LONGEST_PAUSE_MS)])

    afferent, model = session.afferent, panel.model
    until("open", lambda: session.selection.select_cell(_CELL), lambda: model.rowCount() == _SYNAPSES)
    until("filter", lambda: afferent.keep("distance > 200"), lambda: 0 < model.rowCount() < _SYNAPSES)
    until("no filter", lambda: afferent.keep(""), lambda: model.rowCount() == _SYNAPSES)
    until("activate all", panel.activating.all, lambda: bool(afferent.active.all()))
    until(
        "activate 100", lambda: panel.activating.at_random(100, 1, ""), lambda: afferent.active.sum() == 100
    )
    until("select all", panel.table.select_all, lambda: afferent.selected.size == _SYNAPSES)
    header = ("", "ms", "longest pause, ms", "goal", "")
    show(f"The table of {_SYNAPSES:,} synapses, in a window", header, rows)
    panel.close()
    wait_for_all()


def write_circuit(folder: Path) -> Path:
    """The built-in column, whose cell has many more synapses from the thalamus and none from elsewhere."""
    shutil.copytree(resources_folder() / "circuits" / "cortical_column", folder)
    config = folder / "circuit_config.json"
    known = json.loads(config.read_text(encoding="utf-8"))
    known["networks"]["edges"] = [each for each in known["networks"]["edges"] if EDGES in each["populations"]]
    config.write_text(json.dumps(known), encoding="utf-8")
    path = folder / "networks" / "edges" / f"{EDGES}.h5"
    path.chmod(0o644)
    with h5py.File(path, "r") as file:
        root = file[f"edges/{EDGES}"]
        onto = np.flatnonzero(root["target_node_id"][()] == _CELL.node_id)
        values = {name: root["0"][name][()][onto] for name in root["0"]}
    random = np.random.default_rng(1)
    chosen = random.integers(0, len(onto), _SYNAPSES)
    with h5py.File(path, "w") as file:
        root = file.create_group(f"edges/{EDGES}")
        root["edge_type_id"] = np.full(_SYNAPSES, -1, np.int64)
        ids = {"source": random.integers(0, 100, _SYNAPSES), "target": np.full(_SYNAPSES, _CELL.node_id)}
        for side, population in (("source", "thalamus"), ("target", "column")):
            nodes = root.create_dataset(f"{side}_node_id", data=ids[side].astype(np.uint64))
            nodes.attrs["node_population"] = population
        for name, column in values.items():
            root[f"0/{name}"] = column[chosen]
        root["0/afferent_section_pos"][...] = random.random(_SYNAPSES).astype(np.float32) * 0.98 + 0.01
    return config


if __name__ == "__main__":
    main()
