"""Edits return new experiments and leave the old ones alone."""

import pytest

from engine.errors import EngineError, UnknownNameError
from engine.experiment import edits
from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.manipulations import BlockSodium
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Noise, Ramp, Step
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference, NodeSetTarget, Site

A, B = CellReference("cells", 0), CellReference("cells", 1)
ON_A, ON_B = Site(cell=A), Site(cell=B, section="apic[3]", x=0.2)


@pytest.fixture
def experiment() -> Experiment:
    return Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(A, B)),
        stimuli=(
            Step(id="step", name="Kick", target=ON_A),
            Noise(id="noise", target=ON_B),
            Ramp(id="ramp", target=NodeSetTarget(node_set="all")),
        ),
        recordings=(
            SiteRecording(id="v_a", site=ON_A),
            SiteRecording(id="v_b", site=ON_B),
            StimulusRecording(id="i", stimulus="step"),
            Report(id="report", target=NodeSetTarget(node_set="all")),
        ),
        manipulations=(BlockSodium(id="ttx", node_set="all"),),
        replays=(SpikeReplay(id="replay", spike_file="spikes.h5"),),
    )


def ids(experiment: Experiment) -> dict[str, list[str]]:
    lists = ("stimuli", "recordings", "manipulations", "replays")
    return {name: [each.id for each in getattr(experiment, name)] for name in lists}


def test_that_what_is_put_is_added_at_the_end_or_replaces_what_has_its_id(experiment: Experiment) -> None:
    more = edits.with_stimulus(experiment, Step(id="new", target=ON_A))
    assert ids(more)["stimuli"] == ["step", "noise", "ramp", "new"]
    other = edits.with_stimulus(more, Ramp(id="noise", target=ON_B))
    assert ids(other)["stimuli"] == ["step", "noise", "ramp", "new"]
    assert isinstance(other.stimuli[1], Ramp)
    assert other.stimuli[0] is experiment.stimuli[0]


def test_that_each_kind_of_element_goes_to_its_list(experiment: Experiment) -> None:
    more = edits.with_recording(experiment, SiteRecording(id="r", site=ON_A))
    more = edits.with_manipulation(more, BlockSodium(id="m", node_set="some"))
    more = edits.with_replay(more, SpikeReplay(id="p", spike_file="other.h5"))
    assert [values[-1] for values in ids(more).values()] == ["ramp", "r", "m", "p"]
    assert [edits.element(more, each).id for each in ("step", "r", "m", "p")] == ["step", "r", "m", "p"]


@pytest.mark.parametrize(
    ("gone", "name"),
    [("noise", "stimuli"), ("v_a", "recordings"), ("ttx", "manipulations"), ("replay", "replays")],
)
def test_that_an_element_is_taken_out_and_nothing_else(experiment: Experiment, gone: str, name: str) -> None:
    before = ids(experiment)
    after = ids(edits.without(experiment, gone))
    assert after == {**before, name: [each for each in before[name] if each != gone]}


def test_that_recordings_of_a_stimulus_go_with_it(experiment: Experiment) -> None:
    assert ids(edits.without(experiment, "step"))["recordings"] == ["v_a", "v_b", "report"]


@pytest.mark.parametrize(
    ("position", "order"),
    [
        (0, ["ramp", "step", "noise"]),
        (1, ["step", "ramp", "noise"]),
        (2, ["step", "noise", "ramp"]),
        (99, ["step", "noise", "ramp"]),
        (-5, ["ramp", "step", "noise"]),
    ],
)
def test_that_an_element_moves_to_a_position(experiment: Experiment, position: int, order: list[str]) -> None:
    assert ids(edits.moved(experiment, "ramp", position))["stimuli"] == order


def test_that_a_copy_stands_behind_its_original_under_its_own_id(experiment: Experiment) -> None:
    after = edits.duplicated(experiment, "step", "copy")
    assert ids(after)["stimuli"] == ["step", "copy", "noise", "ramp"]
    assert changed(after.stimuli[1], id="step") == experiment.stimuli[0]
    assert len(set(ids(edits.duplicated(experiment, "ttx"))["manipulations"])) == 2


def test_that_an_element_is_switched_off_and_on(experiment: Experiment) -> None:
    for each in ("step", "v_a", "ttx", "replay"):
        off = edits.switched(experiment, each, enabled=False)
        assert not edits.element(off, each).enabled
        assert edits.switched(off, each, enabled=True) == experiment


def test_that_an_unknown_id_is_an_error_with_a_suggestion(experiment: Experiment) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'noise'"):
        edits.without(experiment, "nois")


def test_that_cells_come_once_and_in_order(experiment: Experiment) -> None:
    cell = CellReference("cells", 7)
    after = edits.with_cell(experiment, cell)
    assert after.cells == ListedCells(cells=(A, B, cell))
    assert edits.with_cell(after, cell) is after


def test_that_a_cell_takes_along_what_sits_on_it(experiment: Experiment) -> None:
    after = edits.without_cell(experiment, A)
    assert after.cells == ListedCells(cells=(B,))
    assert ids(after)["stimuli"] == ["noise", "ramp"]
    assert ids(after)["recordings"] == ["v_b", "report"]
    with pytest.raises(UnknownNameError, match="no cell named 'cells:0'"):
        edits.without_cell(after, A)


def test_that_single_cells_of_a_node_set_cannot_be_edited(experiment: Experiment) -> None:
    whole = changed(experiment, cells=NodeSetOfCells(node_set="all"))
    with pytest.raises(EngineError, match="those of a node set"):
        edits.with_cell(whole, A)


def test_that_conditions_change_by_name(experiment: Experiment) -> None:
    after = edits.with_conditions(experiment, tstop=5, celsius=20)
    assert (after.conditions.tstop, after.conditions.celsius) == (5, 20)
    assert after.stimuli == experiment.stimuli
    assert after.stimuli[0] is experiment.stimuli[0]
