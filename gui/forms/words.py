"""Plain words for what models say in code, and which of their fields are rarely needed."""

import re
from collections.abc import Callable
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

CHOICES: Final = {
    "current": "Current",
    "conductance": "Conductance",
    "euler": "Implicit Euler",
    "crank_nicolson": "Crank–Nicolson",
    "crank_nicolson_ion": "Crank–Nicolson + ions",
    "AIS": "Axon start (AIS)",
    "neurodamus": "As neurodamus",
    "bluecellulab": "As BlueCelluLab",
    "soma": "Soma",
    "axon": "Axon",
    "dend": "Basal dendrites",
    "apic": "Apical dendrites",
    "all": "All",
    "center": "Middle of each",
    "compartment": "Compartments",
    "compartment_set": "Compartment set",
    "summation": "Sum over a cell",
    "none": "None",
    "area": "By membrane area",
    "AMPANMDA": "Excitatory (AMPANMDA)",
    "GABAAB": "Inhibitory (GABAAB)",
    "GluSynapse": "Plastic (GluSynapse)",
    "Exp2Syn": "Two exponentials (Exp2Syn)",
    "poisson": "Random (Poisson)",
    "=": "set to",
    "*=": "multiply by",
    "/=": "divide by",
    "+=": "add",
    "-=": "subtract",
}
RARE: Final = frozenset(
    {
        "represents_physical_electrode",
        "sample_interval",
        "late_levels",
        "random_seed",
        "stimulus_seed",
        "ionchannel_seed",
        "minis_seed",
        "synapse_seed",
        "seed_convention",
        "absolute_tolerance",
        "segment_length",
        "extracellular_calcium",
        "randomize_gaba_rise_time",
        "mechanism_globals",
        "spike_location",
        "integration_method",
        "series_resistance",
        "relative_skew",
        "scaling",
        "unit",
        "file_name",
        "edge_population",
        "modoverride",
    }
)


def _holds_from_the_start(model: BaseModel) -> bool:
    return not getattr(model, "delay", 0)


_NEEDED: Final[dict[str, Callable[[BaseModel], bool]]] = {
    **dict.fromkeys(
        ("synapse_delay", "spont_minis", "modoverride", "synapse_configure"), _holds_from_the_start
    ),
    "reversal": lambda model: getattr(model, "mode", "conductance") == "conductance",
    "random_seed": lambda model: getattr(model, "timing", "poisson") == "poisson",
    "seed": lambda model: bool(getattr(model, "spread", 1) or getattr(model, "jitter", 0)),
    "interval": lambda model: getattr(model, "events", 2) > 1 or getattr(model, "timing", "") == "poisson",
    "absolute_tolerance": lambda model: bool(getattr(model, "variable_step", True)),
    "integration_method": lambda model: not getattr(model, "variable_step", False),
    "late_levels": lambda model: bool(getattr(model, "levels", ())),
    "sections": lambda model: getattr(model, "report_type", "") != "compartment_set",
    "compartments": lambda model: getattr(model, "report_type", "compartment") == "compartment",
    "scaling": lambda model: getattr(model, "report_type", "summation") == "summation",
}
_EMPTY: Final = re.compile(r"\bempty: (.+)$", re.IGNORECASE)


def choice_in_words(value: str) -> str:
    """Return what a combo box shows for a value of a Literal."""
    return CHOICES.get(value, value.replace("_", " ").capitalize())


def is_rare(name: str) -> bool:
    """Whether a field is folded away at first."""
    return name in RARE


def applies(name: str, model: BaseModel) -> bool:
    """Whether a field makes a difference, given what the others say."""
    return _NEEDED[name](model) if name in _NEEDED else True


def empty_in_words(field: FieldInfo) -> str:
    """Return what an empty field means, as its description says."""
    match = _EMPTY.search(field.description or "")
    return match[1] if match else "none"
