"""Wrong values for the keys of the small circuit's JSON files: a path of keys, and what to put there."""

from collections.abc import Sequence
from typing import Any

from tests.engine.acceptance.small_circuit import CIRCUIT, EXPERIMENT

Key = str | int
_NAN, _INFINITE, _HUGE = float("nan"), float("inf"), 1e300

Values = Sequence[tuple[tuple[Key, ...], Sequence[Any]]]
_NOT_A_NUMBER: tuple[Any, ...] = ("ten", "10 nA", None, [], {}, _NAN, _INFINITE)
REMOVED = object()

SIMULATION_VALUES: Values = (
    (("run",), (REMOVED, 3, [], "short")),
    (("run", "tstop"), (*_NOT_A_NUMBER, REMOVED, -5.0, 0.0, _HUGE)),
    (("run", "dt"), (*_NOT_A_NUMBER, REMOVED, -0.025, 0.0, 1e6)),
    (("run", "random_seed"), ("one", -1, 0.5, 1e30)),
    (("conditions", "celsius"), ("warm", _NAN, 1e4, -300.0)),
    (("conditions", "v_init"), ("rest", _INFINITE, 1e6, [])),
    (("conditions", "spike_location"), ("dendrite", 3)),
    (("network",), ("nowhere.json", 5, "nodes.h5")),
    (("node_set",), ("Nobody", 12, ["Nobody"], {"population": "strangers"})),
    (("output", "spikes_sort_order"), ("by_mood", 3)),
    (("compartment_sets_file",), ("nowhere.json", 7)),
    (("inputs",), ("many", [1, 2])),
    (("inputs", "step"), ([], "step", 5)),
    (("inputs", "step", "module"), ("telepathy", REMOVED, 5)),
    (("inputs", "step", "node_set"), ("Nobody", REMOVED, 9)),
    (("inputs", "step", "delay"), (*_NOT_A_NUMBER, -1.0)),
    (("inputs", "step", "duration"), (*_NOT_A_NUMBER, -1.0)),
    (("inputs", "step", "amp_start"), (*_NOT_A_NUMBER, REMOVED, 1e9)),
    (("inputs", "step", "compartment_set"), ("Tips", "Nowhere")),
    (("inputs", "step", "input_type"), ("spikes", "magic")),
    (("inputs", "pulses", "frequency"), (*_NOT_A_NUMBER, REMOVED, 0.0, -4.0, 1e12)),
    (("inputs", "pulses", "width"), ("wide", REMOVED, 0.0, -1.0, 1e5)),
    (("inputs", "sine", "frequency"), ("high", _NAN, -3.0, 1e9)),
    (("inputs", "noise", "variance"), ("loud", _NAN, -1.0)),
    (("inputs", "noise", "mean_percent"), (50.0,)),
    (("inputs", "wandering", "tau"), ("long", _NAN, -2.0)),
    (("inputs", "wandering", "sigma"), ("wide", REMOVED, -0.1)),
    (("inputs", "wandering", "dt"), (0.0, -1.0, _NAN)),
    (("inputs", "shots", "rise_time"), ("slow", 5.0, 0.0, -1.0)),
    (("inputs", "shots", "rate"), ("often", -5, 1e12)),
    (("inputs", "shots", "amp_var"), ("some", -1.0)),
    (("inputs", "percent", "percent_start"), ("half", REMOVED, _NAN)),
    (("inputs", "replay", "spike_file"), ("nowhere.h5", REMOVED, 4, CIRCUIT)),
    (("reports", "soma", "type"), ("rumour", REMOVED)),
    (("reports", "soma", "variable_name"), ("courage", REMOVED, 8)),
    (("reports", "soma", "dt"), (*_NOT_A_NUMBER, -1.0)),
    (("reports", "soma", "cells"), ("Nobody", 5)),
    (("reports", "soma", "sections"), ("elbow",)),
    (("reports", "spots", "compartment_set"), ("Nowhere", REMOVED)),
)
EXPERIMENT_VALUES: Values = (
    (("schema_version",), (0, 99, "one", REMOVED, None)),
    (("surprise",), ("an unknown key",)),
    (("circuit", "path"), ("nowhere.json", "", 5, REMOVED, EXPERIMENT)),
    (("cells", "kind"), ("all_of_them", REMOVED)),
    (("cells", "cells", 0, "population"), ("strangers", "", 4, REMOVED)),
    (("cells", "cells", 0, "node_id"), (999, -1, "first", 0.5, REMOVED)),
    (("cells", "cells"), ([], "some")),
    (("stimuli", 0, "kind"), ("telepathy", REMOVED)),
    (("stimuli", 0, "amplitude"), (*_NOT_A_NUMBER, 1e9)),
    (("stimuli", 0, "delay"), (-1.0, "later")),
    (("stimuli", 0, "target", "section"), ("elbow[3]", "soma[99]", "soma; quit()", 5)),
    (("stimuli", 0, "target", "x"), (2.0, -0.1, "middle", _NAN)),
    (("stimuli", 0, "target", "cell", "node_id"), (2, 999)),
    (("recordings", 0, "variable"), ("courage", "", "hh.courage", "system('ls')")),
    (("recordings", 0, "site", "section"), ("apic[40]",)),
    (("conditions", "tstop"), (*_NOT_A_NUMBER, 0.0, -1.0, _HUGE)),
    (("conditions", "dt"), ("fine", 0.0, -1.0, _NAN)),
    (("conditions", "seed_convention"), ("mine",)),
)
CIRCUIT_VALUES: Values = (
    (("networks",), (REMOVED, 5, [], {})),
    (("networks", "nodes"), (REMOVED, "nodes.h5", [], [5])),
    (
        ("networks", "nodes", 0, "nodes_file"),
        ("$HERE/nowhere.h5", 7, REMOVED, "$HERE/node_sets.json", "$HERE"),
    ),
    (("networks", "nodes", 0, "populations"), ({"strangers": {}}, ["cells"], 3)),
    (
        ("networks", "nodes", 0, "populations", "cells", "biophysical_neuron_models_dir"),
        ("$HERE/nowhere", REMOVED, 5),
    ),
    (("networks", "nodes", 0, "populations", "cells", "morphologies_dir"), ("$HERE/nowhere", REMOVED, 5)),
    (("networks", "edges", 0, "edges_file"), ("$HERE/nowhere.h5", 5, "$HERE/nodes.h5")),
    (("networks", "edges", 0, "populations"), ({"strangers": {}},)),
    (("node_sets_file",), ("$HERE/nowhere.json", 5, "$HERE/nodes.h5")),
)
NODE_SET_VALUES: Values = (
    (
        ("Cells",),
        (5, None, "cells", {"population": "strangers"}, {"node_id": [999]}, {"courage": {"$gt": 1}}),
    ),
    (
        ("Cells",),
        ({"node_id": "zero"}, {"mtype": {"$regex": "("}}, {"x": {"$near": 3}}, ["Nobody"]),
    ),
)
COMPARTMENT_SET_VALUES: Values = (
    (("Tips",), (5, [], {}, {"population": "cells"}, {"compartment_set": [[0, 0, 0.5]]})),
    (("Tips", "population"), ("strangers", 5, None)),
    (
        ("Tips", "compartment_set"),
        (
            5,
            [[0, 0]],
            [["zero", 0, 0.5]],
            [[0, 0, 1.5]],
            [[0, 99, 0.5]],
            [[0, -1, 0.5]],
            [[999, 0, 0.5]],
            [[0, 0, "x"]],
        ),
    ),
)
