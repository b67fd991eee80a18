"""A panel over the synapses of a forked cell, whose sources and sections are made up."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.experiment import CircuitReference, Experiment
from gui.background import wait_for_all
from gui.panels.cell.panel import CellPanel
from gui.panels.synapses.panel import SynapsesPanel
from gui.session.session import Session
from tests.gui.cell.cells import CELL, y_shaped
from tests.gui.cell.small_session import SmallSession

SIZE = 60
SECTIONS = 4  # numbers 0 to 3 are soma and apic; the axon has none


def write_circuit(folder: Path, **changes: np.ndarray) -> Path:
    """One cell of interest (7), `SIZE` edges from a real and a virtual population."""
    random = np.random.default_rng(1)
    with h5py.File(folder / "nodes.h5", "w") as file:
        for name, size in (("cells", 8), ("outside", 20)):
            file[f"nodes/{name}/node_type_id"] = np.zeros(size, np.int64)
            file[f"nodes/{name}/0/model_type"] = ["biophysical" if name == "cells" else "virtual"] * size
    edges = []
    for source, highest in (("cells", 8), ("outside", 20)):
        name, count = f"{source}__cells", SIZE // 2
        columns = {
            "afferent_section_id": random.integers(0, SECTIONS, count),
            "afferent_section_pos": random.random(count),
            "delay": random.integers(1, 9, count) / 2,
            "conductance": random.random(count) / 1000,
            "tau1": np.full(count, 0.2),
            "tau2": np.full(count, 3.0),
            "erev": np.where(random.random(count) < 0.5, 0.0, -75.0),
        }
        with h5py.File(folder / f"{name}.h5", "w") as file:
            root = file.create_group(f"edges/{name}")
            root["edge_type_id"] = np.zeros(count, np.int64)
            sources = changes.get("source_node_id", random.integers(0, highest, count))
            for side, ids, end in (("source", sources, source), ("target", np.full(count, 7), "cells")):
                nodes = root.create_dataset(f"{side}_node_id", data=ids.astype(np.uint64))
                nodes.attrs["node_population"] = end
            for column, values in columns.items():
                root[f"0/{column}"] = changes.get(column, values)
        edges.append({"edges_file": f"{name}.h5", "populations": {name: {"type": "Exp2Syn_synapse"}}})
    nodes = {
        "nodes_file": "nodes.h5",
        "populations": {"cells": {"type": "biophysical"}, "outside": {"type": "virtual"}},
    }
    config = folder / "circuit_config.json"
    config.write_text(json.dumps({"version": 2, "networks": {"nodes": [nodes], "edges": edges}}))
    return config


class Desk:
    """The panel beside the cell, and what happens on both."""

    def __init__(self, qtbot: QtBot, circuit: Circuit) -> None:
        self.qtbot, self.session = qtbot, SmallSession()
        session = cast("Session", self.session)
        self.panel, self.cell = SynapsesPanel(session), CellPanel(session)
        for widget, size in ((self.panel, (560, 620)), (self.cell, (700, 520))):
            qtbot.addWidget(widget)
            widget.resize(*size)
            with qtbot.waitExposed(widget):
                widget.show()
        self.session.document.put(Experiment(circuit=CircuitReference(path=circuit.config_path.as_posix())))
        self.session.circuit = circuit  # type: ignore[assignment]  # of a session that has none of its own
        self.session.circuit_opened.emit(circuit)
        self.build()
        self.session.selection.select_cell(CELL)
        self.until(lambda: self.afferent.table is not None and bool(self.cell.view.shapes))

    @property
    def afferent(self):
        return self.session.afferent

    @property
    def connections(self):
        experiment = self.session.document.experiment
        assert experiment is not None
        return experiment.connections

    def build(self) -> None:
        """A worker has described the cell; its sections have numbers."""
        shape = y_shaped()
        description = shape.anatomy.description
        numbered = tuple(
            each.model_copy(update={"number": number if number < SECTIONS else None})
            for number, each in enumerate(description.sections)
        )
        described = description.model_copy(update={"sections": numbered})
        self.session.rig.known[CELL] = described, shape.points
        self.session.rig.described.emit(CELL)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def settle(self) -> None:
        """What was asked for in the background is there."""
        afferent = self.afferent
        self.until(lambda: not any((afferent._reading, afferent._finding, afferent._judging)))

    def keep(self, text: str) -> None:
        self.panel.filter.show_text(text)
        self.settle()

    def close(self) -> None:
        wait_for_all()


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[tuple[Desk, Circuit]] = []

    def opened(**changes: np.ndarray) -> Desk:
        circuit = open_circuit(write_circuit(tmp_path, **changes))
        desks.append((Desk(qtbot, circuit), circuit))
        desks[-1][0].settle()
        return desks[-1][0]

    yield opened
    for desk, circuit in desks:
        desk.close()
        circuit.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
