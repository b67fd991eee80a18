"""A plain NEURON script of an experiment: what it holds, and how it is written.

The script needs Python with `neuron` and `numpy`, and the files that it names; nothing of Somascope.
"""

import math
import pprint
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from engine.experiment.conditions import Conditions
from engine.experiment.manipulations import Assignment
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.waveforms import Samples, Waveform
from engine.output.script_network import ScriptNetwork, network_lines
from engine.output.script_parts import PARTS, Part
from engine.user_files import write_whole

_LONGEST_LIST: Final = 12  # points of a waveform that are still written into the script
_INTEGRATION: Final = {"euler": 0, "crank_nicolson": 1, "crank_nicolson_ion": 2}
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class ScriptCell:
    """A cell by its name, the Python expression that makes it, and the functions which that calls."""

    name: str
    construction: str
    needs: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ScriptPlace:
    """A segment: cell by its name, section, position."""

    cell: str
    section: str
    x: float

    @property
    def expression(self) -> str:
        """The segment in the script."""
        return f"cells[{self.cell!r}].sections[{self.section!r}]({self.x!r})"


@dataclass(frozen=True, slots=True)
class ScriptElectrode:
    """A waveform at a place."""

    name: str
    place: ScriptPlace
    waveform: Waveform


@dataclass(frozen=True, slots=True)
class ScriptSynapse:
    """An Exp2Syn at a place, and the times (ms) of its events."""

    name: str
    place: ScriptPlace
    synapse: PlacedSynapse
    events: Samples


AnyElectrode = ScriptElectrode | ScriptSynapse


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """Assignments to the sections that a Python expression lists, or to segments.

    They hold from `begin` to `end` (ms). TTX has none, but a `switch`, the mechanism that says where it is.
    """

    comment: str
    where: str
    assignments: tuple[Assignment, ...] = ()
    of_segments: bool = False
    begin: float = 0.0
    end: float = math.inf
    switch: str = ""


@dataclass(frozen=True, slots=True)
class ScriptTrace:
    """A column of the result: its heading, and a variable at a place or (empty) an electrode's current."""

    heading: str
    place: ScriptPlace | None
    variable: str
    electrode: str = ""


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """Everything that a script says. Paths in it are relative to the script, `/` between parts.

    `library`: the compiled mechanisms; `mod_folder`: what they were compiled from.
    `mechanism`: one that is there when they are loaded. `network`: the circuit's synapses.
    """

    title: str
    conditions: Conditions
    cells: tuple[ScriptCell, ...]
    changes: tuple[ScriptChange, ...] = ()
    electrodes: tuple[AnyElectrode, ...] = ()
    traces: tuple[ScriptTrace, ...] = ()
    library: str = ""
    mechanism: str = ""
    mod_folder: str = ""
    network: ScriptNetwork | None = None
    hoc_files: tuple[str, ...] = ()
    globals: dict[str, float] = field(default_factory=dict)

    @property
    def times(self) -> list[float]:
        """When changes come and go in the middle of the run (ms)."""
        times = {time for change in self.changes for time in (change.begin, change.end)}
        return sorted(time for time in times if 0 < time < self.conditions.tstop)


def write_script(plan: ScriptPlan, path: Path) -> None:
    """Write the script, and beside it the points, events and synapses that are too many to read."""
    long = {
        f"{name}_{number}": values
        for number, electrode in enumerate(plan.electrodes)
        for name, values in _points(electrode).items()
        if len(values) > _LONGEST_LIST
    }
    waveforms = path.with_name(f"{path.stem}_waveforms.npz")
    if long:
        np.savez_compressed(waveforms, **long)  # type: ignore[arg-type]  # numpy's stub wants allow_pickle: bool
    if plan.network is not None:
        np.savez_compressed(path.with_name(_table_name(path.name)), **plan.network.table())  # type: ignore[arg-type]  # as above
    text = "\n".join(_lines(plan, path.name, waveforms.name if long else ""))
    write_whole(path, text + "\n")


def _table_name(script: str) -> str:
    return f"{Path(script).stem}_synapses.npz"


def _points(electrode: AnyElectrode) -> dict[str, Samples]:
    if isinstance(electrode, ScriptSynapse):
        return {"time": electrode.events}
    return {"time": electrode.waveform.time, "amplitude": electrode.waveform.amplitude}


