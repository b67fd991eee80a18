"""The `inputs` of a SONATA configuration, of either dialect, as stimuli and replays."""

from pathlib import Path
from typing import Any, Final

from engine.circuit.manifest import resolve
from engine.circuit.problems import Problem
from engine.errors import UnknownNameError
from engine.experiment.base import changed
from engine.experiment.sonata_entry import Entry, unit_of
from engine.experiment.sonata_import_sets import Sets
from engine.experiment.sonata_inputs import COMMON, LEFT_OUT, MODULE_NAMES, REPLAYS, module_of
from engine.experiment.sonata_levels import is_late, levels_of
from engine.experiment.sonata_names import relative
from engine.experiment.stimuli import Step, Stimulus, VoltageClamp
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CompartmentSetTarget, Target

# `source` was part of older files; no simulator reads it.
_WITHOUT_EFFECT: Final = {"source", "input_type", "random_seed", "reversal", "dt"}


class Inputs:
    """The stimuli and replays of one configuration, in the order of its file: random streams count on it.

    `late_levels` says that the file tells its voltage clamps the way the simulators play them.
    """

    def __init__(self, sets: Sets, base: Path, tstop: float, *, allen: bool, late_levels: bool) -> None:
        self.stimuli: list[Stimulus] = []
        self.replays: list[SpikeReplay] = []
        self.problems: list[Problem] = []
        self._sets, self._base, self._tstop = sets, base, tstop
        self._allen, self._late_levels = allen, late_levels

    def read(self, inputs: Entry) -> None:
        """Take over every input that an experiment has a counterpart for."""
        for name, raw in inputs.values.items():
            entry = Entry(raw, f"Input {name!r}", inputs.where)
            module = entry.text("module")
            if module in LEFT_OUT:
                self._warn(entry, f"was left out: there is nothing here for {LEFT_OUT[module]} ({module})")
                continue
            self._read(name, entry, module)
            unknown = [key for key in entry.unasked() if key not in _WITHOUT_EFFECT]
            if unknown:
                self._warn(
                    entry, f"{', '.join(map(repr, unknown))} was left out: nothing here means the same"
                )

    def _read(self, name: str, entry: Entry, module: str) -> None:
        if module in REPLAYS:
            self._read_replay(name, entry)
        elif module == "IClamp":
            self._read_current_clamp(name, entry)
        elif module not in MODULE_NAMES:
            known = [*MODULE_NAMES, *REPLAYS, "IClamp", *LEFT_OUT]
            raise UnknownNameError(f"module (of {entry.name})", module, known, where=entry.where)
        elif entry.number("duration", unit="ms") == 0:
            self._warn(entry, "was left out: it lasts 0 ms")
        else:
            self.stimuli.append(self._stimulus(name, entry, module))

    def _stimulus(self, name: str, entry: Entry, module_name: str) -> Stimulus:
        module = module_of(module_name, entry.values)
        input_type = entry.text("input_type")
        if input_type not in module.modes:
            fitting = " or ".join(map(repr, module.modes))
            raise entry.refusal(
                f"'input_type' should be {fitting} for the module {module_name!r}, and is {input_type!r}"
            )
        if "mean" in entry and "mean_percent" in entry:
            raise entry.refusal("only one of 'mean' and 'mean_percent' can be given")
        keys = (*COMMON, *module.keys)
        fields = {key.field: entry.value(key, unit_of(module.model, key.field)) for key in keys}
        fields |= {"name": name, "target": self._sets.of_input(entry)}
        if mode := module.modes[input_type]:
            fields["mode"] = mode
        if module.model is VoltageClamp:
            fields["levels"] = self._levels(entry, fields)
        return entry.build(module.model, fields, {key.field: key.name for key in keys})

    def _levels(self, entry: Entry, fields: dict[str, Any]) -> list[dict[str, float]]:
        levels = levels_of(entry, fields["voltage"], fields["duration"], late=self._late_levels)
        if levels and not is_late(entry.numbers("duration_levels"), late=self._late_levels):
            self._warn(
                entry,
                "has levels, played here as SONATA defines them; neurodamus and BlueCelluLab play each late",
                "Choose the neurodamus timing of levels to get their traces.",
            )
        return levels

    def _read_current_clamp(self, name: str, entry: Entry) -> None:
        """Allen's IClamp: one step, or as many as its lists are long."""
        lists = {key: _as_list(entry, key) for key in ("amp", "delay", "duration")}
        lengths = {len(each) for each in lists.values()}
        if len(lengths) != 1:
            raise entry.refusal(
                "'amp', 'delay' and 'duration' should be equally long lists, or single numbers"
            )
        target = self._placed(entry, self._sets.of_input(entry))
        names = {"amplitude": "amp"}
        for number, (amp, delay, duration) in enumerate(zip(*lists.values(), strict=True), start=1):
            if duration == 0:
                continue
            fields = {"amplitude": amp, "delay": delay, "duration": duration, "target": target}
            fields["name"] = name if lengths == {1} else f"{name} {number}"
            self.stimuli.append(entry.build(Step, fields, names))

    def _placed(self, entry: Entry, target: Target) -> Target:
        """BMTK can put a current clamp elsewhere than the middle of the soma."""
        index = entry.integer("section_index", 0)
        section = f"{entry.text('section_name', 'soma')}[{index}]"
        x = entry.number("section_dist", 0.5)
        if isinstance(target, CompartmentSetTarget) or (section, x) == (target.section, target.x):
            return target
        try:
            return changed(target, section=section, x=x)
        except ValueError as error:
            raise entry.refusal(f"{section}({x:g}) is not a place on a cell") from error

    def _read_replay(self, name: str, entry: Entry) -> None:
        key = "input_file" if self._allen and "input_file" in entry else "spike_file"
        fields = {
            "name": name,
            "spike_file": relative(resolve(self._base, entry.text(key)), self._base),
            "delay": entry.number("delay", 0.0, "ms"),
            "duration": self._duration_of_replay(entry),
        }
        if key == "input_file":
            fields["node_set"] = self._sets.sources(entry)
        else:
            self._warn_of_targets(entry)
        self.replays.append(entry.build(SpikeReplay, fields, {"spike_file": key}))

    def _duration_of_replay(self, entry: Entry) -> float | None:
        """None for one that lasts as long as the run: it should go on doing so when the run gets longer."""
        duration: float | None = entry.number("duration", None, "ms")
        return (
            None
            if duration is not None and entry.number("delay", 0.0) + duration == self._tstop
            else duration
        )

    def _warn_of_targets(self, entry: Entry) -> None:
        targets = entry.get("node_set")
        if targets is not None and not self._sets.is_simulated(targets):
            self._warn(entry, f"reaches all cells of the experiment, not only those of {targets!r}")

    def _warn(self, entry: Entry, what: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{entry.name} {what}.", entry.where, hint, severity="warning"))


def _as_list(entry: Entry, key: str) -> tuple[float, ...]:
    unit = "nA" if key == "amp" else "ms"
    return entry.numbers(key) if isinstance(entry.get(key), list) else (entry.number(key, unit=unit),)
