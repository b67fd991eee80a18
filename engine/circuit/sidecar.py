"""Measured properties of cells that their circuit does not give, kept per user, never in the circuit."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import h5py

from engine.circuit import hdf5
from engine.circuit.morphology import container_names
from engine.errors import CircuitError
from engine.user_files import data_folder, read_json_or, write_whole

if TYPE_CHECKING:
    from engine.circuit.cells import CellDescription

Property = Literal[
    "resting_potential_mV",
    "input_resistance_megaohm",
    "holding_voltage_mV",  # at which the holding current was measured
    "holding_current_nA",
    "rheobase_nA",
    "firing_current_nA",  # at which it fires; 0: by itself
]

SONATA_NAMES: Mapping[str, Property] = {
    "resting_potential": "resting_potential_mV",
    "input_resistance": "input_resistance_megaohm",
    "holding_current": "holding_current_nA",
    "threshold_current": "rheobase_nA",
}

_FORMAT = 1
_PROPERTIES = frozenset(get_args(Property))


def read_measured(
    description: "CellDescription", *, celsius: float, v_init: float, mod_files: Iterable[Path] = ()
) -> dict[Property, float]:
    """What was measured of this cell in these conditions (°C, mV) with these mod files; {} if nothing was.

    A cell is known by the content of its files and parameters: copies of it share their measurements.
    """
    record = read_json_or(_record(description, celsius, v_init, mod_files), {})
    values = record.get("properties") if isinstance(record, dict) else None
    if not isinstance(values, dict):
        return {}
    return {name: float(value) for name, value in values.items() if name in _PROPERTIES and _is_number(value)}


def write_measured(
    description: "CellDescription",
    measured: Mapping[Property, float],
    *,
    celsius: float,
    v_init: float,
    mod_files: Iterable[Path] = (),
) -> None:
    """Keep what was measured, beside what is known already; raises EngineError if it cannot be written."""
    mod_files = tuple(mod_files)
    known = read_measured(description, celsius=celsius, v_init=v_init, mod_files=mod_files)
    path = _record(description, celsius, v_init, mod_files)
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "cell": f"{description.model_template} {description.morphology_name}".strip(),
        "conditions": {"celsius_degC": celsius, "v_init_mV": v_init},
        "properties": {**known, **measured},
    }
    write_whole(path, json.dumps(record, indent=1, sort_keys=True))


def _record(description: "CellDescription", celsius: float, v_init: float, mod_files: Iterable[Path]) -> Path:
    name = _key(description, celsius, v_init, mod_files)
    return data_folder() / "measured" / f"{name}.json"


def _key(description: "CellDescription", celsius: float, v_init: float, mod_files: Iterable[Path]) -> str:
    numbers = {name: value for name, value in description.dynamics_params.items() if name not in SONATA_NAMES}
    parameters = {
        "format": _FORMAT,
        "dialect": description.dialect,
        "template": description.model_template,
        "processing": description.model_processing,
        "parameters": numbers,
        "celsius": celsius,
        "v_init": v_init,
    }
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    for path in (description.template_path, description.dynamics_params_path, *sorted(mod_files)):
        _add(digest, b"" if path is None else _content(path))
    _add(digest, _morphology(description))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", content: bytes) -> None:
    digest.update(f"\n{len(content)}\n".encode())
    digest.update(content)


def _morphology(description: "CellDescription") -> bytes:
    """The content of the morphology; of a container only that of its member: it may hold thousands."""
    path = description.morphology_path
    if path is None:
        return b""
    if path.suffix.lower() == ".h5" and description.morphology_name in container_names(path):
        with hdf5.open_file(path) as file, hdf5.reading(path):
            member = file[description.morphology_name]
            names = sorted(name for name in member if isinstance(member[name], h5py.Dataset))
            return b"".join(member[name][()].tobytes() for name in names)
    return _content(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CircuitError(
            f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
