"""The `run` and `conditions` of a SONATA configuration, both ways: one table of keys."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from engine.circuit.problems import Problem
from engine.experiment.conditions import Conditions, SeedConvention
from engine.experiment.sonata_entry import REQUIRED, Entry, Key, unit_of

RUN: Final = (
    Key("tstop", "tstop"),
    Key("dt", "dt"),
    Key("random_seed", "random_seed", "integer"),
    Key("spike_threshold", "spike_threshold", default=-30.0),
    Key("integration_method", "integration_method", "text", default="euler"),
    Key("stimulus_seed", "stimulus_seed", "integer", default=0),
    Key("ionchannel_seed", "ionchannel_seed", "integer", default=0),
    Key("minis_seed", "minis_seed", "integer", default=0),
    Key("synapse_seed", "synapse_seed", "integer", default=0),
    Key("dL", "segment_length", default=20.0),
)
CONDITIONS: Final = (
    Key("celsius", "celsius", default=34.0),
    Key("v_init", "v_init", default=-80.0),
    Key("spike_location", "spike_location", "text", default="soma"),
    Key("extracellular_calcium", "extracellular_calcium", default=None),
    Key("randomize_gaba_rise_time", "randomize_gaba_rise_time", "flag", default=False),
)
_ALLEN_DEFAULTS: Final = {"random_seed": 0, "spike_threshold": -15.0}
# About how results are written, or about the brain's field: nothing that changes a cell.
LARGEST_SEED: Final = 2**31 - 1  # libsonata reads seeds as 32-bit integers with a sign
_NOT_OURS: Final = {"nsteps_block", "overwrite_output_dir", "electrodes_file", "modifications"}


def conditions_of(
    run: Entry, conditions: Entry, metadata: Mapping[str, Any], problems: list[Problem], *, allen: bool
) -> Conditions:
    """The conditions that a configuration sets, with its dialect's defaults."""
    fields: dict[str, object] = {}
    for entry, keys in ((run, RUN), (conditions, CONDITIONS)):
        for key in keys:
            fields[key.field] = entry.value(_in_dialect(key, allen=allen), unit_of(Conditions, key.field))
    fields["mechanism_globals"] = conditions.part("mechanisms").values
    if metadata.get("seed_convention") in get_args(SeedConvention):
        fields["seed_convention"] = metadata["seed_convention"]
    for entry in (run, conditions):
        problems += [
            Problem(f"{entry.name}: {key!r} is not known and was left out.", run.where, severity="warning")
            for key in entry.unasked()
            if key not in _NOT_OURS
        ]
    names = {key.field: key.name for key in (*RUN, *CONDITIONS)} | {"mechanism_globals": "mechanisms"}
    return Entry({}, "'run' and 'conditions'", run.where).build(Conditions, fields, names)


def run_and_conditions(conditions: Conditions) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in `run` and in `conditions`: the mandatory, the physical, and what is not the default."""
    always = {"spike_threshold", "celsius", "v_init"}
    run, other = (
        {
            key.name: getattr(conditions, key.field)
            for key in keys
            if key.default is REQUIRED or key.name in always or getattr(conditions, key.field) != key.default
        }
        for keys in (RUN, CONDITIONS)
    )
    return run, other


def _in_dialect(key: Key, *, allen: bool) -> Key:
    return replace(key, default=_ALLEN_DEFAULTS[key.name]) if allen and key.name in _ALLEN_DEFAULTS else key