def _lines(plan: ScriptPlan, name: str, waveforms: str) -> Iterable[str]:
    yield from _head(plan, name, waveforms)
    for part in _parts(plan):
        yield from ("", "", PARTS[part].strip())
    yield from ("", "", *_loading(plan))
    yield from _cells(plan)
    yield from _changes(plan.changes, are_timed=bool(plan.times))
    if plan.network is not None:
        yield from network_lines(_table_name(name), plan.network)
    yield from _electrodes(plan.electrodes, waveforms)
    yield from _traces(plan)
    yield from _run(plan, name)


def _head(plan: ScriptPlan, name: str, waveforms: str) -> Iterable[str]:
    csv = f"{Path(name).stem}.csv"
    yield f'"""{_safe(plan.title)}'
    yield ""
    yield f"Run it with `python {name}`; it needs the Python packages neuron and numpy, and the files that it"
    yield f"names where they are. It writes {csv}: a column with the time, and one for each recording."
    if waveforms:
        yield f"The points of long waveforms are in {waveforms}."
    if plan.network is not None:
        yield f"The circuit's synapses, and the times of spikes from outside, are in {_table_name(name)}."
    if plan.library:
        yield "The mechanisms come from a compiled library. To make them elsewhere, run in this folder"
        yield f"    nrnivmodl {plan.mod_folder}"
        yield "and start the script there: NEURON finds them by itself."
    yield '"""'
    yield from ("", "from pathlib import Path", "", "import numpy as np", "from neuron import h", "")
    yield "HERE = Path(__file__).resolve().parent"


def _parts(plan: ScriptPlan) -> list[Part]:
    """The functions that the script calls, in the order in which they are defined."""
    needed: set[Part] = {"at", *(part for cell in plan.cells for part in cell.needs)}
    needed |= {
        "synapse" if isinstance(each, ScriptSynapse) else each.waveform.quantity for each in plan.electrodes
    }
    if plan.network is not None:
        needed.add("network")
    if any(trace.place for trace in plan.traces):
        needed.add("variable")
    if plan.traces:
        needed.add("record")
    if any(not change.assignments for change in plan.changes):
        needed.add("ttx")
    if any(change.assignments for change in plan.changes):
        needed.add("change")
    if plan.times:
        needed.add("timed")
    return [part for part in PARTS if part in needed]


def _loading(plan: ScriptPlan) -> Iterable[str]:
    if plan.library:
        yield f"if not hasattr(h, {plan.mechanism!r}):  # NEURON loads ./x86_64 by itself, and nothing twice"
        yield f"    if h.nrn_load_dll(at({plan.library!r})) != 1:"
        yield '        raise SystemExit("The compiled mechanisms are missing: see the top of this script.")'
    yield 'h.load_file("stdrun.hoc")'
    yield 'h.load_file("import3d.hoc")'
    yield from (f"h.load_file(1, at({path!r}))" for path in plan.hoc_files)


def _cells(plan: ScriptPlan) -> Iterable[str]:
    if plan.globals:
        yield from ("", "# Global variables of mechanisms")
        yield from (f"h.{name} = {value!r}" for name, value in plan.globals.items())
    yield from ("", "# The cells", "cells = {}")
    for cell in plan.cells:
        yield f"cells[{cell.name!r}] = {cell.construction}"


def _changes(changes: Sequence[ScriptChange], *, are_timed: bool) -> Iterable[str]:
    if changes:
        yield from ("", "# Changes to them")
    for change in changes:
        comment = f"  # {change.comment}" if change.comment else ""
        if not change.assignments:
            yield f"block_sodium({change.where}, {change.switch!r}){comment}"
            continue
        function = "change_segments" if change.of_segments else "change_sections"
        said = [(each.variable, each.operator, each.value) for each in change.assignments]
        if are_timed:
            end = repr(change.end) if math.isfinite(change.end) else "float('inf')"
            when = f"{change.begin!r}, {end}"
            yield f"timed_changes.append(({when}, {function}, {change.where}, {said!r})){comment}"
        elif change.begin == 0:
            yield f"{function}({change.where}, {said!r}){comment}"
    if are_timed:
        yield "change_for(0)"


