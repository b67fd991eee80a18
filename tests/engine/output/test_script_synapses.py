"""The circuit's synapses in a written script; `test_stand_ins` has those that draw random numbers."""

from pathlib import Path

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import SimulationError
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.spike_sources import Train, TypedSpikes
from engine.experiment.stimuli import RelativeStep
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference, Site
from engine.resources import resources_folder
from engine.simulation.mechanisms import load_mechanisms
from engine.simulation.script_export import to_script
from engine.simulation.stand_ins import compile_for
from tests.engine.output.test_script import of_engine, of_script
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, experiment, make_bench, step, voltage
from tests.engine.simulation.in_process import in_process

_COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
_CELL, _OTHER = CellReference("column", 150), CellReference("column", 157)


def _typed(*times_of: tuple[str, int, tuple[float, ...]]) -> TypedSpikes:
    trains = tuple(
        Train(cell=CellReference(population, node), times=times) for population, node, times in times_of
    )
    return TypedSpikes(trains=trains)


def test_that_spikes_from_outside_and_of_cells_open_synapses(tmp_path: Path) -> None:
    """Two spikes in one moment count twice; a cell that fires reaches another."""
    with make_bench(tmp_path) as circuit:
        made = experiment(
            *(SPHERE, PATCH),
            stimuli=(step(PATCH, 0.02, 10, 50),),
            recordings=(voltage(SPHERE), voltage(PATCH), voltage(SPHERE, variable="Exp2Syn[0].g")),
            connections=Connections(enabled=True),
            replays=(_typed(("outside", 0, (5.0, 20.0, 20.0)), ("outside", 1, (31.3,))),),
        )
        written = to_script(made, circuit, tmp_path, tmp_path / "script")
        _, found = of_script(written)
        expected = of_engine(made, circuit, tmp_path)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
        somata = changed(made, recordings=made.recordings[:2])
        for without in (changed(somata, replays=()), changed(somata, stimuli=())):
            other = of_engine(without, circuit, tmp_path)
            assert np.abs(other[:, 0] - expected[:, 0]).max() > 0.01, "both are felt"
        table = np.load(tmp_path / "script" / "run_synapses.npz")
        assert table["source name"].tolist() == ["outside:0", "outside:0", "outside:1", "cells:1"]
        assert table["spike time (ms)"].tolist() == [5.0, 20.0, 20.0, 31.3]
        off = changed(somata, connections=Connections(enabled=False))
        assert "Network" not in to_script(off, circuit, tmp_path, tmp_path / "off").path.read_text()


def test_that_the_synapses_of_cells_in_a_network_do_the_same(tmp_path: Path) -> None:
    """Of the built-in circuit: with spontaneous release, spikes from the thalamus, and of another cell."""
    found = in_process(difference_on_the_column, str(tmp_path), folder=tmp_path)
    assert found["difference_mV"] <= 1e-9 and found["felt_mV"] > 0.5
    assert found["synapses"] > 50 and found["releases"] > 10


def difference_on_the_column(folder: str) -> dict[str, float]:
    """How far script and engine are apart; in a process of its own, which loads the mechanisms."""
    base = Path(folder)
    with open_circuit(_COLUMN) as circuit:
        compiled = compile_for(circuit, None, lambda _: None)
        load_mechanisms(compiled)
        outside = next(each.source for each in circuit.edge_populations.values() if each.source != "column")
        made = Experiment(
            circuit=CircuitReference(path=str(_COLUMN)),
            cells=ListedCells(cells=(_CELL, _OTHER)),
            conditions=Conditions(tstop=40, random_seed=3),
            stimuli=(RelativeStep(target=Site(cell=_OTHER), percent=250, delay=5, duration=30),),
            recordings=(SiteRecording(site=Site(cell=_CELL)), SiteRecording(site=Site(cell=_OTHER))),
            connections=Connections(enabled=True, overrides=(ConnectionOverride(spont_minis=40.0),)),
            replays=(_typed(*((outside, node, (5.0 + node % 7, 20.0)) for node in range(30))),),
        )
        written = to_script(made, circuit, base, base / "script", compiled)
        _, theirs = of_script(written)
        ours = of_engine(made, circuit, base)
        alone = of_engine(changed(made, connections=Connections(enabled=False)), circuit, base)
    with np.load(base / "script" / "run_synapses.npz") as table:
        return {
            "difference_mV": float(np.abs(theirs - ours).max()),
            "felt_mV": float(np.abs(alone - ours).max()),
            "synapses": len(table["synapse kind"]),
            "releases": len(table["release event time (ms)"]),
        }


def test_that_what_a_script_cannot_have_is_refused_in_a_sentence(tmp_path: Path) -> None:
    later = ConnectionOverride(delay=10.0, weight=2.0)
    with make_bench(tmp_path) as circuit:
        made = experiment(
            *(SPHERE, PATCH),
            recordings=(voltage(SPHERE),),
            connections=Connections(enabled=True, overrides=(later,)),
            replays=(_typed(("outside", 0, (5.0,))),),
        )
        with pytest.raises(SimulationError, match="change during the run cannot be written"):
            to_script(made, circuit, tmp_path, tmp_path / "script")
        scaled = changed(made, connections=Connections(enabled=True, overrides=(changed(later, delay=0.0),)))
        _, found = of_script(to_script(scaled, circuit, tmp_path, tmp_path / "script"))
        np.testing.assert_allclose(found, of_engine(scaled, circuit, tmp_path), rtol=0, atol=1e-9)
