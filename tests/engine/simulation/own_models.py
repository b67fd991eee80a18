"""Our own models of synapses and sources, measured; in a process of its own."""

from typing import Any

import numpy as np

from engine.resources import own_mechanisms_folder
from engine.simulation.catalogue import has_hidden_state
from engine.simulation.host import h, need_standard_run
from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms

SITES = 20_000.0  # so many that chance hardly shows
TRAIN_MS = [10.0, 30.0, 50.0, 100.0, 400.0]
STEADY_IDS, STEADY_HZ = (200, 251, 4711), 35.0
_V_INIT_MV = -60.0
Values = dict[str, float]


def measured() -> dict[str, Any]:
    """What the tests want to know of all models."""
    load_mechanisms(compile_mechanisms([own_mechanisms_folder()], print))
    need_standard_run()
    models = ("StochasticAMPANMDA", "StochasticGABAAB")
    return {
        "peaks": {
            "AMPA": _peak("StochasticAMPANMDA", "g_AMPA", {}),
            "NMDA": _peak("StochasticAMPANMDA", "g_NMDA", {"NMDA_ratio": 0.5, "mg": 0}),
            "GABAA": _peak("StochasticGABAAB", "g_GABAA", {}),
            "GABAB": _peak("StochasticGABAAB", "g_GABAB", {"GABAB_ratio": 0.5}),
        },
        "releases": {model: _releases(model, {"Use": 0.4, "Dep": 300, "Fac": 200}) for model in models},
        "always": {model: _releases(model, {"Use": 1, "Dep": 300, "Fac": 0}) for model in models},
        "block": _block(),
        "drawn": {
            model: [_fate(model, ids) for ids in ((1, 2, 3), (1, 2, 3), (1, 2, 4))] for model in models
        },
        "again": {model: _twice(model) for model in models},
        "minis": {model: _released_by_mini(model) for model in models},
        "depleted": {
            model: _releases(model, {"init_depleted": 1, "Dep": 1e12, "Fac": 0}) for model in models
        },
        "off": {model: _draws_when_off(model) for model in models},
        "hidden": [has_hidden_state(model) for model in (*models, "PoissonMinis")],
        "poisson": _fired("PoissonMinis", _two_rates, until=20_000.0),
        "steady": _fired("PoissonMinis", _one_rate, until=20_000.0),
        "silent": _fired("PoissonMinis", lambda source: source.setRate(h.Vector([0.0]))),
    }


def _two_rates(source: Any) -> None:
    source.setRNGs(1, 2, 3, 1, 2, 4)
    source.setRate(h.Vector([10.0, 40.0]))
    source.setTbins(h.Vector([1000.0, 10_000.0]))
    source.duration = 18_000


def _one_rate(source: Any) -> None:
    source.setRNGs(*STEADY_IDS, 1, 2, 4)
    source.setRate(h.Vector([STEADY_HZ]))
    source.setTbins(h.Vector([0.0]))


def _patch(model: str, values: Values, ids: tuple[int, int, int] = (1, 2, 3)) -> tuple[Any, Any, Any]:
    section = h.Section(name="patch")
    section.L = section.diam = 500
    synapse = getattr(h, model)(section(0.5))
    for name, value in values.items():
        setattr(synapse, name, value)
    synapse.setRNG(*ids)
    return section, synapse, h.NetCon(None, synapse, 0, 0, 1)


def _run(connection: Any, events: list[float], until: float) -> None:
    h.dt, h.steps_per_ms, h.v_init, h.tstop = 0.025, 40, _V_INIT_MV, until
    h.stdinit()
    for time in events:
        connection.event(time)
    h.continuerun(until)


def _peak(model: str, variable: str, values: Values) -> float:
    """The largest conductance (nS) after one spike with a weight of 0.7 nS."""
    _section, synapse, connection = _patch(model, values)
    connection.weight[0] = 0.7
    recorded = h.Vector().record(getattr(synapse, f"_ref_{variable}"))
    _run(connection, [5.0], 100.0)
    return float(recorded.max()) * 1e3


