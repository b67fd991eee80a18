"""What the window's menus offer of the scope."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit

from gui.actions import Action
from gui.settings import settings

if TYPE_CHECKING:
    from gui.panels.scope.panel import ScopePanel

_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)


def unless_typing(run: Callable[[], object]) -> Callable[[], None]:
    """A single letter is for the text field that has the focus."""

    def run_it() -> None:
        if not isinstance(QApplication.focusWidget(), _TEXT_FIELDS):
            run()

    return run_it


def actions_of(panel: "ScopePanel") -> tuple[Action, ...]:
    """All actions of the scope."""

    def has_traces() -> bool:
        return bool(panel.trace_plots)

    def has_arriving() -> bool:
        return bool(panel.arriving.rows)

    return (
        Action(
            id="scope.home",
            text="Whole run",
            tip="Show the whole run and all values; in the scope, the Home key does it, too",
            run=panel.stack.home,
            menu="View",
            group=10,
            icon="home",
        ),
        Action(
            id="scope.cursors",
            text="Cursors",
            tip="Measure with two cursors for times and two for values",
            run=unless_typing(panel.toggle_cursors),
            menu="View",
            group=10,
            shortcut="C",
            icon="cursors",
            enabled=has_traces,
            checked=lambda: panel.cursors.is_shown,
        ),
        Action(
            id="scope.ghost",
            text="Previous run",
            tip="Draw the previous run faintly behind the present one",
            run=panel.toggle_ghost,
            menu="View",
            group=10,
            checked=lambda: settings().value.show_ghost,
        ),
        Action(
            id="scope.preview",
            text="Stimulus preview",
            tip="Draw what the stimuli will play, and which spikes will arrive, over the traces",
            run=panel.toggle_preview,
            menu="View",
            group=10,
            checked=lambda: settings().value.preview_position != "hidden",
        ),
        Action(
            id="scope.copy_image",
            text="Copy image of the scope",
            tip="Put a picture of all plots on the clipboard",
            run=lambda: panel.saving.copy_image(panel.stack.rows),
            menu="Edit",
            group=20,
            enabled=lambda: bool(panel.stack.rows),
        ),
        Action(
            id="scope.copy_data",
            text="Copy samples in view",
            tip="Put the samples in view on the clipboard, as a table with units",
            run=lambda: panel.saving.copy_data(panel.trace_plots),
            menu="Edit",
            group=20,
            enabled=has_traces,
        ),
        Action(
            id="scope.save_image",
            text="Save image of the scope…",
            tip="Write a picture of all plots, as PNG, SVG or PDF",
            run=lambda: panel.saving.ask_and_save_image(panel.stack.rows),
            menu="File",
            group=20,
            enabled=lambda: bool(panel.stack.rows),
        ),
        Action(
            id="scope.save_data",
            text="Save samples…",
            tip="Write all samples that are drawn as CSV, with units and every digit",
            run=lambda: panel.saving.ask_and_save_data(panel.trace_plots),
            menu="File",
            group=20,
            enabled=has_traces,
        ),
        Action(
            id="scope.copy_arriving",
            text="Copy arriving spikes in view",
            tip="Put the spikes that will arrive at the shown cell on the clipboard, as a table",
            run=panel.arriving.copy,
            menu="Edit",
            group=20,
            enabled=has_arriving,
        ),
        Action(
            id="scope.save_arriving",
            text="Save arriving spikes…",
            tip="Write the spikes that will arrive at the shown cell as CSV: time, population and node id",
            run=panel.arriving.ask_and_save,
            menu="File",
            group=20,
            enabled=has_arriving,
        ),
    )
