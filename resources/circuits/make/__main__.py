"""Makes the built-in circuits anew: `python -m resources.circuits.make`, in the root of the repository."""

import argparse
from pathlib import Path
from typing import Final

from resources.circuits.make.column import make_column
from resources.circuits.make.experiments import make_experiments
from resources.circuits.make.network import make_network
from resources.circuits.make.single_cells import make_ball_and_stick, make_squid_axon

_SEED: Final = 7
_CIRCUITS: Final = Path(__file__).parents[1]
_PARTS: Final = ("squid_axon", "ball_and_stick", "cortical_column", "network", "experiments")


def main() -> None:
    """Make what the command line names, or everything."""
    parser = argparse.ArgumentParser(prog="python -m resources.circuits.make", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(_PARTS)} (default: all)")
    parts = parser.parse_args().parts or _PARTS
    if unknown := set(parts) - set(_PARTS):
        parser.error(f"there is no part named {', '.join(sorted(unknown))}")
    if "squid_axon" in parts:
        make_squid_axon(_CIRCUITS / "squid_axon")
    if "ball_and_stick" in parts:
        make_ball_and_stick(_CIRCUITS / "ball_and_stick")
    if "cortical_column" in parts:
        make_column(_CIRCUITS / "cortical_column", _SEED)
    if "network" in parts:
        make_network(_CIRCUITS / "cortical_column")
    if "experiments" in parts:
        make_experiments(_CIRCUITS, _CIRCUITS.parent / "experiments", _SEED)


if __name__ == "__main__":
    main()
