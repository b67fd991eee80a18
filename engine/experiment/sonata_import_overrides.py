"""The `connection_overrides` of a SONATA configuration, and which connections it means to be built."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from engine.circuit.problems import Problem
from engine.errors import DocumentError
from engine.experiment.assignments import parse_assignments
from engine.experiment.connection_overrides import ConnectionOverride, SynapseModel
from engine.experiment.sonata_entry import Entry, Key, unit_of
from engine.experiment.sonata_import_sets import Sets
from engine.experiment.sonata_names import BASE_OVERRIDES, CREATOR, SPONTANEOUS_RELEASE
from engine.experiment.synaptic_input import Connections

KEYS: Final = (
    Key("weight", "weight", default=1.0),
    Key("delay", "delay", default=0.0),
    Key("synapse_delay_override", "synapse_delay", default=None),
    Key("spont_minis", "spont_minis", default=None),
    Key("neuromodulation_dtc", "neuromodulation_dtc", default=None),
    Key("neuromodulation_strength", "neuromodulation_strength", default=None),
)
_NAMES: Final = {key.field: key.name for key in KEYS}


def connections_of(top: Entry, sets: Sets, metadata: Mapping[str, Any]) -> tuple[Connections, list[Problem]]:
    """The connections as neurodamus builds them: see `only_overridden`, and minis at the circuit's rates.

    Files of our own say themselves what of this they mean, and which overrides are there to say it.
    """
    listed = top.get("connection_overrides", [])
    if not isinstance(listed, list):
        raise top.refusal("'connection_overrides' should be a list")
    base = metadata.get(BASE_OVERRIDES)
    names_others = not isinstance(base, int) or base < 0
    kept = listed if names_others else listed[base:]
    if all(map(_only_chooses_exp2syn, kept)):
        kept = []
    problems: list[Problem] = []
    overrides = tuple(
        _override(Entry(raw, f"Connection override {_name(raw, number)}", top.where), sets, problems)
        for number, raw in enumerate(kept, start=1)
    )
    is_ours = metadata.get("creator") == CREATOR
    connections = Connections(
        enabled=metadata.get("connections") != "none",
        overrides=overrides,
        only_overridden=bool(overrides) and names_others,
        spontaneous_release=metadata.get(SPONTANEOUS_RELEASE) == "on" if is_ours else True,
    )
    return connections, problems


def _override(entry: Entry, sets: Sets, problems: list[Problem]) -> ConnectionOverride:
    fields: dict[str, object] = {
        key.field: entry.value(key, unit_of(ConnectionOverride, key.field)) for key in KEYS
    }
    fields["synapse_delay"] = fields["synapse_delay"] or None  # neurodamus passes over a delay of 0, too
    fields |= {"name": entry.text("name", ""), "modoverride": _model(entry, problems)}
    fields |= {end: sets.end(entry, end) for end in ("source", "target")}
    fields["synapse_configure"] = _changes(entry)
    if any(fields[f"neuromodulation_{each}"] is not None for each in ("dtc", "strength")):
        _warn(problems, entry, "neuromodulation is kept for an export and changes nothing here")
    for key in entry.unasked():
        _warn(problems, entry, f"{key!r} is not known and was left out")
    return entry.build(ConnectionOverride, fields, _NAMES)


def _model(entry: Entry, problems: list[Problem]) -> str | None:
    """SONATA says `modoverride`, and BlueCelluLab reads `mod_override`."""
    wanted = entry.text("modoverride", None) or entry.text("mod_override", None)
    known = get_args(SynapseModel)
    if wanted is None or wanted in known:
        found: str | None = wanted
        return found
    _warn(problems, entry, f"the model {wanted!r} was left out: there are {', '.join(known)}")
    return None


def _changes(entry: Entry) -> tuple[object, ...]:
    text = entry.text("synapse_configure", None)
    if text is None:
        return ()
    try:
        return parse_assignments(text, "synapse").assignments
    except DocumentError as error:
        what = error.what.removesuffix(".")
        raise entry.refusal(f"'synapse_configure' cannot be understood: {what}", error.hint) from error


def _warn(problems: list[Problem], entry: Entry, what: str) -> None:
    problems.append(Problem(f"{entry.name}: {what}.", entry.where, severity="warning"))


def _name(raw: object, number: int) -> str:
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return repr(name) if isinstance(name, str) else str(number)


def _only_chooses_exp2syn(override: object) -> bool:
    """Whether an override says what the type of the edges says anyway; BlueCelluLab wants to be told."""
    return (
        isinstance(override, dict)
        and override.get("modoverride") == "Exp2Syn"
        and set(override) <= {"name", "source", "target", "modoverride"}
    )
