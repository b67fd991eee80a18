"""Whether NEURON is there, found out without importing it."""

import importlib.util
from typing import Final

MISSING: Final = (
    "NEURON is not installed, so cells cannot be built or simulated: the circuit can be browsed."
    " Install it with `pip install neuron` (Linux and macOS) and open the window again."
)


def is_installed() -> bool:
    """Whether workers, which run with the same Python, will find it."""
    return importlib.util.find_spec("neuron") is not None
