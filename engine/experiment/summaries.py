"""Elements of an experiment in a few words, as lists and undo texts show them."""

from collections.abc import Mapping, Sequence

from engine.circuit.section_lists import LISTS
from engine.experiment import manipulations as m
from engine.experiment import stimuli as s
from engine.experiment.conditions import Conditions
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.edits import Element
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Recording, Report, SiteRecording, StimulusRecording
from engine.experiment.spike_sources import GeneratedSource, PoissonTrains, RegularTrains, TypedSpikes
from engine.experiment.stimuli import Stimulus
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site, Target

_TITLES = {"v": "Voltage", "i_membrane": "Membrane current"}
_OPERATORS: Mapping[str, str] = {"=": "=", "*=": "×", "/=": "÷", "+=": "+", "-=": "\N{MINUS SIGN}"}


def name_of(element: Element) -> str:
    """The name that the user, or a file, gave it; "" if there is none."""
    return element.label if isinstance(element, SiteRecording | StimulusRecording | Report) else element.name


def noun_of(element: Element) -> str:  # noqa: PLR0911 - one line for each kind
    """What kind of thing it is, such as "stimulus" or "recording"."""
    match element:
        case SiteRecording() | StimulusRecording():
            return "recording"
        case Report():
            return "report"
        case SpikeReplay():
            return "spike replay"
        case GeneratedSource():
            return "spike source"
        case ConnectionOverride():
            return "connection override"
        case StimulusBase():
            return "stimulus"
        case _:
            return "manipulation"


def short_name(experiment: Experiment, element: Element) -> str:
    """Its name, or else the first words of what it is: for sentences."""
    if name := name_of(element):
        return name
    if isinstance(element, SiteRecording | StimulusRecording | Report | SpikeReplay | ConnectionOverride):
        return summary(experiment, element)
    return element.title


def summary(experiment: Experiment, element: Element) -> str:
    """What it is, where and when: "Step 0.2 nA at soma[0], 100–500 ms"."""
    between = ": " if isinstance(element, ConnectionOverride) else " "
    return between.join(filter(None, title_and_details(experiment, element)))


def title_and_details(experiment: Experiment, element: Element) -> tuple[str, str]:
    """The same in two parts, for lists with two lines; the second one is empty where one is enough."""
    if isinstance(element, SiteRecording | StimulusRecording | Report):
        return _of_recording(experiment, element), ""
    if isinstance(element, SpikeReplay):
        source = f" of {element.node_set}" if element.node_set else ""
        return f"Spikes{source} from {element.spike_file.rpartition('/')[2]}", ""
    if isinstance(element, PoissonTrains | RegularTrains | TypedSpikes):
        colon = ":" if isinstance(element, TypedSpikes) else ""
        return f"{element.title}{colon}", _details_of_source(element)
    if isinstance(element, ConnectionOverride):
        return f"Synapses {pathway(element)}", _what_is_overridden(element)
    if isinstance(element, StimulusBase):
        return _without_aside(element.title), _details_of_stimulus(experiment, element)
    return _of_manipulation(experiment, element), ""


def manipulations_in_words(
    experiment: Experiment, old: Sequence[m.Manipulation], new: Sequence[m.Manipulation]
) -> str:
    """What is another in the new list, in one line: what a run under way was told."""
    before = {each.id: each for each in old if each.enabled}
    after = {each.id: each for each in new if each.enabled}
    gone = [f"{_named(experiment, each)}: taken back" for key, each in before.items() if key not in after]
    changed = [_named(experiment, each) for key, each in after.items() if before.get(key) != each]
    return "; ".join([*changed, *gone]) or "manipulations in another order"


def _named(experiment: Experiment, manipulation: m.Manipulation) -> str:
    return ": ".join(filter(None, (manipulation.name, _of_manipulation(experiment, manipulation))))


def summary_of_conditions(conditions: Conditions) -> str:
    """Duration, time step and temperature."""
    step = "variable step" if conditions.variable_step else f"dt {conditions.dt:g} ms"
    return f"{conditions.tstop:g} ms, {step}, {conditions.celsius:g} °C"


