"""Everything the user can do, as data: menus, toolbar, palette, shortcut sheet and tests read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence

Menu = Literal["File", "Edit", "View", "Circuit", "Cell", "Stimulus", "Run", "Analyse", "Window", "Help", ""]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing the user can do. `id` such as "run.start" is stable; `tip` is one plain sentence.

    `menu` "": only in the palette. `submenu`: the title of a menu inside of it. `group`: a separator goes
    between groups. `text` may be a function where it changes ("Undo Move electrode").
    `context`: where the shortcut holds; widget shortcuts need `owner`.
    """

    id: str
    text: str | Callable[[], str]
    tip: str
    run: Callable[[], object]
    menu: Menu = ""
    submenu: str = ""
    group: int = 0
    shortcut: QKeySequence.StandardKey | str | None = None
    icon: str = ""
    enabled: Callable[[], bool] = field(default=lambda: True)
    checked: Callable[[], bool] | None = None
    show: Callable[[], bool] = field(default=lambda: True)


class ActionSet(QObject):
    """The QActions of the window, made once; `refresh` asks each what it may and is called now."""

    def __init__(self, actions: Iterable[Action], icon: Callable[[str], QIcon], parent: QObject) -> None:
        super().__init__(parent)
        self._icon = icon
        self._actions: dict[str, Action] = {}
        self._widgets: dict[str, QAction] = {}
        self.add(actions)

    @property
    def actions(self) -> tuple[Action, ...]:
        """All, in the order of their menus."""
        return tuple(self._actions.values())

    def add(self, actions: Iterable[Action]) -> None:
        """More of them, from a panel that came later."""
        for action in actions:
            assert action.id not in self._actions, f"two actions are {action.id!r}"
            self._actions[action.id] = action
            self._widgets[action.id] = self._made(action)
        self.refresh()

    def widget(self, action_id: str) -> QAction:
        """The QAction, for menus, toolbars and buttons."""
        return self._widgets[action_id]

    def refresh(self) -> None:
        """After every change of state: nothing is enabled by hand."""
        for name, action in self._actions.items():
            widget = self._widgets[name]
            widget.setEnabled(action.enabled())
            widget.setVisible(action.show())
            text = action.text if isinstance(action.text, str) else action.text()
            widget.setText(text)
            if action.checked is not None:
                widget.setChecked(action.checked())

    def use_shortcut(self, action_id: str, keys: str) -> None:
        """Let an action have other keys, "" for none, and its tip say so."""
        widget = self._widgets[action_id]
        widget.setShortcut(QKeySequence(keys))
        widget.setToolTip(_with_shortcut(self._actions[action_id].tip, widget))

    def refresh_icons(self) -> None:
        """After the theme has changed."""
        for name, action in self._actions.items():
            if action.icon:
                self._widgets[name].setIcon(self._icon(action.icon))

    def _made(self, action: Action) -> QAction:
        widget = QAction(self)
        widget.setObjectName(action.id)
        widget.setStatusTip(action.tip)
        widget.setCheckable(action.checked is not None)
        if action.icon:
            widget.setIcon(self._icon(action.icon))
        if action.shortcut is not None:
            widget.setShortcut(QKeySequence(action.shortcut))
            widget.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        widget.setToolTip(_with_shortcut(action.tip, widget))
        widget.triggered.connect(lambda _checked=False, run=action.run: run())
        return widget


def check(actions: Iterable[Action]) -> None:
    """Refuse two actions on one id or one key; a test calls this with the real list."""
    seen: dict[str, str] = {}
    for action in actions:
        key = QKeySequence(action.shortcut).toString() if action.shortcut is not None else ""
        for claim in filter(None, (action.id, key)):
            assert claim not in seen, f"{action.id} and {seen[claim]} both claim {claim!r}"
            seen[claim] = action.id


def _with_shortcut(tip: str, widget: QAction) -> str:
    shortcut = widget.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({shortcut})" if shortcut else tip
