"""What is wrong with a configuration is said in one sentence: which entry, which key, what it should be."""

import copy
import math
from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import DocumentError, EngineError
from engine.experiment.sonata_import import from_simulation_config
from tests.engine.experiment.sonata_files import CONFIG, REPORT, STEP, config, written


def complaint(folder, raw: Any) -> str:
    with pytest.raises(EngineError) as caught:
        from_simulation_config(written(folder, raw))
    assert "simulation_config.json" in str(caught.value)
    return caught.value.what


PULSES = {**STEP, "module": "pulse", "width": 2, "frequency": 10}
CLAMP = {**STEP, "module": "seclamp", "input_type": "voltage_clamp", "voltage": -70, "delay": 0}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({**STEP, "amp_start": "much"}, "Input 'it': 'amp_start' should be a number in nA, and is 'much'."),
        ({**STEP, "amp_start": True}, "Input 'it': 'amp_start' should be a number in nA, and is True."),
        (
            {**STEP, "amp_start": 1e6},
            "Input 'it': 'amp_start' should be less than or equal to 1000, and is 1000000.0.",
        ),
        ({**STEP, "delay": -1}, "Input 'it': 'delay' should be greater than or equal to 0, and is -1.0."),
        ({**STEP, "duration": -1}, "Input 'it': 'duration' should be greater than 0, and is -1.0."),
        ({**STEP, "duration": [1]}, "Input 'it': 'duration' should be a number in ms, and is [1]."),
        (
            {**STEP, "input_type": "conductance"},
            "'input_type' should be 'current_clamp' for the module 'linear'",
        ),
        ({**STEP, "compartment_set": "x"}, "only one of 'node_set' and 'compartment_set' can be given."),
        ({**STEP, "node_set": 3}, "a node set should be a name or an object {…}, and is 3."),
        ({**STEP, "module": "linaer"}, "There is no module (of Input 'it') named 'linaer'."),
        ({**PULSES, "width": 200}, "pulses of 200 ms do not fit"),
        ({**PULSES, "frequency": 0}, "'frequency' should be greater than 0, and is 0.0."),
        ({**CLAMP, "delay": 3}, "'delay' should be less than or equal to 0"),
        ({**CLAMP, "duration_levels": [1], "voltage_levels": []}, "equally long, and have 1 and 0 values."),
        ({**CLAMP, "duration_levels": [99], "voltage_levels": [1]}, "the levels last 99 ms, longer than"),
        (
            {**CLAMP, "duration_levels": [-1], "voltage_levels": [1]},
            "'duration_levels' should not be negative.",
        ),
        (7, "Input 'it' should be an object {…}, and is 7."),
    ],
)
def test_that_wrong_inputs_are_explained(tmp_path, entry, sentence):
    assert sentence in complaint(tmp_path, config(inputs={"it": entry}))


@pytest.mark.parametrize("key", ["module", "input_type", "delay", "duration", "amp_start", "node_set"])
def test_that_missing_keys_are_named(tmp_path, key):
    entry = {name: value for name, value in STEP.items() if name != key}
    what = complaint(tmp_path, config(inputs={"it": entry}))
    assert what.startswith("Input 'it': ") and repr(key) in what and "missing" in what


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "compartement"}, "There is no type (of Report 'it') named 'compartement'."),
        ({"dt": 0}, "Report 'it': 'dt' should be greater than 0, and is 0.0."),
        ({"dt": "often"}, "Report 'it': 'dt' should be a number in ms, and is 'often'."),
        ({"end_time": 0}, "'end_time' should be after 'start_time' (0 ms), and is 0 ms."),
        (
            {"sections": "head"},
            "'sections' should be 'soma', 'axon', 'dend', 'apic' or 'all', and is 'head'.",
        ),
        ({"variable_name": 3}, "'variable_name' should be a text, and is 3."),
        ({"enabled": "yes"}, "'enabled' should be true or false, and is 'yes'."),
        ({"type": "compartment_set"}, "the key 'compartment_set' is missing."),
        ({"type": "compartment_set", "compartment_set": "x"}, "There is no compartment set (of Report 'it')"),
    ],
)
def test_that_wrong_reports_are_explained(tmp_path, change, sentence):
    assert sentence in complaint(tmp_path, config(reports={"it": {**REPORT, **change}}))


