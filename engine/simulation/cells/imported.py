"""The sections of a morphology file, in NEURON: what Allen cells and plain morphologies start from."""

from pathlib import Path
from typing import Any, Final

from engine.errors import SimulationError
from engine.simulation.cells.morphologies import import_morphology
from engine.simulation.host import construct, h, load_hoc_file

_TEMPLATE: Final = "SomascopeImportedCell"
HOC_FILE: Final = Path(__file__).parent / "hoc_library" / "ImportedCell.hoc"


def imported_cell(morphology: Path) -> Any:
    """An object that owns the sections of an SWC or ASC file, lists them, and can replace its axon."""
    if not hasattr(h, _TEMPLATE):
        load_hoc_file(HOC_FILE)
    body = construct(_TEMPLATE, where=str(morphology))
    import_morphology(morphology, body)
    if not list(body.somatic):
        raise SimulationError(
            f"The morphology {morphology.name} has no soma.",
            where=str(morphology.parent),
            hint="In an SWC file the points of the soma have type 1.",
        )
    return body