def _electrodes(electrodes: Sequence[AnyElectrode], waveforms: str) -> Iterable[str]:
    yield from ("", "# The electrodes: each plays points (time in ms, amplitude), joined by straight lines")
    if waveforms:
        yield f"points = np.load(at({waveforms!r}))"
    yield "electrode_points = []  # NEURON plays from these vectors; they have to stay"
    if any(isinstance(each, ScriptSynapse) for each in electrodes):
        yield "events = []  # of the synapses: connections, and the times at which they are sent"
    yield "electrodes = {}"
    for number, electrode in enumerate(electrodes):
        if isinstance(electrode, ScriptSynapse):
            function, more = "place_synapse", _values_of_synapse(electrode.synapse)
        else:
            function, more = f"play_{electrode.waveform.quantity}", _values_of_clamp(electrode.waveform)
        yield f"electrodes[{electrode.name!r}] = {function}("
        yield f"    {electrode.place.expression},"
        for name, values in _points(electrode).items():
            is_long = len(values) > _LONGEST_LIST
            yield f'    points["{name}_{number}"],' if is_long else f"    {values.tolist()!r},"
        yield from (f"    {name}={value!r}," for name, value in more.items())
        yield ")"


def _values_of_clamp(waveform: Waveform) -> dict[str, float]:
    if waveform.quantity == "conductance":
        return {"reversal": waveform.reversal}
    return {"series_resistance": waveform.series_resistance} if waveform.quantity == "voltage" else {}


def _values_of_synapse(synapse: PlacedSynapse) -> dict[str, float]:
    return {
        "rise": synapse.rise_time,
        "decay": synapse.decay_time,
        "reversal": synapse.reversal,
        "weight": synapse.weight,
    }


def _traces(plan: ScriptPlan) -> Iterable[str]:
    every = f", {plan.conditions.dt!r}" if plan.conditions.variable_step else ""
    yield from ("", "# The recordings", f'recordings = {{"time (ms)": h.Vector().record(h._ref_t{every})}}')
    for trace in plan.traces:
        source = (
            f"electrodes[{trace.electrode!r}]._ref_i"
            if trace.place is None
            else f"variable({trace.place.expression}, {trace.variable!r})"
        )
        yield f"recordings[{trace.heading!r}] = record({source}{every})"


def _run(plan: ScriptPlan, name: str) -> Iterable[str]:
    conditions = plan.conditions
    yield from ("", "# The run")
    yield f"h.celsius = {conditions.celsius!r}  # degrees"
    yield f"h.v_init = {conditions.v_init!r}  # mV"
    yield f"h.dt = {conditions.dt!r}  # ms"
    yield f"h.steps_per_ms = {1 / conditions.dt!r}"
    yield f"h.secondorder = {_INTEGRATION[conditions.integration_method]}"
    if conditions.variable_step:
        yield "h.CVode().active(True)"
        yield f"h.CVode().atol({conditions.absolute_tolerance!r})"
    yield f"h.Random().Random123_globalindex({conditions.random_seed})"
    yield "for cell in cells.values():"
    yield f"    cell.reseed({conditions.ionchannel_seed})"
    yield "solver = h.ParallelContext()"
    yield "solver.set_maxstep(10)"
    yield "h.stdinit()"
    if plan.network is not None:
        yield "network.send()"
    if any(isinstance(each, ScriptSynapse) for each in plan.electrodes):
        yield "for connection, times in events:"
        yield "    for time in times:"
        yield "        connection.event(time)"
    for time in plan.times:
        yield f"solve_to({time!r}, {plan.conditions.dt!r})  # ms"
        yield f"change_for({time!r})"
    yield f"solver.psolve({conditions.tstop!r})  # ms"
    yield ""
    yield "np.savetxt("
    yield f"    HERE / {Path(name).stem + '.csv'!r},"
    yield "    np.column_stack([np.array(each) for each in recordings.values()]),"
    yield "    fmt='%.17g',"
    yield "    delimiter=',',"
    yield "    header=','.join(recordings),"
    yield "    comments='',"
    yield "    encoding='utf-8',"
    yield ")"


def literal(value: object, indent: int = 4) -> str:
    """A Python literal that spreads over lines where it is long."""
    text = pprint.pformat(value, width=_WIDTH, sort_dicts=False)
    return text.replace("\n", "\n" + " " * indent)


def _safe(text: str) -> str:
    """For the inside of a docstring."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split()) or "A run of NEURON."
