"""A person's hand: counts what it presses."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QTabBar, QWidget

_STEPS = 12  # of a drag


class Hand:
    """Presses with the mouse and types; counts the presses of its button."""

    def __init__(self) -> None:
        self.presses = 0

    def press(self, widget: QWidget, place: QPoint | None = None) -> None:
        """One click of the left button, in the middle if no place is given."""
        self.presses += 1
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place or widget.rect().center()
        )

    def press_row(self, view: QAbstractItemView, row: int, column: int = 0) -> None:
        """Click a row of a table."""
        index = view.model().index(row, column)
        view.scrollTo(index)
        self.press(view.viewport(), view.visualRect(index).center())

    def press_tab(self, window: QWidget, title: str) -> None:
        """Click the tab of a dock."""
        for bar in window.findChildren(QTabBar):
            for number in range(bar.count()):
                if bar.isVisible() and bar.tabText(number).replace("&", "") == title:
                    self.press(bar, bar.tabRect(number).center())
                    return
        raise AssertionError(f"no tab {title!r}")

    def press_in_menu(self, button: QAbstractButton, text: str) -> None:
        """Open the menu of a button, and click one of its entries: two clicks."""

        def choose() -> None:
            menu = button.menu()  # type: ignore[attr-defined]  # of a push button or a tool button
            action = next(each for each in menu.actions() if each.text() == text)
            self.press(menu, menu.actionGeometry(action).center())

        QTimer.singleShot(0, choose)  # the menu waits in a loop of its own
        self.press(button)

    def drag(self, widget: QWidget, begin: QPoint, end: QPoint) -> None:
        """Hold the left button from one place to another, by way of many between them."""
        self.presses += 1
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
        for step in range(1, _STEPS + 1):
            QTest.mouseMove(widget, begin + (end - begin) * step / _STEPS)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)

    def type(self, text: str, widget: QWidget | None = None) -> None:
        """Type into what has the focus."""
        target = widget or QApplication.focusWidget()
        assert target is not None, "nothing has the focus"
        QTest.keyClicks(target, text)

    def key(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        widget: QWidget | None = None,
    ) -> None:
        """One key: 0 presses of the mouse."""
        target = widget or QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None, "nothing has the focus"
        QTest.keyClick(target, key, modifiers)
