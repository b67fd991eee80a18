"""What an experiment becomes as SONATA, and what SONATA cannot say."""

import json
from pathlib import Path
from typing import Any

import libsonata
import numpy as np
import pytest
from neuron import h

from engine.errors import DocumentError, EngineError, UnknownNameError
from engine.experiment import stimuli
from engine.experiment.activation import with_active
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.sonata_export import Exported, to_simulation_config
from engine.experiment.synaptic_input import AtRandom, Connections, SpikeReplay
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties

CELL = CellReference("NodeA", 1)
SOMA = Site(cell=CELL)
TUFT = Site(cell=CELL, section="apic[12]", x=0.25)


def experiment(**changes: object) -> Experiment:
    plain = Experiment(
        circuit=CircuitReference(path="circuit.json"),
        cells=ListedCells(cells=(CELL,)),
        connections=Connections(enabled=True),
    )
    return changed(plain, **changes)


def exported(folder: Path, made: Experiment, **more: Any) -> tuple[Exported, dict[str, Any]]:
    done = to_simulation_config(made, folder / "circuit.json", folder, **more)
    return done, json.loads(done.path.read_text(encoding="utf-8"))


def sets_in(folder: Path, kind: str = "node_sets") -> Any:
    return json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))


def test_that_the_middle_of_a_soma_is_a_node_set_of_one_cell(tmp_path):
    step = stimuli.Step(target=SOMA, name="it")
    _, raw = exported(tmp_path, experiment(stimuli=(step,)))
    name = raw["inputs"]["it"]["node_set"]
    assert sets_in(tmp_path)[name] == {"population": "NodeA", "node_id": [1]}
    assert not (tmp_path / "compartment_sets.json").exists()


def test_that_other_places_are_compartment_sets_with_the_numbers_of_sections(tmp_path):
    step = stimuli.Step(target=TUFT, name="it")
    asked: list[object] = []

    def section_number(cell: CellReference, name: str) -> int:
        asked.append((cell, name))
        return 77

    done, raw = exported(tmp_path, experiment(stimuli=(step,)), section_number=section_number)
    name = raw["inputs"]["it"]["compartment_set"]
    found = libsonata.CompartmentSets.from_file(str(tmp_path / "compartment_sets.json"))
    assert sets_in(tmp_path, "compartment_sets")[name]["compartment_set"] == [[1, 77, 0.25]]
    assert found[name].population == "NodeA"
    assert asked == [(CELL, "apic[12]")]
    assert done.problems == ()


def test_that_names_of_sections_stay_when_their_numbers_are_not_known(tmp_path):
    done, raw = exported(tmp_path, experiment(stimuli=(stimuli.Step(target=TUFT, name="it"),)))
    name = raw["inputs"]["it"]["compartment_set"]
    assert sets_in(tmp_path, "compartment_sets")[name]["compartment_set"] == [[1, "apic[12]", 0.25]]
    assert "need their numbers" in str(done.problems[0])


def test_that_inputs_keep_their_order_and_leave_out_what_is_off(tmp_path):
    noise = [stimuli.Noise(target=SOMA, name=name, enabled=name != "c") for name in "zcab"]
    _, raw = exported(tmp_path, experiment(stimuli=noise))
    assert list(raw["inputs"]) == ["z", "a", "b"]


def test_that_a_placed_synapse_is_left_out_with_one_sentence_and_changes_no_other_stream(tmp_path):
    noise = stimuli.OrnsteinUhlenbeck(target=SOMA, name="noise")
    synapse = stimuli.PlacedSynapse(target=TUFT, name="spine", timing="poisson")
    done, raw = exported(tmp_path, experiment(stimuli=(synapse, noise)))
    assert list(raw["inputs"]) == ["noise"]
    (problem,) = done.problems
    assert problem.what == "'spine' was left out: SONATA has no synapse at a chosen place."
    assert problem.hint == "Export the experiment as a NEURON script, which has it."
    assert stimuli.stream_numbers((synapse, noise)) == stimuli.stream_numbers((noise, noise))[:1] * 2


def test_that_equal_names_and_mere_numbers_become_names_that_libsonata_reads(tmp_path):
    same = [stimuli.Step(target=SOMA, name=name) for name in ("a", "a", "0", "1", "")]
    done, raw = exported(tmp_path, experiment(stimuli=same))
    assert list(raw["inputs"]) == ["a", "a 2", "number 0", "number 1", "step"]
    assert libsonata.SimulationConfig.from_file(str(done.path)).list_input_names == list(raw["inputs"])


