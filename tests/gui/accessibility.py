"""Who cannot see a control hears its name: which controls of a widget have none."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QWidget,
)


def nameless_controls(widget: QWidget) -> list[str]:
    """Say of each control that takes the focus and has no name what and where it is; empty: all is well."""
    labelled = {label.buddy() for label in widget.findChildren(QLabel) if label.buddy() is not None}
    return [
        _path(each, widget)
        for each in (widget, *widget.findChildren(QWidget))
        if _is_control(each) and each not in labelled and not any(map(_says_something, _names(each)))
    ]


def _is_control(widget: QWidget) -> bool:
    """Takes the keyboard and is not a part of another control, which has the name for both."""
    owner = widget.parentWidget()
    is_part = isinstance(owner, QAbstractSpinBox | QLineEdit) or widget.objectName().startswith("qt_")
    is_part = is_part or any(isinstance(each, QComboBox) for each in _above(widget))
    is_inside = isinstance(owner, QAbstractScrollArea) and widget is owner.viewport()
    is_frame = type(widget) is QScrollArea or isinstance(
        widget, QScrollBar | QHeaderView | QTabBar | QDialogButtonBox
    )
    takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    takes_keys = takes_keys and widget.focusProxy() is None  # else another has the focus for it
    return takes_keys and not (is_part or is_inside or is_frame)


def _above(widget: QWidget) -> Iterator[QWidget]:
    while (owner := widget.parentWidget()) is not None:
        yield owner
        widget = owner


def _names(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        yield widget.text()
    if isinstance(widget, QGroupBox):
        yield widget.title()


def _says_something(name: str) -> bool:
    """A word at least: a bare sign such as "…" or "×" is not a name."""
    return any(letter.isalpha() for letter in name)


def _path(widget: QWidget, top: QWidget) -> str:
    parts = [_described(widget)]
    for above in _above(widget) if widget is not top else ():
        parts.append(_described(above))
        if above is top:
            break
    return " in ".join(parts)


def _described(widget: QWidget) -> str:
    name = widget.accessibleName() or widget.objectName() or widget.toolTip()
    return f"{type(widget).__name__} {name!r}" if name else type(widget).__name__
