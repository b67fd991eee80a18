"""One measured process: builds the L5PC and runs it, with us or with plain NEURON, and tells its times.

`python -m tests.benchmarks.l5pc_process ours|plain CIRCUIT`, on a circuit that `make_circuit` wrote.
Times are those of the processor, in seconds: what else the machine does is not in them.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from tests.engine.acceptance import l5pc

DURATION_MS, DELAY_MS, AMPLITUDE_NA = 400.0, 20.0, 0.8


def tell(**facts: float) -> None:
    """A line for the parent, at once."""
    print(json.dumps(facts), flush=True)


def plain(circuit: Path) -> None:
    """Plain NEURON: template, clamp, recording, run."""
    import neuron
    from neuron import h

    from engine.simulation.mechanisms import compile_mechanisms

    library = compile_mechanisms([circuit / "components" / "mechanisms"], print).library
    assert library is not None
    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    neuron.h.nrn_load_dll(str(library))
    began = time.process_time()
    h.load_file(str(circuit / "components" / "hoc" / "l5pc.hoc"))
    cell = h.l5pc(0, str(circuit / "components" / "asc"), f"{l5pc.MORPHOLOGY}.asc")
    built = time.process_time()
    clamp = h.IClamp(cell.soma[0](0.5))
    clamp.delay, clamp.dur, clamp.amp = DELAY_MS, DURATION_MS, AMPLITUDE_NA
    voltage = h.Vector().record(cell.soma[0](0.5)._ref_v)
    h.celsius, h.v_init, h.dt, h.steps_per_ms, h.tstop = 34, -65, 0.025, 40, DURATION_MS
    start = time.process_time()
    h.run()
    ended = time.process_time()
    tell(build=built - began, run=ended - start, checksum=float(np.sum(voltage.as_numpy())))


def ours(circuit_folder: Path) -> None:
    """The same by the engine, in slices as a run takes them."""
    from engine.circuit.circuit import open_circuit
    from engine.circuit.mod_files import find_mod_folders
    from engine.experiment.conditions import Conditions
    from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
    from engine.experiment.recordings import SiteRecording
    from engine.experiment.stimuli import Step
    from engine.experiment.targets import CellReference, Site
    from engine.simulation.cell_store import CellStore
    from engine.simulation.host import need_import3d, need_standard_run
    from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms
    from engine.simulation.run import slices
    from engine.simulation.simulation import Simulation

    circuit = open_circuit(circuit_folder / "circuit_config.json")
    load_mechanisms(compile_mechanisms(find_mod_folders(circuit, None), print))
    cell = CellReference(l5pc.POPULATION, 0)
    experiment = Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(cell,)),
        stimuli=(Step(target=Site(cell=cell), amplitude=AMPLITUDE_NA, delay=DELAY_MS, duration=DURATION_MS),),
        recordings=(SiteRecording(site=Site(cell=cell)),),
        conditions=Conditions(tstop=DURATION_MS, v_init=-65.0, celsius=34.0),
    )
    store = CellStore(circuit)
    need_standard_run()
    need_import3d()
    began = time.process_time()
    store.provide([cell], experiment.conditions)
    built = time.process_time()
    simulation = Simulation(experiment, circuit, circuit_folder, store)
    start = time.process_time()
    simulation.start()
    total = float(simulation.fresh().sum())
    tell(first_voltage=1.0)
    for _ in slices(simulation, lambda: False):
        total += float(simulation.fresh().sum())
    tell(build=built - began, run=time.process_time() - start, checksum=total)


if __name__ == "__main__":
    {"ours": ours, "plain": plain}[sys.argv[1]](Path(sys.argv[2]))