def test_that_what_sonata_cannot_say_is_told(tmp_path):
    sweep = stimuli.SineSweep(target=SOMA)
    times = tuple(float(time) for time in range(300))
    long = stimuli.ArbitraryWaveform(target=SOMA, name="long", times=times, amplitudes=(0.1,) * 300)
    made = experiment(
        stimuli=(
            sweep,
            long,
            stimuli.ShotNoise(target=SOMA, rate=100.5, name="shots"),
            stimuli.Step(target=CompartmentSetTarget(compartment_set="elsewhere"), name="lost"),
        ),
        recordings=(
            StimulusRecording(stimulus=sweep.id, label="clamp"),
            Report(target=TUFT, report_type="summation", label="sum"),
            SiteRecording(site=SOMA, variable="a.b.c", label="odd"),
        ),
        replays=(SpikeReplay(spike_file="a.csv"), SpikeReplay(spike_file="b.h5", node_set="some")),
        conditions=Conditions(variable_step=True, random_seed=2**32 - 1),
        connections=Connections(enabled=False),
    )
    done, raw = exported(tmp_path, made, section_number=lambda *_: 5)
    told = " ".join(map(str, done.problems))
    for each in (
        "'Sine sweep (chirp)' was left out",
        "'long' was left out: SONATA would need",
        "cut the rate of 'shots' from 100.5 to 100 Hz",
        "'lost' was left out: the compartment set 'elsewhere'",
        "'clamp' was left out",
        "'sum' was left out",
        "'odd' was left out",
        "'a' was left out: SONATA replays spikes from .h5 files only.",
        "'b' replays the spikes of all populations of its file, not of 'some'.",
        "no variable time step",
        "seeds up to 2147483647",
        "The connections are off",
    ):
        assert each in told
    assert list(raw["inputs"]) == ["shots", "b"]
    assert raw["reports"] == {}
    assert raw["inputs"]["shots"]["rate"] == 100.5


def test_that_recordings_of_spots_become_reports_at_every_step(tmp_path):
    recordings = (SiteRecording(site=SOMA, label="soma"), SiteRecording(site=TUFT, variable="cai"))
    made = experiment(recordings=recordings, conditions=Conditions(tstop=30, dt=0.05))
    _, raw = exported(tmp_path, made, section_number=lambda *_: 5)
    soma, calcium = raw["reports"].values()
    assert (soma["type"], soma["sections"], soma["compartments"]) == ("compartment", "soma", "center")
    assert (soma["dt"], soma["start_time"], soma["end_time"]) == (0.05, 0.0, 30.0)
    assert (calcium["type"], calcium["unit"], calcium["variable_name"]) == ("compartment_set", "mM", "cai")
    assert "[" not in calcium["file_name"]


def test_that_single_cells_of_targets_take_part(tmp_path):
    other = Site(cell=CellReference("NodeB", 4))
    exported(tmp_path, experiment(stimuli=(stimuli.Step(target=other),)))
    sets = sets_in(tmp_path)
    assert sets["listed_cells"] == ["listed_cells_NodeA", "listed_cells_NodeB"]
    assert sets["listed_cells_NodeB"] == {"population": "NodeB", "node_id": [4]}


def test_that_nothing_to_simulate_is_refused(tmp_path):
    with pytest.raises(DocumentError, match="no cells"):
        exported(tmp_path, experiment(cells=ListedCells()))


def test_that_paths_count_from_the_new_folder(tmp_path):
    made = experiment(replays=(SpikeReplay(spike_file="inputs/spikes.h5"),))
    (tmp_path / "there").mkdir()
    done = to_simulation_config(
        made, tmp_path / "circuit.json", tmp_path / "out" / "sim", base=tmp_path / "there"
    )
    raw = json.loads(done.path.read_text())
    assert raw["network"] == "../../circuit.json"
    assert raw["inputs"]["spikes"]["spike_file"] == "../../there/inputs/spikes.h5"


def test_that_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="cannot be made"):
        to_simulation_config(experiment(), tmp_path / "circuit.json", tmp_path / "file" / "folder")


