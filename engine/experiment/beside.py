"""What the simulations beside a circuit tell of it: at which temperature its cells are at home."""

from pathlib import Path

from pydantic import ValidationError

from engine.circuit.circuit import Circuit
from engine.circuit.config import locate
from engine.circuit.manifest import read_json
from engine.errors import EngineError
from engine.experiment.conditions import Conditions

_SIMULATIONS = "simulation*.json"


def usual_conditions(circuit: Circuit) -> Conditions:
    """Of a new experiment: temperature and initial voltage are those of the simulations beside the circuit.

    Where there are none, or they do not agree, or say something impossible, our own.
    """
    folder = circuit.config_path.parent
    said = [_said_by(path, circuit.config_path) for path in sorted(folder.glob(_SIMULATIONS))]
    known = [each for each in said if each is not None]
    first = known[0] if known else Conditions()
    return first if all(each == first for each in known) else Conditions()


def _said_by(path: Path, circuit: Path) -> Conditions | None:
    try:
        raw = read_json(path)
        is_of_it = "run" in raw and locate(path, [])[0].samefile(circuit)
    except (EngineError, OSError):  # it is not what was opened: who opens it is told what is wrong with it
        return None
    conditions = raw.get("conditions")
    if not is_of_it or not isinstance(conditions, dict):
        return None
    names = [name for name in ("celsius", "v_init") if conditions.get(name) is not None]
    try:
        return Conditions(**{name: conditions[name] for name in names})
    except ValidationError:
        return None
