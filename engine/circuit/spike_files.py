"""Spike files that come with a circuit: those that the simulations beside it replay."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.circuit.manifest import expand, read_json, resolve
from engine.errors import EngineError

_PATTERNS: Final = ("simulation_config*.json", "*/simulation_config*.json", "*/*/simulation_config*.json")
_MOST_CONFIGURATIONS: Final = 50


def spike_files_beside(config_path: Path) -> tuple[Path, ...]:
    """Files that exist, each once; a configuration that cannot be read offers none."""
    folder = config_path.parent
    found = itertools.chain.from_iterable(sorted(folder.glob(pattern)) for pattern in _PATTERNS)
    replayed = itertools.chain.from_iterable(map(_replayed, itertools.islice(found, _MOST_CONFIGURATIONS)))
    return tuple(dict.fromkeys(replayed))


def _replayed(config: Path) -> Iterator[Path]:
    try:
        raw: dict[str, Any] = expand(read_json(config), config.parent)
    except EngineError:  # whoever opens it is told
        return
    inputs = raw.get("inputs")
    for each in inputs.values() if isinstance(inputs, dict) else ():
        name = each.get("spike_file") if isinstance(each, dict) else None
        if isinstance(name, str) and (path := resolve(config.parent, name)).is_file():
            yield path
