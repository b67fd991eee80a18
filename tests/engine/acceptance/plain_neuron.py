"""`python plain_neuron.py TEMPLATE MORPHOLOGY MECHANISMS TARGET`: what a careful person writes without us.

Uses nothing of this project. A step at the soma and a second electrode on the apical dendrite of the L5PC.
"""

import sys
from pathlib import Path

import neuron
import numpy as np
from neuron import h


def main(template: str, morphology: str, mechanisms: str, target: str) -> None:
    """Save the voltages (mV) of soma and apical dendrite at each time step."""
    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    neuron.load_mechanisms(mechanisms)
    h.load_file(template)
    cell = h.l5pc(0, str(Path(morphology).parent), Path(morphology).name)
    apical = cell.apic[36](0.5)
    clamps = []
    for segment, delay, duration, amplitude in ((cell.soma[0](0.5), 50, 150, 0.8), (apical, 120, 40, 0.6)):
        clamp = h.IClamp(segment)
        clamp.delay, clamp.dur, clamp.amp = delay, duration, amplitude
        clamps.append(clamp)
    recorded = [h.Vector().record(segment._ref_v) for segment in (cell.soma[0](0.5), apical)]
    h.celsius = 34
    h.v_init = -65
    h.dt = 0.025
    h.steps_per_ms = 40
    h.tstop = 250
    h.run()
    np.save(target, np.column_stack([np.array(vector) for vector in recorded]))


if __name__ == "__main__":
    main(*sys.argv[1:])
