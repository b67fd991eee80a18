"""Names of the node sets and compartment sets that stand for single cells and spots in a configuration.

SONATA aims every input at a set. A set that an export makes says in its name what it holds; an import turns
it back into a cell or a spot if name and content agree: a set of somebody else is not taken for one of ours.
"""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from engine.experiment.experiment import CompartmentSet
from engine.experiment.targets import CellReference, Site

LISTED_CELLS: Final = "listed_cells"
SOMA: Final = "soma[0]"  # number 0 in every convention
_LARGEST_ID: Final = 2**63 - 1

_CELL: Final = re.compile(r"cell_(?P<population>.+)_(?P<node_id>\d+)")
_SITE: Final = re.compile(
    r"site_(?P<population>.+)_(?P<node_id>\d+)_(?P<section>[A-Za-z_]\w*(\[\d+\])?)_(?P<x>[0-9.e+-]+)"
)


def at_centre_of_soma(section: str, x: float) -> bool:
    """Whether a node set is enough to say this place: inputs of a node set go to the middle of the soma."""
    return section == SOMA and x == 0.5


def cell_name(cell: CellReference) -> str:
    """The name of a node set that holds one cell."""
    return f"cell_{cell.population}_{cell.node_id}"


def cell_expression(cell: CellReference) -> JsonValue:
    """The node set that holds one cell."""
    return {"population": cell.population, "node_id": [cell.node_id]}


def site_name(site: Site) -> str:
    """The name of a compartment set that holds one spot."""
    return f"site_{site.cell.population}_{site.cell.node_id}_{site.section}_{site.x!r}"


def cell_of(name: str, node_sets: Mapping[str, JsonValue]) -> CellReference | None:
    """The cell that a node set stands for, if it is one of ours."""
    match = _CELL.fullmatch(name)
    if match is None:
        return None
    if int(match["node_id"]) > _LARGEST_ID:
        return None
    cell = CellReference(match["population"], int(match["node_id"]))
    return cell if node_sets.get(name) == cell_expression(cell) else None


def site_of(name: str, compartment_sets: Mapping[str, CompartmentSet]) -> Site | None:
    """The spot that a compartment set stands for, if it is one of ours."""
    match, found = _SITE.fullmatch(name), compartment_sets.get(name)
    if match is None or found is None or len(found.spots) != 1:
        return None
    (spot,) = found.spots
    if isinstance(spot.section, str) and spot.section != match["section"]:
        return None
    cell = CellReference(found.population, spot.node_id)
    site = Site(cell=cell, section=match["section"], x=spot.x)
    return site if site_name(site) == name else None


def listed_sets(cells: tuple[CellReference, ...]) -> dict[str, JsonValue]:
    """Node sets for these cells; the one that holds them all is called `listed_cells`."""
    ids: dict[str, list[int]] = {}
    for cell in sorted(set(cells), key=lambda each: (each.population, each.node_id)):
        ids.setdefault(cell.population, []).append(cell.node_id)
    expressions: dict[str, JsonValue] = {
        population: {"population": population, "node_id": list[JsonValue](numbers)}
        for population, numbers in ids.items()
    }
    if len(expressions) == 1:
        return {LISTED_CELLS: next(iter(expressions.values()))}
    named = {f"{LISTED_CELLS}_{population}": each for population, each in expressions.items()}
    return {**named, LISTED_CELLS: list[JsonValue](named)}


def listed_cells(name: str, node_sets: Mapping[str, JsonValue]) -> tuple[CellReference, ...] | None:
    """The cells that the node set `listed_cells` stands for, if it is one of ours."""
    if name != LISTED_CELLS or name not in node_sets:
        return None
    whole = node_sets[name]
    parts = [node_sets.get(str(each)) for each in whole] if isinstance(whole, list) else [whole]
    cells = tuple(cell for part in parts for cell in _cells_in(part))
    ours = listed_sets(cells)
    return cells if cells and all(node_sets.get(key) == value for key, value in ours.items()) else None


def _cells_in(expression: JsonValue) -> list[CellReference]:
    if not isinstance(expression, dict):
        return []
    population, node_ids = expression.get("population"), expression.get("node_id")
    if not isinstance(population, str) or not population or not isinstance(node_ids, list):
        return []
    return [
        CellReference(population, each)
        for each in node_ids
        if isinstance(each, int) and 0 <= each <= _LARGEST_ID
    ]
