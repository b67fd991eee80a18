"""Writing spikes as SONATA has them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
from numpy.typing import ArrayLike

from engine.circuit.spikes import Spikes
from engine.user_files import write_whole

_SORTING = {"none": 0, "by_id": 1, "by_time": 2}


def write_spikes(
    path: Path,
    spikes: Mapping[str, tuple[ArrayLike, ArrayLike]],
    sort: Literal["none", "by_id", "by_time"] = "by_time",
    *,
    partial: bool = False,
) -> None:
    """Write the spikes of each population: their times in ms and the nodes that fired.

    Equal spikes keep their order. The file appears whole or not at all; EngineError says why not. `partial`
    marks the spikes of a run that did not reach its end.
    """
    sorting = h5py.enum_dtype(_SORTING, basetype="u1")
    with h5py.File("spikes", "w", driver="core", backing_store=False) as file:
        if partial:
            file.attrs["partial"] = True
        root = file.create_group("spikes")
        for population, (times, node_ids) in spikes.items():
            unsorted = Spikes(np.asarray(times, dtype=np.float64), np.asarray(node_ids, dtype=np.int64))
            ordered = unsorted.sorted(sort)
            group = root.create_group(population)
            group.attrs.create("sorting", _SORTING[sort], dtype=sorting)
            group.create_dataset("timestamps", data=ordered.times).attrs["units"] = "ms"
            group.create_dataset("node_ids", data=ordered.node_ids.astype(np.uint64))
        file.flush()
        image = file.id.get_file_image()
    write_whole(path, image)
