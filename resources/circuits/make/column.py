"""The cortical column: everything of it put together and written."""

import multiprocessing
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from resources.circuits.make.cells import COLUMN_RADIUS_UM, KINDS, PlacedCell, place_cells
from resources.circuits.make.connections import Edges, connect_column, connect_thalamus
from resources.circuits.make.growth import Tree, to_swc
from resources.circuits.make.measure import Measured, measure
from resources.circuits.make.morphologies import GROW, HEIGHTS_UM, grow, morphology_name
from resources.circuits.make.sections import sections_of
from resources.circuits.make.simulations import write_simulations
from resources.circuits.make.sonata_files import Column, write_edges, write_json, write_nodes
from resources.circuits.make.templates import TEMPLATES, column_template

COLUMN: Final = "column"
THALAMUS: Final = "thalamus"
_AXONS: Final = 100
_TEMPLATE_FOLDER: Final = "hoc"
_MORPHOLOGY_FOLDER: Final = "morphologies"


def make_column(folder: Path, seed: int) -> None:
    """Write the whole circuit into the folder."""
    trees = {kind: [grow(kind, number, seed) for number in range(len(HEIGHTS_UM[kind]))] for kind in GROW}
    _write_cell_models(folder, trees)
    cells = place_cells(trees, seed)
    axons = _thalamic_axons(seed)
    measured = _measure_all(folder, trees)
    _write_column_nodes(folder, cells, measured)
    _write_thalamus_nodes(folder, axons)
    sections = {
        morphology_name(kind, number): sections_of(tree)
        for kind, variants in trees.items()
        for number, tree in enumerate(variants)
    }
    ends = (COLUMN, len(cells), COLUMN, len(cells))
    _write_edges(folder, ends, connect_column(cells, sections, seed))
    ends = (THALAMUS, _AXONS, COLUMN, len(cells))
    _write_edges(folder, ends, connect_thalamus(axons, cells, sections, seed))
    write_json(folder / "node_sets.json", _node_sets())
    write_json(folder / "circuit_config.json", _circuit_config())
    write_simulations(folder / "simulations", cells, sections, _AXONS, seed)


def _write_cell_models(folder: Path, trees: dict[str, list[Tree]]) -> None:
    (folder / _MORPHOLOGY_FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / _TEMPLATE_FOLDER).mkdir(parents=True, exist_ok=True)
    for kind, variants in trees.items():
        text = column_template(TEMPLATES[kind])
        (folder / _TEMPLATE_FOLDER / f"{TEMPLATES[kind]}.hoc").write_text(text, encoding="utf-8")
        for number, tree in enumerate(variants):
            name = morphology_name(kind, number)
            swc = to_swc(tree, f"{name}: grown by a program, not reconstructed from a real cell")
            (folder / _MORPHOLOGY_FOLDER / f"{name}.swc").write_text(swc, encoding="utf-8")


def _measure_all(folder: Path, trees: dict[str, list[Tree]]) -> dict[str, Measured]:
    names = [(kind, morphology_name(kind, number)) for kind in trees for number in range(len(trees[kind]))]
    templates = [folder / _TEMPLATE_FOLDER / f"{TEMPLATES[kind]}.hoc" for kind, _ in names]
    morphologies = [folder / _MORPHOLOGY_FOLDER / f"{name}.swc" for _, name in names]
    # a fresh process for each: NEURON would go on solving the cells that were there before
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=1) as pool:
        results = pool.starmap(measure, zip(templates, morphologies, strict=True), chunksize=1)
    return {name: result for (_, name), result in zip(names, results, strict=True)}


def _thalamic_axons(seed: int) -> NDArray[np.float64]:
    """Where the axons enter the column, at its bottom: (n, 3) in µm."""
    random = np.random.default_rng([seed, 404])
    radius = COLUMN_RADIUS_UM * np.sqrt(random.uniform(size=_AXONS))
    angle = random.uniform(0, 2 * np.pi, _AXONS)
    return np.column_stack([radius * np.cos(angle), np.zeros(_AXONS), radius * np.sin(angle)])


