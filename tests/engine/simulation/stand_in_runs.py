"""A circuit that comes without the models of its synapses and without a TTX switch, run with ours."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.circuit.circuit import Circuit, open_circuit
from engine.errors import SimulationError
from engine.experiment.base import changed
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.manipulations import BlockSodium
from engine.experiment.synaptic_input import Connections
from engine.simulation.host import h
from engine.simulation.mechanisms import Compiled, load_mechanisms
from engine.simulation.script_export import to_script
from engine.simulation.simulation import Simulation
from engine.simulation.stand_ins import compile_for
from tests.engine.output.test_script import of_engine, of_script
from tests.engine.simulation.bench_circuit import PATCH, experiment, make_bench, step, voltage
from tests.engine.simulation.stand_in_synapses import replaying, write_stochastic_edges

_CHANNEL = """NEURON { SUFFIX poisoned USEION ttx READ ttxo, ttxi VALENCE 1 NONSPECIFIC_CURRENT i RANGE g }
UNITS { (mM) = (milli/liter) }
PARAMETER { g = 0.01 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) ttxo (mM) ttxi (mM) open }
BREAKPOINT { open = 1 if (ttxi == 0.015625 && ttxo > 1e-12) { open = 0 } i = open*g*(v - 50) }
"""
_PLASTIC = """NEURON { POINT_PROCESS GluSynapse NONSPECIFIC_CURRENT i
RANGE Use, Dep, Fac, Nrrp, tau_d_AMPA, synapseID, first, second, third, numbered
RANGE volume_CR, rho0_GB, Use_d, Use_p, gmax_d_AMPA, gmax_p_AMPA, theta_d_GB, theta_p_GB
RANGE gmax0_AMPA, gmax_NMDA
GLOBAL rho_star_GB, cao_CR }
PARAMETER { Use = -7 Dep = -7 Fac = -7 Nrrp = -7 tau_d_AMPA = -7 synapseID = -7 volume_CR = -7 rho0_GB = -7
Use_d = -7 Use_p = -7 gmax_d_AMPA = -7 gmax_p_AMPA = -7 theta_d_GB = -7 theta_p_GB = -7 gmax0_AMPA = -7
gmax_NMDA = -7 rho_star_GB = 0.5 cao_CR = 2 first = 0 second = 0 third = 0 numbered = 0 }
ASSIGNED { v (mV) i (nA) }
BREAKPOINT { SOLVE proceed i = 0 }
PROCEDURE proceed() { }
NET_RECEIVE(weight) { }
PROCEDURE setRNG(a, b, c) { first = a second = b third = c numbered = numbered + 1 }
"""
PLASTICITY: dict[str, list[float]] = {
    "volume_CR": [0.1] * 5,
    "rho0_GB": [0.2, np.nan, 1.0, 1.0, 0.0],
    "Use_d_TM": [0.1, np.nan, 0.1, 0.1, 0.1],
    "Use_p_TM": [0.8, np.nan, 0.8, 0.8, 0.8],
    "gmax_d_AMPA": [1.5, np.nan, 1.5, 1.5, 1.5],
    "gmax_p_AMPA": [3.0, np.nan, 3.0, 3.0, 3.0],
    "theta_d": [0.006] * 5,
    "theta_p": [0.001] * 5,
}
Found = dict[str, Any]


def write_channel_that_knows_ttx(folder: Path) -> None:
    """A mod file of the circuit in `folder` that reads TTX, in the patch of the bench."""
    (folder / "mod").mkdir(exist_ok=True)
    (folder / "mod" / "poisoned.mod").write_text(_CHANNEL, encoding="utf-8")
    template = folder / "hoc" / "benchpatch.hoc"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("insert hh", "insert hh insert poisoned"), encoding="utf-8")


def write_plasticity(folder: Path) -> None:
    """The eight attributes of plastic synapses."""
    with h5py.File(folder / "outside__cells.h5", "r+") as file:
        for name, values in PLASTICITY.items():
            file[f"edges/outside__cells/0/{name}"] = values


def run_with_ours(folder: str) -> Found:
    """Stochastic edges and TTX without any model of the circuit's own."""
    home = Path(folder)
    make_bench(home).close()
    write_stochastic_edges(home)
    write_channel_that_knows_ttx(home)
    with open_circuit(home) as circuit:
        compiled = compile_for(circuit, None, print)
        load_mechanisms(compiled)
        depleted = {"ProbAMPANMDA_EMS": {"init_depleted": 1, "slope_mg": 0.07}}
        simulation = Simulation(replaying(home, mechanism_globals=depleted), circuit, home)
        simulation.start()
        simulation.advance(10.0)
        excitatory = list(h.List("StochasticAMPANMDA"))
        found = {
            "mechanisms": sorted(compiled.mechanisms),
            "problems": [str(each) for each in simulation.problems],
            "told": [[each.init_depleted, each.slope_mg, each.Use, each.Nrrp] for each in excitatory],
            "others": [each.init_depleted for each in h.List("StochasticGABAAB")],
            "refused": _refusal(circuit, home, {"ProbAMPANMDA_EMS": {"no_such": 1}}),
        }
        return found | _blocked(circuit, home) | _in_a_script(circuit, home, compiled)