def place(experiment: Experiment, target: Target) -> str:
    """Where it is, no longer than needed: the cell is named where there are several."""
    match target:
        case Site(cell=cell):
            spot = f"{target.section}({target.x:g})" if target.x != 0.5 else target.section
            return spot if _is_only(experiment, cell) else f"{cell} {spot}"
        case NodeSetTarget():
            return f"{target.section} of {target.node_set}"
        case CompartmentSetTarget():
            return f"compartment set {target.compartment_set}"


def _is_only(experiment: Experiment, cell: CellReference) -> bool:
    return getattr(experiment.cells, "cells", ()) == (cell,)


def _without_aside(title: str) -> str:
    """What is in brackets explains a menu; that a number is relative must be said with it."""
    return title if "(%" in title else title.partition(" (")[0]


def _details_of_stimulus(experiment: Experiment, stimulus: Stimulus) -> str:
    where = f"at {place(experiment, stimulus.target)}, {_when(stimulus)}"
    return " ".join(filter(None, (_strength(stimulus), where)))


def _details_of_source(source: PoissonTrains | RegularTrains | TypedSpikes) -> str:
    match source:
        case PoissonTrains():
            return f"{source.rate:g} Hz from {source.whose}, {_when(source)}"
        case RegularTrains():
            return f"every {source.interval:g} ms from {source.whose}, {_when(source)}"
        case TypedSpikes():
            cells = len({train.cell for train in source.trains})
            return f"{_counted(source.count, 'spike')} of {_counted(cells, 'cell')}"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _when(stimulus: Stimulus | PoissonTrains | RegularTrains) -> str:
    end = stimulus.end
    if end == stimulus.delay:
        return f"{end:g} ms"
    if end >= 1e6:
        return "whole run" if stimulus.delay == 0 else f"from {stimulus.delay:g} ms on"
    return f"{stimulus.delay:g}–{end:g} ms"


def _strength(stimulus: Stimulus) -> str:  # noqa: C901, PLR0911, PLR0912 - one line for each kind
    match stimulus:
        case s.Step():
            return f"{stimulus.amplitude:.4g} nA"
        case s.RelativeStep():
            return f"{stimulus.percent:g} %"
        case s.Ramp():
            return f"{stimulus.amplitude_start:.4g} to {stimulus.amplitude_end:.4g} nA"
        case s.RelativeRamp():
            return f"{stimulus.percent_start:g} to {stimulus.percent_end:g} %"
        case s.PulseTrain():
            return f"{stimulus.amplitude:.4g} nA, {stimulus.frequency:g} Hz"
        case s.Sine():
            return f"{stimulus.amplitude:.4g} nA, {stimulus.frequency:g} Hz"
        case s.SineSweep():
            return (
                f"{stimulus.amplitude:.4g} nA, {stimulus.frequency_start:g} to {stimulus.frequency_end:g} Hz"
            )
        case s.Subthreshold():
            return f"{100 - stimulus.percent_less:g} % of threshold"
        case s.Noise():
            return f"{stimulus.mean:.4g} ± {stimulus.variance**0.5:.2g} nA"
        case s.RelativeNoise():
            return f"{stimulus.mean_percent:g} %"
        case s.OrnsteinUhlenbeck() | s.AbsoluteShotNoise():
            unit = "nA" if stimulus.mode == "current" else "µS"
            return f"{stimulus.mean:.4g} ± {stimulus.sigma:.2g} {unit}"
        case s.RelativeOrnsteinUhlenbeck() | s.RelativeShotNoise():
            return f"{stimulus.mean_percent:g} ± {stimulus.sd_percent:g} %"
        case s.ShotNoise():
            unit = "nA" if stimulus.mode == "current" else "µS"
            return f"{stimulus.amplitude_mean:.4g} {unit}, {stimulus.rate:g} Hz"
        case s.VoltageClamp():
            return _levels(stimulus)
        case s.PlacedSynapse():
            return f"{stimulus.weight:.4g} µS, {_events(stimulus)}"
        case _:
            return ""


