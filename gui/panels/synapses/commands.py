"""What the window's menus offer of the synapses of the chosen cell."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.synapses.panel import SynapsesPanel


def actions_of(panel: "SynapsesPanel") -> tuple[Action, ...]:
    """All of them; they are about the table that is shown."""
    activating = panel.activating
    can, can_selected = activating.can, activating.can_selected

    def action(
        name: str, text: str, tip: str, run: Callable[[], object], enabled: Callable[[], bool]
    ) -> Action:
        return Action(
            id=f"synapses.{name}", text=text, tip=tip, run=run,
            menu="Cell", submenu="Synapses", group=30, enabled=enabled,
        )  # fmt: skip

    return (
        action(
            "all", "Activate all synapses", "Runs build every synapse onto the cell.", activating.all, can
        ),
        action(
            *("filter", "Activate synapses shown by the filter", "Runs build those that the filter keeps."),
            *(activating.of_filter, can),
        ),
        action(
            *("selected", "Activate selected synapses", "Runs build the selected ones, and no others."),
            *(activating.selected, can_selected),
        ),
        action(
            *("without", "Leave out selected synapses", "Runs build the active ones but for the selected."),
            *(activating.without_selected, can_selected),
        ),
        action(
            *("random", "Activate synapses at random…", "Runs build so many of them, chosen by a seed."),
            *(panel.ask_for_number, can),
        ),
        action(
            "none", "Switch connections off", "Runs build no synapses of the circuit.", activating.none, can
        ),
        action(
            *(
                "drive",
                "Drive synapses from a spike file…",
                "Let the spikes of a file arrive at the synapses.",
            ),
            *(panel.sources.ask_for_file, can),
        ),
        action(
            *("copy", "Copy synapses as CSV", "Copy the selected rows, or all that are shown."),
            *(panel.copy, can),
        ),
    )
