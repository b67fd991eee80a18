"""The actions of the menus Edit, View, Run, Window and Help that belong to no panel."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from PySide6.QtGui import QKeySequence

from gui.actions import Action
from gui.session.session import Session
from gui.settings import LARGEST_ZOOM, SMALLEST_ZOOM, ZOOM_STEP, SettingsStore
from gui.window.arrangement import Arrangement, Preset
from gui.window.files import Files

Keys = QKeySequence.StandardKey
LAYOUTS: Final = "Layout"

_PRESETS: Final[tuple[tuple[Preset, str, str], ...]] = (
    ("explore", "Explore", "Circuit and runs on the left, experiment and inspector on the right."),
    ("patch", "Patch", "Runs, experiment and inspector; the circuit is hidden."),
    ("teach", "Teach", "The traces and the experiment, nothing else."),
    ("present", "Present", "The traces alone, in large letters."),
)
_THEMES: Final[tuple[tuple[Literal["system", "light", "dark"], str, str], ...]] = (
    ("system", "System", "Light or dark, as the desktop is."),
    ("light", "Light", "Dark text on light."),
    ("dark", "Dark", "Light text on dark."),
)


@dataclass(frozen=True)
class Openers:
    """Windows that the actions open; they are made when they are first wanted."""

    palette: Callable[[], object]
    shortcuts: Callable[[], object]
    about: Callable[[], object]
    help: Callable[[], object]
    preferences: Callable[[], object]
    report: Callable[[], object]


def edit_actions(session: Session, openers: Openers) -> tuple[Action, ...]:
    """Undo and redo say what they take back."""
    stack = session.document.undo_stack

    def named(verb: str, what: str) -> str:
        return f"{verb} {what}".rstrip()

    return (
        Action(
            id="edit.undo",
            text=lambda: named("Undo", stack.undoText()),
            tip="Take back the last change of the experiment.",
            run=stack.undo,
            menu="Edit",
            shortcut="Ctrl+Z",
            icon="undo",
            enabled=stack.canUndo,
        ),
        Action(
            id="edit.redo",
            text=lambda: named("Redo", stack.redoText()),
            tip="Make the change again that was taken back.",
            run=stack.redo,
            menu="Edit",
            shortcut="Ctrl+Shift+Z",
            icon="redo",
            enabled=stack.canRedo,
        ),
        Action(
            id="edit.preferences",
            text="Preferences…",
            tip="Settings of the program itself.",
            run=openers.preferences,
            menu="Edit",
            group=9,
            shortcut="Ctrl+,",
            icon="settings",
        ),
    )


def run_actions(session: Session, files: Files, duration: Callable[[], float]) -> tuple[Action, ...]:
    """What the rig can do; `duration` is how long to continue, in ms."""
    rig = session.rig

    def run_action(name: str, text: str | Callable[[], str], tip: str, **more: Any) -> Action:
        return Action(id=f"run.{name}", text=text, tip=tip, menu="Run", **more)

    return (
        run_action(
            "start",
            "Run",
            "Run the experiment from its beginning.",
            run=files.run,
            shortcut="F5",
            icon="run",
            enabled=lambda: rig.can_run() or rig.state == "untrusted",
        ),
        run_action(
            "pause",
            lambda: "Resume" if rig.state == "paused" else "Pause",
            "Let the run wait, or go on.",
            run=rig.pause_or_resume,
            shortcut="Space",
            icon="pause",
            enabled=rig.can_pause,
        ),
        run_action(
            "step",
            "Step",
            "Compute one time step and wait.",
            run=rig.step,
            shortcut=".",
            icon="step",
            enabled=rig.can_step,
        ),
        run_action(
            "stop",
            "Stop",
            "End the run and keep what was computed.",
            run=rig.stop,
            shortcut="Shift+F5",
            icon="stop",
            enabled=rig.can_stop,
        ),
        run_action(
            "continue",
            lambda: f"Continue for {duration():g} ms",
            "Let the last run go on from its end, for as long as the field in the toolbar says.",
            run=lambda: rig.continue_for(duration()),
            icon="continue",
            enabled=rig.can_continue,
        ),
        run_action(
            "restart_worker",
            "Restart the simulator",
            "End the process that simulates, whatever it does, and start another one.",
            run=rig.restart_worker,
            group=8,
            enabled=lambda: rig.state not in ("empty", "unavailable"),
        ),
    )


def view_actions(
    store: SettingsStore, arrangement: Arrangement, openers: Openers, is_open: Callable[[], bool]
) -> tuple[Action, ...]:
    """Colours, size, layout."""

    def view(name: str, text: str, tip: str, run: Callable[[], object], **more: Any) -> Action:
        return Action(id=f"view.{name}", text=text, tip=tip, run=run, menu="View", **more)

    def zoom_by(step: int) -> None:
        zoom = round(store.value.zoom_percent / ZOOM_STEP) * ZOOM_STEP + step
        store.change(zoom_percent=min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM))

    def zoom() -> int:
        return store.value.zoom_percent

    def theme_action(name: str, text: str, tip: str) -> Action:
        return view(
            *(f"theme.{name}", text, tip, lambda: store.change(theme=name)),
            submenu="Theme",
            checked=lambda: store.value.theme == name,
        )

    presets = (
        view(
            *(f"layout.{name}", text, tip, partial(arrangement.apply, name)),
            submenu=LAYOUTS,
            group=2,
            enabled=is_open,
        )
        for name, text, tip in _PRESETS
    )
    return (
        *(theme_action(*each) for each in _THEMES),
        view(
            *("zoom_in", "Zoom in", "Make text and icons larger.", partial(zoom_by, ZOOM_STEP)),
            group=1,
            shortcut="Ctrl++",
            enabled=lambda: zoom() < LARGEST_ZOOM,
        ),
        view(
            *("zoom_out", "Zoom out", "Make text and icons smaller.", partial(zoom_by, -ZOOM_STEP)),
            group=1,
            shortcut="Ctrl+-",
            enabled=lambda: zoom() > SMALLEST_ZOOM,
        ),
        view(
            *("zoom_reset", "Usual size", "Text and icons in the size of the desktop."),
            partial(store.change, zoom_percent=100),
            group=1,
            shortcut="Ctrl+0",
            enabled=lambda: zoom() != 100,
        ),
        *presets,
        view(
            *("layout.reset", "Reset layout", "All panels at their usual places and sizes."),
            partial(arrangement.apply, "explore"),
            group=2,
            enabled=is_open,
        ),
        view(
            *("left", "Left panels", "Show or hide the panels on the left.", arrangement.toggle_left),
            group=3,
            shortcut="Ctrl+1",
            checked=arrangement.any_left,
            enabled=is_open,
        ),
        view(
            *("right", "Right panels", "Show or hide the panels on the right.", arrangement.toggle_right),
            group=3,
            shortcut="Ctrl+2",
            checked=arrangement.any_right,
            enabled=is_open,
        ),
        view(
            *("focus", "Traces only", "Hide all panels around the traces, or show them again."),
            arrangement.toggle_focus,
            group=3,
            shortcut="Ctrl+F11",
            checked=lambda: arrangement.is_focused,
            enabled=is_open,
        ),
        view(
            *("palette", "Find a command…", "Type a few letters of anything that can be done."),
            openers.palette,
            group=4,
            shortcut="Ctrl+Shift+P",
            icon="search",
        ),
    )


def window_actions(
    arrangement: Arrangement, titles: dict[str, str], is_open: Callable[[], bool]
) -> tuple[Action, ...]:
    """Each panel can be shown and hidden; the log at any time."""

    def action(name: str, title: str) -> Action:
        return Action(
            id=f"window.{name}",
            text=title,
            tip=f"Show or hide the panel “{title}”.",
            run=partial(arrangement.toggle, name),
            menu="Window",
            group=int(name == "log"),
            checked=lambda: arrangement.is_visible(name),
            enabled=(lambda: True) if name == "log" else is_open,
        )

    return tuple(action(name, title) for name, title in titles.items())


def help_actions(openers: Openers) -> tuple[Action, ...]:
    """Where to learn more."""

    def action(name: str, text: str, tip: str, run: Callable[[], object], **more: Any) -> Action:
        return Action(id=f"help.{name}", text=text, tip=tip, run=run, menu="Help", **more)

    return (
        action("open", "Help", "Pages about everything in this program.", openers.help, shortcut="F1"),
        action(
            "shortcuts", "Keyboard shortcuts", "All keys on one sheet.", openers.shortcuts, shortcut="Ctrl+/"
        ),
        action(
            *("report", "Versions and log…", "What belongs into a report of a problem.", openers.report),
            group=1,
        ),
        action("about", "About Somascope", "Versions and licences.", openers.about, group=1),
    )
