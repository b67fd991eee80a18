"""The menu bar, made from the actions."""

from collections.abc import Iterable
from typing import Final, get_args

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.actions import Action, ActionSet, Menu

_KEYS: Final = {"Cell": "Ce&ll", "Circuit": "&Circuit", "Run": "&Run", "Analyse": "&Analyse"}


def empty_menus(bar: QMenuBar) -> dict[str, QMenu]:
    """Titles alone, so that the bar is as high from the first moment as it will be."""
    return {name: bar.addMenu(_KEYS.get(name, f"&{name}")) for name in get_args(Menu) if name}


def fill(menus: dict[str, QMenu], actions: ActionSet) -> None:
    """Put every action where it says; a menu without any is not shown."""
    for name, menu in menus.items():
        for old in menu.findChildren(QMenu):
            old.deleteLater()
        menu.clear()
        menu.setToolTipsVisible(True)
        own = [action for action in actions.actions if action.menu == name]
        _fill_one(menu, sorted(own, key=lambda action: action.group), actions)
        menu.menuAction().setVisible(bool(own))


def _fill_one(menu: QMenu, own: Iterable[Action], actions: ActionSet) -> None:
    group = None
    submenus: dict[str, QMenu] = {}
    for action in own:
        if action.submenu not in submenus or not action.submenu:
            if group is not None and action.group != group:
                menu.addSeparator()
            group = action.group
        target = menu
        if action.submenu:
            if action.submenu not in submenus:
                submenus[action.submenu] = menu.addMenu(action.submenu)
                submenus[action.submenu].setToolTipsVisible(True)
            target = submenus[action.submenu]
        target.addAction(_widget(actions, action))


def _widget(actions: ActionSet, action: Action) -> QAction:
    return actions.widget(action.id)
