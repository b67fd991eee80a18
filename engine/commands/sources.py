"""What a person may name on the command line, and the experiment that it means."""

from dataclasses import dataclass
from pathlib import Path

from engine.circuit.circuit import open_circuit
from engine.circuit.problems import Problem
from engine.errors import DocumentError
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.sonata_import import from_simulation_config
from engine.resources import EXPERIMENT_SUFFIX, example_file

_EXAMPLE = "example:"


@dataclass(frozen=True, slots=True)
class Source:
    """An experiment, the folder that its paths are relative to, and where its results go if nobody says."""

    name: str
    experiment: Experiment
    base: Path
    output_folder: Path
    problems: tuple[Problem, ...] = ()
    is_built_in: bool = False


def find(text: str) -> Source:
    """The experiment that `text` names. EngineError where it names none."""
    if text.startswith(_EXAMPLE):
        return _from_document(example_file(text.removeprefix(_EXAMPLE)), is_built_in=True)
    path = Path(text)
    if path.name.endswith(EXPERIMENT_SUFFIX):
        return _from_document(path)
    documents = _documents_in(path)
    if len(documents) == 1:
        return _from_document(documents[0])
    if documents:
        raise DocumentError(
            f"{path} holds {len(documents)} experiments.", hint=f"Name one of them, such as {documents[0]}."
        )
    return _from_simulation(text)


def _documents_in(path: Path) -> list[Path]:
    try:
        return sorted(path.glob(f"*{EXPERIMENT_SUFFIX}")) if path.is_dir() else []
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from error


def _from_document(path: Path, *, is_built_in: bool = False) -> Source:
    name = path.name.removesuffix(EXPERIMENT_SUFFIX)
    return Source(name, store.load(path), path.parent, Path(f"{name}-output"), is_built_in=is_built_in)


def _from_simulation(text: str) -> Source:
    circuit = open_circuit(text)
    circuit.close()
    simulation = circuit.simulation_path
    if simulation is None:
        raise DocumentError(
            f"{text} is a circuit without a simulation.",
            hint="Give a simulation configuration or an experiment file; `somascope info` shows the circuit.",
        )
    imported = from_simulation_config(simulation)
    return Source(
        simulation.stem, imported.experiment, simulation.parent, imported.output_folder, imported.problems
    )
