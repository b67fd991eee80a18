"""What can be done with the runs that are selected in their list."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from gui.actions import Action
from gui.session.session import Session

if TYPE_CHECKING:
    from gui.panels.runs import RunsPanel

_COUNTS: Final = {2: "two", 3: "three", 4: "four"}


def run_actions(panel: "RunsPanel", session: Session) -> tuple[Action, ...]:
    """In the order of their menu."""

    def about_some() -> bool:
        return bool(panel.selected())

    def about_one() -> bool:
        return len(panel.selected()) == 1

    def can_restore() -> bool:
        if not about_one() or panel.selected()[0].is_loaded:
            return False
        return panel.selected()[0].experiment != session.document.experiment

    def all_are(name: str) -> bool:
        return about_some() and bool(getattr(panel.selected()[0], name))

    def comparing() -> str:
        runs = panel.selected()
        if len(runs) > 1:
            return f"Compare the {_COUNTS.get(len(runs), len(runs))} selected"
        is_reference = bool(runs) and bool(runs[0].reference)
        return "Compare the newest run with it" if is_reference else "Compare with previous"

    def run_action(name: str, group: int, text: str | Callable[[], str], tip: str, **more: Any) -> Action:
        return Action(
            id=f"runs.{name}", text=text, tip=tip, menu="Run", submenu="Kept runs", group=group, **more
        )

    return (
        run_action(
            "restore",
            0,
            "Restore this experiment",
            "Make the experiment of the selected run the present one, exactly as it was.",
            run=panel.restore,
            enabled=can_restore,
        ),
        run_action(
            "compare",
            0,
            comparing,
            "Overlay runs and draw how they differ from the oldest, or from a reference.",
            run=panel.compare,
            enabled=lambda: bool(panel.to_compare()),
        ),
        run_action(
            "compare_stop",
            0,
            "Stop comparing",
            "Draw no difference any more.",
            run=session.runs.compare,
            enabled=lambda: bool(panel.compared),
        ),
        run_action(
            "show",
            1,
            lambda: "Hide run" if all_are("is_visible") else "Show run",
            "Draw the selected runs, or do not.",
            run=panel.toggle_visible,
            enabled=about_some,
        ),
        run_action(
            "rename",
            1,
            "Rename run",
            "Give the selected run a name of its own.",
            run=panel.rename,
            enabled=about_one,
        ),
        run_action(
            "recolour",
            1,
            "Colour of run…",
            "Choose one colour for all traces of the selected runs.",
            run=panel.choose_colour,
            enabled=about_some,
        ),
        run_action(
            "pin",
            1,
            lambda: "Unpin run" if all_are("is_pinned") else "Pin run",
            "Protect the selected runs from being deleted.",
            run=panel.toggle_pinned,
            enabled=about_some,
        ),
        run_action(
            "copy",
            1,
            "Copy summary of run",
            "Copy what is known of the selected runs as text.",
            run=panel.copy_summary,
            enabled=about_some,
        ),
        run_action(
            "delete",
            2,
            "Delete run…",
            "Delete the selected runs for good, except for pinned ones.",
            run=panel.delete,
            enabled=about_some,
        ),
        run_action(
            "delete_unpinned",
            2,
            "Delete all runs that are not pinned…",
            "Delete every run that is over and not pinned, for good.",
            run=panel.delete_unpinned,
            enabled=lambda: any(run.is_over and not run.is_pinned for run in session.runs),
        ),
    )
