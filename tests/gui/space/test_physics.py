"""Cells in workers: the space plot agrees with the theory of cables, and with what a synapse does."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from engine.messages.anatomy import Anatomy
from engine.messages.events import Description
from engine.messages.watch import Watch
from engine.resources import resources_folder
from gui.panels.space.panel import SpacePanel
from gui.session.frames import Frames
from gui.session.run import Run
from gui.session.session import Session
from tests.gui.cell.small_session import SmallSession
from tests.gui.space.test_attenuation import worked_out

CABLE = CellReference("cells", 0)
LAMBDA, LENGTH = 1000.0, 8000.0  # µm
_TEMPLATE = """\
begintemplate cable
  public init, soma, dend, all
  create soma[1], dend[1]
  objref all
  proc init() {
    all = new SectionList()
    connect dend[0](0), soma[0](1)
    soma[0] { L = 1 diam = 2 Ra = 100 all.append() insert pas g_pas = 5e-5 e_pas = -70 }
    dend[0] { L = 8000 diam = 2 nseg = 801 Ra = 100 all.append() insert pas g_pas = 5e-5 e_pas = -70 }
  }
endtemplate cable
"""


@pytest.fixture
def cable(tmp_path: Path) -> Path:
    """A cable of 2 µm, 20,000 Ω·cm² and 100 Ω·cm, eight length constants long."""
    (tmp_path / "cable.hoc").write_text(_TEMPLATE, encoding="utf-8")
    with h5py.File(tmp_path / "nodes.h5", "w") as file:
        cells = file.create_group("nodes/cells")
        cells["node_type_id"] = np.zeros(1, np.int64)
        cells["0/model_template"] = ["hoc:cable"]
        cells["0/model_type"] = ["biophysical"]
        cells["0/morphology"] = [""]
    populations = {"cells": {"type": "biophysical", "biophysical_neuron_models_dir": "."}}
    networks = {"nodes": [{"nodes_file": "nodes.h5", "populations": populations}], "edges": []}
    config = tmp_path / "circuit_config.json"
    config.write_text(json.dumps({"version": 2, "networks": networks}), encoding="utf-8")
    with open_circuit(config) as circuit:
        trust(circuit)
    return config


class Bench:
    """A panel that shows what a worker has computed."""

    def __init__(self, qtbot: QtBot, config: Path) -> None:
        self._config = config
        self.session = SmallSession()
        self.panel = SpacePanel(cast("Session", self.session))
        qtbot.addWidget(self.panel)
        self.panel.resize(700, 400)
        self.panel.show()

    def run(self, experiment: Experiment, interval: float) -> Frames:
        """Run it, watching its first cell, and show that."""
        (cell,) = cast("ListedCells", experiment.cells).cells
        with Client() as client:
            client.answer(client.load(self._config))
            description, points = client.answer(client.describe(cell, experiment.conditions))
            assert isinstance(description, Description)
            watch = Watch(cell=cell, interval=interval)
            told = client.collect(client.run(experiment, self._config.parent, watch=watch))
        assert told.filmed is not None
        frames = Frames.of(told.filmed, experiment.conditions.tstop)
        frames.append(told.frames)
        self.session.rig.known[cell] = description, points
        self.session.selection.select_cell(cell)
        run = Run("run", 1, experiment, datetime.now(UTC), state="finished")
        run.frames = frames
        self.session.runs.add(run)
        self.panel.draw()
        return frames


def experiment_of(cell: CellReference, config: Path, *stimuli: Any, **conditions: Any) -> Experiment:
    return Experiment(
        circuit=CircuitReference(path=str(config)),
        cells=ListedCells(cells=(cell,)),
        stimuli=stimuli,
        conditions=Conditions(**conditions),
    )


def test_that_a_steady_current_in_a_cable_falls_off_as_the_theory_says(cable: Path, qtbot: QtBot) -> None:
    bench = Bench(qtbot, cable)
    begin = Site(cell=CABLE, section="dend[0]", x=0.0)
    steady = Step(target=begin, amplitude=0.05, delay=0.0, duration=400.0)
    bench.run(experiment_of(CABLE, cable, steady, tstop=400.0, dt=0.5, v_init=-70.0), interval=1.0)
    panel = bench.panel
    panel.ends.show_sites(begin, Site(cell=CABLE, section="dend[0]", x=1.0))
    panel.ends.edited.emit()
    now = panel.path.plot.drawn()[0].astype(np.float64) + 70.0
    distances = panel.way.distances  # type: ignore[union-attr]
    at_lambda = np.interp([LAMBDA, 2 * LAMBDA, 3 * LAMBDA], distances, now) / now[0]
    np.testing.assert_allclose(at_lambda, np.exp([-1, -2, -3]), rtol=0.01)
    panel.tabs.setCurrentIndex(1)
    panel.draw()
    part = worked_out(panel.attenuation, qtbot)["dend"]
    assert part.fit.length == pytest.approx(LAMBDA, rel=0.01)
    assert part.fit.r_squared > 0.9999
    assert part.fit.error < 0.01 * LAMBDA


def test_that_a_synapse_is_strongest_where_it_is_and_falls_off_from_there(qtbot: QtBot) -> None:
    column = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
    cell = CellReference("column", 120)
    bench = Bench(qtbot, column)
    at = Site(cell=cell, section="apic[36]", x=0.5)
    synapse = PlacedSynapse(target=at, delay=300.0, weight=0.005, events=1)
    frames = bench.run(experiment_of(cell, column, synapse, tstop=340.0), interval=0.1)
    panel = bench.panel
    panel.ends.show_sites(at, panel.ends.last.site)
    panel.ends.edited.emit()
    panel.tabs.setCurrentIndex(1)
    panel.attenuation.baseline.show_value(299.9)  # what the cell does to come to rest does not count
    panel.attenuation.baseline.edited.emit()
    panel.draw()
    parts = worked_out(panel.attenuation, qtbot)
    amplitudes = np.concatenate([part.amplitudes for part in parts.values()])
    segments = np.concatenate([part.segments for part in parts.values()])
    anatomy = panel.shown.anatomy
    assert isinstance(anatomy, Anatomy)
    origin = anatomy.segment_at(at.section, at.x)
    assert segments[np.argmax(amplitudes)] == origin
    soma = anatomy.segment_at("soma[0]", 0.5)
    towards_soma = anatomy.path(origin, soma)
    of_segment = dict(zip(segments.tolist(), amplitudes.tolist(), strict=True))
    on_way = np.array([of_segment[each] for each in towards_soma.tolist()])
    assert (np.diff(on_way) < 0).all()
    assert 0.02 * on_way[0] < on_way[-1] < 0.6 * on_way[0]
    values = frames.values.astype(np.float64)
    since = frames.index_at(299.9)
    assert since is not None
    np.testing.assert_array_equal(on_way, (values[since:].max(axis=0) - values[since])[towards_soma])
    assert parts["apic"].fit is not None and parts["apic"].fit.length > 0
