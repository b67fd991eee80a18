"""Windows beside the main one: made when they are first wanted, and kept."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from gui.actions import ActionSet
from gui.settings import SettingsStore
from gui.widgets.report_window import ReportWindow
from gui.window.report import report
from gui.window.shell_actions import Openers


class Companions(QObject):
    """Palette, help, shortcuts, preferences, versions. Their modules are imported with the first use."""

    def __init__(self, window: QWidget, store: SettingsStore, log_tail: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._store, self._log_tail = window, store, log_tail
        self._made: dict[str, QWidget] = {}
        self.actions: ActionSet | None = None

    def openers(self) -> Openers:
        """For the actions."""
        return Openers(
            palette=self._open_palette,
            shortcuts=self._open_shortcuts,
            about=self._open_about,
            help=self._open_help,
            preferences=self._open_preferences,
            report=self._open_report,
        )

    def _open_palette(self) -> None:
        from gui.panels.palette import CommandPalette

        assert self.actions is not None
        actions = self.actions
        palette = self._once("palette", lambda: CommandPalette(actions, self._window, settings=self._store))
        assert isinstance(palette, QDialog)
        palette.open()

    def _open_shortcuts(self) -> None:
        from gui.panels.shortcuts import ShortcutSheet

        assert self.actions is not None
        actions = self.actions
        self._show("shortcuts", lambda: ShortcutSheet(actions, self._window))

    def _open_about(self) -> None:
        from gui.panels.about import AboutDialog

        self._show("about", lambda: AboutDialog(self._window))

    def _open_help(self) -> None:
        from gui.panels.help import HelpWindow

        self._show("help", lambda: HelpWindow("getting-started", self._window))

    def open_page(self, page: str) -> None:
        """A page of the help, where somebody pressed a question mark."""
        self._open_help()
        self._made["help"].show_page(page)  # type: ignore[attr-defined]  # a HelpWindow

    def _open_preferences(self) -> None:
        from gui.panels.preferences import PreferencesDialog

        self._show("preferences", lambda: PreferencesDialog(self._store, self._window))

    def _open_report(self) -> None:
        text = report("", "", self._log_tail())
        self._made["report"] = ReportWindow(
            "The versions in use, and the end of the log.", text, self._window
        )
        self._made["report"].show()

    def _once(self, name: str, make: Callable[[], QWidget]) -> QWidget:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _show(self, name: str, make: Callable[[], QWidget]) -> None:
        widget = self._once(name, make)
        widget.show()
        widget.raise_()
        widget.activateWindow()