def _events(synapse: s.PlacedSynapse) -> str:
    if synapse.events == 1:
        return "1 event"
    timing = "random events, about every" if synapse.timing == "poisson" else "events, every"
    return f"{synapse.events:,} {timing} {synapse.interval:g} ms"


def _levels(clamp: s.VoltageClamp) -> str:
    voltages = [level.voltage for level in clamp.levels] or [clamp.voltage]
    shown = ", ".join(f"{voltage:g}" for voltage in voltages[:3])
    return f"{shown}{', …' if len(voltages) > 3 else ''} mV"


def _of_recording(experiment: Experiment, recording: Recording) -> str:
    match recording:
        case SiteRecording():
            what = _TITLES.get(recording.variable, recording.variable)
            return f"{what} at {place(experiment, recording.site)}"
        case StimulusRecording():
            source = next((each for each in experiment.stimuli if each.id == recording.stimulus), None)
            return (
                f"Current of {short_name(experiment, source)}"
                if source is not None
                else "Current of a stimulus"
            )
        case Report():
            what = _TITLES.get(recording.variable, recording.variable)
            return f"Report: {what} at {place(experiment, recording.target)}"


def _of_manipulation(experiment: Experiment, manipulation: m.Manipulation) -> str:
    where = _where(experiment, manipulation)
    match manipulation:
        case m.BlockSodium():
            return f"{manipulation.title} in {where}"
        case m.Drug():
            blocked = f"{manipulation.percent:g} % of {_listed(manipulation.variables)} blocked"
            return f"{blocked} in {where}{_washed(manipulation)}"
        case _:
            first = manipulation.assignments[0]
            more = (
                f" and {len(manipulation.assignments) - 1} more" if len(manipulation.assignments) > 1 else ""
            )
            return f"{first.variable} {_OPERATORS[first.operator]} {first.value:g}{more} in {where}"


def pathway(override: ConnectionOverride) -> str:
    """Which connections an override means: "from Excitatory onto Mosaic"."""
    ends = f"from {override.source or 'any cell'} onto {override.target or 'any cell'}"
    return f"{ends} in {override.edge_population}" if override.edge_population else ends


def _what_is_overridden(override: ConnectionOverride) -> str:
    weight = f"weight × {override.weight:g}" if override.weight else "no effect (weight 0)"
    if override.delay:
        return f"{weight} from {override.delay:g} ms on"
    told = [weight] if override.weight != 1 else []
    if override.synapse_delay is not None:
        told.append(f"delay {override.synapse_delay:g} ms")
    if override.spont_minis is not None:
        told.append(f"minis {override.spont_minis:g} Hz" if override.spont_minis else "no minis")
    if override.modoverride is not None:
        told.append(f"model {override.modoverride}")
    changes = override.synapse_configure
    told += [f"{each.variable} {_OPERATORS[each.operator]} {each.value:g}" for each in changes[:2]]
    told += [f"{len(changes) - 2} more of its variables"] if len(changes) > 2 else []
    return ", ".join(told) or "as the circuit says"


def _washed(drug: m.Drug) -> str:
    if drug.wash_out is not None:
        return f", {drug.wash_in:g}\N{EN DASH}{drug.wash_out:g} ms"
    return f", from {drug.wash_in:g} ms on" if drug.wash_in else ""


def _listed(variables: Sequence[str]) -> str:
    return ", ".join(variables[:2]) + (f" and {len(variables) - 2} more" if len(variables) > 2 else "")


def _where(experiment: Experiment, manipulation: m.Manipulation) -> str:
    if isinstance(manipulation, m.ChangeCompartments):
        return f"compartment set {manipulation.compartment_set}"
    is_only = manipulation.cell is not None and _is_only(experiment, manipulation.cell)
    whose = "" if is_only else f" of {manipulation.whose}"
    match manipulation:
        case m.ChangeSectionList():
            return f"{LISTS.get(manipulation.section_list, 'all')} sections{whose}"
        case m.ChangeSection():
            return f"{manipulation.section}{whose}"
        case m.ChangeAllSections():
            return f"all sections{whose}"
        case m.BlockSodium() | m.Drug():
            return "the cell" if is_only else manipulation.whose