def _refusal(circuit: Any, folder: Path, mechanism_globals: dict[str, Any]) -> str:
    try:
        Simulation(replaying(folder, mechanism_globals=mechanism_globals), circuit, folder)
    except SimulationError as refused:
        return str(refused)
    return ""


def _blocked(circuit: Any, folder: Path) -> Found:
    """The last voltage (mV) of a patch with an inward current that TTX takes away, with TTX and without."""
    found: Found = {"ends": []}
    for manipulations in ((), (BlockSodium(node_set="patch"),)):
        made = experiment(
            PATCH,
            node_sets={"patch": {"population": "cells", "node_id": [1]}},
            manipulations=manipulations,
            stimuli=(step(PATCH, 0.0),),
            recordings=(voltage(PATCH),),
        )
        simulation = Simulation(made, circuit, folder)
        simulation.start()
        simulation.advance(100.0)
        found["ends"].append(float(simulation.fresh()[-1, 0]))
        found["ttx problems"] = [each.what for each in simulation.problems]
    return found


def _in_a_script(circuit: Circuit, folder: Path, compiled: Compiled) -> Found:
    """How far a written script and the engine are apart (mV), and the engine with another seed."""
    made = changed(
        replaying(folder, tstop=60.0, random_seed=7),
        connections=Connections(enabled=True, overrides=(ConnectionOverride(spont_minis=40.0),)),
    )
    _, theirs = of_script(to_script(made, circuit, folder, folder / "script", compiled))
    ours = of_engine(made, circuit, folder)
    other = of_engine(changed(made, conditions=changed(made.conditions, random_seed=8)), circuit, folder)
    return {
        "script apart": float(np.abs(theirs - ours).max()),
        "seeds apart": float(np.abs(other - ours).max()),
    }


def run_plastic(folder: str, conditions: dict[str, Any]) -> Found:
    """Plastic synapses by a mechanism that remembers what it is told; two runs."""
    home = Path(folder)
    make_bench(home).close()
    write_stochastic_edges(home)
    write_plasticity(home)
    (home / "mod").mkdir()
    (home / "mod" / "GluSynapse.mod").write_text(_PLASTIC, encoding="utf-8")
    with open_circuit(home) as circuit:
        load_mechanisms(compile_for(circuit, None, print))
        simulation = Simulation(replaying(home, **conditions), circuit, home)
        simulation.start()
        simulation.start()
        names = _PLASTIC.partition("RANGE")[2].partition("GLOBAL")[0].replace("RANGE", ",").replace("\n", "")
        variables = [name.strip() for name in names.split(",") if name.strip()]
        return {
            "plastic": [{name: getattr(each, name) for name in variables} for each in h.List("GluSynapse")],
            "inhibitory": len(list(h.List("StochasticGABAAB"))),
            "calcium": h.cao_CR_GluSynapse,
        }


def circuit_with(folder: Path, *declared: str, stochastic: bool) -> Any:
    """The bench with edges that are stochastic or not, and mod files that declare these names."""
    make_bench(folder).close()
    if stochastic:
        write_stochastic_edges(folder)
    (folder / "mod").mkdir()
    for name in declared:
        (folder / "mod" / f"{name}.mod").write_text(f"NEURON {{ SUFFIX {name} }}\n", encoding="utf-8")
    return open_circuit(folder)
