"""Models of our own, in `resources/mechanisms`, that stand in for those a circuit comes without."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.links import is_electrical
from engine.circuit.mod_files import declared_mechanisms, find_mod_folders, used_ions
from engine.circuit.problems import Problem
from engine.errors import SimulationError
from engine.resources import own_mechanisms_folder
from engine.simulation.host import h
from engine.simulation.mechanisms import Compiled, available, compile_mechanisms
from engine.simulation.nrnivmodl import NoCompilerError

EXCITATORY: Final = "ProbAMPANMDA_EMS"
INHIBITORY: Final = "ProbGABAAB_EMS"
PLASTIC: Final = "GluSynapse"  # which has to come with the circuit
TTX_SWITCH: Final = "TTXDynamicsSwitch"
GAP: Final = "Gap"
STAND_INS: Final[Mapping[str, str]] = {
    EXCITATORY: "StochasticAMPANMDA",
    INHIBITORY: "StochasticGABAAB",
    TTX_SWITCH: "TTXSwitch",
    "InhPoissonStim": "PoissonMinis",
    GAP: "CellJunction",
}
_TTX: Final = "ttx"
_ALL: Final = 0  # for h.MechanismStandard


def compile_for(
    circuit: Circuit,
    extra: Path | None,
    report: Callable[[str], None],
    stopped: Callable[[], bool] = lambda: False,
) -> Compiled:
    """Compile the mod files of a circuit, and with them the models of ours that it has need of.

    Raises MechanismError as `compile_mechanisms` does. A circuit without mod files opens without a compiler:
    what would have needed our models is then left out of runs, which say so.
    """
    folders = find_mod_folders(circuit, extra)
    own = stand_in_files(circuit, folders)
    try:
        return compile_mechanisms(folders, report, stopped, own)
    except NoCompilerError:
        if folders:
            raise
        report("Somascope's own models of synapses are left out: this machine has no compiler")
        return compile_mechanisms((), report, stopped)


def stand_in_files(circuit: Circuit, folders: Iterable[Path]) -> dict[str, Path]:
    """Our mod files for what the circuit needs and none of these folders declares.

    They are by the file names of those that they stand in for.
    """
    declared = declared_mechanisms(folders)
    wanted = [name for name in _needed(circuit, declared.values()) if name not in declared]
    return {f"{name}.mod": own_mechanisms_folder() / f"{STAND_INS[name]}.mod" for name in wanted}


def are_stochastic(population: EdgePopulation) -> bool:
    """Whether edges are described as those of stochastic synapses."""
    return population.edge_type == "chemical" and {"syn_type_id", "u_syn"} <= population.columns.keys()


def model_of(name: str) -> str | None:
    """The mechanism that is loaded under a name, or the one of ours that stands in for it."""
    loaded = available()
    return next((each for each in (name, STAND_INS.get(name)) if each in loaded), None)


def stands_in(name: str) -> bool:
    """Whether a model of ours has the place of this mechanism."""
    return model_of(name) not in {None, name}


def ttx_switch() -> str:
    """The mechanism that says where TTX is; SimulationError if there is none."""
    switch = model_of(TTX_SWITCH)
    if switch is None:
        raise SimulationError(
            "Sodium channels cannot be blocked here: no mod file of the circuit knows of TTX.",
            hint="A drug that takes the conductance of sodium channels away works with any channel: "
            "see the panel Channels.",
        )
    return switch


def own_variables(name: str) -> frozenset[str]:
    """The variables of the model of ours that stands in for a mechanism; each synapse has them all."""
    standard, variable = h.MechanismStandard(STAND_INS[name], _ALL), h.ref("")
    found = set()
    for index in range(int(standard.count())):
        standard.name(variable, index)
        found.add(str(variable[0]))
    return frozenset(found)


def told(names: Iterable[str]) -> Iterator[Problem]:
    """That models of ours have the place of these mechanisms, if it is so."""
    own = sorted(name for name in names if stands_in(name))
    if own:
        yield Problem(
            f"The circuit comes without {' and '.join(own)}: Somascope's own "
            f"{' and '.join(STAND_INS[name] for name in own)} {'stand' if own[1:] else 'stands'} in.",
            hint=f"To use other ones put {' and '.join(f'{name}.mod' for name in own)} "
            "with the circuit's mod files.",
            severity="warning",
        )


def _needed(circuit: Circuit, mod_files: Iterable[Path]) -> Iterator[str]:
    """Which of the mechanisms that we have models for a circuit could use: told without reading edges."""
    if any(are_stochastic(population) for population in circuit.edge_populations.values()):
        yield EXCITATORY
        yield INHIBITORY
    if any(is_electrical(population) for population in circuit.edge_populations.values()):
        yield GAP
    if any(_TTX in used_ions(path) for path in mod_files):
        yield TTX_SWITCH
