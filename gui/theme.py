"""Colours, icons and the size of text: light and dark, at any zoom."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Final, Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QToolTip

from engine.resources import resources_folder

ThemeName = Literal["system", "light", "dark"]

_ICON_SIZES: Final = (16, 24, 32, 48, 64)  # pixels


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour by what it is for, as "#rrggbb". Text on `background` and `surface` has 4.5:1 at least."""

    background: str  # plots, lists, text fields
    surface: str  # windows, docks, toolbars
    raised: str  # cards, buttons
    border: str
    text: str
    muted_text: str
    disabled_text: str
    accent: str
    on_accent: str  # text on `accent`
    warning: str
    error: str
    success: str
    grid: str
    selection: str  # behind selected rows and regions
    on_selection: str
    ghost: str  # the previous run


LIGHT: Final = Colours(
    background="#ffffff",
    surface="#f3f4f6",
    raised="#fbfbfc",
    border="#c3c8d0",
    text="#1c2128",
    muted_text="#565e6b",
    disabled_text="#8b929d",
    accent="#0b63a5",
    on_accent="#ffffff",
    warning="#8a5a00",
    error="#b3261e",
    success="#1a6e37",
    grid="#d5d9df",
    selection="#cfe3f5",
    on_selection="#10202f",
    ghost="#9aa1ac",
)
DARK: Final = Colours(
    background="#14171b",
    surface="#1e2227",
    raised="#292e35",
    border="#454c57",
    text="#e6e9ed",
    muted_text="#a9b1bd",
    disabled_text="#747c88",
    accent="#6ab7f0",
    on_accent="#0b1a26",
    warning="#e9b44c",
    error="#ff8a80",
    success="#74cf8c",
    grid="#343a43",
    selection="#264b69",
    on_selection="#f0f6fb",
    ghost="#6d7581",
)

# After Okabe and Ito, lightened or darkened to 3:1 against the background.
_LIGHT_TRACES: Final = (
    *("#0072b2", "#d55e00", "#007a5a", "#a23b84"),
    *("#2b8fc9", "#a87000", "#1c2128", "#7d7200"),
)
_DARK_TRACES: Final = (
    *("#56b4e9", "#ff8b3d", "#2fcb9c", "#e29ac6"),
    *("#8fa8ff", "#e6a817", "#e6e9ed", "#f0e442"),
)
TRACE_COLOURS: Final = len(_LIGHT_TRACES)
# In widths of the pen: line, gap, line, gap…
_DASHES: Final[tuple[tuple[float, ...] | None, ...]] = (
    None,
    (8.0, 3.0),
    (2.0, 2.0),
    (8.0, 3.0, 2.0, 3.0),
    (16.0, 4.0),
    (4.0, 4.0),
    (8.0, 3.0, 2.0, 3.0, 2.0, 3.0),
    (14.0, 3.0, 5.0, 3.0),
)


class Notifier(QObject):
    """Tells when the theme or the zoom is another."""

    changed = Signal()


@dataclass(slots=True)
class _State:
    dark: bool = False
    theme: ThemeName = "light"
    zoom_percent: int = 100
    usual_points: float = 0.0  # of the desktop's font
    follows_desktop: bool = False


_STATE: Final = _State()


@cache
def notifier() -> Notifier:
    """Whose `changed` to connect to what draws with colours or icons of its own."""
    return Notifier()


def is_dark() -> bool:
    """Whether the background is darker than the text now."""
    return _STATE.dark


def colours() -> Colours:
    """The colours of the present theme."""
    return DARK if _STATE.dark else LIGHT


def zoom() -> float:
    """1.0 at 100 %."""
    return _STATE.zoom_percent / 100


def trace_colour(index: int) -> str:
    """The colour of the trace of that index; they repeat after eight."""
    colours_of_traces = _DARK_TRACES if _STATE.dark else _LIGHT_TRACES
    return colours_of_traces[index % len(colours_of_traces)]


def on_white(colour: str) -> str | None:
    """The light theme's colour for what has this one ("#rrggbb") now; None: the theme has no such colour."""
    for index in range(TRACE_COLOURS):
        if trace_colour(index) == colour:
            return trace_colour_on_white(index)
    names = (each.name for each in fields(Colours))
    return next((getattr(LIGHT, name) for name in names if getattr(colours(), name) == colour), None)


def trace_colour_on_white(index: int) -> str:
    """The same trace's colour on paper."""
    return _LIGHT_TRACES[index % len(_LIGHT_TRACES)]


