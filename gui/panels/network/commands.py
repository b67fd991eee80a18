"""What the window's menus offer of the network."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.network.panel import NetworkPanel

_SUBMENU: Final = "Network"


def actions_of(panel: "NetworkPanel") -> tuple[Action, ...]:
    """All of them."""
    raster, graph = panel.raster, panel.graph

    def has_cells() -> bool:
        return bool(raster.members.cells)

    def has_members() -> bool:
        return panel.isVisible() and bool(panel.members.cells)

    def has_graph() -> bool:
        return graph.graph is not None

    def action(
        name: str, text: str, tip: str, run: Callable[[], object], enabled: Callable[[], bool] = has_cells
    ) -> Action:
        return Action(
            id=f"network.{name}",
            text=text,
            tip=tip,
            run=run,
            menu="Analyse",
            submenu=_SUBMENU,
            group=25,
            enabled=enabled,
        )

    return (
        action(
            "copy_image", "Copy image of the raster", "Put a picture on the clipboard.", raster.copy_image
        ),
        action(
            *("save_image", "Save image of the raster…", "Write a picture, as PNG, SVG or PDF."),
            raster.ask_and_save_image,
        ),
        action(
            *("copy_data", "Copy spikes in view", "Put the spikes on the clipboard, as a table."),
            raster.copy_data,
        ),
        action(
            *("save_data", "Save all spikes…", "Write time, cell and group of each spike, as CSV."),
            raster.ask_and_save_data,
        ),
        action(
            "save_rates", "Save rates…", "Write the rates of each group, as CSV.", raster.ask_and_save_rates
        ),
        action(
            *("graph", "Graph of the connections", "Show who is connected with whom."),
            *(panel.show_graph, has_members),
        ),
        action(
            *("copy_graph", "Copy image of the graph", "Put a picture of the graph on the clipboard."),
            *(graph.copy_image, has_graph),
        ),
        action(
            *("save_graph", "Save image of the graph…", "Write a picture of the graph, as PNG, SVG or PDF."),
            *(graph.ask_and_save_image, has_graph),
        ),
        action(
            *("save_links", "Save connections…", "Write who is connected with whom, as CSV."),
            *(graph.ask_and_save_data, has_graph),
        ),
        action(
            *("record", "Record the cell that was clicked", "Let the next run record its voltage."),
            *(raster.record_chosen, lambda: raster.chosen is not None),
        ),
    )
