"""What the window has to tell its user: one clear sentence each, shown where it matters, kept in the log."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError

Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, where, what to try. `detail` is for the log and the report only."""

    what: str
    where: str = ""
    hint: str = ""
    severity: Severity = "information"
    detail: str = ""


class Notices(QObject):
    """Everybody may post; the window shows, the log keeps."""

    posted = Signal(object)  # Notice
    printed = Signal(object)  # tuple of lines: what a worker wrote to its stderr

    def post(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        severity: Severity = "information",
        detail: str = "",
    ) -> None:
        """Tell the user."""
        self.posted.emit(Notice(what, where, hint, severity, detail))

    def post_error(self, error: EngineError, detail: str = "") -> None:
        """Tell the user what the engine could not do."""
        self.posted.emit(Notice(error.what, error.where, error.hint, "error", detail))