def _write_column_nodes(folder: Path, cells: Sequence[PlacedCell], measured: dict[str, Measured]) -> None:
    positions = np.array([cell.position for cell in cells])
    turns = np.array([cell.orientation for cell in cells])
    columns: dict[str, Column] = {
        **{axis: np.round(positions[:, i], 2) for i, axis in enumerate("xyz")},
        **{f"orientation_{axis}": turns[:, i] for i, axis in enumerate("wxyz")},
        "layer": np.array([cell.layer for cell in cells], dtype=np.int8),
        "mtype": [cell.mtype for cell in cells],
        "etype": [cell.kind.etype for cell in cells],
        "morph_class": [cell.kind.morph_class for cell in cells],
        "synapse_class": [cell.kind.synapse_class for cell in cells],
        "region": ["column"] * len(cells),
        "morphology": [cell.morphology for cell in cells],
        "model_template": [f"hoc:{TEMPLATES[cell.kind.morphologies]}" for cell in cells],
        "model_type": ["biophysical"] * len(cells),
    }
    each = [measured[cell.morphology].dynamics() for cell in cells]
    dynamics = {name: np.concatenate([one[name] for one in each]) for name in each[0]}
    write_nodes(folder / "networks" / "nodes" / "column.h5", COLUMN, columns, dynamics)


def _write_thalamus_nodes(folder: Path, axons: NDArray[np.float64]) -> None:
    columns: dict[str, Column] = {
        **{axis: np.round(axons[:, i], 2) for i, axis in enumerate("xyz")},
        "mtype": ["VPM_TC"] * len(axons),
        "synapse_class": ["EXC"] * len(axons),
        "region": ["thalamus"] * len(axons),
        "model_type": ["virtual"] * len(axons),
    }
    write_nodes(folder / "networks" / "nodes" / "thalamus.h5", THALAMUS, columns, {})


def _edge_population(source: str) -> str:
    return f"{source}__{COLUMN}__exp2syn"


def _write_edges(folder: Path, ends: tuple[str, int, str, int], edges: Edges) -> None:
    name = _edge_population(ends[0])
    ids = (edges.sources, edges.targets)
    write_edges(folder / "networks" / "edges" / f"{name}.h5", name, ends, ids, edges.columns)


def _node_sets() -> dict[str, Any]:
    here = {"population": COLUMN}
    layers = {f"Layer{layer}": {**here, "layer": layer} for layer in (2, 3, 4, 5)}
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        kinds[kind.morphologies] = {**here, "mtype": {"$regex": f".*{kind.morphologies}"}}
    return {
        "Column": here,
        "Thalamus": {"population": THALAMUS},
        "Excitatory": {**here, "synapse_class": "EXC"},
        "Inhibitory": {**here, "synapse_class": "INH"},
        **layers,
        "Layer23": ["Layer2", "Layer3"],
        **kinds,
        "Pyramidal": {**here, "morph_class": "PYR"},
        "Interneurons": ["LBC", "MC"],
        "DeepExcitatory": {**here, "synapse_class": "EXC", "y": {"$lt": 690.0}},
    }


def _circuit_config() -> dict[str, Any]:
    def edges(source: str) -> dict[str, Any]:
        name = _edge_population(source)
        file = f"$BASE_DIR/networks/edges/{name}.h5"
        return {"edges_file": file, "populations": {name: {"type": "Exp2Syn_synapse"}}}

    cells = {
        "type": "biophysical",
        "morphologies_dir": f"$BASE_DIR/{_MORPHOLOGY_FOLDER}",
        "biophysical_neuron_models_dir": f"$BASE_DIR/{_TEMPLATE_FOLDER}",
    }
    nodes = [
        {"nodes_file": "$BASE_DIR/networks/nodes/column.h5", "populations": {COLUMN: cells}},
        {
            "nodes_file": "$BASE_DIR/networks/nodes/thalamus.h5",
            "populations": {THALAMUS: {"type": "virtual"}},
        },
    ]
    return {
        "version": 2.3,
        "manifest": {"$BASE_DIR": "."},
        "target_simulator": "NEURON",
        "node_sets_file": "$BASE_DIR/node_sets.json",
        "networks": {"nodes": nodes, "edges": [edges(COLUMN), edges(THALAMUS)]},
    }
