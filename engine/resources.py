"""Where the files that come with the program are: beside `engine`, in a checkout and in the wheel alike."""

from pathlib import Path
from typing import Final

from engine.errors import UnknownNameError

ROOT: Final = Path(__file__).resolve().parents[1]
_RESOURCES: Final = ROOT / "resources"
EXPERIMENT_SUFFIX: Final = ".somascope.json"


def resources_folder() -> Path:
    """The folder of circuits, experiments and whatever else the program brings along."""
    return _RESOURCES


def own_mechanisms_folder() -> Path:
    """The mod files of our own models of synapses and the like."""
    return _RESOURCES / "mechanisms"


def network_simulation() -> Path:
    """The configuration of the built-in network that has been run."""
    return _RESOURCES / "circuits" / "cortical_column" / "simulations" / "network" / "simulation_config.json"


def example_names() -> tuple[str, ...]:
    """Names of the built-in experiments, in alphabetical order."""
    found = (_RESOURCES / "experiments").glob(f"*{EXPERIMENT_SUFFIX}")
    return tuple(sorted(path.name.removesuffix(EXPERIMENT_SUFFIX) for path in found))


def example_file(name: str) -> Path:
    """The file of a built-in experiment. UnknownNameError where there is none of that name."""
    if name not in example_names():
        raise UnknownNameError("built-in experiment", name, example_names())
    return _RESOURCES / "experiments" / f"{name}{EXPERIMENT_SUFFIX}"
