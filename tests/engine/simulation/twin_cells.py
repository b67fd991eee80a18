"""Two equal cells under the same spikes, one with our own models of synapses, one with the public ones."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.resources import own_mechanisms_folder
from engine.simulation.host import h, need_standard_run
from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms
from engine.simulation.stand_ins import STAND_INS

_SYNAPSES = 120
_TSTOP_MS = 200.0
_CHOICES = ("init_depleted", "minis_single_vesicle")


def load_both(public: str) -> None:
    """Load our own models and the public ones."""
    load_mechanisms(compile_mechanisms([own_mechanisms_folder(), Path(public)], print))
    need_standard_run()


def difference(public: str, seeds: list[int], choices: dict[str, float]) -> dict[str, float]:
    """Of a cell with excitatory and inhibitory synapses: the largest of voltages and conductances.

    `choices`: what is to hold for all synapses, `init_depleted` or `minis_single_vesicle`.
    """
    load_both(public)
    for name in _CHOICES:
        for suffix in STAND_INS:
            if hasattr(h, f"{name}_{suffix}"):
                setattr(h, f"{name}_{suffix}", choices.get(name, 0.0))
    found = {"apart": 0.0, "spikes": 0.0, "swing": 0.0}
    for seed in seeds:
        ours, theirs = (_traces(seed, choices, own=own) for own in (True, False))
        found["apart"] = max(found["apart"], float(np.abs(ours - theirs).max()))
        found["swing"] = max(found["swing"], float(np.ptp(ours[0])))
        found["spikes"] += float((np.diff((ours[0] > 0).astype(int)) == 1).sum())
    return found


def _traces(seed: int, choices: dict[str, float], *, own: bool) -> Any:
    """Voltages and conductances, (1 + synapses, samples)."""
    generator = np.random.default_rng(seed)
    sections = _cell()
    kept = [_synapse(each, generator, sections, choices, own=own) for each in range(_SYNAPSES)]
    vectors = [
        h.Vector().record(sections[0](0.5)._ref_v),
        *(h.Vector().record(each[0]._ref_g) for each in kept),
    ]
    h.Random().Random123_globalindex(seed)
    h.dt, h.steps_per_ms, h.v_init, h.celsius = 0.025, 40, -70, 6.3
    h.tstop = _TSTOP_MS
    h.stdinit()
    for _, connections, times in kept:
        for connection, at in zip(connections, times, strict=True):
            for time in at:
                connection.event(time)
    h.continuerun(_TSTOP_MS)
    return np.array([np.array(vector) for vector in vectors])


def _cell() -> list[Any]:
    soma, *dendrites = [h.Section(name=f"part{each}") for each in range(5)]
    soma.L = soma.diam = 18
    soma.insert("hh")
    for dendrite in dendrites:
        dendrite.connect(soma(1))
        dendrite.L, dendrite.diam, dendrite.nseg = 250, 1.5, 9
        dendrite.insert("pas")
        dendrite.e_pas = -70
    return [soma, *dendrites]


def _synapse(
    number: int, generator: Any, sections: list[Any], choices: dict[str, float], *, own: bool
) -> tuple[Any, list[Any], list[Any]]:
    """A synapse, its connections (spikes, replayed ones, minis) and when their events come (ms)."""
    inhibitory = number % 3 == 0
    public = "ProbGABAAB_EMS" if inhibitory else "ProbAMPANMDA_EMS"
    place = sections[generator.integers(len(sections))](generator.uniform())
    synapse = getattr(h, STAND_INS[public] if own else public)(place)
    values = {
        "Use": generator.uniform(0.1, 1),
        "Dep": generator.uniform(20, 800),
        "Fac": generator.choice([0, generator.uniform(1, 500)]),
        "Nrrp": generator.integers(1, 6),
        "u0": generator.choice([0, 0.2]),
    }
    if inhibitory:
        values |= {"tau_r_GABAA": generator.lognormal(-1.6, 0.3), "tau_d_GABAA": generator.uniform(4, 20)}
        values |= {"GABAB_ratio": generator.uniform(0, 1)}
    else:
        values |= {"tau_d_AMPA": generator.uniform(1.5, 4), "NMDA_ratio": generator.uniform(0, 1.5)}
        values |= {"mg": generator.uniform(0.5, 2)}
    for name, value in (values | (choices if own else {})).items():
        setattr(synapse, name, float(value))
    synapse.setRNG(number + 251, number + 100, 76418245 + number)
    connections, times = [], []
    for kind, rate in enumerate((20, 10, 5)):
        connection = h.NetCon(None, synapse, 0, 0.1, generator.uniform(2, 12) / (1 + 3 * inhibitory))
        connection.weight[4] = kind
        connections.append(connection)
        times.append(np.sort(generator.uniform(0, _TSTOP_MS, generator.poisson(rate * _TSTOP_MS / 1000))))
    return synapse, connections, times


def trains(public: str) -> dict[str, list[float]]:
    """When our sources and the public ones fire (ms)."""
    load_both(public)
    rates, begins = h.Vector([40.0, 0.0, 120.0]), h.Vector([0.0, 50.0, 150.0])
    sources: dict[str, Any] = {}
    for name in ("PoissonMinis", "InhPoissonStim"):
        sources[name] = getattr(h, name)()
        sources[name].setRNGs(200, 251, 4711, 200, 251, 4761)
        sources[name].setTbins(begins)
        sources[name].setRate(rates)
        sources[name].duration = 280
    heard: dict[str, Any] = {}
    connections = []
    for name, source in sources.items():
        connections.append(h.NetCon(source, None))
        heard[name] = h.Vector()
        connections[-1].record(heard[name])
    h.tstop = 300
    h.stdinit()
    h.continuerun(300)
    return {name: list(vector) for name, vector in heard.items()}
