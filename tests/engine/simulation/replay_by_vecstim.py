"""`python replay_by_vecstim.py MODS`: our replayed spikes against VecStim, which needs a mod file."""

import sys
from pathlib import Path

import numpy as np

from engine.experiment.targets import CellReference
from engine.simulation.host import h, need_standard_run
from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms
from engine.simulation.spikes import ReplaySources

_SOURCE = CellReference("outside", 0)


def main(mod_folder: str) -> None:
    """Two equal patches, one driven by each; fails unless they are equal to the last bit."""
    load_mechanisms(compile_mechanisms([Path(mod_folder)], print))
    need_standard_run()
    times = np.sort(np.random.default_rng(3).uniform(0, 100, 60))
    times[30] = times[31]
    sections = [h.Section(name=name) for name in ("ours", "theirs")]
    synapses = []
    for section in sections:
        section.L = section.diam = 10
        section.insert("hh")
        synapses.append(h.Exp2Syn(section(0.5)))
    replay = ReplaySources({_SOURCE: 2})
    ours = replay.connect(_SOURCE, synapses[0], 1.3, 0.0005)
    stimulus, vector = h.VecStim(), h.Vector(times)
    stimulus.play(vector)
    theirs = h.NetCon(stimulus, synapses[1], 0, 1.3, 0.0005)
    voltages = [h.Vector().record(section(0.5)._ref_v) for section in sections]
    h.dt, h.steps_per_ms, h.tstop, h.v_init = 0.025, 40, 120, -65
    _run(replay, times)
    first, second = (np.array(voltage) for voltage in voltages)
    assert len(ours) == 2 and theirs.valid()
    assert np.array_equal(first, second), np.abs(first - second).max()
    assert first.max() > 0
    _run(replay, times)
    assert np.array_equal(first, np.array(voltages[0])), "a second run"


def _run(replay, times):
    h.stdinit()
    replay.play({_SOURCE: times})
    h.continuerun(h.tstop)


if __name__ == "__main__":
    main(*sys.argv[1:])
