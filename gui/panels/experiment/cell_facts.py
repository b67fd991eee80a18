"""What the inspector tells of a cell that is not built: read from the files of the circuit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.experiment.targets import CellReference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.circuit.cells import CellDescription
    from engine.circuit.circuit import Circuit


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a cell from being built as it should, and what to do."""

    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class CellSheet:
    """Lines of name and value, all attributes, and troubles; all in words."""

    facts: tuple[tuple[str, str], ...]
    attributes: tuple[tuple[str, str], ...]
    troubles: tuple[Trouble, ...]


def read_cell(circuit: "Circuit", cell: CellReference) -> CellSheet:
    """Read and describe a cell; EngineError if there is no such cell. Takes a while: not for the window."""
    found = circuit.cell(cell.population, cell.node_id)
    return CellSheet(
        facts=tuple(_facts(found)),
        attributes=tuple((name, _in_words(value)) for name, value in found.attributes.items()),
        troubles=(
            *(Trouble(each.what, each.hint) for each in found.problems),
            *_missing_mechanisms(circuit, found),
        ),
    )


def _facts(found: "CellDescription") -> "Iterable[tuple[str, str]]":
    attributes = found.attributes
    yield "Model", found.model_type or "not given"
    for title, name in (("Type", "mtype"), ("Electrical type", "etype"), ("Layer", "layer")):
        if name in attributes:
            yield title, _in_words(attributes[name])
    if found.model_template:
        yield "Template", found.model_template
    if found.morphology_name:
        yield "Morphology", found.morphology_name
    measured = (
        ("Threshold current", found.threshold_current, "nA"),
        ("Holding current", found.holding_current, "nA"),
        ("Input resistance", found.input_resistance, "MΩ"),
        ("Resting potential", found.resting_potential, "mV"),
    )
    for title, value, unit in measured:
        if value is not None:
            yield title, f"{value:.4g} {unit}"
    if found.position is not None:
        yield "Position", f"{', '.join(f'{each:.1f}' for each in found.position)} µm"


def _missing_mechanisms(circuit: "Circuit", found: "CellDescription") -> "Iterable[Trouble]":
    from engine.circuit.mod_files import find_mod_folders, missing_mechanisms

    try:
        missing = missing_mechanisms(found, find_mod_folders(circuit))
    except EngineError as error:
        return [Trouble(error.what, error.hint)]
    return [
        Trouble(
            f"The mechanism {each.name} is missing.",
            f"Provide {each.file_name}, a mod file that declares it, in the circuit's folder of mechanisms.",
        )
        for each in missing
        if each.provided_by is None
    ]


def _in_words(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
