"""Whether the code of a circuit may run: asked of files, so in a thread. No Qt here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit


@dataclass(frozen=True, slots=True)
class TrustQuestion:
    """What would be executed, so that the user can say whether it may be. `changed`: it was another once."""

    folder: Path
    hoc_files: tuple[Path, ...]
    mod_files: tuple[Path, ...]
    changed: bool


def question_about(circuit: "Circuit") -> TrustQuestion | None:
    """What to ask before cells of this circuit are built; None: nothing, its code may run."""
    from engine.circuit.trust import code_files, has_changed, is_trusted

    if is_trusted(circuit):
        return None
    files = code_files(circuit)
    hoc = tuple(path for path in files if path.suffix.lower() == ".hoc")
    others = tuple(path for path in files if path.suffix.lower() != ".hoc")
    return TrustQuestion(circuit.config_path.resolve().parent, hoc, others, has_changed(circuit))
