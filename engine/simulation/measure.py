"""Properties of a cell that its circuit does not give, measured as BlueCelluLab measures them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.circuit.circuit import Circuit
from engine.errors import SimulationError
from engine.experiment.base import changed, new_id
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.properties import remember
from engine.experiment.recordings import SiteRecording, StimulusRecording
from engine.experiment.stimuli import Step, Stimulus, VoltageClamp
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import Samples
from engine.simulation.cell_store import CellStore
from engine.simulation.simulation import Simulation

_DURATION_MS = 1000.0
_STEADY_FROM_MS = 800.0  # the mean of the rest of the run is the steady state
_CURRENT_FROM_MS = 500.0
_SMALL_CURRENT_NA = -0.02
_CLAMP_RESISTANCE_MOHM = 0.01
_RHEOBASE_FROM_MS, _RHEOBASE_UNTIL_MS = 300.0, 1000.0
_RHEOBASE_PRECISION_NA = 0.005
_SPIKE_MV = -20.0
_STRONGEST_NA = 2.0
_BEYOND_THE_RUN_MS = 2000.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Currents in nA, `input_resistance` in MΩ, `resting_potential` in mV."""

    resting_potential: float
    input_resistance: float
    holding_current: float
    threshold_current: float


class Measurement:
    """Measures one cell at the middle of its soma, at the temperature and initial voltage of `conditions`."""

    def __init__(
        self, circuit: Circuit, cell: CellReference, conditions: Conditions, store: CellStore | None = None
    ) -> None:
        self._circuit = circuit
        self._cell = cell
        self._conditions = changed(conditions, tstop=_DURATION_MS, variable_step=False)
        self._site = Site(cell=cell)
        self._store = store or CellStore(circuit)

    def steady_voltage(self, current: float) -> float:
        """The mean voltage (mV) in the last 200 ms of 1 s, with a current (nA) since 500 ms."""
        voltage = self._voltage([self._step(current, _CURRENT_FROM_MS, _BEYOND_THE_RUN_MS)])
        first = round(_STEADY_FROM_MS / self._conditions.dt) + 1
        return float(np.mean(voltage[first:]))

    def resting_potential(self) -> float:
        """The steady voltage without a current, in mV."""
        return self.steady_voltage(0.0)

    def input_resistance(self, resting_potential: float | None = None) -> float:
        """The change of the steady voltage by −0.02 nA, over that current, in MΩ."""
        at_rest = self.resting_potential() if resting_potential is None else resting_potential
        return (self.steady_voltage(_SMALL_CURRENT_NA) - at_rest) / _SMALL_CURRENT_NA

    def holding_current(self, voltage: float) -> float:
        """The current (nA) that a voltage clamp delivers after 1 s at a voltage (mV)."""
        clamp = VoltageClamp(
            id=new_id(),
            target=self._site,
            voltage=voltage,
            duration=_BEYOND_THE_RUN_MS,
            series_resistance=_CLAMP_RESISTANCE_MOHM,
        )
        return float(self._run([clamp], StimulusRecording(id=new_id(), stimulus=clamp.id))[-1])

    def rheobase(self, holding_current: float, resting_potential: float, input_resistance: float) -> float:
        """The weakest step (nA) from 300 to 1000 ms, on top of the holding current, that makes the cell fire.

        By bisection to 0.005 nA between the holding current and what would bring a passive cell to −20 mV, at
        most 2 nA. Raises SimulationError if that is too weak.
        """
        low = holding_current
        high = min((_SPIKE_MV - resting_potential) / input_resistance, _STRONGEST_NA)
        if not self._fires(high, holding_current):
            raise SimulationError(
                f"The cell does not fire at {high:.3g} nA, so its threshold is not known.",
                where=f"cell {self._cell}",
                hint="Look at its response to a strong step.",
            )
        while abs(high - low) >= _RHEOBASE_PRECISION_NA:
            middle = low + abs(high - low) / 2
            if self._fires(middle, holding_current):
                high = middle
            else:
                low = middle
        return high

    def everything(self, holding_voltage: float, told: Callable[[str], None] = lambda _: None) -> Measured:
        """All of it; `told` hears what is measured next."""
        told("resting potential")
        rest = self.resting_potential()
        told("input resistance")
        resistance = self.input_resistance(rest)
        told("holding current")
        holding = self.holding_current(holding_voltage)
        told("threshold current")
        threshold = self.rheobase(holding, rest, resistance)
        return Measured(rest, resistance, holding, threshold)

    def _fires(self, amplitude: float, holding_current: float) -> bool:
        length = _RHEOBASE_UNTIL_MS - _RHEOBASE_FROM_MS
        steps: list[Stimulus] = [self._step(amplitude, _RHEOBASE_FROM_MS, length)]
        if holding_current:
            steps.append(self._step(holding_current, 0.0, _BEYOND_THE_RUN_MS))
        voltage = self._voltage(steps)
        return bool(voltage[round(_RHEOBASE_FROM_MS / self._conditions.dt) :].max() > _SPIKE_MV)

    def _step(self, amplitude: float, delay: float, duration: float) -> Step:
        return Step(id=new_id(), target=self._site, amplitude=amplitude, delay=delay, duration=duration)

    def _voltage(self, stimuli: list[Stimulus] | list[Step]) -> Samples:
        return self._run(stimuli, SiteRecording(id=new_id(), site=self._site))

    def _run(
        self,
        stimuli: "list[Stimulus] | list[Step] | list[VoltageClamp]",
        recording: SiteRecording | StimulusRecording,
    ) -> Samples:
        experiment = Experiment(
            circuit=CircuitReference(path=self._circuit.config_path.as_posix()),
            cells=ListedCells(cells=(self._cell,)),
            stimuli=tuple(stimuli),
            recordings=(recording,),
            conditions=self._conditions,
        )
        simulation = Simulation(experiment, self._circuit, Path(), self._store)
        simulation.start()
        simulation.advance(_DURATION_MS)
        return simulation.fresh()[:, 0]


def measure(
    circuit: Circuit,
    cell: CellReference,
    conditions: Conditions,
    holding_voltage: float,
    told: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Measure a cell, and remember it for all experiments of this user; the circuit is not touched."""
    measurement = Measurement(circuit, cell, conditions)
    measured = measurement.everything(holding_voltage, told)
    remember(
        circuit,
        cell,
        conditions,
        {
            "resting_potential_mV": measured.resting_potential,
            "input_resistance_megaohm": measured.input_resistance,
            "holding_voltage_mV": holding_voltage,
            "holding_current_nA": measured.holding_current,
            "rheobase_nA": measured.threshold_current,
        },
    )
    return measured
