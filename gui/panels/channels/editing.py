"""What the channel table does to the document: each a step that can be undone, with a name."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.experiment import cell_changes
from engine.experiment.drugs import KnownDrug
from engine.experiment.edits import with_conditions
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import Drug
from engine.experiment.targets import CellReference
from engine.messages.parameters import Parameter

if TYPE_CHECKING:
    from gui.session.session import Session


class CellEditing:
    """Changes the cell of the channel table, in the sections that it shows."""

    def __init__(self, session: "Session") -> None:
        self._document = session.document
        self.cell: CellReference | None = None
        self.sections = cell_changes.ALL

    @property
    def experiment(self) -> Experiment | None:
        """The present one."""
        return self._document.experiment

    def change_of(self, parameter: Parameter) -> cell_changes.Change | None:
        """What the table has made of a parameter."""
        if self.experiment is None or self.cell is None:
            return None
        return cell_changes.change_of(self.experiment, self.cell, self.sections, parameter.variable)

    def drug(self, known: KnownDrug) -> Drug | None:
        """The drug on the cell, whether it is switched on or not."""
        if self.experiment is None or self.cell is None:
            return None
        return cell_changes.drug_on(self.experiment, self.cell, known.name)

    def percent(self, known: KnownDrug) -> float:
        """How much of its channels a drug takes away."""
        drug = self.drug(known)
        return drug.percent if drug is not None and drug.enabled else 0.0

    def has_changes(self) -> bool:
        """Whether there is something to take back."""
        if self.experiment is None or self.cell is None:
            return False
        return bool(cell_changes.changes_of(self.experiment, self.cell))

    def multiply(self, parameter: Parameter, factor: float) -> None:
        """Multiply what the cell was built with."""
        self._change(
            lambda experiment, cell: cell_changes.with_factor(
                experiment, cell, self.sections, parameter.variable, factor
            ),
            *self._step(parameter),
        )

    def give(self, parameter: Parameter, value: float) -> None:
        """Give it a value."""
        self._change(
            lambda experiment, cell: cell_changes.with_value(
                experiment, cell, self.sections, parameter.variable, value
            ),
            *self._step(parameter),
        )

    def revert(self, parameter: Parameter) -> None:
        """As the cell was built; other changes of it stay."""
        self._revert(parameter, f"Revert {parameter.variable}", "")
        self.finish()

    def settle(self, parameter: Parameter) -> None:
        """An edit is over: once the original is no change."""
        change = self.change_of(parameter)
        if change is not None and change.assignments[0].operator == "*=" and change.assignments[0].value == 1:
            self._revert(parameter, *self._step(parameter))
        self.finish()

    def revert_all(self) -> None:
        """Take all changes of the cell back, drugs too."""
        self._change(cell_changes.without_changes, f"Revert all changes of {self.cell}", "")
        self.finish()

    def change_drug(self, known: KnownDrug, blocks: Sequence[str], **changes: object) -> None:
        """Put a drug on the cell, or change it; `blocks`: the variables of a new one."""
        self._change(
            lambda experiment, cell: cell_changes.with_drug(experiment, cell, known.name, blocks, **changes),
            f"Change {known.name}",
            f"{self.cell}.{known.name}.{','.join(changes)}",
        )

    def toggle_drug(self, known: KnownDrug, blocks: Sequence[str]) -> None:
        """Take a drug away, or have it as it was before: all is blocked by a new one."""
        drug = self.drug(known)
        if drug is not None and self.percent(known) > 0:
            self.change_drug(known, blocks, enabled=False)
        else:
            percent = drug.percent if drug is not None and drug.percent > 0 else 100.0
            self.change_drug(known, blocks, enabled=True, percent=percent)
        self.finish()

    def warm(self, celsius: float) -> None:
        """Change the temperature of the run."""
        if self.experiment is not None:
            wanted = with_conditions(self.experiment, celsius=celsius)
            self._document.change(wanted, "Change temperature", merge="conditions.celsius")

    def finish(self) -> None:
        """The next edit is another step for undo."""
        self._document.end_burst()

    def _step(self, parameter: Parameter) -> tuple[str, str]:
        """What undo calls it, and what belongs to the same step."""
        return f"Change {parameter.variable}", f"{self.cell}.{self.sections}.{parameter.variable}"

    def _revert(self, parameter: Parameter, text: str, merge: str) -> None:
        self._change(
            lambda experiment, cell: cell_changes.without_change(
                experiment, cell, self.sections, parameter.variable
            ),
            text,
            merge,
        )

    def _change(self, edit: Callable[[Experiment, CellReference], Experiment], text: str, merge: str) -> None:
        if self.experiment is not None and self.cell is not None:
            self._document.change(edit(self.experiment, self.cell), text, merge=merge)
