"""The actions that fit what was typed, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeySequence
from typing_extensions import override

from gui.actions import Action, ActionSet
from gui.models.fuzzy import fit, has_words_beginning_with

PATH_ROLE: Final = Qt.ItemDataRole.UserRole + 1
SHORTCUT_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_NOWHERE: Final = QModelIndex()
_OF_MENU: Final = 0.6  # a fit that needs the menu's title weighs less
_IMPOSSIBLE: Final = -3.0  # among names that fit about as well
_BY_TIP: Final = -100.0  # what only its sentence tells comes after all names
REMEMBERED: Final = 20
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Choice:
    """An action as it is at this moment."""

    id: str
    text: str
    tip: str
    path: str  # "Run ▸ Kept runs"; "" outside of the menus
    shortcut: str  # as this system writes it
    is_enabled: bool


def choices(actions: ActionSet) -> tuple[Choice, ...]:
    """All actions that are to be seen now."""
    actions.refresh()
    return tuple(_choice(each, actions) for each in actions.actions if each.show())


def ranked(typed: str, all_choices: Sequence[Choice], used: Sequence[str]) -> tuple[Choice, ...]:
    """Those that fit, best first; those used last go first among equals, and with nothing typed."""
    if not typed.strip():
        recent = {name: place for place, name in enumerate(used)}
        return tuple(sorted(all_choices, key=lambda each: recent.get(each.id, len(recent))))
    found = [(score, each) for each in all_choices if (score := _score(typed, each)) is not None]
    bonus = {name: (REMEMBERED - place) / 10 for place, name in enumerate(used[:REMEMBERED])}
    found.sort(key=lambda pair: -(pair[0] + bonus.get(pair[1].id, 0.0)))
    return tuple(each for _, each in found)


class ActionMatches(QAbstractListModel):
    """Shows choices. What is not possible now is listed, so that it is found, but not enabled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choices: tuple[Choice, ...] = ()

    def show(self, found: tuple[Choice, ...]) -> None:
        """List these."""
        self.beginResetModel()
        self.choices = found
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.choices)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        impossible = "" if choice.is_enabled else ", not possible now"
        spoken = ", ".join(filter(None, [choice.text, choice.path, choice.shortcut])) + impossible
        return {
            Qt.ItemDataRole.DisplayRole: choice.text,
            Qt.ItemDataRole.ToolTipRole: choice.tip,
            Qt.ItemDataRole.AccessibleTextRole: spoken,
            PATH_ROLE: choice.path,
            SHORTCUT_ROLE: choice.shortcut,
        }.get(role)


def _choice(action: Action, actions: ActionSet) -> Choice:
    widget = actions.widget(action.id)
    return Choice(
        action.id,
        widget.text().replace("&", ""),
        action.tip,
        " ▸ ".join(filter(None, [action.menu, action.submenu])),
        widget.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        widget.isEnabled(),
    )


def _score(typed: str, choice: Choice) -> float | None:
    by_text = fit(typed, choice.text)
    by_path = fit(typed, f"{choice.text} {choice.path}") if choice.path else None
    scores = [by_text, None if by_path is None else by_path * _OF_MENU]
    if has_words_beginning_with(typed, choice.tip):
        scores.append(_BY_TIP)
    found = [each for each in scores if each is not None]
    return max(found) + (0.0 if choice.is_enabled else _IMPOSSIBLE) if found else None
