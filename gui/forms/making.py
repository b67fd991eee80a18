"""The table that says which editor a field gets."""

import functools
import operator
import types
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo
from PySide6.QtWidgets import QWidget

from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
)
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.spike_sources import PoissonTrains, RegularTrains, Train
from engine.experiment.stimuli import ArbitraryWaveform, VoltageLevel
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import Site, Target
from engine.protocols.profiles import BackPropagation, EpspProfile
from engine.protocols.series import Series
from gui.forms.anatomy import section_choices
from gui.forms.cells import CellsEditor, ConductancesEditor
from gui.forms.editors import CheckEditor, ChoiceEditor, Editor, NumberEditor, TextEditor
from gui.forms.limits import limits_of
from gui.forms.picking import Choice, NameEditor, StimulusEditor
from gui.forms.places import PlaceEditor, VariableEditor
from gui.forms.series import SeriesEditor
from gui.forms.surroundings import Surroundings
from gui.forms.tables import ModelsEditor, PointsEditor, VariablesEditor
from gui.forms.trains import TrainsEditor
from gui.forms.words import empty_in_words

Make = Callable[[str, FieldInfo, Surroundings, QWidget], Editor]


def editors_for(
    model_type: type[BaseModel], surroundings: Surroundings, parent: QWidget
) -> tuple[tuple[FieldInfo, Editor], ...]:
    """Make an editor for each field that has a title. Raises TypeError for a type that the table lacks."""
    made: list[tuple[FieldInfo, Editor]] = []
    covered: set[str] = set()
    for name, field in model_type.model_fields.items():
        if field.title is None or name in covered or _is_fixed(field):
            continue
        make = _BY_FIELD.get((model_type, name)) or _maker(name, field)
        editor = make(name, field, surroundings, parent)
        covered.update(editor.names)
        made.append((field, editor))
    return tuple(made)


def _is_fixed(field: FieldInfo) -> bool:
    """Whether only one number is allowed: then there is nothing to edit."""
    limits = limits_of(field)
    return limits.low is not None and limits.low == limits.high


def _maker(name: str, field: FieldInfo) -> Make:
    bare = _without_none(field.annotation)
    if get_origin(bare) is Literal:
        return _choice
    if bare not in _BY_TYPE:
        raise TypeError(f"no editor for {name}: {bare}; add one to gui.forms.making._BY_TYPE")
    return _BY_TYPE[bare]


def _without_none(annotation: Any) -> Any:
    """The type of a field without its metadata, and without the None of one that may be empty."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return functools.reduce(operator.or_, map(_without_none, parts))
    return annotation


def _may_be_empty(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation)


def _choice(name: str, field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    empty = empty_in_words(field).capitalize() if _may_be_empty(field) else ""
    return ChoiceEditor(name, get_args(_without_none(field.annotation)), parent, empty=empty)


def _number(name: str, field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return NumberEditor(name, field, whole=False, may_be_empty=_may_be_empty(field), parent=parent)


def _whole_number(name: str, field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return NumberEditor(name, field, whole=True, may_be_empty=_may_be_empty(field), parent=parent)


def _check(name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return CheckEditor(name, parent)


def _text(name: str, field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return TextEditor(name, field, may_be_empty=_may_be_empty(field), parent=parent)


def _place(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return PlaceEditor(name, ("site",), surroundings, parent)


def _target(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return PlaceEditor(name, ("site", "node_set", "compartment_set"), surroundings, parent)


def _levels(name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return ModelsEditor(name, VoltageLevel, (100.0, -65.0), parent)


def _series(name: str, field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return SeriesEditor(name, field, may_be_empty=_may_be_empty(field), parent=parent)


def _assignments(name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return ModelsEditor(name, Assignment, ("gnabar_hh", "*=", 1.0), parent)


def _mechanism_variables(
    name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget
) -> Editor:
    return VariablesEditor(name, parent)


def _points(_name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    fields = ArbitraryWaveform.model_fields
    return PointsEditor({name: fields[name] for name in ("times", "amplitudes")}, parent)


def _stimulus(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return StimulusEditor(name, surroundings, parent)


def _variable(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return VariableEditor(name, surroundings, parent)


def _node_set(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return [Choice(each) for each in surroundings.node_sets()]

    return NameEditor(name, field, choices, surroundings, parent)


def _population(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return [Choice(each) for each in surroundings.populations()]

    return NameEditor(name, field, choices, surroundings, parent)


def _end(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        names = dict.fromkeys((*surroundings.node_sets(), *surroundings.populations()))
        return [Choice(each) for each in names]

    return NameEditor(name, field, choices, surroundings, parent)


def _trains(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return TrainsEditor(name, surroundings, parent)


def _edge_population(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return [Choice(each) for each in surroundings.edge_populations()]

    return NameEditor(name, field, choices, surroundings, parent)


def _synapse_variables(name: str, _field: FieldInfo, _surroundings: Surroundings, parent: QWidget) -> Editor:
    return ModelsEditor(name, Assignment, ("NMDA_ratio", "=", 0.71), parent)


def _cells(_name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return CellsEditor(surroundings, parent)


def _conductances(name: str, _field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    return ConductancesEditor(name, surroundings, parent)


def _compartment_set(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return [Choice(each) for each in surroundings.compartment_sets()]

    return NameEditor(name, field, choices, surroundings, parent)


def _section(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return section_choices(surroundings.any_description())

    return NameEditor(name, field, choices, surroundings, parent)


def _measured_section(name: str, field: FieldInfo, surroundings: Surroundings, parent: QWidget) -> Editor:
    def choices() -> Sequence[Choice]:
        return section_choices(surroundings.shown_description())

    return NameEditor(name, field, choices, surroundings, parent)


_BY_TYPE: Final[dict[Any, Make]] = {
    bool: _check,
    int: _whole_number,
    float: _number,
    str: _text,
    Site: _place,
    _without_none(Target): _target,
    _without_none(Series): _series,
    tuple[VoltageLevel, ...]: _levels,
    tuple[Assignment, ...]: _assignments,
    tuple[Train, ...]: _trains,
    dict[str, dict[str, JsonValue]]: _mechanism_variables,
}
_BY_FIELD: Final[dict[tuple[type[BaseModel], str], Make]] = {
    (ArbitraryWaveform, "times"): _points,
    (StimulusRecording, "stimulus"): _stimulus,
    (SiteRecording, "variable"): _variable,
    (Report, "variable"): _variable,
    (SpikeReplay, "node_set"): _node_set,
    (PoissonTrains, "population"): _population,
    (PoissonTrains, "node_set"): _node_set,
    (RegularTrains, "population"): _population,
    (RegularTrains, "node_set"): _node_set,
    (ConnectionOverride, "source"): _end,
    (ConnectionOverride, "target"): _end,
    (ConnectionOverride, "edge_population"): _edge_population,
    (ConnectionOverride, "synapse_configure"): _synapse_variables,
    (BlockSodium, "node_set"): _cells,
    (Drug, "node_set"): _cells,
    (Drug, "variables"): _conductances,
    (ChangeAllSections, "node_set"): _cells,
    (ChangeSectionList, "node_set"): _cells,
    (ChangeSection, "node_set"): _cells,
    (ChangeSection, "section"): _section,
    (ChangeCompartments, "compartment_set"): _compartment_set,
    (BackPropagation, "section"): _measured_section,
    (EpspProfile, "section"): _measured_section,
}
