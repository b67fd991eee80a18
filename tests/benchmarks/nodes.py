"""`python -m tests.benchmarks.nodes`: open, filter and sort nodes, against h5py and NumPy by hand."""

import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

from engine.circuit.nodes import NodePopulation
from tests.benchmarks.table import best_of, show

_SIZES = (10_000, 1_000_000, 10_000_000)
_MTYPES = tuple(f"L{layer}_{kind}" for layer in range(1, 7) for kind in ("PC", "BC", "MC", "SS"))
_FILTER = "mtype == 'L5_PC' and y > 500"


def synthesise(path: Path, size: int) -> None:
    generator = np.random.default_rng(size)
    with h5py.File(path, "w") as file:
        population = file.create_group("nodes/cells")
        population["node_type_id"] = np.zeros(size, np.int32)
        group = population.create_group("0")
        group["mtype"] = generator.integers(0, len(_MTYPES), size, dtype=np.uint32)
        group.create_dataset("@library/mtype", data=_MTYPES, dtype=h5py.string_dtype())
        for name in ("x", "y", "z"):
            group[name] = generator.uniform(0, 1000, size).astype(np.float32)


def _by_hand_filter(path: Path) -> object:
    with h5py.File(path) as file:
        group = file["nodes/cells/0"]
        return np.flatnonzero((group["mtype"][:] == _MTYPES.index("L5_PC")) & (group["y"][:] > 500))


def _by_hand_sort(path: Path) -> object:
    with h5py.File(path) as file:
        return np.argsort(file["nodes/cells/0/y"][:], kind="stable")


def _open_and_close(path: Path) -> None:
    NodePopulation(path, "cells").close()


def _measure(path: Path, size: int) -> list[object]:
    synthesise(path, size)
    repeats = 5 if size <= 1_000_000 else 2
    opening = best_of(repeats, lambda: _open_and_close(path))
    nodes = NodePopulation(path, "cells")
    filtering = best_of(repeats, lambda: nodes.filter(_FILTER))
    sorting = best_of(repeats, lambda: nodes.sort([("y", False)]))
    nodes.close()
    by_hand = best_of(repeats, lambda: _by_hand_filter(path)), best_of(repeats, lambda: _by_hand_sort(path))
    path.unlink()
    millis = [1000 * seconds for seconds in (opening, filtering, sorting)]
    return [f"{size:,}", *millis, filtering / by_hand[0], sorting / by_hand[1]]


def main(sizes: list[int]) -> None:
    """Print one row for each size."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_measure(Path(folder) / "nodes.h5", size) for size in sizes or _SIZES]
    header = ("nodes", "open ms", "filter ms", "sort ms", "filter / by hand", "sort / by hand")
    show(f"Nodes: filter {_FILTER!r}, sort by y", header, rows)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]])
