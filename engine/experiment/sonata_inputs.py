"""Which stimulus is which input module of SONATA: one table, read in both directions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.experiment import stimuli
from engine.experiment.sonata_entry import Key
from engine.experiment.stimuli import Stimulus

Raw = Mapping[str, Any]

COMMON: Final = (
    Key("delay", "delay"),
    Key("duration", "duration"),
    Key("represents_physical_electrode", "represents_physical_electrode", "flag", default=False),
)
_INJECTED: Final = {"current_clamp": "current", "conductance": "conductance"}
_STOCHASTIC: Final = (
    Key("reversal", "reversal", default=0.0),
    Key("dt", "sample_interval", default=0.25),
    Key("random_seed", "random_seed", "integer", default=None),
)
_SHOTS: Final = (Key("rise_time", "rise_time"), Key("decay_time", "decay_time"), *_STOCHASTIC)
_SKEW: Final = Key("relative_skew", "relative_skew", default=0.5)


@dataclass(frozen=True, slots=True)
class Module:
    """One way to say a stimulus in SONATA.

    `modes` maps the input types that go with the module to the mode of the model (empty text: it has none).
    Where two models share a module, the first one for which `means` is true of the entry is meant.
    """

    name: str
    model: type[Stimulus]
    keys: tuple[Key, ...]
    modes: Mapping[str, str] = field(default_factory=lambda: {"current_clamp": ""})
    means: Callable[[Raw], bool] = lambda _: True


def _flat(start: str, end: str) -> Callable[[Raw], bool]:
    return lambda raw: raw.get(end) is None or raw[end] == raw.get(start)


MODULES: Final = (
    Module("linear", stimuli.Step, (Key("amp_start", "amplitude"),), means=_flat("amp_start", "amp_end")),
    Module("linear", stimuli.Ramp, (Key("amp_start", "amplitude_start"), Key("amp_end", "amplitude_end"))),
    Module(
        "relative_linear",
        stimuli.RelativeStep,
        (Key("percent_start", "percent"),),
        means=_flat("percent_start", "percent_end"),
    ),
    Module(
        "relative_linear",
        stimuli.RelativeRamp,
        (Key("percent_start", "percent_start"), Key("percent_end", "percent_end")),
    ),
    Module(
        "pulse",
        stimuli.PulseTrain,
        (Key("amp_start", "amplitude"), Key("width", "width"), Key("frequency", "frequency")),
    ),
    Module(
        "sinusoidal",
        stimuli.Sine,
        (
            Key("amp_start", "amplitude"),
            Key("frequency", "frequency"),
            Key("dt", "sample_interval", default=0.025),
        ),
    ),
    Module("subthreshold", stimuli.Subthreshold, (Key("percent_less", "percent_less"),)),
    Module("hyperpolarizing", stimuli.Holding, ()),
    Module(
        "noise",
        stimuli.RelativeNoise,
        (Key("mean_percent", "mean_percent"), Key("variance", "variance_percent")),
        means=lambda raw: raw.get("mean_percent") is not None,
    ),
    Module("noise", stimuli.Noise, (Key("mean", "mean"), Key("variance", "variance"))),
    Module(
        "shot_noise",
        stimuli.ShotNoise,
        (
            Key("rate", "rate"),
            Key("amp_mean", "amplitude_mean"),
            Key("amp_var", "amplitude_variance"),
            *_SHOTS,
        ),
        _INJECTED,
    ),
    Module(
        "relative_shot_noise",
        stimuli.RelativeShotNoise,
        (Key("mean_percent", "mean_percent"), Key("sd_percent", "sd_percent"), _SKEW, *_SHOTS),
        _INJECTED,
    ),
    Module(
        "absolute_shot_noise",
        stimuli.AbsoluteShotNoise,
        (Key("mean", "mean"), Key("sigma", "sigma"), _SKEW, *_SHOTS),
        _INJECTED,
    ),
    Module(
        "ornstein_uhlenbeck",
        stimuli.OrnsteinUhlenbeck,
        (Key("tau", "tau"), Key("mean", "mean"), Key("sigma", "sigma"), *_STOCHASTIC),
        _INJECTED,
    ),
    Module(
        "relative_ornstein_uhlenbeck",
        stimuli.RelativeOrnsteinUhlenbeck,
        (
            Key("tau", "tau"),
            Key("mean_percent", "mean_percent"),
            Key("sd_percent", "sd_percent"),
            *_STOCHASTIC,
        ),
        _INJECTED,
    ),
    Module(
        "seclamp",
        stimuli.VoltageClamp,
        (Key("voltage", "voltage"), Key("series_resistance", "series_resistance", default=0.01)),
        {"voltage_clamp": ""},
    ),
)

MODULE_NAMES: Final = tuple(dict.fromkeys(module.name for module in MODULES))
REPLAYS: Final = ("synapse_replay", "h5", "sonata")

# Known to SONATA, BMTK or neurodamus; nothing in an experiment means the same.
LEFT_OUT: Final = {
    "spatially_uniform_e_field": "electric fields",
    "poisson": "Poisson input of point neurons",
    "xstim": "extracellular stimulation",
    "extracellular": "extracellular stimulation",
    "comsol": "extracellular stimulation",
    "ecephys_probe": "spikes of an ecephys probe file",
    "csv": "spike trains in CSV files",
    "nwb": "spike trains in NWB files",
    "function": "spike trains made by Python functions",
    "syn_activity": "spontaneous synaptic activity",
    "replay": "replay of recurrent connections in BMTK's own form",
    "SEClamp": "BMTK's voltage clamp",
    "FileIClamp": "currents from NWB files",
}


def module_for(model: type[Stimulus]) -> Module | None:
    """How a stimulus is said in SONATA; None: not by one input."""
    return next((module for module in MODULES if module.model is model), None)


def module_of(name: str, raw: Raw) -> Module:
    """Which stimulus an entry with this module means."""
    return next(module for module in MODULES if module.name == name and module.means(raw))
