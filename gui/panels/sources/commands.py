"""What the window's menus offer of sources of spikes."""

from collections.abc import Callable, Iterator
from typing import Final

from engine.experiment.source_presets import SOURCE_KINDS, SourceKind
from gui.actions import Action
from gui.panels.sources.adding import SourceAdding

SUBMENU: Final = "Spikes from other cells"
IDS: Final = (*(f"source.{kind}" for kind in SOURCE_KINDS), "source.file", "source.run")


def source_actions(adding: SourceAdding) -> Iterator[Action]:
    """Each kind of source."""
    for kind, model in SOURCE_KINDS.items():
        yield _action(f"source.{kind}", model.title, model.purpose, _trains(adding, kind), adding.can)
    yield _action(
        "source.file",
        "Spikes of a file…",
        "Replay what other cells did in a simulation or an experiment.",
        adding.ask_for_file,
        adding.can,
    )
    yield _action(
        "source.run",
        "Spikes of an earlier run…",
        "Replay what cells did in a run of the list: one cell alone gets what it got in the network.",
        adding.ask_for_run,
        adding.can_replay_run,
    )


def _action(name: str, text: str, tip: str, run: Callable[[], object], enabled: Callable[[], bool]) -> Action:
    return Action(
        id=name, text=text, tip=tip, icon="replay", run=run,
        menu="Stimulus", submenu=SUBMENU, group=1, enabled=enabled,
    )  # fmt: skip


def _trains(adding: SourceAdding, kind: SourceKind) -> Callable[[], None]:
    return lambda: adding.trains(kind)
