"""What has to be in order before a command builds cells: trust in their code, and their mechanisms."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from engine.circuit.cells import CellDescription
from engine.circuit.circuit import Circuit
from engine.circuit.mod_files import find_mod_folders, require_mechanisms
from engine.circuit.problems import Problem
from engine.circuit.trust import code_files, is_trusted, require_trust, trust
from engine.experiment.experiment import Experiment
from engine.simulation.mechanisms import Compiled, available, load_mechanisms
from engine.simulation.places import taking_part
from engine.simulation.ranks import Ranks
from engine.simulation.stand_ins import compile_for

_FILES_SHOWN = 20


def tell(problems: Iterable[Problem], messages: TextIO) -> None:
    """Print a line for each problem."""
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=messages)


def need_trust(circuit: Circuit, mechanisms: Path | None, *, trusted: bool) -> None:
    """TrustError, after a list of what would be executed, unless the user trusts the code."""
    if is_trusted(circuit, mechanisms):
        return
    if trusted:
        trust(circuit, mechanisms)
        return
    files = code_files(circuit, mechanisms)
    print("This would execute:", file=sys.stderr)
    for path in files[:_FILES_SHOWN]:
        print(f"  {path}", file=sys.stderr)
    if len(files) > _FILES_SHOWN:
        print(f"  and {len(files) - _FILES_SHOWN} more", file=sys.stderr)
    require_trust(circuit, mechanisms)


def need_mechanisms(
    experiment: Experiment, circuit: Circuit, extra: Path | None, messages: TextIO | None
) -> Compiled:
    """Compile and load; MechanismError, with the files to provide, before anything is built without them."""
    folders = find_mod_folders(circuit, extra)
    for description in _kinds_of_cells(experiment, circuit):
        if messages is not None:
            tell(_doubts(description), messages)
        require_mechanisms(description, folders, available())

    def report(line: str) -> None:
        if messages is not None:
            print(line, file=messages)

    compiled = compile_for(circuit, extra, report)
    load_mechanisms(compiled)
    return compiled


def need_mechanisms_together(
    experiment: Experiment, circuit: Circuit, extra: Path | None, messages: TextIO | None, ranks: Ranks
) -> None:
    """The same on several ranks: the first one compiles and tells."""
    with ranks.together():
        if ranks.is_first:
            need_mechanisms(experiment, circuit, extra, messages)
    with ranks.together():
        if not ranks.is_first:
            need_mechanisms(experiment, circuit, extra, None)


def _kinds_of_cells(experiment: Experiment, circuit: Circuit) -> Iterable[CellDescription]:
    """A cell of each template, among those that take part."""
    seen = set()
    for reference in taking_part(experiment.cells, experiment, circuit):
        description = circuit.cell(reference.population, reference.node_id)
        made_of = (description.model_template, description.template_path, description.dynamics_params_path)
        if made_of not in seen:
            seen.add(made_of)
            yield description


def _doubts(description: CellDescription) -> Iterable[Problem]:
    yield from description.problems
    if description.model_type == "biophysical" and not description.model_template:
        yield Problem(
            "A biophysical cell names no template: it is built from its morphology, with a passive membrane.",
            f"{description.population}, cell {description.node_id}",
            "Give it the attribute model_template.",
            "warning",
        )
