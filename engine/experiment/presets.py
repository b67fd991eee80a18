"""Stimuli and recordings to begin with: sensible numbers for a cell of which much or nothing is known."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import EngineError
from engine.experiment import stimuli as s
from engine.experiment.edits import with_cell, with_conditions, with_recording, with_stimulus
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.recordings import Recording, SiteRecording
from engine.experiment.stimuli import Stimulus
from engine.experiment.targets import CellReference, Site, Target
from engine.experiment.waveforms import CellProperties

if TYPE_CHECKING:
    from engine.circuit.cells import CellDescription

SOMA: Final = "soma[0]"
AFTERWARDS_MS: Final = 100.0  # that the run goes on behind a stimulus, to show how the cell recovers

_USUAL_NA: Final = 0.2  # of a cell of which nothing is known
_LEAST_NA, _MOST_NA = 0.1, 0.5
_DEPOLARISATION_MV: Final = 20.0  # from rest to about the threshold
_STRONGEST_NA: Final = 100.0  # whatever a file says
_LONGEST_MS: Final = 100_000.0  # a stimulus that lasts longer does not make the run longer


@dataclass(frozen=True, slots=True)
class Preset:
    """A stimulus to choose from a menu. `name` is stable; `purpose` is one plain sentence."""

    name: str
    group: str
    title: str
    purpose: str
    make: Callable[[Target, CellProperties], Stimulus]


def usual_current(properties: CellProperties) -> float:
    """A current (nA) that probably makes the cell fire.

    The threshold current where it is known, else a current at which it was seen to fire, else what
    depolarises its input resistance by 20 mV.
    """
    for known in (properties.threshold_current, properties.firing_current):
        if _is_positive(known):
            return min(known or 0.0, _STRONGEST_NA)
    resistance = properties.input_resistance
    if _is_positive(resistance):
        return min(max(_rounded(_DEPOLARISATION_MV / (resistance or 1.0)), _LEAST_NA), _MOST_NA)
    return _USUAL_NA


def _amplitude(properties: CellProperties, factor: float) -> float:
    return _rounded(usual_current(properties) * factor)


def _rounded(current: float) -> float:
    """Two digits, for nobody chose the others; and no less than the 0.1 pA that a field shows."""
    if current == 0 or not math.isfinite(current):
        return 0.0
    return max(round(abs(current), 1 - math.floor(math.log10(abs(current)))), 1e-4) * math.copysign(
        1, current
    )


def _is_positive(number: float | None) -> bool:
    return number is not None and math.isfinite(number) and number > 0


def _step(
    factor: float, delay: float, duration: float, name: str
) -> Callable[[Target, CellProperties], Stimulus]:
    def make(target: Target, cell: CellProperties) -> Stimulus:
        amplitude = _amplitude(cell, factor)
        return s.Step(target=target, name=name, delay=delay, duration=duration, amplitude=amplitude)

    return make


def _ramp(target: Target, cell: CellProperties) -> Stimulus:
    return s.Ramp(target=target, duration=1000.0, amplitude_start=0.0, amplitude_end=_amplitude(cell, 3))


def _pulse_train(target: Target, cell: CellProperties) -> Stimulus:
    return s.PulseTrain(target=target, amplitude=_amplitude(cell, 5), width=2.0, frequency=20.0)


def _sine(target: Target, cell: CellProperties) -> Stimulus:
    return s.Sine(target=target, duration=1000.0, amplitude=_amplitude(cell, 0.5), frequency=5.0)


def _sine_sweep(target: Target, cell: CellProperties) -> Stimulus:
    return s.SineSweep(target=target, amplitude=_amplitude(cell, 0.2))


def _noise(target: Target, cell: CellProperties) -> Stimulus:
    mean = _amplitude(cell, 1)
    return s.Noise(target=target, mean=mean, variance=(0.3 * mean) ** 2)


def _ornstein_uhlenbeck(target: Target, cell: CellProperties) -> Stimulus:
    return s.OrnsteinUhlenbeck(target=target, mean=_amplitude(cell, 0.8), sigma=_amplitude(cell, 0.4))


def _shot_noise(target: Target, cell: CellProperties) -> Stimulus:
    size = _amplitude(cell, 0.1)
    return s.ShotNoise(target=target, amplitude_mean=size, amplitude_variance=size**2)


def _absolute_shot_noise(target: Target, cell: CellProperties) -> Stimulus:
    return s.AbsoluteShotNoise(target=target, mean=_amplitude(cell, 1), sigma=_amplitude(cell, 0.3))


def _voltage_clamp(target: Target, _cell: CellProperties) -> Stimulus:
    levels = tuple(
        s.VoltageLevel(duration=duration, voltage=voltage)
        for duration, voltage in ((100.0, -80.0), (200.0, -20.0), (200.0, -80.0))
    )
    return s.VoltageClamp(target=target, voltage=-80.0, duration=500.0, levels=levels)


def _own_waveform(target: Target, cell: CellProperties) -> Stimulus:
    peak = _amplitude(cell, 2)
    return s.ArbitraryWaveform(target=target, times=(0.0, 100.0, 400.0), amplitudes=(0.0, peak, 0.0))


PRESETS: Final[tuple[Preset, ...]] = (
    Preset("step", "Steps", "Step", "Does the cell fire?", _step(1.5, 100.0, 400.0, "")),
    Preset(
        *("idrest", "Steps", "Long step (IDrest)"),
        "How regularly does it fire, and does it slow down?",
        _step(2.0, 250.0, 1350.0, "IDrest"),
    ),
    Preset(
        *("iv", "Steps", "Hyperpolarising step (IV)"),
        "Input resistance, membrane time constant and sag.",
        _step(-1.0, 100.0, 1000.0, "IV"),
    ),
    Preset(
        *("apwaveform", "Steps", "Short strong step (APWaveform)"),
        "The shape of single action potentials.",
        _step(3.0, 100.0, 50.0, "APWaveform"),
    ),
    Preset(
        *("firepattern", "Steps", "Very long step (FirePattern)"),
        "Which firing pattern does the cell settle into?",
        _step(2.0, 250.0, 3600.0, "FirePattern"),
    ),
    Preset(
        *("relative_step", "Relative to the threshold", "Step in % of threshold"),
        "The same strength for every cell, whatever its size.",
        lambda target, _cell: s.RelativeStep(target=target),
    ),
    Preset(
        *("relative_ramp", "Relative to the threshold", "Ramp in % of threshold"),
        "From nothing to twice the threshold current.",
        lambda target, _cell: s.RelativeRamp(target=target),
    ),
    Preset(
        *("subthreshold", "Relative to the threshold", "Step below threshold"),
        "How the membrane responds without firing.",
        lambda target, _cell: s.Subthreshold(target=target),
    ),
    Preset(
        *("holding", "Relative to the threshold", "Holding current"),
        "Keeps the cell at its standard potential for the whole run.",
        lambda target, _cell: s.Holding(target=target),
    ),
    Preset(
        "ramp", "Changing currents", "Ramp", "At which current does the first action potential come?", _ramp
    ),
    Preset(
        *("pulse_train", "Changing currents", "Pulse train"),
        "Does the cell follow short pulses at this rate?",
        _pulse_train,
    ),
    Preset("sine", "Changing currents", "Sine", "How the cell follows a slow rhythm.", _sine),
    Preset(
        *("sine_sweep", "Changing currents", "Sine sweep (chirp)"),
        "Impedance: which frequencies pass, and is there a resonance?",
        _sine_sweep,
    ),
    Preset(
        *("waveform", "Changing currents", "Your own waveform"),
        "Any current, drawn point by point.",
        _own_waveform,
    ),
    Preset(
        *("ornstein_uhlenbeck", "Noise", "Ornstein–Uhlenbeck noise"),
        "The restless input that a cell gets in a living network.",
        _ornstein_uhlenbeck,
    ),
    Preset(
        *("relative_ornstein_uhlenbeck", "Noise", "Ornstein–Uhlenbeck noise in % of threshold"),
        "The same restless input for cells of any size.",
        lambda target, _cell: s.RelativeOrnsteinUhlenbeck(target=target),
    ),
    Preset(
        *("shot_noise", "Noise", "Shot noise"),
        "Many small synaptic currents at random times.",
        _shot_noise,
    ),
    Preset(
        *("absolute_shot_noise", "Noise", "Shot noise by mean and spread"),
        "Random synaptic currents that add up to a mean you choose.",
        _absolute_shot_noise,
    ),
    Preset(
        *("relative_shot_noise", "Noise", "Shot noise in % of threshold"),
        "Random synaptic currents for cells of any size.",
        lambda target, _cell: s.RelativeShotNoise(target=target),
    ),
    Preset("noise", "Noise", "Gaussian noise", "A new random current every half millisecond.", _noise),
    Preset(
        *("relative_noise", "Noise", "Gaussian noise in % of threshold"),
        "The same random current for cells of any size.",
        lambda target, _cell: s.RelativeNoise(target=target),
    ),
    Preset(
        *("voltage_clamp", "Voltage clamp", "Voltage clamp"),
        "Holds the voltage and shows which current that takes.",
        _voltage_clamp,
    ),
    Preset(
        *("synapse", "Synapse", "Synapse"),
        "How does synaptic input at this place arrive at the soma?",
        lambda target, _cell: s.PlacedSynapse(target=target),
    ),
)


def preset_named(name: str) -> Preset:
    """The preset of this name."""
    return next(each for each in PRESETS if each.name == name)


def require_soma(cell: "CellDescription") -> None:
    """Raise EngineError, saying why, if there is no soma that a current could flow into."""
    name = f"{cell.population}:{cell.node_id}"
    if cell.model_type == "virtual":
        raise EngineError(
            f"The cell {name} is virtual: it only sends spikes, so there is no soma to stimulate.",
            hint="Choose a cell of another population.",
        )
    if cell.model_type == "point_process":
        model = cell.model_template.rpartition(":")[2]
        raise EngineError(
            f"The cell {name} is a point neuron{f' ({model})' if model else ''}:"
            " it has no membrane that takes a current.",
            hint="It is driven by spikes: add a source of spikes, or choose a cell with a morphology.",
        )


def with_preset(
    experiment: Experiment,
    preset: Preset,
    cell: CellReference,
    properties: CellProperties,
    section: str = SOMA,
) -> Experiment:
    """Add the stimulus of a preset at the soma, the cell with it, and time enough to see its end."""
    stimulus = preset.make(Site(cell=cell, section=section), properties)
    return with_room_for(with_stimulus(with_member(experiment, cell), stimulus), stimulus)


def stimulate_soma(
    experiment: Experiment, cell: CellReference, properties: CellProperties, section: str = SOMA
) -> Experiment:
    """Add a current step that should make the cell fire, and all that it takes to see that.

    100 % of the threshold current where that is known, together with the holding current that belongs to it;
    otherwise a step at which it was seen to fire, or that fits its input resistance. The soma is recorded if
    it was not.
    """
    site = Site(cell=cell, section=section)
    stimulus: Stimulus
    if _is_positive(properties.threshold_current):
        stimulus = s.RelativeStep(target=site)
    else:
        stimulus = s.Step(target=site, amplitude=usual_current(properties))
    made = with_stimulus(with_member(experiment, cell), stimulus)
    if properties.holding_current and not _is_held(experiment, cell):
        made = with_stimulus(made, s.Holding(target=site))
    return record_soma(with_room_for(made, stimulus), cell, section)


def record_soma(experiment: Experiment, cell: CellReference, section: str = SOMA) -> Experiment:
    """Record the voltage of the soma; nothing changes if that is done already."""
    for each in experiment.recordings:
        if _is_voltage_at(each, cell, section):
            return experiment
    recording = SiteRecording(site=Site(cell=cell, section=section))
    return with_recording(with_member(experiment, cell), recording)


def with_member(experiment: Experiment, cell: CellReference) -> Experiment:
    """Let a cell take part; a node set says by itself which cells do."""
    return with_cell(experiment, cell) if isinstance(experiment.cells, ListedCells) else experiment


def with_room_for(experiment: Experiment, stimulus: Stimulus) -> Experiment:
    """Let the run last until a while after a stimulus, unless that takes too long."""
    end = stimulus.end + AFTERWARDS_MS
    if end > _LONGEST_MS or end <= experiment.conditions.tstop:
        return experiment
    return with_conditions(experiment, tstop=end)


def _is_voltage_at(recording: Recording, cell: CellReference, section: str) -> bool:
    if not isinstance(recording, SiteRecording) or not recording.enabled or recording.variable != "v":
        return False
    return recording.site.cell == cell and recording.site.section == section


def _is_held(experiment: Experiment, cell: CellReference) -> bool:
    return any(
        isinstance(each, s.Holding)
        and each.enabled
        and isinstance(each.target, Site)
        and each.target.cell == cell
        for each in experiment.stimuli
    )
