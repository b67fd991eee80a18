"""Docks, as seen from what is in them."""

from PySide6.QtWidgets import QDockWidget, QWidget


def dock_of(widget: QWidget) -> QDockWidget | None:
    """The dock that a panel is in."""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    return above


def bring_forward(widget: QWidget) -> None:
    """Show the dock that a panel is in, in front of others."""
    if (dock := dock_of(widget)) is not None:
        dock.show()
        dock.raise_()
