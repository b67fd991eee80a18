"""Notices of the session: on the strip, in the log, and as reports."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.panels.log import LogPanel
from gui.session.notices import Notice
from gui.session.session import Session
from gui.widgets.message_strip import MessageStrip
from gui.widgets.report_window import ReportWindow
from gui.window.report import report

_LINES_OF_LOG = 60


class Messages(QObject):
    """Shows what is posted. The log hears it by itself, and first."""

    def __init__(self, session: Session, strip: MessageStrip, log: LogPanel, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._strip, self._log, self._window = session, strip, log, window
        self._reports: list[ReportWindow] = []
        self._reason = ""
        session.notices.posted.connect(self._show)
        session.rig.state_changed.connect(self._on_rig)

    def show_bug(self, trace: str) -> None:
        """A mistake of ours: tell of it, and keep running."""
        self._log.write(trace)
        self._open("Something in Somascope itself went wrong. It goes on running; please report this.", trace)

    def _show(self, notice: Notice) -> None:
        def text() -> str:
            where = f"In {notice.where}." if notice.where else ""
            what = " ".join(filter(None, [notice.what, where, notice.hint]))
            return report(what, notice.detail, self._log.tail(_LINES_OF_LOG))

        def details() -> None:
            self._open(notice.what, text(), complete=True)

        self._strip.post(notice, text, details if notice.detail else None)

    def _open(self, heading: str, text: str, *, complete: bool = False) -> None:
        whole = text if complete else report(heading, text, self._log.tail(_LINES_OF_LOG))
        window = ReportWindow(heading, whole, self._window)
        window.finished.connect(lambda _result: self._reports.remove(window))
        self._reports.append(window)
        window.show()

    def _on_rig(self, state: str) -> None:
        """Say once why cells cannot be built."""
        reason = self._session.rig.reason if state == "unavailable" else ""
        if reason and reason != self._reason:
            what, _, hint = reason.partition(". ")
            self._session.notices.post(f"{what.rstrip('.')}.", hint=hint, severity="warning")
        self._reason = reason
