"""What SONATA, hoc templates and NEURON call the sections of one kind."""

from typing import Final, Literal

Kind = Literal["soma", "axon", "dend", "apic"]

KINDS: Final[dict[str, Kind]] = {
    "somatic": "soma",
    "soma": "soma",
    "axonal": "axon",
    "axon": "axon",
    "basal": "dend",
    "dend": "dend",
    "apical": "apic",
    "apic": "apic",
}
"""By the name of a section list, or of the sections themselves."""

LISTS: Final[dict[str, str]] = {kind: name for name, kind in reversed(KINDS.items())}
"""By kind, the name of its section list."""
