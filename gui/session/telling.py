"""What a rig has to tell: refusals and failures as they come, problems of a circuit once."""

from collections.abc import Iterable

from engine.messages import events as e
from gui.session.notices import Notices
from gui.session.worker_process import Death


class Telling:
    """Posts what workers say as notices."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._problems: set[e.Problematic] = set()  # that were told

    def forget(self) -> None:
        """Another circuit: its problems are told anew."""
        self._problems.clear()

    def problems(self, problems: Iterable[e.Problematic]) -> None:
        """Each once for a circuit: every run would say the same."""
        for each in problems:
            if each not in self._problems:
                self._problems.add(each)
                self._notices.post(each.what, where=each.where, hint=each.hint, severity="warning")

    def refusal(self, event: e.Refused | e.Failed) -> None:
        """Something could not be done."""
        self._notices.post(
            event.what, where=event.where, hint=event.hint, severity="error", detail=event.detail
        )

    def death(self, death: Death) -> None:
        """A worker died."""
        self._notices.post(death.what, hint=death.hint, severity="error", detail=death.detail)
