"""What the window's menus offer of measurements."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gui.actions import Action
from gui.plots.one_plot import OnePlot

if TYPE_CHECKING:
    from gui.panels.measurements.panel import MeasurementsPanel

SUBMENU: Final = "Measurements"


def actions_of(panel: "MeasurementsPanel") -> tuple[Action, ...]:
    """All of them; pictures and numbers are of the plot that is in front."""
    table = panel.table

    def action(
        name: str, text: str, tip: str, run: Callable[[], object], enabled: Callable[[], bool] = lambda: True
    ) -> Action:
        return Action(
            id=f"measurements.{name}",
            text=text,
            tip=tip,
            run=run,
            menu="Analyse",
            submenu=SUBMENU,
            group=16,
            enabled=enabled,
        )

    def has_plot() -> bool:
        return panel.isVisible() and panel.front is not None and panel.front.has_plot()

    def of_front(run: Callable[[OnePlot], object]) -> Callable[[], None]:
        def run_it() -> None:
            if panel.front is not None:
                run(panel.front)

        return run_it

    return (
        action(
            *("table", "Table of measurements", "Show features of each voltage trace and of regions of it"),
            panel.show_table,
        ),
        action(
            *("phase_plane", "Phase plane", "Draw dV/dt against V for the voltages that the scope shows"),
            panel.show_phase_plane,
        ),
        action(
            *("intervals", "Intervals between spikes", "Count how often which interval (ISI) occurs"),
            panel.show_intervals,
        ),
        action(
            *("currents", "Shares of currents", "Draw which share of the current each channel carries"),
            panel.show_currents,
        ),
        action(
            *("copy", "Copy measurements", "Put the table of measurements on the clipboard"),
            *(table.copy, table.has_rows),
        ),
        action(
            *("save", "Save measurements…", "Write the table as CSV, with units and the names of eFEL"),
            *(table.ask_and_save, table.has_rows),
        ),
        action(
            *("copy_image", "Copy image of the plot", "Put a picture of the plot in front on the clipboard"),
            *(of_front(OnePlot.copy_image), has_plot),
        ),
        action(
            *("save_image", "Save image of the plot…", "Write a picture of the plot in front, PNG or SVG"),
            *(of_front(OnePlot.ask_and_save_image), has_plot),
        ),
        action(
            *(
                "copy_data",
                "Copy numbers of the plot",
                "Put the numbers of the plot on the clipboard",
            ),
            *(of_front(OnePlot.copy_data), has_plot),
        ),
        action(
            *("save_data", "Save numbers of the plot…", "Write the numbers of the plot in front as CSV"),
            *(of_front(OnePlot.ask_and_save_data), has_plot),
        ),
    )
