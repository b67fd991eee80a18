"""`python -m tests.benchmarks.protocol_fi [STEPS MS REPEATS]`: the f–I curve of the L5PC thrice.

Ours is the protocol with all that belongs to it: sweeps on two workers, traces, spikes, eFEL's features.
Plain NEURON runs the same steps one by one on a cell that is built. BlueCelluLab's `compute_plot_fi_curve`
spreads them over two processes, once as it is (CVODE), once with fixed steps as ours.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from engine.client.crew import Crew, conducted
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.targets import Site
from engine.experiment.waveforms import CellProperties
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Spaced
from engine.protocols.sweeps import Bench, Outcome, Sweep
from tests import peers
from tests.benchmarks.bare_neuron import BareNeuron, Took, digest_of
from tests.benchmarks.l5pc_step import CELL, CELSIUS, DELAY_MS, SOMA, V_INIT_MV, trusted_circuit
from tests.benchmarks.table import processor_s_of, show, verdict
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.curves import peer_curves

_CORES = 2
_FIRST_NA, _LAST_NA = 0.05, 0.8
_GOAL = 0.55


@dataclass(frozen=True, slots=True)
class _Curve:
    """What is measured: so many steps, in runs of so many ms."""

    count: int
    tstop_ms: float

    @property
    def protocol(self) -> FrequencyCurrent:
        """As we know it."""
        series = Spaced(first=_FIRST_NA, last=_LAST_NA, count=self.count)
        return FrequencyCurrent(
            amplitudes=series, delay=DELAY_MS, duration=self.tstop_ms - DELAY_MS, after=0.0
        )


@dataclass(frozen=True, slots=True)
class _Turn:
    """The same curve in several ways, s."""

    serial: Took
    started: Took
    again: Took


def main(count: int = 16, tstop_ms: float = 200.0, repeats: int = 5) -> None:
    """In turns, and the medians of the ratios."""
    curve = _Curve(count, tstop_ms)
    with trusted_circuit() as circuit, BareNeuron(circuit.folder) as bare:
        bare.run([_FIRST_NA], 1.0, [SOMA])
        Crew(circuit.config, circuit.folder).close()  # mechanisms are compiled now, not in what is measured
        turns = [_turn(circuit, bare, curve) for _ in range(repeats)]
        peer = {
            name: _peer(circuit, curve, has_fixed_steps=has_fixed_steps)
            for name, has_fixed_steps in _PEERS.items()
        }
    serial_s = median(turn.serial.wall_s for turn in turns)
    again_s = median(turn.again.wall_s for turn in turns)
    started = median(turn.started.wall_s / turn.serial.wall_s for turn in turns)
    again = median(turn.again.wall_s / turn.serial.wall_s for turn in turns)
    processor = median(turn.again.processor_s / turn.serial.processor_s / _CORES for turn in turns)
    rows = [
        ["plain NEURON, one after the other", serial_s, 1.0, "", ""],
        ["the protocol, with starting both workers", serial_s * started, started, "", ""],
        ["the protocol, workers that have the cell", again_s, again, *verdict(again, _GOAL)],
        ["the same, processor time of both / 2", "", processor, *verdict(processor, _GOAL)],
    ]
    title = f"f–I curve of the L5PC: {count} steps of {tstop_ms:g} ms on {_CORES} cores"
    show(title, ("", "wall s", "ratio", "goal", ""), rows)
    against = [[name, took_s, serial_s * started / took_s, again_s / took_s] for name, took_s in peer.items()]
    header = ("", "wall s", "ours, with starting, to it", "ours, again, to it")
    show("The same curve by BlueCelluLab, in two processes", header, against)


_PEERS = {"compute_plot_fi_curve (CVODE)": False, "the same with fixed steps": True}


def _turn(circuit: l5pc.Circuit, bare: BareNeuron, curve: _Curve) -> _Turn:
    began = time.perf_counter()
    with Crew(circuit.config, circuit.folder, _CORES) as crew:
        started = _ours(crew, circuit, curve, began)
        serial = bare.run(curve.protocol.amplitudes.numbers(), curve.tstop_ms, [SOMA])  # type: ignore[union-attr]
        again = _ours(crew, circuit, curve, time.perf_counter())
    assert started.digest == again.digest == serial.digest, "the traces differ"
    return _Turn(serial, started, again)


def _ours(crew: Crew, circuit: l5pc.Circuit, curve: _Curve, began: float) -> Took:
    """From `began` to the whole table."""
    experiment = Experiment(
        circuit=CircuitReference(path=circuit.config.as_posix()),
        conditions=Conditions(v_init=V_INIT_MV, celsius=CELSIUS),
    )
    bench = Bench(experiment, Site(cell=CELL), CellProperties(CELL.node_id))
    kept: list[Outcome] = []

    def run(sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        kept.extend(crew.run(sweeps))
        return tuple(kept)

    before = _processor_s(crew)
    result = conducted(curve.protocol.play(bench), run)
    wall_s = time.perf_counter() - began
    assert np.isfinite(result.column("Spikes").values).all()
    return Took(wall_s, _processor_s(crew) - before, digest_of([each.voltage for each in kept]))


def _processor_s(crew: Crew) -> float:
    return sum(processor_s_of(client.process_id) for client in crew._clients)


def _peer(circuit: l5pc.Circuit, curve: _Curve, *, has_fixed_steps: bool) -> float:
    """Wall time of BlueCelluLab's own function, without starting Python and compiling, s."""
    options = {
        "stim_start": DELAY_MS,
        "duration": curve.tstop_ms - DELAY_MS,
        "post_delay": 0.0,
        "rheobase": _FIRST_NA,
        "max_current": _LAST_NA,
        "nb_bins": curve.count,
        "n_processes": _CORES,
        "celsius": CELSIUS,
        "v_init": V_INIT_MV,
    }
    found = peer_curves(
        peers.bluecellulab_python(), circuit, {"fi": options}, holding_na=0.0, has_fixed_steps=has_fixed_steps
    )
    return found["fi"].seconds


if __name__ == "__main__":
    given = sys.argv[1:]
    main(*map(int, given[:1]), *map(float, given[1:2]), *map(int, given[2:3]))
