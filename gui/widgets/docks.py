"""Docks, as seen from what is in them."""

from PySide6.QtWidgets import QDockWidget, QWidget


def bring_forward(widget: QWidget) -> None:
    """Show the dock that a panel is in, in front of others."""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    if above is not None:
        above.show()
        above.raise_()
