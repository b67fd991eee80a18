"""What the window's menus offer of the values along the cell."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gui.actions import Action

if TYPE_CHECKING:
    from gui.panels.space.panel import SpacePanel

_SUBMENU: Final = "Space plot"


def actions_of(panel: "SpacePanel") -> tuple[Action, ...]:
    """All of them; pictures and tables are of the tab that is in front."""

    def has_values() -> bool:
        return panel.isVisible() and panel.shown.frames is not None

    def action(
        name: str, text: str, tip: str, run: Callable[[], object], enabled: Callable[[], bool] = has_values
    ) -> Action:
        return Action(
            id=f"space.{name}",
            text=text,
            tip=tip,
            run=run,
            menu="Analyse",
            submenu=_SUBMENU,
            group=20,
            enabled=enabled,
        )

    def has_way() -> bool:
        return panel.way is not None

    return (
        action(
            *("tip", "From the soma to the farthest tip", "Let the space plot go there, as at first."),
            *(panel.reset, has_way),
        ),
        action("swap", "Swap the ends of the path", "Go the other way round.", panel.ends.swap, has_way),
        action(
            *("copy_image", "Copy image of the space plot", "Put a picture of the plot on the clipboard."),
            lambda: panel.front.copy_image(),  # noqa: PLW0108 - the tab that is in front then
        ),
        action(
            *(
                "save_image",
                "Save image of the space plot…",
                "Write a picture of the plot, as PNG, SVG or PDF.",
            ),
            lambda: panel.front.ask_and_save_image(),  # noqa: PLW0108 - the tab that is in front then
        ),
        action(
            *("copy_data", "Copy values along the cell", "Put the values on the clipboard, as a table."),
            lambda: panel.front.copy_data(),  # noqa: PLW0108 - the tab that is in front then
        ),
        action(
            *("save_data", "Save values along the cell…", "Write the values as CSV, with units."),
            lambda: panel.front.ask_and_save_data(),  # noqa: PLW0108 - the tab that is in front then
        ),
    )
