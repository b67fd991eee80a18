"""What a simulation configuration of either dialect becomes."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.experiment import manipulations, stimuli
from engine.experiment.experiment import ListedCells, NodeSetOfCells
from engine.experiment.recordings import Report
from engine.experiment.sonata_import import Imported, OutputSettings, from_simulation_config
from engine.experiment.stimuli import VoltageLevel
from engine.experiment.targets import CompartmentSetTarget, NodeSetTarget
from tests.engine.experiment.sonata_files import REPORT, STEP, config, written
from tests.replays import replays_of


def imported(folder: Path, raw: dict[str, Any]) -> Imported:
    return from_simulation_config(written(folder, raw))


def one_input(folder: Path, **entry: Any) -> Any:
    found = imported(folder, config(inputs={"it": {**STEP, **entry}})).experiment.stimuli
    assert len(found) == 1
    return found[0]


def test_that_the_run_is_taken_over(tmp_path):
    run = {
        "tstop": 50,
        "dt": 0.05,
        "random_seed": 7,
        "spike_threshold": -20,
        "integration_method": "crank_nicolson",
        "stimulus_seed": 1,
        "ionchannel_seed": 2,
        "minis_seed": 3,
        "synapse_seed": 4,
    }
    conditions = {
        "celsius": 35,
        "v_init": -75,
        "spike_location": "AIS",
        "extracellular_calcium": 1.2,
        "randomize_gaba_rise_time": True,
        "mechanisms": {"ProbAMPANMDA_EMS": {"init_depleted": True, "x": 0.5}},
    }
    found = imported(tmp_path, config(run=run, conditions=conditions)).experiment.conditions
    expected = {**run, **{key: value for key, value in conditions.items() if key != "mechanisms"}}
    assert {key: getattr(found, key) for key in expected} == expected
    assert found.mechanism_globals == conditions["mechanisms"]


def test_that_defaults_are_those_of_sonata(tmp_path):
    raw = config()
    del raw["conditions"]
    found = imported(tmp_path, raw).experiment.conditions
    assert (found.celsius, found.v_init, found.spike_threshold) == (34.0, -80.0, -30.0)
    assert (found.integration_method, found.spike_location, found.stimulus_seed) == ("euler", "soma", 0)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({"amp_start": 0.3}, stimuli.Step),
        ({"amp_start": 0.3, "amp_end": 0.3}, stimuli.Step),
        ({"amp_start": 0.3, "amp_end": 0.4}, stimuli.Ramp),
        ({"module": "relative_linear", "percent_start": 50}, stimuli.RelativeStep),
        ({"module": "relative_linear", "percent_start": 50, "percent_end": 9}, stimuli.RelativeRamp),
        ({"module": "hyperpolarizing"}, stimuli.Holding),
        ({"module": "noise", "mean": 1, "variance": 1}, stimuli.Noise),
        ({"module": "noise", "mean_percent": 1, "variance": 1}, stimuli.RelativeNoise),
    ],
)
def test_that_modules_with_two_meanings_are_told_apart(tmp_path, entry, kind):
    assert type(one_input(tmp_path, **entry)) is kind


def test_that_20_percent_less_stays_below_threshold(tmp_path):
    assert one_input(tmp_path, module="subthreshold", percent_less=20).percent_less == 20


def test_that_input_types_choose_current_or_conductance(tmp_path):
    entry = {"module": "ornstein_uhlenbeck", "tau": 2.8, "mean": 0.1, "sigma": 0.2, "reversal": -70}
    current = one_input(tmp_path, **entry)
    conductance = one_input(tmp_path, **entry, input_type="conductance", random_seed=3)
    assert (current.mode, current.random_seed) == ("current", None)
    assert (conductance.mode, conductance.random_seed, conductance.reversal) == ("conductance", 3, -70)


def test_that_the_order_of_inputs_is_kept(tmp_path):
    inputs = dict.fromkeys(("z", "a", "m", "10", "2"), STEP)
    found = imported(tmp_path, config(inputs=inputs)).experiment.stimuli
    assert [each.name for each in found] == ["z", "a", "m", "10", "2"]


CLAMP = {"module": "seclamp", "input_type": "voltage_clamp", "delay": 0, "duration": 10, "voltage": -80}


def test_that_levels_are_those_of_the_specification_and_that_the_difference_is_told(tmp_path):
    entry = {**CLAMP, "duration_levels": [2, 3], "voltage_levels": [-70, -60], "node_set": "Mosaic"}
    found = imported(tmp_path, config(inputs={"clamp": entry}))
    (clamp,) = found.experiment.stimuli
    assert isinstance(clamp, stimuli.VoltageClamp)
    assert clamp.levels == (VoltageLevel(duration=2, voltage=-70), VoltageLevel(duration=3, voltage=-60))
    assert "BlueCelluLab play each late" in str(found.problems[0])


def test_that_a_first_level_of_no_length_means_the_timing_of_the_simulators(tmp_path):
    clamp = one_input(tmp_path, **CLAMP, duration_levels=[0, 2, 3], voltage_levels=[-70, -60, -50])
    assert [(each.duration, each.voltage) for each in clamp.levels] == [(2, -70), (3, -60), (5, -50)]


def test_that_spikes_are_replayed_to_all_cells_and_that_this_is_told(tmp_path):
    replay = {"module": "synapse_replay", "input_type": "spikes", "delay": 1, "duration": 5}
    inputs = {
        "all": {**replay, "spike_file": "./in/a.h5", "node_set": "Mosaic"},
        "some": {**replay, "spike_file": "b.h5", "node_set": "Others", "duration": 49},
    }
    found = imported(tmp_path, config(inputs=inputs))
    first, second = replays_of(found.experiment)
    assert (first.spike_file, first.delay, first.duration, first.node_set) == ("in/a.h5", 1, 5, None)
    assert second.duration is None  # as long as the run
    assert [problem.what for problem in found.problems] == [
        "Input 'some' reaches all cells of the experiment, not only those of 'Others'."
    ]


def test_that_what_has_no_counterpart_is_named(tmp_path):
    field = {"module": "spatially_uniform_e_field", "input_type": "extracellular_stimulation"}
    raw = config(
        inputs={"field": field, "nothing": {**STEP, "duration": 0}, "odd": {**STEP, "amp_ends": 2}},
        reports={"lfp": {**REPORT, "type": "lfp"}, "syn": {**REPORT, "type": "synapse"}},
        connection_overrides=[{"name": "a", "source": "b", "target": "c", "weigth": 0}],
    )
    raw["run"]["tstart"] = 5
    found = imported(tmp_path, raw)
    told = " ".join(str(each) for each in found.problems)
    for each in ("'field'", "'nothing'", "'amp_ends'", "'lfp'", "'syn'", "'weigth'", "'tstart'"):
        assert each in told
    assert all(each.severity == "warning" for each in found.problems)
    assert [each.name for each in found.experiment.stimuli] == ["odd"]
    assert found.experiment.recordings == ()


def test_that_node_sets_of_the_simulation_come_along_and_inline_ones_get_names(tmp_path):
    written(tmp_path, {"Mosaic": {"population": "A"}, "Both": ["Mosaic"]}, "sets.json")
    inline = {"population": "A", "layer": 5}
    inputs = {"first": {**STEP, "node_set": inline}, "second": {**STEP, "node_set": [3, 4]}}
    found = imported(tmp_path, config(node_sets_file="sets.json", inputs=inputs)).experiment
    first, second = (each.target for each in found.stimuli)
    assert isinstance(first, NodeSetTarget) and found.node_sets[first.node_set] == inline
    assert isinstance(second, NodeSetTarget) and found.node_sets[second.node_set] == {"node_id": [3, 4]}
    assert found.node_sets["Both"] == ["Mosaic"]
    assert found.cells == NodeSetOfCells(node_set="Mosaic")


def test_that_compartment_sets_come_along(tmp_path):
    spots = {"population": "A", "compartment_set": [[0, 3, 0.5], [1, "dend[2]", 1]]}
    written(tmp_path, {"spots": spots}, "compartments.json")
    entry = {key: value for key, value in STEP.items() if key != "node_set"} | {"compartment_set": "spots"}
    report = {key: value for key, value in REPORT.items() if key != "cells"}
    report |= {"type": "compartment_set", "compartment_set": "spots"}
    raw = config(compartment_sets_file="compartments.json", inputs={"i": entry}, reports={"r": report})
    found = imported(tmp_path, raw).experiment
    assert found.stimuli[0].target == CompartmentSetTarget(compartment_set="spots")
    assert isinstance(found.recordings[0], Report)
    assert found.recordings[0].target == CompartmentSetTarget(compartment_set="spots")
    listed = [(spot.node_id, spot.section, spot.x) for spot in found.compartment_sets["spots"].spots]
    assert listed == [(0, 3, 0.5), (1, "dend[2]", 1.0)]


def test_that_modifications_are_taken_over_in_their_order(tmp_path):
    listed = [
        {"name": "a", "type": "ttx", "node_set": "M"},
        {"name": "b", "type": "configure_all_sections", "node_set": "M", "section_configure": "%s.cm *= 2"},
        {"name": "c", "type": "section_list", "node_set": "M", "section_configure": "apical.gbar_NaTg = 0"},
        {"name": "d", "type": "section", "node_set": "M", "section_configure": "apic[10].g_pas = 1e-5"},
        {"name": "e", "type": "compartment_set", "compartment_set": "S", "section_configure": "cm = 3"},
    ]
    found = imported(tmp_path, config(conditions={"modifications": listed})).experiment.manipulations
    assert [each.name for each in found] == list("abcde")
    ttx, everywhere, some, one, spots = found
    assert isinstance(ttx, manipulations.BlockSodium)
    assert isinstance(everywhere, manipulations.ChangeAllSections)
    assert everywhere.assignments == (manipulations.Assignment(variable="cm", operator="*=", value=2),)
    assert isinstance(some, manipulations.ChangeSectionList) and some.section_list == "apic"
    assert isinstance(one, manipulations.ChangeSection) and one.section == "apic[10]"
    assert isinstance(spots, manipulations.ChangeCompartments) and spots.compartment_set == "S"


def test_that_reports_have_the_defaults_of_sonata(tmp_path):
    reports = {
        "soma": REPORT,
        "all": {**REPORT, "sections": "all", "dt": 0.01, "end_time": 50, "file_name": "x.h5"},
        "off": {key: value for key, value in REPORT.items() if key != "cells"} | {"enabled": False},
    }
    soma, everywhere, off = imported(tmp_path, config(reports=reports)).experiment.recordings
    assert isinstance(soma, Report) and isinstance(everywhere, Report) and isinstance(off, Report)
    assert (soma.sections, soma.compartments, soma.scaling, soma.dt) == ("soma", "center", "area", 0.1)
    assert (everywhere.compartments, everywhere.dt, everywhere.end) == ("all", None, None)
    assert (soma.file_name, everywhere.file_name, off.enabled) == ("", "x.h5", False)
    assert off.target == NodeSetTarget(node_set="Mosaic")


def test_that_manifests_are_expanded_and_paths_kept_relative(tmp_path):
    raw = config(
        manifest={"$HERE": ".", "$DATA": "$HERE/data"},
        network="$DATA/circuit.json",
        output={"output_dir": "${DATA}/out", "spikes_file": "s.h5", "spikes_sort_order": "by_id"},
    )
    found = imported(tmp_path, raw)
    assert found.experiment.circuit.path == "data/circuit.json"
    assert found.output == OutputSettings(folder="data/out", spikes_file="s.h5", sort="by_id")
    assert found.base == tmp_path


ALLEN: dict[str, Any] = {
    "run": {"tstop": 50.0, "dt": 0.1, "dL": 10.0, "spike_threshold": -15, "nsteps_block": 5000},
    "conditions": {"celsius": 34.0, "v_init": -80},
    "inputs": {},
    "output": {"output_dir": "output", "spikes_sort_order": "time"},
}


def test_that_allen_files_need_no_seed_and_may_sort_by_time(tmp_path):
    found = imported(tmp_path, ALLEN)
    assert found.experiment.conditions.random_seed == 0
    assert found.experiment.conditions.segment_length == 10.0
    assert found.output.sort == "by_time"
    assert found.problems == ()


def test_that_obi_files_need_a_seed(tmp_path):
    with pytest.raises(EngineError, match="'random_seed' is missing"):
        imported(tmp_path, config(run={"tstop": 1, "dt": 0.1}))


def test_that_current_clamps_of_allen_become_steps(tmp_path):
    inputs = {
        "one": {"input_type": "current_clamp", "module": "IClamp", "amp": 0.1, "delay": 5, "duration": 6},
        "many": {
            "input_type": "current_clamp",
            "module": "IClamp",
            "node_set": {"population": "v1"},
            "amp": [0.1, 0.2],
            "delay": [5, 10],
            "duration": [1, 2],
            "section_name": "apic",
            "section_index": 3,
            "section_dist": 0.25,
        },
    }
    one, first, second = imported(tmp_path, {**ALLEN, "inputs": inputs}).experiment.stimuli
    assert isinstance(one, stimuli.Step) and isinstance(second, stimuli.Step)
    assert (one.amplitude, one.delay, one.duration) == (0.1, 5, 6)
    assert one.target == NodeSetTarget(node_set="all")
    assert (second.amplitude, second.delay, second.duration) == (0.2, 10, 2)
    assert first.target == second.target
    assert isinstance(second.target, NodeSetTarget)
    assert (second.target.section, second.target.x) == ("apic[3]", 0.25)


def test_that_spike_files_of_allen_restrict_their_sources(tmp_path):
    entry = {"input_type": "spikes", "module": "h5", "input_file": "$IN/x.h5", "node_set": "lgn"}
    raw = {**ALLEN, "manifest": {"$IN": "./inputs"}, "inputs": {"lgn": entry}}
    (replay,) = replays_of(imported(tmp_path, raw).experiment)
    assert (replay.spike_file, replay.node_set, replay.delay, replay.duration) == (
        "inputs/x.h5",
        "lgn",
        0,
        None,
    )


def test_that_membrane_reports_cover_the_whole_run(tmp_path):
    report = {"cells": "pyramids", "variable_name": "cai", "module": "membrane_report", "sections": "soma"}
    bare = {"variable_name": ["v", "ina"], "module": "membrane_report"}
    raw = {**ALLEN, "reports": {"calcium": report, "two": bare}}
    found = imported(tmp_path, raw).experiment
    calcium, voltage, sodium = found.recordings
    assert isinstance(calcium, Report) and isinstance(voltage, Report) and isinstance(sodium, Report)
    assert (calcium.dt, calcium.start, calcium.end, calcium.unit) == (None, 0.0, None, "mM")
    assert (voltage.variable, sodium.variable, sodium.unit) == ("v", "ina", "mA/cm2")
    assert (voltage.sections, voltage.compartments) == ("all", "all")
    assert voltage.target == NodeSetTarget(node_set="biophysical")
    assert found.node_sets["biophysical"] == {"model_type": "biophysical"}


def test_that_a_wrapper_names_circuit_and_simulation(tmp_path):
    (tmp_path / "sim").mkdir()
    written(tmp_path / "sim", ALLEN)
    wrapper = {
        "manifest": {"$SIM": "sim"},
        "network": "c/circuit.json",
        "simulation": "$SIM/simulation_config.json",
    }
    found = from_simulation_config(written(tmp_path, wrapper, "config.json"))
    assert found.circuit_path == tmp_path / "c" / "circuit.json"
    assert found.experiment.circuit.path == "../c/circuit.json"
    assert found.base == tmp_path / "sim"


def test_that_one_file_can_be_circuit_and_simulation(tmp_path):
    raw = {**ALLEN, "networks": {"nodes": [], "edges": []}, "components": {}}
    found = imported(tmp_path, raw)
    assert found.circuit_path == tmp_path / "simulation_config.json"


@pytest.mark.parametrize("name", ["5_cells_iclamp", "9_cells", "300_intfire", "300_cells"])
def test_that_the_published_allen_examples_are_taken_over(shared_data, name):
    folder = shared_data / "allen" / name
    direct = from_simulation_config(folder / "simulation_config.json")
    wrapped = from_simulation_config(folder / "config.json")
    counts = {
        "5_cells_iclamp": (3, 0, 2),
        "9_cells": (0, 2, 2),
        "300_intfire": (0, 2, 0),
        "300_cells": (0, 1, 1),
    }
    found = direct.experiment
    assert (len(found.stimuli), len(found.replays), len(found.recordings)) == counts[name]
    assert wrapped.circuit_path.resolve() == direct.circuit_path.resolve()
    assert found.connections.enabled and found.conditions.spike_threshold == -15
    assert all((folder / each.spike_file).is_file() for each in replays_of(found))
    assert [each.what for each in direct.problems] == (
        ["Report 'ecp' was left out: there is nothing here for field potentials (extracellular)."]
        if name == "5_cells_iclamp"
        else []
    )


def test_that_the_published_bbp_examples_are_taken_over(shared_data):
    folder = shared_data / "bbp" / "sim_quick_scx_sonata_multicircuit"
    for path in sorted(folder.glob("simulation_config_*.json")):
        found = from_simulation_config(path)
        raw = json.loads(path.read_text())
        assert found.problems == ()
        assert len(found.experiment.stimuli) == len(raw["inputs"])
        assert len(found.experiment.recordings) == len(raw["reports"])
        assert len(found.experiment.manipulations) == len(raw["conditions"].get("modifications", []))
        assert not isinstance(found.experiment.cells, ListedCells)
