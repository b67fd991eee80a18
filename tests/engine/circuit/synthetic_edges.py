"""Edge files made for tests."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import ArrayLike


def write_edges(
    path: Path,
    sources: ArrayLike,
    targets: ArrayLike,
    groups: Mapping[str, Mapping[str, ArrayLike]] | None = None,
    **columns: ArrayLike,
) -> Path:
    """One population "E" from "A" to "B", with groups of attributes, and columns beside source_node_id."""
    with h5py.File(path, "w") as file:
        root = file.create_group("edges/E")
        root.create_dataset("source_node_id", data=np.asarray(sources, np.uint64)).attrs[
            "node_population"
        ] = "A"
        root.create_dataset("target_node_id", data=np.asarray(targets, np.uint64)).attrs[
            "node_population"
        ] = "B"
        for name, values in columns.items():
            root[name] = values
        for group, attributes in (groups or {"0": {}}).items():
            for name, data in attributes.items():
                root[f"{group}/{name}"] = data
            root.require_group(group)
    return path


def write_types(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
