"""What a person may name on the command line, and the experiment that it means."""

from dataclasses import dataclass
from pathlib import Path

from engine.circuit.circuit import open_circuit
from engine.circuit.problems import Problem
from engine.errors import DocumentError
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.sonata_import import OutputSettings, from_simulation_config
from engine.resources import example_file

_EXAMPLE = "example:"


@dataclass(frozen=True, slots=True)
class Source:
    """An experiment, the folder that its paths count from, and where its results go if nobody says.

    `problems` is what of a simulation configuration is not in the experiment.
    """

    name: str
    experiment: Experiment
    base: Path
    circuit_path: Path
    output: OutputSettings
    output_folder: Path
    problems: tuple[Problem, ...] = ()


def find(text: str) -> Source:
    """The experiment that `text` names. EngineError where it names none."""
    if text.startswith(_EXAMPLE):
        return _from_document(example_file(text.removeprefix(_EXAMPLE)))
    path = Path(text)
    documents = _documents(path)
    if len(documents) == 1:
        return _from_document(documents[0])
    if documents:
        raise DocumentError(
            f"{path} holds {len(documents)} experiments.", hint=f"Name one of them, such as {documents[0]}."
        )
    return _from_simulation(path)


def _documents(path: Path) -> list[Path]:
    if path.name.endswith(store.SUFFIX):
        return [path]
    try:
        return sorted(path.glob(f"*{store.SUFFIX}")) if path.is_dir() else []
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from error


def _from_document(path: Path) -> Source:
    """Results go to the folder where the person is: the document's own may be read-only, or the program's."""
    experiment = store.load(path)
    name = path.name.removesuffix(store.SUFFIX)
    circuit_path = store.resolve_circuit(experiment, path)
    return Source(name, experiment, path.parent, circuit_path, OutputSettings(), Path(f"{name}-output"))


def _from_simulation(path: Path) -> Source:
    imported = from_simulation_config(_simulation_in(path) if path.is_dir() else path)
    folder = imported.base / imported.output.folder
    return Source(
        path.stem,
        imported.experiment,
        imported.base,
        imported.circuit_path,
        imported.output,
        folder,
        imported.problems,
    )


def _simulation_in(folder: Path) -> Path:
    with open_circuit(folder) as circuit:
        if circuit.simulation_path is None:
            raise DocumentError(
                f"{folder} holds a circuit and no simulation of it.",
                hint="Name a simulation configuration or an experiment; `somascope info` shows the circuit.",
            )
        return circuit.simulation_path
