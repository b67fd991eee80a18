"""Dialogs beside the window, which goes on."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from gui.widgets.help_button import HelpButton


def open_beside(dialog: QDialog, button: HelpButton, open_help: Callable[[str], object]) -> None:
    """Open it with its help; nothing of it stays when it is closed."""
    button.wanted.connect(open_help)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
