"""What the mouse is over, in whatever view: traces and the cell light up together."""

from PySide6.QtCore import QObject, Signal

from engine.experiment.targets import Site


class Pointing(QObject):
    """Not a selection: it is gone when the mouse is."""

    changed = Signal(object)  # Site, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.site: Site | None = None

    def point_at(self, site: Site | None) -> None:
        """The mouse is over this spot, or over what belongs to it."""
        if site != self.site:
            self.site = site
            self.changed.emit(site)
