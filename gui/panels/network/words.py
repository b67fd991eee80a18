"""What the panel of the network says."""

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.experiment.experiment import Experiment
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import CellReference
from gui.session.grouping import counted
from gui.session.members import POPULATION, Members
from gui.session.run import Run

if TYPE_CHECKING:
    from engine.circuit.links import Links

NO_CELLS = (
    "Select cells in the circuit and press Add, or right-click a node set: "
    "they take part in the experiment, connected, and their spikes are shown here."
)


def plan(members: Members, experiment: Experiment | None, links: "Iterable[Links] | None") -> str:
    """What a run builds; `links` None: they are not read yet."""
    if experiment is None or not members.cells:
        return ""
    text = counted(len(members.cells), "cell")
    if not experiment.connections.enabled:
        text += ", not connected"
    elif links is not None:
        found = list(links)
        synapses = sum(int(each.synapses.sum()) for each in found if not each.is_electrical)
        junctions = sum(int(each.synapses.sum()) for each in found if each.is_electrical)
        pairs = sum(len(each.sources) for each in found)
        text += f", {counted(junctions, 'gap junction')}" if junctions else ""
        text += f", {counted(synapses, 'synapse')} between {counted(pairs, 'pair')}" if synapses else ""
        text += "" if pairs else ", none connected with another"
    recorded = sum(isinstance(each, SiteRecording) and each.enabled for each in experiment.recordings)
    return f"{text}; records all spikes and {counted(recorded, 'trace')}."


def spikes(run: Run | None, members: Members, fired: int) -> str:
    """How often the cells of a run fired."""
    if run is None or not members.cells:
        return ""
    seconds = run.time / 1000
    rate = f", {fired / seconds / len(members.cells):.3g} Hz per cell" if seconds > 0 else ""
    return f"{run.title}: {counted(fired, 'spike')} in {run.time:.4g} ms{rate}"


def spike(cell: CellReference, group: str, by: str, time: float) -> str:
    """Such as "column:7 (LBC) fires at 12.3 ms"."""
    of_group = "" if by == POPULATION or not group else f" ({group})"
    return f"{cell}{of_group} fires at {time:.7g} ms"


def legend(groups: Iterable[tuple[str, str]]) -> str:
    """Rich text of groups and their colours ("#rrggbb")."""
    return " &nbsp; ".join(
        f'<span style="color:{colour}">■</span>&nbsp;{html.escape(name)}' for name, colour in groups
    )


def choice(name: str) -> str:
    """What a column is called in the list of orders."""
    return "By population" if name == POPULATION else f"By {name}"
