"""How a picture of plots is to look: for print, or as on the screen. With a preview."""

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.plots import look
from gui.plots.figure import DOUBLE_COLUMN_MM, MM_PER_POINT, SINGLE_COLUMN_MM, Figure, Style
from gui.plots.figure_files import image
from gui.plots.figure_painting import height_points
from gui.plots.picture import Picture

_WIDTHS: Final = (("Single column (85 mm)", SINGLE_COLUMN_MM), ("Double column (180 mm)", DOUBLE_COLUMN_MM))
_OTHER: Final = "Other width"
_AUTOMATIC: Final = "By the number of plots"
_PREVIEW_EMS: Final = (30.0, 24.0)
_FINEST_PREVIEW: Final = 220.0  # dots per inch


@dataclass(slots=True)
class _Last:
    """What was chosen last, while the program runs."""

    style: Style = field(default_factory=Style)
    for_print: bool = True


_LAST: Final = _Last()


class FigureDialog(QDialog):
    """Shows what will be in the file, in its proportions."""

    chosen = Signal(object, object)  # Figure, Style; None: as on the screen

    def __init__(self, figure: Figure, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save picture")
        self._figure, self._picture = figure, picture
        self._task: Task | None = None
        self._is_stale = False
        self.preview = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("What the picture will look like")
        self.preview.setFixedSize(QSize(*(round(each * look.em()) for each in _PREVIEW_EMS)))
        self.size_words = QLabel()
        self.size_words.setAccessibleName("Size of the picture")
        self.looks = QComboBox()
        self.looks.addItems(["For print: white ground, black axes", "As on the screen"])
        self.widths = QComboBox()
        self.widths.addItems([*(name for name, _ in _WIDTHS), _OTHER])
        self.width_mm = _millimetres(20, 500)
        self.height_mm = _millimetres(0, 500)
        self.height_mm.setSpecialValueText(_AUTOMATIC)
        self.text_points = QSpinBox(minimum=5, maximum=24, suffix=" pt")
        self.line_points = QDoubleSpinBox(minimum=0.2, maximum=4, decimals=1, suffix=" pt")
        self.line_points.setSingleStep(0.1)
        self.legend = QCheckBox("Legend")
        self.scale_bars = QCheckBox("Scale bars instead of axes")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setText("Save as PNG, SVG or PDF…")
        self.save_button.setDefault(True)
        self._lay_out()
        self._show(_LAST.style, for_print=_LAST.for_print)
        self._connect()
        self._update()

    @property
    def style_of_print(self) -> Style:
        """What the fields say."""
        return Style(
            width_mm=self.width_mm.value(),
            height_mm=self.height_mm.value() or None,
            text_points=self.text_points.value(),
            line_points=self.line_points.value(),
            legend=self.legend.isChecked(),
            scale_bars=self.scale_bars.isChecked(),
        )

    @property
    def is_for_print(self) -> bool:
        """Whether it is not to be as on the screen."""
        return self.looks.currentIndex() == 0

    def choose(self) -> None:
        """Take what the fields say, and let the user name the file."""
        _LAST.style, _LAST.for_print = self.style_of_print, self.is_for_print
        self.accept()
        self.chosen.emit(self._figure, self.style_of_print if self.is_for_print else None)

    def _show(self, style: Style, *, for_print: bool) -> None:
        self.looks.setCurrentIndex(0 if for_print else 1)
        self.width_mm.setValue(style.width_mm)
        self.height_mm.setValue(style.height_mm or 0.0)
        self.text_points.setValue(style.text_points)
        self.line_points.setValue(style.line_points)
        self.legend.setChecked(style.legend)
        self.scale_bars.setChecked(style.scale_bars)
        self._name_width()

    def _connect(self) -> None:
        self.buttons.accepted.connect(self.choose)
        self.buttons.rejected.connect(self.reject)
        self.widths.activated.connect(self._on_width_chosen)
        self.width_mm.valueChanged.connect(self._name_width)
        self.looks.currentIndexChanged.connect(self._update)
        for number in (self.width_mm, self.height_mm, self.text_points, self.line_points):
            number.valueChanged.connect(self._update)
        for box in (self.legend, self.scale_bars):
            box.toggled.connect(self._update)

    def _on_width_chosen(self, index: int) -> None:
        if index < len(_WIDTHS):
            self.width_mm.setValue(_WIDTHS[index][1])
        else:
            self.width_mm.setFocus()

    def _name_width(self) -> None:
        known = [width for _, width in _WIDTHS]
        value = self.width_mm.value()
        self.widths.setCurrentIndex(known.index(value) if value in known else len(known))

    def _update(self) -> None:
        of_print = (
            *(self.widths, self.width_mm, self.height_mm, self.text_points, self.line_points),
            *(self.legend, self.scale_bars),
        )
        for each in of_print:
            each.setEnabled(self.is_for_print)
        self._is_stale = True
        QTimer.singleShot(0, self, self._draw)

    def _draw(self) -> None:
        """The preview; at most one is being painted at a time."""
        if not self._is_stale or self._task is not None:
            return
        self._is_stale = False
        if not self.is_for_print:
            picture = self._picture.image()
            self.size_words.setText(f"{picture.width()} × {picture.height()} pixels as PNG")
            self._show_image(picture)
            return
        figure, style = self._figure, self.style_of_print
        height_mm = height_points(figure, style) * MM_PER_POINT
        dots = self._dots_per_inch(style.width_mm, height_mm)
        self.size_words.setText(
            f"{style.width_mm:g} × {height_mm:.0f} mm; as PNG {style.dots_per_inch} dots per inch"
        )
        self._task = in_background(
            lambda _task: image(figure, style, dots), self._on_painted, self._on_failed
        )

    def _dots_per_inch(self, width_mm: float, height_mm: float) -> float:
        ratio = self.devicePixelRatioF()
        fitting = min(self.preview.width() / width_mm, self.preview.height() / height_mm)
        return min(fitting * 25.4, _FINEST_PREVIEW) * ratio

    def _on_painted(self, picture: QImage) -> None:
        self._task = None
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._show_image(picture)
        self._draw()

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self.size_words.setText(str(error))

    def _show_image(self, picture: QImage) -> None:
        pixmap = QPixmap.fromImage(picture)
        room = self.preview.size() * pixmap.devicePixelRatio()
        if pixmap.width() > room.width() or pixmap.height() > room.height():
            pixmap = pixmap.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        self.preview.setPixmap(pixmap)

    def _lay_out(self) -> None:
        form = QFormLayout()
        for words, widget in (
            ("Look", self.looks),
            ("Width", self.widths),
            ("", self.width_mm),
            ("Height", self.height_mm),
            ("Text", self.text_points),
            ("Lines", self.line_points),
            ("", self.legend),
            ("", self.scale_bars),
        ):
            form.addRow(words, widget)
        self.looks.setAccessibleName("Look of the picture")
        self.widths.setAccessibleName("Usual widths")
        self.width_mm.setAccessibleName("Width of the picture")
        self.height_mm.setAccessibleName("Height of the picture")
        self.text_points.setAccessibleName("Size of the text")
        self.line_points.setAccessibleName("Width of the lines")
        self.legend.setToolTip("Names the lines over the plots.")
        self.scale_bars.setToolTip("Draws a bar for the time and one for the values in place of the axes.")
        beside = QVBoxLayout()
        beside.addLayout(form)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.preview)
        row.addLayout(beside)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.size_words)
        column.addWidget(self.buttons)


def _millimetres(least: float, most: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=least, maximum=most, decimals=0, suffix=" mm")
    box.setSingleStep(5)
    box.setKeyboardTracking(False)
    return box
