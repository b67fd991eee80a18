"""The experiment panel's actions, for menus, palette, keys and its own context menu."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)

from engine.experiment.presets import PRESETS, Preset
from engine.experiment.stimulus_base import StimulusBase
from gui.actions import Action
from gui.panels.sources.commands import source_actions

if TYPE_CHECKING:
    from gui.panels.experiment.panel import ExperimentPanel


def actions_of(panel: "ExperimentPanel") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    of_sources = source_actions(panel.sources)
    return (
        *_of_stimuli(panel),
        *of_sources,
        *_of_elements(panel),
        *_of_connections(panel),
        *_others(panel),
    )


def _of_stimuli(panel: "ExperimentPanel") -> Iterator[Action]:
    yield Action(
        id="stimulus.soma",
        text="Stimulate soma",
        tip="Add a current step that makes the chosen cell fire, and record its soma.",
        icon="electrode",
        run=panel.stimulate_current,
        menu="Stimulus",
        shortcut="I",
        enabled=lambda: panel.editing.cell is not None,
    )
    for preset in PRESETS:
        yield Action(
            id=f"stimulus.add.{preset.name}",
            text=preset.title,
            tip=preset.purpose,
            icon="stimulus",
            run=_adding(panel, preset),
            menu="Stimulus",
            submenu="Add stimulus",
            group=1,
            enabled=lambda: panel.editing.cell is not None,
        )
    yield Action(
        id="recording.add",
        text="Add recording of voltage",
        tip="Record the voltage at the soma of the chosen cell; the inspector changes place and variable.",
        icon="recording",
        run=panel.record_current_cell,
        menu="Stimulus",
        group=2,
        enabled=lambda: panel.editing.cell is not None,
    )
    yield Action(
        id="recording.add.current",
        text="Add recording of the stimulus's current",
        tip="Record what the selected stimulus really delivers, in nA.",
        icon="recording",
        run=panel.record_stimulus,
        menu="Stimulus",
        group=2,
        enabled=lambda: isinstance(panel.editing.selected, StimulusBase),
    )


def _of_elements(panel: "ExperimentPanel") -> Iterator[Action]:
    def has_element() -> bool:
        return panel.editing.selected is not None

    yield Action(
        id="element.duplicate",
        text="Duplicate",
        tip="Put a copy of the selected stimulus or recording behind it.",
        icon="duplicate",
        run=panel.duplicate,
        menu="Edit",
        group=2,
        shortcut="Ctrl+D",
        enabled=has_element,
    )
    yield Action(
        id="element.delete",
        text="Delete",
        tip="Delete what is selected in the experiment.",
        icon="delete",
        run=_unless_typing(panel.delete),
        menu="Edit",
        group=2,
        shortcut="Del",
        enabled=lambda: has_element() or panel.chosen_cell is not None,
    )
    yield Action(
        id="element.rename",
        text="Rename…",
        tip="Give the selected stimulus or recording a name.",
        icon="edit",
        run=panel.begin_renaming,
        menu="Edit",
        group=2,
        shortcut="F2",
        enabled=has_element,
    )
    yield Action(
        id="element.toggle",
        text="Takes part in the run",
        tip="Switch the selected stimulus or recording on or off, without deleting it.",
        run=panel.toggle,
        menu="Edit",
        group=2,
        enabled=has_element,
        checked=lambda: (chosen := panel.editing.selected) is not None and chosen.enabled,
    )
    for name, text, key, by in (("up", "Move up", "Alt+Up", -1), ("down", "Move down", "Alt+Down", 1)):
        yield Action(
            id=f"element.move_{name}",
            icon=name,
            text=text,
            tip=f"Move the selected stimulus or recording one place {name} in its list.",
            run=_shifting(panel, by),
            menu="Edit",
            group=2,
            shortcut=key,
            enabled=_can_shift(panel, by),
        )


def _of_connections(panel: "ExperimentPanel") -> Iterator[Action]:
    connecting = panel.connecting
    yield Action(
        id="override.add",
        text="Add connection override",
        tip="Change strength, delay, spontaneous release or variables of some of the circuit's connections.",
        icon="synapse",
        run=connecting.add_override,
        menu="Cell",
        submenu="Synapses",
        group=30,
        enabled=connecting.can,
    )
    yield Action(
        id="connections.release",
        text="Spontaneous release as the circuit says",
        tip="Let synapses release without spikes, at the rates that the circuit gives its cells.",
        run=connecting.switch_release,
        menu="Cell",
        submenu="Synapses",
        group=30,
        enabled=connecting.can,
        checked=lambda: connecting.releases,
    )
    yield Action(
        id="connections.only_overridden",
        text="Build only overridden connections",
        tip="As neurodamus: where overrides name some edges of a population, leave out its other edges.",
        run=connecting.switch_only_overridden,
        menu="Cell",
        submenu="Synapses",
        group=30,
        enabled=connecting.can,
        checked=lambda: connecting.builds_only_overridden,
    )


def _others(panel: "ExperimentPanel") -> Iterator[Action]:
    yield Action(
        id="cell.remove",
        text="Remove cell from the experiment",
        tip="Take the chosen cell out of the experiment, with what stimulates and records it.",
        icon="remove",
        run=panel.remove_current_cell,
        menu="Cell",
        group=1,
        enabled=lambda: panel.member is not None,
    )
    yield Action(
        id="experiment.conditions",
        text="Run conditions…",
        tip="Duration, time step, temperature and seeds of the run.",
        icon="conditions",
        run=panel.select_conditions,
        menu="Run",
        group=5,
        enabled=lambda: panel.editing.experiment is not None,
    )


def _adding(panel: "ExperimentPanel", preset: Preset) -> Callable[[], None]:
    return lambda: panel.add_preset(preset)


def _shifting(panel: "ExperimentPanel", by: int) -> Callable[[], None]:
    return lambda: panel.shift(by)


def _can_shift(panel: "ExperimentPanel", by: int) -> Callable[[], bool]:
    def can() -> bool:
        chosen = panel.editing.selected
        return chosen is not None and panel.editing.can_shift(chosen, by)

    return can


def _unless_typing(run: Callable[[], None]) -> Callable[[], None]:
    """A text field takes the key for itself; this holds for those that do not."""

    def guarded() -> None:
        if not is_typing():
            run()

    return guarded


def is_typing() -> bool:
    """Whether the keys go to a field of text or numbers."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QComboBox):
        return focus.isEditable()
    return isinstance(focus, QLineEdit | QAbstractSpinBox | QTextEdit | QPlainTextEdit)