def test_that_sets_of_the_circuit_are_asked_for_other_places(tmp_path, shared_data):
    circuit = shared_data / "bbp" / "sim_quick_scx_sonata_multicircuit" / "circuit_sonata.json"
    dendrites = NodeSetTarget(node_set="Mosaic_A", section="dend[0]", x=1.0)
    made = experiment(
        cells=NodeSetOfCells(),
        stimuli=(stimuli.Step(target=dendrites, name="it"),),
        replays=(SpikeReplay(spike_file="spikes.h5"),),
        node_sets={"everything": {}},
    )
    done = to_simulation_config(made, circuit, tmp_path, section_number=lambda *_: 5)
    raw = json.loads(done.path.read_text())
    found = sets_in(tmp_path, "compartment_sets")[raw["inputs"]["it"]["compartment_set"]]
    assert found == {"population": "NodeA", "compartment_set": [[0, 5, 1.0], [1, 5, 1.0], [2, 5, 1.0]]}
    assert sets_in(tmp_path)["all"] == sets_in(tmp_path)["everything"] == {"population": ["NodeA", "NodeB"]}
    assert raw["inputs"]["spikes"]["node_set"] == "all"
    assert "node_set" not in raw


def test_that_a_population_can_stand_for_a_node_set_and_a_slip_cannot(tmp_path, shared_data):
    circuit = shared_data / "bbp" / "sim_quick_scx_sonata_multicircuit" / "circuit_sonata.json"
    to_simulation_config(experiment(cells=NodeSetOfCells(node_set="NodeB")), circuit, tmp_path)
    assert sets_in(tmp_path)["NodeB"] == {"population": "NodeB"}
    with pytest.raises(UnknownNameError, match="'Mosaic_A'"):
        to_simulation_config(experiment(cells=NodeSetOfCells(node_set="Mosaic_a")), circuit, tmp_path)


def _voltage(plays: list[tuple[list[float], list[float]]]) -> Any:
    section = h.Section(name="cell")
    section.L = section.diam = 20
    section.insert("hh")
    kept = []
    for times, amplitudes in plays:
        clamp = h.IClamp(section(0.5))
        clamp.dur = times[-1]
        vectors = h.Vector(times), h.Vector(amplitudes)
        vectors[1].play(clamp._ref_amp, vectors[0], 1)
        kept.append((clamp, vectors))
    recorded = h.Vector().record(section(0.5)._ref_v)
    h.dt = 0.025
    h.finitialize(-65)
    while h.t < 40:
        h.fadvance()
    return np.array(recorded)


@pytest.mark.parametrize("grid_ms", [0.025, 0.0125, 1e-6])
def test_that_the_pieces_of_a_waveform_drive_a_cell_as_the_whole_does(tmp_path, grid_ms):
    random = np.random.default_rng(4)
    times = np.round(np.sort(random.uniform(0, 30, 12)) / grid_ms) * grid_ms
    times[5] = times[4]
    waveform = stimuli.ArbitraryWaveform(
        target=SOMA,
        delay=3.0,
        duration=35.0,
        times=tuple(times.tolist()),
        amplitudes=tuple(random.normal(0, 0.1, 12).tolist()),
    )
    _, raw = exported(tmp_path, experiment(stimuli=(waveform,)))
    whole = waveform.waveform(CellProperties(gid=0), Conditions())
    pieces = [
        ([0, start, start, end, end], [0, 0, each["amp_start"], each["amp_end"], 0])
        for each in raw["inputs"].values()
        for start, end in [(each["delay"], each["delay"] + each["duration"])]
    ]
    assert len(pieces) >= 10
    expected = _voltage([(whole.time.tolist(), whole.amplitude.tolist())])
    assert np.ptp(expected) > 1
    assert _voltage(pieces) == pytest.approx(expected, abs=1e-9)


def test_that_a_choice_of_synapses_is_told_in_one_sentence(tmp_path):
    done, _ = exported(tmp_path, with_active(experiment(), CELL, AtRandom(count=5)))
    assert [each.what for each in done.problems if "synapses" in each.what] == [
        "SONATA cannot choose single synapses; the simulators build all of those onto NodeA:1."
    ]
    done, _ = exported(tmp_path, with_active(experiment(), CELL, None))
    assert not any("synapses" in each.what for each in done.problems)
