"""Two simulations of the column for any SONATA tool: a current step, and a replay of thalamic spikes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from resources.circuits.make.cells import PlacedCell
from resources.circuits.make.measure import COLUMN
from resources.circuits.make.sections import Section, apical_way
from resources.circuits.make.sonata_files import write_json, write_spikes

_MEMBERS: Final = "OneOfEach"
_DT_MS: Final = 0.025
_VOLLEYS_MS: Final = (100.0, 250.0)
_VOLLEY_WIDTH_MS: Final = 2.0
_VOLLEY_SHARE: Final = 0.7  # of the axons take part in a volley
_BACKGROUND_HZ: Final = 4.0
_REPLAY_MS: Final = 400.0


def write_simulations(
    folder: Path, cells: Sequence[PlacedCell], sections: dict[str, list[Section]], axons: int, seed: int
) -> None:
    """Write both simulations, each with its configuration in a folder of its own."""
    one_of_each = _one_of_each(cells)
    sets = {"OneOfEach": {"population": "column", "node_id": one_of_each}}
    _write_step(folder / "step", sets, cells, sections)
    _write_replay(folder / "thalamic_replay", sets, axons, seed)


def _one_of_each(cells: Sequence[PlacedCell]) -> list[int]:
    """The first of each kind whose morphology is the second variant."""
    found: dict[str, int] = {}
    for node_id, cell in enumerate(cells):
        if cell.variant == 1:
            found.setdefault(cell.kind.morphologies, node_id)
    return sorted(found.values())


def _apical_spots(cells: Sequence[PlacedCell], sections: dict[str, list[Section]]) -> list[list[int | float]]:
    """The way up the apical trunk of a thick-tufted cell, from the soma to a tip of the tuft."""
    node_id = next(
        i for i, cell in enumerate(cells) if cell.kind.morphologies == "L5_TTPC" and cell.variant == 1
    )
    way = apical_way(sections[cells[node_id].morphology])
    spots: list[list[int | float]] = [[node_id, 0, 0.5]]
    spots += sorted([node_id, each.number, 0.5] for each in way)
    return spots


def _write_step(
    folder: Path, sets: dict[str, Any], cells: Sequence[PlacedCell], sections: dict[str, list[Section]]
) -> None:
    spots = _apical_spots(cells, sections)
    write_json(folder / "node_sets.json", sets)
    write_json(
        folder / "compartment_sets.json",
        {"ApicalTrunk": {"population": "column", "compartment_set": spots}},
    )
    clamp = {"input_type": "current_clamp", "node_set": "OneOfEach", "represents_physical_electrode": True}
    trunk = {
        "type": "compartment_set",
        "compartment_set": "ApicalTrunk",
        "variable_name": "v",
        "unit": "mV",
        "dt": 0.1,
        "start_time": 0.0,
        "end_time": 700.0,
    }
    write_json(
        folder / "simulation_config.json",
        {
            **frame(700.0),
            "compartment_sets_file": "compartment_sets.json",
            "inputs": {
                "Holding": {"module": "hyperpolarizing", **clamp, "delay": 0.0, "duration": 700.0},
                "Step": {
                    "module": "relative_linear",
                    **clamp,
                    "delay": 200.0,
                    "duration": 400.0,
                    "percent_start": 200.0,
                },
            },
            "reports": {"soma": soma_report(700.0), "apical_trunk": trunk},
        },
    )


def _write_replay(folder: Path, sets: dict[str, Any], axons: int, seed: int) -> None:
    write_json(folder / "node_sets.json", sets)
    random = np.random.default_rng([seed, 505])
    times: list[float] = []
    ids: list[int] = []
    for axon in range(axons):
        own = list(random.uniform(0, _REPLAY_MS, random.poisson(_BACKGROUND_HZ * _REPLAY_MS / 1000)))
        own += [
            random.normal(volley, _VOLLEY_WIDTH_MS)
            for volley in _VOLLEYS_MS
            if random.random() < _VOLLEY_SHARE
        ]
        times += own
        ids += [axon] * len(own)
    stamps = np.round(np.array(times) / _DT_MS) * _DT_MS
    write_spikes(folder / "thalamus_spikes.h5", "thalamus", stamps, np.array(ids, dtype=np.uint64))
    replay = {
        "module": "synapse_replay",
        "input_type": "spikes",
        "spike_file": "thalamus_spikes.h5",
        "node_set": "OneOfEach",
        "delay": 0.0,
        "duration": _REPLAY_MS,
    }
    write_json(
        folder / "simulation_config.json",
        {
            **frame(_REPLAY_MS),
            # BlueCelluLab chooses Exp2Syn only where it is told to, whatever the type of the edges
            "connection_overrides": [
                {"name": f"{source}Exp2Syn", "source": source, "target": "Column", "modoverride": "Exp2Syn"}
                for source in ("Column", "Thalamus")
            ],
            "inputs": {"ThalamicSpikes": replay},
            "reports": {"soma": soma_report(_REPLAY_MS)},
        },
    )


def frame(tstop_ms: float, members: str = _MEMBERS) -> dict[str, Any]:
    """What all simulations of the column have in common; `members`: the node set of the cells."""
    return {
        "version": 2.4,
        "network": "../../circuit_config.json",
        "target_simulator": "NEURON",
        "node_sets_file": "node_sets.json",
        "node_set": members,
        "run": {"tstop": tstop_ms, "dt": _DT_MS, "random_seed": 1, "spike_threshold": -20.0},
        "conditions": {"celsius": COLUMN.celsius, "v_init": COLUMN.v_init_mv, "spike_location": "soma"},
        "output": {"output_dir": "output", "spikes_file": "spikes.h5"},
    }


def soma_report(tstop_ms: float, members: str = _MEMBERS) -> dict[str, Any]:
    """The voltage of every soma, ten times in each ms."""
    return {
        "type": "compartment",
        "cells": members,
        "sections": "soma",
        "compartments": "center",
        "variable_name": "v",
        "unit": "mV",
        "dt": 0.1,
        "start_time": 0.0,
        "end_time": tstop_ms,
    }
