"""Several cells put into the experiment in one step, once the background has read what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from gui.session.session import Session

    CellsOf = Callable[[Task, Circuit], Sequence[CellReference]]


@dataclass(frozen=True, slots=True)
class Group:
    """The experiment with the cells in it; how many it has, and the pairs and synapses that connect them."""

    experiment: Experiment
    added: int
    cells: int
    pairs: int
    synapses: int
    recorded: int

    @property
    def text(self) -> str:
        """What there is now."""
        cells = "1 cell" if self.cells == 1 else f"{self.cells:,} cells"
        if self.synapses:
            linked = f"{counted(self.synapses, 'synapse')} in {counted(self.pairs, 'pair')} of cells"
        else:
            linked = "no synapses between them"
        somata = {0: "no voltage", 1: "the voltage of 1 soma"}
        voltages = somata.get(self.recorded, f"the voltages of {self.recorded} somata")
        return f"The experiment has {cells} with {linked}; all spikes and {voltages} are recorded."


class Grouping:
    """Adds cells to the experiment of a session, as one step that can be undone."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._task: Task | None = None

    def add(self, cells_of: "CellsOf") -> Task | None:
        """Add the cells that `cells_of` finds in a thread; None: nothing is open. The newest wish wins."""
        circuit, experiment = self._session.circuit, self._session.document.experiment
        if circuit is None or experiment is None:
            return None
        if self._task is not None:
            self._task.cancel()

        def take(group: Group) -> None:
            self._take(group, experiment, cells_of)

        self._task = in_background(
            lambda task: _grouped(circuit, experiment, cells_of(task, circuit), task),
            take,
            self._session.notices.post_error,
        )
        return self._task

    def _take(self, group: Group, before: Experiment, cells_of: "CellsOf") -> None:
        document = self._session.document
        if document.experiment is not before:  # it was edited meanwhile
            self.add(cells_of)
            return
        document.change(group.experiment, f"Add {counted(group.added, 'cell')}")
        document.end_burst()
        self._session.notices.post(group.text, hint="Run it: the Network panel shows who fires when.")


def _grouped(circuit: "Circuit", experiment: Experiment, cells: Sequence[CellReference], task: Task) -> Group:
    from engine.circuit.links import links_between
    from engine.experiment.groups import with_group
    from engine.experiment.taking_part import simulated, taking_part

    real = [
        CellReference(population, node_id)
        for population in dict.fromkeys(each.population for each in cells)
        for node_id in simulated(
            population, {each.node_id for each in cells if each.population == population}, circuit
        )
    ]
    if not real:
        raise EngineError(
            "All of these cells are virtual: they send spikes, and cannot be simulated.",
            hint="Choose cells of another population.",
        )
    grouped = with_group(experiment, real)  # refuses too many before anything is read
    recorded = _with_somata(circuit, real)
    grouped = with_group(experiment, real, recorded)
    members = taking_part(grouped.cells, grouped, circuit)
    by_population: dict[str, list[int]] = {}
    for each in members:
        by_population.setdefault(each.population, []).append(each.node_id)
    links = links_between(
        circuit,
        by_population,
        grouped.connections.edge_populations,
        lambda done, total: task.report(done, total, "Reading connections…"),
    )
    return Group(
        grouped,
        len(real),
        len(members),
        sum(len(each.sources) for each in links),
        sum(int(each.synapses.sum()) for each in links),
        len(recorded),
    )


def _with_somata(circuit: "Circuit", cells: Sequence[CellReference]) -> list[CellReference]:
    """A few of them that have a membrane to record from."""
    from engine.experiment.groups import spread
    from engine.experiment.presets import require_soma

    found = []
    for cell in spread(cells):
        try:
            require_soma(circuit.cell(cell.population, cell.node_id))
        except EngineError:
            continue  # a point neuron: its spikes are recorded
        found.append(cell)
    return found


def counted(count: int, noun: str) -> str:
    """Such as "1 cell" and "1,200 cells"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