def _releases(model: str, values: Values) -> list[float]:
    """For each spike of the train its u, then the part of the sites that was full when it came.

    The latter by what is full afterwards; where u is 1, that itself.
    """
    _section, synapse, connection = _patch(model, {"Nrrp": SITES, **values})
    occupied = h.Vector().record(synapse._ref_occupied)
    utilisation = h.Vector().record(synapse._ref_u)
    _run(connection, TRAIN_MS, 500.0)
    at = [round(time / 0.025) + 2 for time in TRAIN_MS]
    left = np.array(occupied)[at] / SITES
    probability = np.array(utilisation)[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        return [
            float(value)
            for pair in zip(
                probability, np.where(probability < 1, left / (1 - probability), left), strict=True
            )
            for value in pair
        ]


def _block() -> list[list[float]]:
    """Voltages (mV), and the blocked conductance of NMDA as a part of that without magnesium."""
    section, blocked, first = _patch("StochasticAMPANMDA", {"NMDA_ratio": 1})
    free = h.StochasticAMPANMDA(section(0.5))
    free.mg = 0
    free.NMDA_ratio = 1
    second = h.NetCon(None, free, 0, 0, 1)
    clamp = h.IClamp(section(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 1e9, 10
    watched = [section(0.5)._ref_v, blocked._ref_g_NMDA, free._ref_g_NMDA]
    vectors = [h.Vector().record(each) for each in watched]
    h.v_init, h.dt, h.steps_per_ms, h.tstop = -90, 0.025, 40, 100
    h.stdinit()
    first.event(1.0)
    second.event(1.0)
    h.continuerun(100)
    voltage, with_block, without = (np.array(vector)[100:] for vector in vectors)
    return [voltage.tolist(), (with_block / without).tolist()]


def _fate(model: str, ids: tuple[int, int, int]) -> list[float]:
    _section, synapse, connection = _patch(model, {"Nrrp": 5, "Use": 0.5, "Dep": 50}, ids)
    occupied = h.Vector().record(synapse._ref_occupied)
    _run(connection, list(range(10, 200, 7)), 200.0)
    return list(occupied)


def _twice(model: str) -> bool:
    _section, synapse, connection = _patch(model, {"Nrrp": 5, "Use": 0.5, "Dep": 50})
    occupied = h.Vector().record(synapse._ref_occupied)
    events = [float(time) for time in range(10, 200, 7)]
    _run(connection, events, 200.0)
    first = list(occupied)
    _run(connection, events, 200.0)
    return first == list(occupied)


def _released_by_mini(model: str) -> list[float]:
    """How many of 5 sites, all sure to release, a mini and a spike empty where minis are of one vesicle."""
    found = []
    for kind in (1, 0):
        _section, synapse, connection = _patch(model, {"Nrrp": 5, "minis_single_vesicle": 1, "Fac": 0})
        connection.weight[4] = kind
        _run(connection, [5.0], 10.0)
        found.append(5 - synapse.occupied)
    return found


def _draws_when_off(model: str) -> bool:
    """Whether a connection of weight 0 changes what comes after."""
    fates = []
    for weight in (0.0, None):
        _section, synapse, connection = _patch(model, {"Nrrp": 5, "Use": 0.5, "Dep": 50})
        other = h.NetCon(None, synapse, 0, 0, 0.0)
        occupied = h.Vector().record(synapse._ref_occupied)
        h.tstop = 100
        h.stdinit()
        for time in range(10, 100, 7):
            connection.event(time)
            if weight is not None:
                other.event(time - 1)
        h.continuerun(100)
        fates.append(list(occupied))
    return fates[0] != fates[1]


def _fired(name: str, prepare: Any, until: float = 20.0) -> list[float]:
    source = getattr(h, name)()
    prepare(source)
    heard = h.Vector()
    connection = h.NetCon(source, None)
    connection.record(heard)
    h.tstop = until
    h.dt, h.steps_per_ms = 0.025, 40
    h.stdinit()
    h.continuerun(until)
    return list(heard)
