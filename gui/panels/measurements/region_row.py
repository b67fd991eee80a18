"""A region as numbers, for those who would rather type than drag."""

from functools import partial

from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.plots.region_marks import colour_of
from gui.session.regions import RegionName, Regions
from gui.widgets.flow import FlowRow

_TIMES = Limits(0.0, 1e7)


class RegionRow(FlowRow):
    """Hidden while there is no such region."""

    def __init__(self, name: RegionName, regions: Regions, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._name, self._regions = name, regions
        self._label = QLabel(name)
        self.begin, self.end = self._field("Begin"), self._field("End")
        self.remove = QToolButton()
        self.remove.setText("×")
        self.remove.setAccessibleName(f"Remove region {name}")
        self.remove.setToolTip(f"Remove region {name}")
        self.remove.clicked.connect(partial(regions.remove, name))
        to = QLabel("to")
        for widget in (self._label, self.begin, to, self.end, self.remove):
            self.add(widget)
        regions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show where the region is."""
        span = self._regions.spans.get(self._name)
        self.setVisible(span is not None)
        if span is not None:
            self.begin.show_value(span[0])
            self.end.show_value(span[1])

    def dress(self) -> None:
        """Take the colours of the window."""
        self._label.setStyleSheet(f"color: {colour_of(self._name)}; font-weight: bold;")

    def _field(self, which: str) -> NumberField:
        field = NumberField(_TIMES, step=1.0, parent=self)
        field.show_unit("ms")
        field.setAccessibleName(f"{which} of region {self._name}")
        field.setToolTip(f"{which} of region {self._name}: type a time, or drag it in the traces")
        field.edited.connect(self._on_edited)
        return field

    def _on_edited(self) -> None:
        if self.begin.value is not None and self.end.value is not None:
            self._regions.put(self._name, self.begin.value, self.end.value)
        self.refresh()  # where it snapped to
