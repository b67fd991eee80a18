"""What menus and the palette offer of the channels of the chosen cell."""

from functools import partial
from typing import TYPE_CHECKING

from engine.experiment.drugs import DRUGS
from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.channels.panel import ChannelsPanel

_SHORTCUTS = {"TTX": "Ctrl+Shift+T"}


def actions_of(panel: "ChannelsPanel") -> tuple[Action, ...]:
    """All of them."""
    drugs = tuple(
        Action(
            id=f"channels.drug.{known.name.lower()}",
            text=f"Block with {known.name}",
            tip=f"{known.full_name} on the chosen cell: blocks {known.purpose}.",
            run=partial(panel.toggle, known),
            menu="Cell",
            submenu="Drugs",
            group=4,
            shortcut=_SHORTCUTS.get(known.name),
            enabled=partial(panel.can_toggle, known),
            checked=lambda known=known: panel.editing.percent(known) > 0,  # type: ignore[misc]  # its default
        )
        for known in DRUGS
    )
    return (
        Action(
            id="channels.show",
            text="Change channels…",
            tip="Show the channels of the chosen cell, to change their densities or to block them.",
            icon="manipulation",
            run=panel.come_forward,
            menu="Cell",
            group=4,
        ),
        *drugs,
        Action(
            id="channels.revert",
            text="Revert all changes of the cell",
            tip="Take all changes of the chosen cell back, drugs too.",
            icon="revert",
            run=panel.editing.revert_all,
            menu="Cell",
            group=4,
            enabled=panel.editing.has_changes,
        ),
    )
