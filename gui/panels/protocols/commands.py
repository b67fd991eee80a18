"""What menus, toolbar and palette offer of protocols."""

from functools import partial
from typing import TYPE_CHECKING, Final

from engine.protocols.catalogue import BY_NAME
from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.protocols.panel import ProtocolsPanel

SUBMENU: Final = "Protocol"


def actions_of(panel: "ProtocolsPanel") -> tuple[Action, ...]:
    """One for each protocol, and what can be done with the result."""

    def can_show() -> bool:
        return not panel.is_measuring()

    chosen = tuple(
        Action(
            id=f"protocol.{name}",
            text=kind.title,
            tip=kind.purpose,
            run=partial(panel.come_forward, name),
            menu="Analyse",
            submenu=SUBMENU,
            group=10,
            enabled=can_show,
        )
        for name, kind in BY_NAME.items()
    )
    return (
        *chosen,
        Action(
            id="protocol.run",
            text=lambda: "Stop protocol" if panel.is_measuring() else "Run protocol",
            tip="Run the chosen protocol on the chosen cell, or stop the one that runs.",
            icon="run",
            run=panel.run_or_stop,
            menu="Analyse",
            group=11,
            shortcut="F6",
            enabled=panel.can_run_or_stop,
        ),
        Action(
            id="protocol.copy_results",
            text="Copy results of the protocol",
            tip="Put the table of the protocol on the clipboard.",
            run=panel.results.copy_data,
            menu="Analyse",
            group=11,
            enabled=panel.results.has_result,
        ),
        Action(
            id="protocol.save_results",
            text="Save results of the protocol…",
            tip="Write the table of the protocol as CSV, with units.",
            run=panel.results.ask_and_save_data,
            menu="Analyse",
            group=11,
            enabled=panel.results.has_result,
        ),
    )
