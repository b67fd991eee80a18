"""Point cells, by the closed forms of their models."""

import json
import math
from pathlib import Path

import pytest

from engine.circuit.cells import CellDescription
from engine.errors import EngineError, UnknownNameError
from engine.experiment.conditions import Conditions
from engine.simulation.cells import Cell, build_cell
from engine.simulation.cells.point import build_point
from engine.simulation.host import h


def _allen(folder: Path, kind: str = "IntFire1", content: str = '{"tau": 0.024, "refrac": 0.003}') -> Cell:
    parameters = folder / "model.json"
    parameters.write_text(content)
    description = CellDescription(
        "lif", 2, "allen", "point_process", model_template=f"nrn:{kind}", dynamics_params_path=parameters
    )
    return build_cell(description, Conditions())


def _spikes(cell: Cell, events: list[float], weight: float) -> list[float]:
    """Spike times in ms of a cell that gets events at some times."""
    arrival = h.NetCon(None, cell.netcon_target)
    arrival.weight[0], arrival.delay = weight, 0
    times = h.Vector()
    watch = h.NetCon(cell.netcon_target, None)
    watch.record(times)
    h.dt = 0.025
    h.finitialize(-65)
    for time in events:
        arrival.event(time)
    while h.t < 100:
        h.fadvance()
    return list(times)


def test_that_seconds_of_an_allen_file_become_milliseconds(tmp_path: Path) -> None:
    cell = _allen(tmp_path, content='{"tau": 0.024, "refrac": 0.003, "type": "NEURON_IntFire1"}')
    assert cell.is_point and cell.netcon_target.tau == 24.0 and cell.netcon_target.refrac == 3.0


def test_that_intfire_fires_when_two_events_are_close_against_its_time_constant(tmp_path: Path) -> None:
    cell = _allen(tmp_path)
    weight = 0.6
    longest = -24.0 * math.log((1 - weight) / weight)  # 0.6 exp(-d / tau) + 0.6 = 1
    assert _spikes(cell, [10.0, 10.0 + longest - 0.05], weight) == pytest.approx([10.0 + longest - 0.05])
    assert _spikes(cell, [10.0, 10.0 + longest + 0.05], weight) == []


def test_that_intfire_is_deaf_while_refractory(tmp_path: Path) -> None:
    cell = _allen(tmp_path)
    assert _spikes(cell, [10.0, 12.9, 13.1], 1.5) == pytest.approx([10.0, 13.1])


def test_that_parameters_of_other_cells_are_in_neurons_units() -> None:
    cell = build_point("cells", 0, "IntFire4", {"taue": 5.0, "taum": 30.0})
    assert (cell.netcon_target.taue, cell.netcon_target.taum) == (5.0, 30.0)


def test_that_parameters_of_the_nodes_file_are_taken() -> None:
    description = CellDescription(
        "lif", 0, "allen", "point_process", model_template="nrn:IntFire1", dynamics_params={"tau": 0.01}
    )
    assert build_cell(description, Conditions()).netcon_target.tau == 10.0


def test_that_a_point_process_that_needs_a_section_gets_one() -> None:
    cell = build_point("cells", 5, "ExpSyn", {"tau": 2.0})
    assert str(cell.section("soma[0]")) == "cells:5.soma[0]"
    assert cell.netcon_target.get_segment() == cell.section("soma[0]")(0.5)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "null", '{"tau": "slow"', '{"tau": null}', '{"tau": NaN}', '{"tau": [1]}', '{"wrong": 1.0}'],
)
def test_that_a_spoilt_parameter_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(EngineError):
        _allen(tmp_path, content=content)


def test_that_an_unknown_kind_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'IntFire1'"):
        build_point("cells", 0, "IntFire11", {})
    with pytest.raises(EngineError, match="IntFire9"):
        _allen(tmp_path, "IntFire9", json.dumps({"tau": 0.01}))
