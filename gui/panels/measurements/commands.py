"""What the window's menus offer of measurements."""

from typing import TYPE_CHECKING, Final

from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.measurements.panel import MeasurementsPanel

SUBMENU: Final = "Measurements"


def actions_of(panel: "MeasurementsPanel") -> tuple[Action, ...]:
    """All of them."""
    table = panel.table
    return (
        Action(
            id="measurements.table",
            text="Table of measurements",
            tip="Show features of each voltage trace, and of the regions of it",
            run=panel.show_table,
            menu="Analyse",
            submenu=SUBMENU,
            group=16,
        ),
        Action(
            id="measurements.copy",
            text="Copy measurements",
            tip="Put the table of measurements on the clipboard",
            run=table.copy,
            menu="Analyse",
            submenu=SUBMENU,
            group=16,
            enabled=table.has_rows,
        ),
        Action(
            id="measurements.save",
            text="Save measurements…",
            tip="Write the table of measurements as CSV, with units and the names that eFEL gives",
            run=table.ask_and_save,
            menu="Analyse",
            submenu=SUBMENU,
            group=16,
            enabled=table.has_rows,
        ),
    )
