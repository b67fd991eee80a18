"""The stimuli and replays of an experiment as the `inputs` of a SONATA configuration."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.experiment.conditions import Conditions
from engine.experiment.sonata_conditions import LARGEST_SEED
from engine.experiment.sonata_entry import REQUIRED
from engine.experiment.sonata_export_sets import CannotSayError, ExportSets
from engine.experiment.sonata_inputs import COMMON, Module, module_for
from engine.experiment.sonata_levels import for_simulators
from engine.experiment.sonata_names import relative, unique
from engine.experiment.stimuli import ArbitraryWaveform, PlacedSynapse, ShotNoise, Stimulus, VoltageClamp
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.waveforms import CellProperties

MOST_PIECES: Final = 200  # of one waveform; a file with more of them is no longer meant for people


class ExportInputs:
    """Collects the inputs in the order of the experiment, which the random streams count on."""

    def __init__(self, sets: ExportSets, conditions: Conditions) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self._sets, self._conditions = sets, conditions

    def add_stimuli(self, stimuli: Iterable[Stimulus]) -> None:
        """SONATA has no switch for inputs: what is switched off is left out."""
        for stimulus in stimuli:
            if stimulus.enabled:
                try:
                    self._add(stimulus)
                except CannotSayError as error:
                    name = stimulus.name or stimulus.title
                    self.problems.append(Problem(f"{name!r} was left out: {error}.", hint=error.problem.hint))

    def add_replays(self, replays: Iterable[SpikeReplay], base: Path, folder: Path) -> None:
        """`base` is the folder that the paths of the experiment count from."""
        for replay in replays:
            if not replay.enabled:
                continue
            name = replay.name or Path(replay.spike_file).stem
            file = Path(base, replay.spike_file)
            if file.suffix != ".h5":
                self._problem(f"{name!r} was left out: SONATA replays spikes from .h5 files only.")
                continue
            if replay.node_set is not None:
                self._warn(
                    f"{name!r} replays the spikes of all populations of its file, not of {replay.node_set!r}."
                )
            self._put_replay(name, relative(file, folder), replay.delay, replay.duration)

    def add_spikes(self, file: str) -> None:
        """All spikes of a file that lies beside the configuration."""
        self._put_replay(Path(file).stem, file, 0.0, None)

    def _put_replay(self, name: str, file: str, delay: float, lasts: float | None) -> None:
        self._put(
            name,
            {
                "module": "synapse_replay",
                "input_type": "spikes",
                "delay": delay,
                "duration": max(self._conditions.tstop - delay, 0.0) if lasts is None else lasts,
                "node_set": self._sets.simulated_by_name(),
                "spike_file": file,
            },
        )

    def _add(self, stimulus: Stimulus) -> None:
        name = stimulus.name or stimulus.kind
        if isinstance(stimulus, ArbitraryWaveform):
            place = self._sets.place(stimulus.target)
            for piece in self._pieces(stimulus):
                self._put(name, piece | place)
            return
        if isinstance(stimulus, PlacedSynapse):
            raise CannotSayError(
                "SONATA has no synapse at a chosen place",
                "Export the experiment as a NEURON script, which has it.",
            )
        module = module_for(type(stimulus))
        if module is None:
            raise CannotSayError(
                f"SONATA has no {stimulus.title.lower()}", "Use a sine or a waveform from points."
            )
        self._warn_of_whole_numbers(name, stimulus)
        self._put(name, _said(stimulus, module) | self._sets.place(stimulus.target))

    def _pieces(self, stimulus: ArbitraryWaveform) -> list[dict[str, Any]]:
        """One `linear` input for every straight line; their sum is the waveform."""
        played = stimulus.waveform(CellProperties(gid=0), self._conditions)
        times, amplitudes = played.time.tolist(), played.amplitude.tolist()
        lines = zip(times, times[1:], amplitudes, amplitudes[1:], strict=False)
        pieces = [
            {
                "module": "linear",
                "input_type": "current_clamp",
                "delay": t0,
                "duration": t1 - t0,
                "amp_start": a0,
                "amp_end": a1,
            }
            for t0, t1, a0, a1 in lines
            if t1 > t0 and (a0 != 0 or a1 != 0)
        ]
        if len(pieces) > MOST_PIECES:
            raise CannotSayError(
                f"SONATA would need {len(pieces)} inputs for it, and more than {MOST_PIECES} are not written",
                "Use fewer points.",
            )
        return pieces

    def _warn_of_whole_numbers(self, name: str, stimulus: Stimulus) -> None:
        if isinstance(stimulus, ShotNoise) and not stimulus.rate.is_integer():
            self._warn(
                f"neurodamus will cut the rate of {name!r} from {stimulus.rate:g} to {int(stimulus.rate)} Hz."
            )
        seed = getattr(stimulus, "random_seed", None)
        if seed is not None and seed > LARGEST_SEED:
            self._warn(f"neurodamus takes seeds up to {LARGEST_SEED}; the one of {name!r} is {seed}.")

    def _put(self, name: str, entry: dict[str, Any]) -> None:
        self.inputs[unique(name, self.inputs)] = entry

    def _warn(self, what: str) -> None:
        self.problems.append(Problem(what, severity="warning"))

    def _problem(self, what: str) -> None:
        self.problems.append(Problem(what))


def _said(stimulus: Stimulus, module: Module) -> dict[str, Any]:
    """The entry without its place. What equals SONATA's default is not written."""
    mode = getattr(stimulus, "mode", "")
    input_type = next(each for each, meant in module.modes.items() if meant == mode)
    entry: dict[str, Any] = {"module": module.name, "input_type": input_type}
    for key in (*COMMON, *module.keys):
        value = getattr(stimulus, key.field)
        if key.default is REQUIRED or value != key.default:
            entry[key.name] = value
    return entry | for_simulators(stimulus) if isinstance(stimulus, VoltageClamp) else entry
