"""`somascope info`: what a circuit holds and what is wrong with it, without running any of its code."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.node_columns import Column
from engine.circuit.nodes import NodePopulation
from engine.circuit.problems import Problem, problem_of
from engine.errors import EngineError

_TEMPLATE_COLUMN = "model_template"
_TEMPLATES_SHOWN = 8


@dataclass(slots=True)
class _Summary:
    """What is told of a circuit, and what went wrong while asking."""

    config: str
    simulation: str | None
    dialect: str
    node_populations: dict[str, dict[str, Any]] = field(default_factory=dict)
    edge_populations: dict[str, dict[str, Any]] = field(default_factory=dict)
    node_sets: dict[str, dict[str, int]] = field(default_factory=dict)
    compartment_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def show_circuit(path: str, *, as_json: bool) -> int:
    """Print the summary; exit code 0 as long as anything can be browsed, whatever problems it has."""
    with open_circuit(path) as circuit:
        summary = _summarise(circuit)
    print(
        json.dumps(_as_data(summary), indent=2, ensure_ascii=False) if as_json else "\n".join(_lines(summary))
    )
    return 0


def _summarise(circuit: Circuit) -> _Summary:
    simulation = None if circuit.simulation_path is None else str(circuit.simulation_path)
    summary = _Summary(str(circuit.config_path), simulation, circuit.dialect)
    for name, nodes in circuit.node_populations.items():
        summary.node_populations[name] = _of_nodes(nodes, summary.problems)
    for name, edges in circuit.edge_populations.items():
        summary.edge_populations[name] = _of_edges(edges)
    for name in circuit.node_sets.names:
        try:
            chosen = circuit.node_sets.select(name, circuit.node_populations)
        except EngineError as error:
            summary.problems.append(problem_of(error))
        else:
            summary.node_sets[name] = {population: len(ids) for population, ids in chosen.items()}
    for name, spots in circuit.compartment_sets.items():
        summary.compartment_sets[name] = {"population": spots.population, "spots": len(spots.spots)}
    summary.problems = list(dict.fromkeys((*circuit.problems, *summary.problems)))
    return summary


def _of_nodes(nodes: NodePopulation, problems: list[Problem]) -> dict[str, Any]:
    templates: dict[str, int] = {}
    if _TEMPLATE_COLUMN in nodes.columns:
        try:
            templates = {name: count for name, count in nodes.histogram(_TEMPLATE_COLUMN).items() if name}
        except EngineError as error:
            problems.append(problem_of(error))
    columns = [_of_column(column) for column in nodes.columns.values()]
    return {"size": nodes.size, "type": nodes.node_type, "templates": templates, "columns": columns}


def _of_column(column: Column) -> dict[str, str]:
    return {"name": column.name, "kind": column.kind, "unit": column.unit, "origin": column.origin}


def _of_edges(edges: EdgePopulation) -> dict[str, Any]:
    return {"size": edges.size, "type": edges.edge_type, "source": edges.source, "target": edges.target}


def _as_data(summary: _Summary) -> dict[str, Any]:
    problems = [
        {"severity": problem.severity, "what": problem.what, "where": problem.where, "hint": problem.hint}
        for problem in summary.problems
    ]
    return {
        "circuit": summary.config,
        "simulation": summary.simulation,
        "dialect": summary.dialect,
        "node_populations": summary.node_populations,
        "edge_populations": summary.edge_populations,
        "node_sets": summary.node_sets,
        "compartment_sets": summary.compartment_sets,
        "problems": problems,
    }


def _lines(summary: _Summary) -> Iterable[str]:
    dialect = "Allen/BMTK" if summary.dialect == "allen" else "OBI/BBP"
    yield f"{summary.config} ({dialect} dialect)"
    if summary.simulation is not None:
        yield f"opened through {summary.simulation}"
    yield from _titled("Node populations", summary.node_populations, _node_line)
    yield from _titled("Edge populations", summary.edge_populations, _edge_line)
    yield from _titled("Node sets", summary.node_sets, _node_set_line)
    yield from _titled("Compartment sets", summary.compartment_sets, _compartment_set_line)
    yield ""
    yield f"Problems ({len(summary.problems)})" if summary.problems else "No problems."
    for problem in summary.problems:
        yield f"  {problem.severity}: {problem}"


def _titled(title: str, parts: Mapping[str, Any], line: Any) -> Iterable[str]:
    if parts:
        width = max(map(len, parts))
        yield ""
        yield f"{title} ({len(parts)})"
        for name, part in parts.items():
            yield f"  {name:<{width}}  {line(part)}"


def _node_line(part: dict[str, Any]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(part["templates"].items())[:_TEMPLATES_SHOWN]]
    hidden = len(part["templates"]) - len(shown)
    more = [f"{hidden} more"] if hidden > 0 else []
    return "  ".join([f"{part['size']:,} {part['type']} cells", ", ".join(shown + more)]).rstrip()


def _edge_line(part: dict[str, Any]) -> str:
    return f"{part['size']:,} {part['type']} edges  {part['source']} to {part['target']}"


def _node_set_line(part: dict[str, int]) -> str:
    return (
        ", ".join(f"{count:,} of {population}" for population, count in part.items() if count) or "no cells"
    )


def _compartment_set_line(part: dict[str, Any]) -> str:
    return f"{part['spots']:,} spots on {part['population']}"
