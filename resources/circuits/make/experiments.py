"""The examples: experiments on the built-in circuits, ready to be opened and run."""

import hashlib
import json
from pathlib import Path
from typing import Final

import h5py

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording, StimulusRecording
from engine.experiment.stimuli import Holding, RelativeStep, Step
from engine.experiment.store import SUFFIX, save
from engine.experiment.targets import CellReference, Site
from resources.circuits.make.growth import APICAL
from resources.circuits.make.measure import COLUMN, SQUID
from resources.circuits.make.morphologies import grow
from resources.circuits.make.sections import apical_way, sections_of

_UP_THE_TRUNK_UM: Final = 400.0
_CIRCUIT: Final = "../circuits/{name}/circuit_config.json"


def make_experiments(circuits: Path, folder: Path, seed: int) -> None:
    """Write all examples; `circuits` holds the circuits that they are about."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = _ids_of_the_step(circuits / "cortical_column")
    examples = {
        "squid-axon": _squid_axon(circuits),
        "pyramidal-cell": _pyramidal_cell(circuits, ids["L5_TTPC"], _trunk_section(seed)),
        "fast-spiking-interneuron": _fast_spiking(circuits, ids["LBC"]),
    }
    for name, experiment in examples.items():
        save(experiment, folder / f"{name}{SUFFIX}")


def _squid_axon(circuits: Path) -> Experiment:
    site = Site(cell=CellReference("axon", 0))
    return Experiment(
        title="Squid axon: first action potential",
        notes=(
            "A patch of the squid giant axon (Hodgkin and Huxley 1952) at 6.3 °C, 100 µm² large: 1 nA is"
            " 1 mA/cm². A pulse of 20 µA/cm² for 1 ms makes one action potential. The gates show why: m"
            " opens first, h closes behind it, n opens last. Make the pulse smaller: at 7 µA/cm² there is"
            " still an action potential, almost as large; at 6.5 µA/cm² there is none."
        ),
        circuit=_reference(circuits, "squid_axon"),
        cells=ListedCells(cells=(site.cell,)),
        stimuli=(Step(id="pulse", name="Pulse", target=site, delay=5.0, duration=1.0, amplitude=0.02),),
        recordings=(
            SiteRecording(id="voltage", label="Voltage", site=site),
            SiteRecording(id="gate-m", label="Sodium activation", site=site, variable="hh.m"),
            SiteRecording(id="gate-h", label="Sodium inactivation", site=site, variable="hh.h"),
            SiteRecording(id="gate-n", label="Potassium activation", site=site, variable="hh.n"),
            StimulusRecording(id="current", label="Injected current", stimulus="pulse"),
        ),
        conditions=Conditions(
            tstop=40.0, dt=0.025, celsius=SQUID.celsius, v_init=SQUID.v_init_mv, spike_threshold=-20.0
        ),
    )


def _pyramidal_cell(circuits: Path, node_id: int, trunk: str) -> Experiment:
    cell = CellReference("column", node_id)
    soma = Site(cell=cell)
    return Experiment(
        title="Pyramidal cell in a cortical column",
        notes=(
            "A thick-tufted pyramidal cell of layer 5, held at -75 mV, gets twice its threshold current. It"
            " fires regularly and adapts: the intervals grow. A second electrode far up in the apical tree"
            " sees each action potential travel back, smaller and later."
        ),
        circuit=_reference(circuits, "cortical_column"),
        cells=ListedCells(cells=(cell,)),
        stimuli=(
            Holding(id="holding", name="Holding current", target=soma, delay=0.0, duration=900.0),
            RelativeStep(id="step", name="Step", target=soma, delay=200.0, duration=600.0, percent=200.0),
        ),
        recordings=(
            SiteRecording(id="soma", label="Soma", site=soma),
            SiteRecording(id="apical", label="Apical trunk", site=Site(cell=cell, section=trunk)),
            StimulusRecording(id="current", label="Injected step", stimulus="step"),
        ),
        conditions=_column_conditions(900.0),
    )


def _fast_spiking(circuits: Path, node_id: int) -> Experiment:
    cell = CellReference("column", node_id)
    soma = Site(cell=cell)
    return Experiment(
        title="Fast-spiking interneuron",
        notes=(
            "A basket cell, held at -75 mV, gets twice its threshold current. Its action potentials last half"
            " a millisecond and follow each other at about 100 Hz without getting slower: compare it with the"
            " pyramidal cell. Raise the step and see how far it goes."
        ),
        circuit=_reference(circuits, "cortical_column"),
        cells=ListedCells(cells=(cell,)),
        stimuli=(
            Holding(id="holding", name="Holding current", target=soma, delay=0.0, duration=500.0),
            RelativeStep(id="step", name="Step", target=soma, delay=100.0, duration=300.0, percent=200.0),
        ),
        recordings=(
            SiteRecording(id="soma", label="Soma", site=soma),
            StimulusRecording(id="current", label="Injected step", stimulus="step"),
        ),
        conditions=_column_conditions(500.0),
    )


def _column_conditions(tstop_ms: float) -> Conditions:
    return Conditions(
        tstop=tstop_ms, dt=0.025, celsius=COLUMN.celsius, v_init=COLUMN.v_init_mv, spike_threshold=-20.0
    )


def _reference(circuits: Path, name: str) -> CircuitReference:
    content = (circuits / name / "circuit_config.json").read_bytes()
    return CircuitReference(path=_CIRCUIT.format(name=name), fingerprint=hashlib.sha256(content).hexdigest())


def _ids_of_the_step(column: Path) -> dict[str, int]:
    """The cells of the example simulation, by the kind of their morphology."""
    sets = json.loads((column / "simulations" / "step" / "node_sets.json").read_text(encoding="utf-8"))
    with h5py.File(column / "networks" / "nodes" / "column.h5") as file:
        group = file["nodes/column/0"]
        names = [name.decode() for name in group["@library/morphology"]]
        return {
            names[group["morphology"][node_id]].rpartition("_")[0]: node_id
            for node_id in sets["OneOfEach"]["node_id"]
        }


def _trunk_section(seed: int) -> str:
    """Name of the section that holds the spot 400 µm up the trunk of the example's thick-tufted cell."""
    sections = sections_of(grow("L5_TTPC", 1, seed))
    on_the_way = next(section for section in apical_way(sections) if section.distances[-1] > _UP_THE_TRUNK_UM)
    first = next(section.number for section in sections if section.kind == APICAL)
    return f"apic[{on_the_way.number - first}]"
