"""Prints what the cells of the column do, as a table: `python -m resources.circuits.make.report`.

Every cell is held at -75 mV and gets steps of 1000 ms, in per cent of its threshold current.
"""

import multiprocessing
from pathlib import Path
from typing import Final

import h5py
import numpy as np
from neuron import h

from resources.circuits.make.growth import APICAL
from resources.circuits.make.measure import Bench, Measured, Trace, spike_shape
from resources.circuits.make.morphologies import GROW, HEIGHTS_UM, grow, morphology_name
from resources.circuits.make.sections import apical_way, sections_of
from resources.circuits.make.templates import TEMPLATES

_COLUMN: Final = Path(__file__).parents[1] / "cortical_column"
_SEED: Final = 7
_PERCENT: Final = (120, 150, 200, 300, 400)
_UP_UM: Final = (200.0, 400.0, 600.0)
_HEADING: Final = (
    "| morphology | rest mV | R_in MΩ | hold nA | threshold nA | Hz at "
    + ", ".join(f"{percent}" for percent in _PERCENT)
    + " % | last/first interval at 300 % | peak mV | half-width ms | after-potential mV"
    " | first spikes later at dt 0.005 ms | back-propagated |\n" + "|---" * 12 + "|"
)


def main() -> None:
    """Print one line of a table for each morphology."""
    jobs = [(kind, number) for kind in GROW for number in range(len(HEIGHTS_UM[kind]))]
    print(_HEADING)
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=1) as pool:
        for line in pool.imap(_line, jobs):
            print(line, flush=True)


def _line(job: tuple[str, int]) -> str:
    kind, number = job
    name = morphology_name(kind, number)
    template, morphology = (
        _COLUMN / "hoc" / f"{TEMPLATES[kind]}.hoc",
        _COLUMN / "morphologies" / f"{name}.swc",
    )
    measured = _stored(name)
    bench = Bench(template, morphology)
    traces = [_step(bench, measured, percent) for percent in _PERCENT]
    rates = ", ".join(str(len(trace.spikes())) for trace in traces)
    intervals = np.diff(traces[3].spikes())
    shape = spike_shape(traces[2], traces[2].spikes()[1])
    cells = [
        name,
        f"{measured.resting_potential_mv:.1f}",
        f"{measured.input_resistance_mohm:.0f}",
        f"{measured.holding_current_na:.4f}",
        f"{measured.threshold_current_na:.4f}",
        rates,
        f"{intervals[-1] / intervals[0]:.2f}",
        f"{shape.peak_mv:.0f}",
        f"{shape.half_width_ms:.2f}",
        f"{shape.trough_mv:.0f}",
        _shift(bench, measured),
        _back_propagation(bench, measured, kind, number),
    ]
    return "| " + " | ".join(cells) + " |"


def _stored(morphology: str) -> Measured:
    """What the circuit says of the cells with this morphology."""
    with h5py.File(_COLUMN / "networks" / "nodes" / "column.h5") as file:
        group = file["nodes/column/0"]
        library = [name.decode() for name in group["@library/morphology"]]
        node_id = int(np.flatnonzero(group["morphology"][:] == library.index(morphology))[0])
        values = {name: float(column[node_id]) for name, column in group["dynamics_params"].items()}
    return Measured(
        values["resting_potential"],
        values["input_resistance"],
        values["holding_current"],
        values["threshold_current"],
    )


def _step(bench: Bench, measured: Measured, percent: float, dt_ms: float = 0.025, ms: float = 1000) -> Trace:
    amplitude = measured.threshold_current_na * percent / 100
    return bench.step(amplitude, holding_na=measured.holding_current_na, dt_ms=dt_ms, duration_ms=ms)


def _shift(bench: Bench, measured: Measured) -> str:
    """How much later (ms) the first spikes come with a five times finer time step."""
    coarse = _step(bench, measured, 200, ms=200).spikes()
    fine = _step(bench, measured, 200, 0.005, 200).spikes()
    number = min(3, len(coarse), len(fine))
    return ", ".join(f"{later:+.2f}" for later in fine[:number] - coarse[:number]) + " ms"


def _back_propagation(bench: Bench, measured: Measured, kind: str, number: int) -> str:
    """Height of the first action potential along the apical trunk, in per cent of that in the soma."""
    sections = sections_of(grow(kind, number, _SEED))
    if not any(section.kind == APICAL for section in sections):
        return "–"
    first = next(section.number for section in sections if section.kind == APICAL)
    spots, way = [], apical_way(sections)
    for distance in (each for each in _UP_UM if each < way[-1].distances[-1]):
        section = next(each for each in way if each.distances[-1] > distance)
        x = (distance - section.distances[0]) / section.length_um
        spots.append((distance, bench.cell.apic[section.number - first](x)))
    recorded = [h.Vector().record(segment._ref_v) for _, segment in spots]  # noqa: SLF001 - NEURON's name
    trace = _step(bench, measured, 200, ms=100)
    at = int(np.searchsorted(trace.time, trace.spikes()[0]))
    around = slice(at - 80, at + 320)
    height = np.ptp(trace.voltage[around])
    return ", ".join(
        f"{100 * np.ptp(np.array(vector)[around]) / height:.0f} % at {distance:.0f} µm"
        for (distance, _), vector in zip(spots, recorded, strict=True)
    )


if __name__ == "__main__":
    main()
