"""From a path that a person chose to an experiment and its circuit. Runs in a thread: no Qt here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import CircuitError, DocumentError, EngineError
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.resources import resources_folder
from gui.session.journal import Recovery
from gui.session.notices import Notice
from gui.session.run import Run
from gui.session.run_store import place_of, runs_in

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.experiment.finished import FinishedSimulation


_DEFAULTS = Conditions()


@dataclass(frozen=True, slots=True)
class Opened:
    """A document whose paths are absolute, and its open circuit. `path` is None: there is no file yet."""

    experiment: Experiment
    path: Path | None
    circuit: "Circuit"
    notices: tuple[Notice, ...] = ()
    runs: tuple[Run, ...] = ()  # those that are kept beside the file
    usual_conditions: Conditions = _DEFAULTS  # of a new experiment with this circuit
    recovered: Recovery | None = None
    simulation: "FinishedSimulation | None" = None  # what its configuration left when it was run


def read(path: Path, wanted: Callable[[], object]) -> Opened:
    """Open an experiment file, a configuration, or a folder of one; one EngineError if that cannot be.

    `wanted` raises if nobody waits for it any more: then no file stays open.
    """
    path = path.absolute()
    if path.name.endswith(store.SUFFIX):
        return read_document(path, wanted)
    try:
        return _read_configuration(path, wanted)
    except CircuitError:
        documents = _documents_in(path)
        if len(documents) != 1:
            raise
    return read_document(documents[0], wanted)


def read_document(path: Path, wanted: Callable[[], object]) -> Opened:
    """Open an experiment file. A built-in one has no file: it cannot be written to."""
    try:
        experiment = store.with_absolute_paths(store.load(path), path.parent)
    except OSError as error:  # a folder that cannot be resolved
        raise DocumentError(
            f"The experiment could not be read: {error.strerror}.", where=str(path)
        ) from error
    built_in = path.is_relative_to(resources_folder())
    opened = with_circuit(experiment, None if built_in else path, wanted)
    return opened if built_in else _with_runs(opened, place_of(path, ""))


def read_recovery(recovery: Recovery, wanted: Callable[[], object]) -> Opened:
    """Open what could not be saved. Its circuit may have gone meanwhile: EngineError."""
    opened = with_circuit(recovery.experiment, recovery.path, wanted)
    opened = _with_runs(opened, place_of(recovery.path, recovery.token))
    return replace(opened, recovered=recovery)


def with_circuit(experiment: Experiment, path: Path | None, wanted: Callable[[], object]) -> Opened:
    """Open the circuit of an experiment, and say it if it is another than it was."""
    circuit = _circuit(Path(experiment.circuit.path), path, wanted)
    notices: tuple[Notice, ...] = ()
    known = experiment.circuit.fingerprint
    if known and known != circuit.fingerprint:
        notices = (
            Notice(
                "The circuit has changed since this experiment was saved: results may differ.",
                str(circuit.config_path),
                "Check the cells and places of the experiment before you compare runs.",
                "warning",
            ),
        )
    reference = CircuitReference(path=experiment.circuit.path, fingerprint=circuit.fingerprint)
    usual = _usual_conditions(circuit)
    return Opened(changed(experiment, circuit=reference), path, circuit, notices, usual_conditions=usual)


def new_experiment(circuit: "Circuit", conditions: Conditions) -> Experiment:
    """An experiment without cells."""
    path = circuit.config_path.absolute().as_posix()
    reference = CircuitReference(path=path, fingerprint=circuit.fingerprint)
    return Experiment(circuit=reference, conditions=conditions)


def _usual_conditions(circuit: "Circuit") -> Conditions:
    from engine.experiment.beside import usual_conditions

    return usual_conditions(circuit)


def _with_runs(opened: Opened, place: Path) -> Opened:
    try:
        return replace(opened, runs=runs_in(place))
    except BaseException:
        opened.circuit.close()
        raise


def _read_configuration(path: Path, wanted: Callable[[], object]) -> Opened:
    from engine.circuit.circuit import open_circuit

    circuit = open_circuit(path)
    try:
        wanted()
        if circuit.simulation_path is None:
            usual = _usual_conditions(circuit)
            return Opened(new_experiment(circuit, usual), None, circuit, usual_conditions=usual)
        opened = _imported(path if path.is_file() else circuit.simulation_path, wanted)
    except BaseException:
        circuit.close()
        raise
    circuit.close()
    return opened


def _imported(path: Path, wanted: Callable[[], object]) -> Opened:
    from engine.experiment.finished import finished_simulation
    from engine.experiment.sonata_import import from_simulation_config

    imported = from_simulation_config(path)
    experiment = store.with_absolute_paths(imported.experiment, imported.base)
    opened = with_circuit(experiment, None, wanted)
    told = [Notice(each.what, each.where, each.hint, "warning") for each in imported.problems]
    simulation = finished_simulation(imported, path)
    return replace(opened, notices=(*opened.notices, *told), simulation=simulation)


def _circuit(path: Path, document: Path | None, wanted: Callable[[], object]) -> "Circuit":
    from engine.circuit.circuit import open_circuit

    try:
        circuit = open_circuit(path)
    except EngineError as error:
        if _is_there(path):
            raise
        raise DocumentError(
            f"The circuit of this experiment is not at {path}.",
            where=str(document or ""),
            hint="Put the circuit back, or correct the path of the circuit in the experiment's file.",
        ) from error
    try:
        wanted()
    except BaseException:
        circuit.close()
        raise
    return circuit


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is too long
        return False


def _documents_in(path: Path) -> list[Path]:
    try:
        return sorted(path.glob(f"*{store.SUFFIX}")) if path.is_dir() else []
    except OSError:
        return []
