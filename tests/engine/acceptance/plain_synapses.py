"""`python plain_synapses.py TEMPLATE MORPHOLOGY MECHANISMS SYNAPSES TARGET`: synapses written without us.

Uses nothing of this project but its mod files. SYNAPSES: a JSON list, in the order of the edges.
"""

import hashlib
import json
import sys
from pathlib import Path

import neuron
import numpy as np
from neuron import h


def popid(name: str) -> int:
    """The number of a population in the streams of synapses."""
    first, second = hashlib.md5(name.encode()).digest()[:2]
    return ((second & 0x0F) << 8) + first


def main(template: str, morphology: str, mechanisms: str, synapses: str, target: str) -> None:
    """Save the voltage (mV) of the soma at each time step."""
    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    neuron.load_mechanisms(mechanisms)
    h.load_file(template)
    cell = h.l5pc(0, str(Path(morphology).parent), Path(morphology).name)
    pathway = popid("outside") * 65536 + popid("L5") + 300
    kept = []
    for number, each in enumerate(json.loads(Path(synapses).read_text())):
        section = getattr(cell, each["part"])[each["index"]]
        synapse = getattr(h, each["model"])(section(each["x"]))
        for name, value in each["values"].items():
            setattr(synapse, name, value)
        synapse.setRNG(251, number + 100, pathway)
        connection = h.NetCon(None, synapse, 0, 0, each["weight"])
        kept.append((synapse, connection, [time + each["delay"] for time in each["times"]]))
    recorded = h.Vector().record(cell.soma[0](0.5)._ref_v)
    h.celsius, h.v_init, h.dt, h.steps_per_ms, h.tstop = 34, -75, 0.025, 40, 60
    h.Random().Random123_globalindex(5)
    h.stdinit()
    for _, connection, times in kept:
        for time in times:
            connection.event(time)
    h.continuerun(h.tstop)
    np.save(target, np.array(recorded))


if __name__ == "__main__":
    main(*sys.argv[1:])
