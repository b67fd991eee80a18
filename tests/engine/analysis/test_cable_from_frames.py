"""A uniform cable in NEURON, as its frames show it: the profiles are those of the cable equation."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.analysis.cable import Floats, fitted_decay
from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.stimuli import Sine, Step, Stimulus
from engine.experiment.targets import CellReference, Site
from engine.messages import events as e
from engine.messages.anatomy import Anatomy
from engine.messages.watch import Watch

_LENGTHS_UM = {"L0.5": 500, "L1": 1000, "L2": 2000, "long": 8000}  # one length constant is 1000 µm
_NEAR_UM = 3000.0  # the far end of the long cable is closed: close to it the signal falls off less
_REST_MV = -65.0
_TEMPLATE = """
begintemplate {name}
  public init, soma, all
  create soma[1]
  objref all
  proc init() {{
    all = new SectionList()
    soma[0] {{
      all.append() L = {length} diam = 2 nseg = {nseg} Ra = 100 cm = 1
      insert pas g_pas = 1 / 20000 e_pas = -65
    }}
  }}
endtemplate {name}
"""


@dataclass(frozen=True)
class Profile:
    """What a cable does: µm from its end with the electrode, and frames × segments in mV from rest."""

    distances: Floats
    displacements: Floats

    def attenuation(self, last_frames: int = 1) -> float:
        """How much arrives at the other end, of the greatest displacements of late."""
        peaks = np.abs(self.displacements[-last_frames:]).max(axis=0)
        return float(peaks[-1] / peaks[0])


class Bench:
    """Cables that a worker has opened, by name."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client, self._folder = client, folder

    def profile(self, name: str, stimulus: Stimulus, **conditions: object) -> Profile:
        """Of a current into the near end."""
        cell = CellReference("cables", list(_LENGTHS_UM).index(name))
        experiment = Experiment(
            circuit=CircuitReference(path="circuit_config.json"),
            cells=ListedCells(cells=(cell,)),
            stimuli=(changed(stimulus, target=Site(cell=cell, x=0)),),
            conditions=Conditions.model_validate({"v_init": _REST_MV, **conditions}),
        )
        data = self._client.collect(self._client.run(experiment, self._folder, watch=Watch(cell=cell)))
        description, _ = self._client.answer(self._client.describe(cell, experiment.conditions))
        assert isinstance(description, e.Description)
        anatomy = Anatomy(description)
        way = anatomy.path(anatomy.segment_at("soma", 0), anatomy.segment_at("soma", 1))
        frames = data.frames[:, way].astype(np.float64)
        return Profile(anatomy.distances_along(way) + anatomy.lengths[0] / 2, frames - _REST_MV)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("cables")
    config = _write_circuit(folder)
    with open_circuit(config) as circuit:
        trust(circuit)
    with Client() as client:
        client.answer(client.load(config))
        yield Bench(client, folder)


def _write_circuit(folder: Path) -> Path:
    names = [f"cable{length}" for length in _LENGTHS_UM.values()]
    (folder / "hoc").mkdir()
    for name, length in zip(names, _LENGTHS_UM.values(), strict=True):
        text = _TEMPLATE.format(name=name, length=length, nseg=length // 5 + 1)
        (folder / "hoc" / f"{name}.hoc").write_text(text)
    with h5py.File(folder / "nodes.h5", "w") as file:
        group = file.create_group("nodes/cables")
        group["node_type_id"] = np.zeros(len(names), np.int64)
        group["0/model_template"] = [f"hoc:{name}" for name in names]
        group["0/model_type"] = ["biophysical"] * len(names)
        group["0/morphology"] = [""] * len(names)
    cells = {"type": "biophysical", "biophysical_neuron_models_dir": "hoc"}
    nodes = [{"nodes_file": "nodes.h5", "populations": {"cables": cells}}]
    config = folder / "circuit_config.json"
    config.write_text(json.dumps({"version": 2, "networks": {"nodes": nodes, "edges": []}}))
    return config


STEADY = Step(target=Site(cell=CellReference("cables", 0)), amplitude=0.02, delay=0, duration=1e6)


def test_that_a_steady_current_falls_off_with_the_length_constant(bench, expected_cable):
    profile = bench.profile("long", STEADY, tstop=400.0, dt=0.1)
    near = profile.distances < _NEAR_UM
    found = fitted_decay(profile.distances[near], profile.displacements[-1, near])
    within = expected_cable["tol_rel"]
    assert found.length == pytest.approx(expected_cable["lambda_um"], rel=within)
    assert found.error < 1.0
    assert found.r_squared > 0.9999
    assert found.amplitude / STEADY.amplitude == pytest.approx(
        expected_cable["Rin_semi_inf_Mohm"], rel=within
    )
    at_one = np.interp(expected_cable["lambda_um"], profile.distances, profile.displacements[-1])
    assert at_one / found.amplitude == pytest.approx(expected_cable["semi_inf_V_lambda_over_V0"], rel=within)


@pytest.mark.parametrize("name", ["L0.5", "L1", "L2"])
def test_that_less_arrives_at_the_closed_end_of_a_longer_cable(bench, expected_cable, name):
    profile = bench.profile(name, STEADY, tstop=400.0, dt=0.1)
    assert profile.attenuation() == pytest.approx(
        expected_cable[f"sealed_{name}"], rel=expected_cable["tol_rel"]
    )
    length = _LENGTHS_UM[name] / expected_cable["lambda_um"]
    shape = np.cosh(length - profile.distances / expected_cable["lambda_um"]) / math.cosh(length)
    at_end = profile.displacements[-1, 0] / shape[0]
    np.testing.assert_allclose(profile.displacements[-1], at_end * shape, rtol=expected_cable["tol_rel"])


def test_that_fast_signals_fall_off_sooner(bench, expected_cable):
    sine = Sine(target=STEADY.target, amplitude=0.02, frequency=100.0, delay=0, duration=300.0)
    profile = bench.profile("L1", sine, tstop=250.0, dt=0.025, integration_method="crank_nicolson")
    period = 10.0  # ms
    swing = profile.attenuation(last_frames=round(2 * period / 0.2) + 1)
    assert swing == pytest.approx(expected_cable["sealed_L1_100Hz"], rel=expected_cable["tol_rel"])