def trace_dash(index: int) -> tuple[float, ...] | None:
    """The dash pattern that tells the trace from others without colour, in widths of the pen; None: solid."""
    return _DASHES[index % len(_DASHES)]


def icon(name: str) -> QIcon:
    """The icon of a name in the colours of the theme; `notifier` tells when to ask for it again."""
    return _icon(name, _STATE.dark)


def icon_size() -> QSize:
    """For toolbars: follows the zoom."""
    side = round(20 * zoom())
    return QSize(side, side)


def apply(theme: ThemeName, zoom_percent: int) -> None:
    """Give the whole application these colours and this size of text."""
    application = QApplication.instance()
    assert isinstance(application, QApplication), "there is no application to give a theme to"
    is_other_size = zoom_percent != _STATE.zoom_percent
    _STATE.theme, _STATE.zoom_percent = theme, zoom_percent
    hints = application.styleHints()
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
    hints.setColorScheme(wanted)
    if not _STATE.follows_desktop:
        _STATE.follows_desktop = True
        application.setStyle("Fusion")
        hints.colorSchemeChanged.connect(_on_desktop_changed)
    _STATE.dark = theme == "dark" or (theme == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    _scale_font(application)
    palette = _palette(colours())
    application.setPalette(palette)
    # Fusion frames an empty tick box a little darker than the window: not to be seen on a dark one
    framed = QPalette(palette)
    framed.setColor(QPalette.ColorRole.Window, QColor(colours().muted_text))
    for kind in ("QCheckBox", "QAbstractItemView"):
        application.setPalette(framed if is_dark() else palette, kind)  # type: ignore[arg-type]  # takes text only
    QToolTip.setPalette(application.palette())
    notifier().changed.emit()
    if (
        is_other_size
    ):  # widgets get their font with the next turn of the event loop; then they can be measured
        QTimer.singleShot(0, notifier(), notifier().changed.emit)


def _on_desktop_changed(scheme: Qt.ColorScheme) -> None:
    if _STATE.theme == "system" and (scheme == Qt.ColorScheme.Dark) != _STATE.dark:
        apply(_STATE.theme, _STATE.zoom_percent)


def _scale_font(application: QApplication) -> None:
    font = QFont(application.font())
    if not _STATE.usual_points:
        _STATE.usual_points = QFontInfo(font).pointSizeF()
    font.setPointSizeF(_STATE.usual_points * zoom())
    application.setFont(font)


def _palette(chosen: Colours) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: chosen.surface,
        QPalette.ColorRole.WindowText: chosen.text,
        QPalette.ColorRole.Base: chosen.background,
        QPalette.ColorRole.AlternateBase: chosen.surface,
        QPalette.ColorRole.Text: chosen.text,
        QPalette.ColorRole.PlaceholderText: chosen.muted_text,
        QPalette.ColorRole.Button: chosen.raised,
        QPalette.ColorRole.ButtonText: chosen.text,
        QPalette.ColorRole.BrightText: chosen.error,
        QPalette.ColorRole.Highlight: chosen.accent,
        QPalette.ColorRole.HighlightedText: chosen.on_accent,
        QPalette.ColorRole.Accent: chosen.accent,
        QPalette.ColorRole.Link: chosen.accent,
        QPalette.ColorRole.LinkVisited: chosen.accent,
        QPalette.ColorRole.ToolTipBase: chosen.raised,
        QPalette.ColorRole.ToolTipText: chosen.text,
        QPalette.ColorRole.Light: QColor(chosen.raised).lighter(105).name(),
        QPalette.ColorRole.Midlight: chosen.raised,
        QPalette.ColorRole.Mid: chosen.border,
        QPalette.ColorRole.Dark: chosen.border,
        QPalette.ColorRole.Shadow: "#000000",
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(chosen.disabled_text))
    return palette


@cache
def _icon(name: str, dark: bool) -> QIcon:  # noqa: FBT001 - the key of a cache
    file = resources_folder() / "icons" / f"{name}.svg"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""  # a test looks for missing ones
    chosen = DARK if dark else LIGHT
    made = QIcon()
    if not text:
        return made
    for mode, colour in ((QIcon.Mode.Normal, chosen.text), (QIcon.Mode.Disabled, chosen.disabled_text)):
        renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))
        for side in _ICON_SIZES:
            made.addPixmap(_drawn(renderer, side), mode)
    return made


def _drawn(renderer: QSvgRenderer, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