@pytest.mark.parametrize(
    ("part", "key", "value", "sentence"),
    [
        ("run", "tstop", None, "'run': the key 'tstop' is missing."),
        ("run", "tstop", -5, "'tstop' should be greater than 0, and is -5.0."),
        ("run", "tstop", 1e30, "'tstop' should be less than or equal to 10000000, and is 1e+30."),
        ("run", "tstop", 10**400, "'run': 'tstop' should be a number in ms that is not infinite"),
        ("run", "dt", "fast", "'run': 'dt' should be a number in ms, and is 'fast'."),
        ("run", "random_seed", -1, "'random_seed' should be greater than or equal to 0, and is -1."),
        ("run", "random_seed", 1.5, "'run': 'random_seed' should be a whole number, and is 1.5."),
        ("run", "integration_method", "magic", "'integration_method' should be 'euler', 'crank_nicolson' or"),
        ("conditions", "celsius", "warm", "'conditions': 'celsius' should be a number in °C, and is 'warm'."),
        ("conditions", "celsius", 370, "'celsius' should be less than or equal to 60, and is 370.0."),
        ("conditions", "v_init", {}, "'conditions': 'v_init' should be a number in mV, and is {}."),
        ("conditions", "mechanisms", [1], "'mechanisms' should be an object {…}, and is [1]."),
        ("conditions", "spike_location", "toe", "'spike_location' should be 'soma' or 'AIS', and is 'toe'."),
    ],
)
def test_that_wrong_conditions_are_explained(tmp_path, part, key, value, sentence):
    raw = config()
    raw[part][key] = value
    assert sentence in complaint(tmp_path, raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"run": 5},
        {"networks": {}},
        {**CONFIG, "inputs": []},
        {**CONFIG, "reports": "all"},
        {**CONFIG, "output": {"output_dir": 3}},
        {**CONFIG, "output": {"spikes_sort_order": "by_luck"}},
        {**CONFIG, "network": 3},
        {**CONFIG, "metadata": 3},
        {**CONFIG, "connection_overrides": {"name": 1}},
        {**CONFIG, "manifest": {"$A": "$B", "$B": "$A"}, "network": "$A"},
        {**CONFIG, "network": "$NOWHERE/circuit.json"},
    ],
)
def test_that_broken_parts_give_one_sentence(tmp_path, raw):
    with pytest.raises(EngineError) as caught:
        from_simulation_config(written(tmp_path, raw))
    assert caught.value.what.count("\n") == 0 and caught.value.what.endswith(".")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "section_lists"}, "There is no type (of Modification 'block') named 'section_lists'."),
        ({"node_set": None}, "Modification 'block': the key 'node_set' is missing."),
        ({"section_configure": None}, "Modification 'block': the key 'section_configure' is missing."),
        ({"section_configure": "apical.__class__ = 1"}, "'section_configure' cannot be understood: Expected"),
        (
            {"section_configure": "apical.gbar = run('x')"},
            "'section_configure' cannot be understood: Expected",
        ),
        ({"name": 3}, "Modification 1: 'name' should be a text, and is 3."),
    ],
)
def test_that_wrong_modifications_are_explained(tmp_path, change, sentence):
    good = {"name": "block", "type": "section_list", "node_set": "M", "section_configure": "apical.gbar = 0"}
    changed = {key: value for key, value in {**good, **change}.items() if value is not None}
    assert sentence in complaint(tmp_path, config(conditions={"modifications": [changed]}))
    assert "should be a list" in complaint(tmp_path, config(conditions={"modifications": changed}))


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_that_numbers_that_are_none_are_refused(tmp_path, number):
    with pytest.raises(EngineError, match="not a JSON number"):
        from_simulation_config(written(tmp_path, config(inputs={"it": {**STEP, "amp_start": number}})))


def test_that_an_overflowing_number_is_refused(tmp_path):
    path = written(tmp_path, config(inputs={"it": STEP}))
    path.write_text(path.read_text().replace("0.3", "1e999"))
    with pytest.raises(DocumentError, match="'amp_start' should be a number in nA that is not infinite"):
        from_simulation_config(path)


@pytest.mark.parametrize(
    "spots", [3, [[0, 1]], [["a", 0, 0.5]], [[0, 0, 7]], [[0, 0, "x"]], [[True, 0, 0.5]]]
)
def test_that_wrong_compartment_sets_are_explained(tmp_path, spots):
    written(tmp_path, {"spots": {"population": "A", "compartment_set": spots}}, "compartments.json")
    with pytest.raises(DocumentError, match="Compartment set 'spots'"):
        from_simulation_config(written(tmp_path, config(compartment_sets_file="compartments.json")))


def test_that_lists_of_different_lengths_are_refused_in_a_current_clamp(tmp_path):
    entry = {"module": "IClamp", "amp": [1, 2], "delay": 1, "duration": [1, 2], "node_set": "a"}
    run = {"tstop": 50, "dt": 0.1, "dL": 20}
    assert "equally long lists" in complaint(tmp_path, {"run": run, "inputs": {"it": entry}})


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e300,
    10**400,
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    [[1]],
    1.5,
    {"$A": 3},
    2**70,
)


def _places(part: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inside:
        yield from _places(value, (*way, key))


def test_that_any_odd_value_anywhere_is_taken_or_explained(tmp_path):
    clamp = {**CLAMP, "duration_levels": [1], "voltage_levels": [1]}
    written(tmp_path, {"spots": {"population": "A", "compartment_set": [[0, 0, 0.5]]}}, "spots.json")
    whole = config(
        metadata={"title": "a", "notes": "b", "seed_convention": "neurodamus", "clamp_levels": "late"},
        manifest={"$OUT": "."},
        compartment_sets_file="spots.json",
        output={"output_dir": "$OUT", "spikes_file": "s.h5", "spikes_sort_order": "by_time"},
        inputs={"step": STEP, "pulses": PULSES, "clamp": clamp},
        reports={"soma": REPORT},
        connection_overrides=[
            {"name": "a", "source": "A", "target": "A", "spont_minis": 1, "synapse_configure": "%s.e = 1"}
        ],
    )
    whole["conditions"]["mechanisms"] = {"SUFFIX": {"value": 1}}
    told: list[str] = []
    for way in _places(whole):
        for value in ODD:
            raw = copy.deepcopy(whole)
            part = raw
            for key in way[:-1]:
                part = part[key]
            part[way[-1]] = value
            try:
                from_simulation_config(written(tmp_path, raw))
            except EngineError as error:
                told.append(error.what)
    assert len(told) > 300
    assert [what for what in told if "\n" in what or not what.endswith(".")] == []
