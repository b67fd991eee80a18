"""Where the way begins and where it ends: two spots on the cell, to pick or to type."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.experiment.targets import Site
from engine.messages.anatomy import Anatomy
from engine.messages.places_in_words import section_named
from gui import theme
from gui.forms.anatomy import section_choices
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.forms.picking import PickBox
from gui.widgets.flow import FlowRow


class SpotField(QWidget):
    """A section and a position in it."""

    edited = Signal()  # `site` is another, by the user
    complained = Signal(str)  # why what is typed does not count, "" when it does

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._anatomy: Anatomy | None = None
        self.site: Site | None = None
        self.section = PickBox(self)
        self.section.setAccessibleName(f"{title}: section")
        self.section.setToolTip("Such as soma[0] or apic[12]; type to search")
        self.section.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.section.setMinimumContentsLength(6)
        self.position = NumberField(Limits(0.0, 1.0), step=0.05, parent=self)
        self.position.setAccessibleName(f"{title}: position")
        self.position.setToolTip("0 is the near end of the section, 1 the far end")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget, stretch in ((QLabel(title), 0), (self.section, 1), (self.position, 0)):
            layout.addWidget(widget, stretch)
        self.section.committed.connect(self._on_edited)
        self.position.edited.connect(self._on_edited)
        self.position.complained.connect(self.complained)

    def dress(self) -> None:
        """As wide as the letters need."""
        metrics = self.fontMetrics()
        self.position.setFixedWidth(metrics.horizontalAdvance("0.0000") + 2 * metrics.height())
        self.section.setMinimumWidth(metrics.horizontalAdvance("apic[000]") + 2 * metrics.height())

    def show_choices(self, anatomy: Anatomy | None) -> None:
        """Offer the sections of another cell."""
        self._anatomy = anatomy
        self.section.show_choices(section_choices(anatomy.description if anatomy is not None else None))

    def show_site(self, site: Site | None) -> None:
        """Display another spot. Never emits."""
        self.site = site
        self.section.show_text(site.section if site is not None else "")
        self.position.show_value(site.x if site is not None else None)

    def _on_edited(self) -> None:
        if self._anatomy is None:
            return
        name, x = self.section.text, self.position.value
        found = section_named(self._anatomy.description, name)
        if found is None:
            self.complained.emit(f"The cell has no section “{name}”; the list shows those that it has.")
            return
        self.complained.emit("")
        cell = self._anatomy.description.cell
        self.show_site(Site(cell=cell, section=found.name, x=0.5 if x is None else x))
        self.edited.emit()


class Ends(FlowRow):
    """The two spots; each is another spot of the same cell."""

    edited = Signal()
    reset_wanted = Signal()
    complained = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.first, self.last = SpotField("From", self), SpotField("To", self)
        self._swap = _button("Swap the ends", "Go the other way round", self.swap)
        self._usual = _button(
            "Farthest tip", "From the soma to the farthest tip of the dendrites", self.reset_wanted.emit
        )
        for field in (self.first, self.last):
            self.add(field, grows=1)
        for button in (self._swap, self._usual):
            self.add(button)
        for field in (self.first, self.last):
            field.edited.connect(self.edited)
            field.complained.connect(self.complained)
        self.dress()

    def dress(self) -> None:
        """Take the icons and the size of the letters."""
        for field in (self.first, self.last):
            field.dress()
        self._swap.setIcon(theme.icon("swap"))
        self._usual.setIcon(theme.icon("revert"))

    def show_choices(self, anatomy: Anatomy | None) -> None:
        """Offer the sections of another cell."""
        self.first.show_choices(anatomy)
        self.last.show_choices(anatomy)
        self.setEnabled(anatomy is not None)

    def show_sites(self, first: Site | None, last: Site | None) -> None:
        """Display others. Never emits."""
        self.first.show_site(first)
        self.last.show_site(last)

    def swap(self) -> None:
        """Go the other way round."""
        self.show_sites(self.last.site, self.first.site)
        self.edited.emit()


def _button(name: str, tip: str, pressed: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.clicked.connect(lambda _checked=False: pressed())
    return button
