"""f–I and I–V of a real pyramidal cell: those that BlueCelluLab's own functions measure.

How settings map: `stim_start`, `duration` and `post_delay` are delay, duration and after; `nb_bins` currents
from the rheobase to `max_current` (f–I), or from 2 to 0.1 nA below it (I–V), are a range of as many. Its
currents come on top of the cell's holding current (`add_hypamp`): an experiment with a holding stimulus.
Spikes are crossings of -20 mV at the soma in both; steady voltages are eFEL's steady_state_voltage_stimend.

Both solve by the same fixed steps here, with nothing but rounding between them. With CVODE, which it takes
by itself, and its absolute tolerance of 0.001, BlueCelluLab has the same counts, and voltages that differ by
0.08 to 0.44 mV (measured once: that takes twice as long as all of this).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.crew import Crew, conducted
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.properties import properties_of
from engine.experiment.targets import CellReference, Site
from engine.protocols.current_clamp import CurrentVoltage, FrequencyCurrent, below_rheobase
from engine.protocols.protocol import Protocol
from engine.protocols.series import Spaced
from engine.protocols.sweeps import Bench, Result
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.curves import peer_curves

pytestmark = [pytest.mark.science, pytest.mark.timeout(900)]

_CELSIUS, _V_INIT = 34.0, -65.0
_DELAY, _DURATION, _AFTER = 20.0, 60.0, 5.0
_WINDOW: dict[str, Any] = {"delay": _DELAY, "duration": _DURATION, "after": _AFTER}
_RHEOBASE, _STRONGEST = 0.5, 2.5  # a step of 60 ms has to make it fire
_THEIR_WINDOW = {
    "stim_start": _DELAY,
    "duration": _DURATION,
    "post_delay": _AFTER,
    "rheobase": _RHEOBASE,
    "celsius": _CELSIUS,
    "v_init": _V_INIT,
    "n_processes": 2,
}
_FI, _IV = {"nb_bins": 3, "max_current": _STRONGEST}, {"nb_bins": 2}


@pytest.fixture(scope="module")
def circuit(l5pc_circuit: l5pc.Circuit) -> l5pc.Circuit:
    with open_circuit(l5pc_circuit.config) as opened:
        trust(opened)
    return l5pc_circuit


@pytest.fixture(scope="module")
def measured(circuit: l5pc.Circuit) -> Iterator[Callable[[Protocol], Result]]:
    """Play a protocol on the cell, held as the circuit says, at fixed steps of 0.025 ms."""
    cell = CellReference(l5pc.POPULATION, 0)
    conditions = Conditions(celsius=_CELSIUS, v_init=_V_INIT)
    experiment = Experiment(circuit=CircuitReference(path=circuit.config.as_posix()), conditions=conditions)
    with open_circuit(circuit.config) as opened:
        properties = properties_of(opened, cell, conditions)
    bench = Bench(experiment, Site(cell=cell), properties).held()
    assert len(bench.holding) == 1

    with Crew(circuit.config, circuit.folder, 2) as crew:
        yield lambda protocol: conducted(protocol.play(bench), crew.run)


def test_that_both_curves_are_those_of_bluecellulab(
    measured: Callable[[Protocol], Result], circuit: l5pc.Circuit, bluecellulab_python: Path
) -> None:
    curves = {"fi": {**_THEIR_WINDOW, **_FI}, "iv": {**_THEIR_WINDOW, **_IV}}
    theirs = peer_curves(bluecellulab_python, circuit, curves)
    frequency = measured(
        FrequencyCurrent(amplitudes=Spaced(first=_RHEOBASE, last=_STRONGEST, count=3), **_WINDOW)
    )
    currents, counts = theirs["fi"].currents, theirs["fi"].measured
    np.testing.assert_allclose(frequency.column("Current").values, currents, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(frequency.column("Spikes").values, counts)
    assert len(set(counts)) == 3 and counts[0] >= 1, "it must fire differently, or little was tested"
    low, high = below_rheobase(_RHEOBASE, l5pc.INPUT_RESISTANCE_MOHM)
    steady = measured(CurrentVoltage(amplitudes=Spaced(first=low, last=high, count=2), **_WINDOW))
    currents, voltages = theirs["iv"].currents, theirs["iv"].measured
    np.testing.assert_allclose(steady.column("Current").values, currents, rtol=0, atol=1e-12)
    np.testing.assert_allclose(steady.column("Steady voltage").values, voltages, rtol=0, atol=1e-9)
