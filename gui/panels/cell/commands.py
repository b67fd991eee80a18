"""What the window's menus offer of the cell that is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from gui.actions import Action
from gui.plots.cell.gestures import Side
from gui.plots.cell.outlook import Mode

if TYPE_CHECKING:
    from gui.panels.cell.panel import CellPanel

MODES: Final[tuple[tuple[Mode, str, str], ...]] = (
    ("3d", "3-D", "Draw the cell in space: drag turns it, with Shift moves it, the wheel zooms."),
    ("2d", "2-D", "Draw the cell flat: drag moves it, the wheel zooms."),
    ("dendrogram", "Dendrogram", "Draw the cell as a tree over the path distance from the soma."),
)
SIDES: Final[tuple[tuple[Side, str, str], ...]] = (
    ("front", "From the front", "x to the right, y upwards (1 in the drawing)."),
    ("side", "From the side", "z to the left, y upwards (2 in the drawing)."),
    ("top", "From the top", "x to the right, z downwards (3 in the drawing)."),
)
_LOOK: Final = "Look at the cell"


@dataclass(frozen=True)
class _Maker:
    """Makes actions that need a cell to look at."""

    panel: "CellPanel"

    def look(self, name: str, text: str, tip: str, run: Callable[[], object]) -> Action:
        return Action(
            id=f"cell.{name}", text=text, tip=tip, run=run,
            menu="Cell", submenu=_LOOK, group=20, enabled=self.panel.has_shape,
        )  # fmt: skip

    def mode(self, mode: Mode, text: str, tip: str) -> Action:
        panel = self.panel
        return Action(
            id=f"cell.mode.{mode}", text=text, tip=tip, run=partial(panel.show_mode, mode),
            menu="Cell", submenu=_LOOK, group=18,
            enabled=panel.has_shape, checked=lambda: panel.view.mode == mode,
        )  # fmt: skip

    def side(self, side: Side, text: str, tip: str) -> Action:
        panel = self.panel
        return Action(
            id=f"cell.from.{side}", text=text, tip=tip, run=partial(panel.view.look_from, side),
            menu="Cell", submenu=_LOOK, group=19, enabled=panel.has_sides,
        )  # fmt: skip


def actions_of(panel: "CellPanel") -> tuple[Action, ...]:
    """All of them; the drawing has keys of its own, which hold while it has the focus."""
    maker = _Maker(panel)
    view, saving = panel.view, panel.saving
    perspective = Action(
        id="cell.perspective", text="Perspective", tip="What is nearer looks larger (3-D only).",
        run=panel.toggle_perspective, menu="Cell", submenu=_LOOK, group=19,
        enabled=lambda: panel.has_shape() and view.mode == "3d", checked=lambda: view.camera.has_perspective,
    )  # fmt: skip
    return (
        *(maker.mode(*each) for each in MODES),
        *(maker.side(*each) for each in SIDES),
        perspective,
        maker.look("fit", "All of the cell", "Show all of the cell (F in the drawing).", view.fit),
        maker.look("copy", "Copy image of the cell", "Put the drawing on the clipboard.", saving.copy),
        maker.look("save", "Save image of the cell…", "Write the drawing to a file.", saving.ask_and_save),
        Action(
            id="cell.film", text="Save animation of the cell…", menu="Cell", submenu=_LOOK, group=20,
            tip="Write what the newest run recorded in the whole cell as a GIF.",
            run=panel.filming.ask, enabled=panel.filming.can_film,
        ),
    )  # fmt: skip
