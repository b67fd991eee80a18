"""A real pyramidal cell: bit for bit what plain NEURON gives, and what BlueCelluLab gives."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.stimuli import OrnsteinUhlenbeck, PulseTrain, Ramp, ShotNoise, Sine, Step, Stimulus
from engine.experiment.targets import CellReference, Site
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.bluecellulab import compile_for, run_bluecellulab
from tests.engine.acceptance.our_traces import Traces, run_ours

pytestmark = [pytest.mark.science, pytest.mark.timeout(900)]

_CELL = CellReference(l5pc.POPULATION, 0)
_SOMA = Site(cell=_CELL)
_APICAL = Site(cell=_CELL, section=l5pc.APICAL_SECTION)
_DELAY_MS, _DURATION_MS = 20.0, 80.0
_WINDOW = {"delay": _DELAY_MS, "duration": _DURATION_MS}

_STIMULI: dict[str, tuple[Stimulus, ...]] = {
    "step": (
        Step(target=_SOMA, amplitude=0.8, **_WINDOW),
        Step(target=_APICAL, amplitude=0.3, delay=60, duration=30),
    ),
    "ramp": (Ramp(target=_SOMA, amplitude_start=-0.2, amplitude_end=1.5, **_WINDOW),),
    "pulses": (PulseTrain(target=_SOMA, amplitude=3.0, width=2.0, frequency=40.0, **_WINDOW),),
    "sine": (Sine(target=_SOMA, amplitude=1.0, frequency=25.0, **_WINDOW),),
    "cut-sine": (Sine(target=_SOMA, amplitude=1.0, frequency=21.0, **_WINDOW),),
    "noise": (OrnsteinUhlenbeck(target=_SOMA, mean=0.5, sigma=0.3, tau=3.0, delay=0, duration=100.0),),
    "shots": (
        ShotNoise(target=_SOMA, rate=2000.0, amplitude_mean=0.05, amplitude_variance=0.001, **_WINDOW),
    ),
    "late-noise": (OrnsteinUhlenbeck(target=_SOMA, mean=0.4, sigma=0.2, tau=3.0, **_WINDOW),),
    "late-noise-with-its-leak": (
        OrnsteinUhlenbeck(target=_SOMA, mean=0.4, sigma=0.2, tau=3.0, **_WINDOW),
        Step(target=_SOMA, amplitude=0.4, delay=0, duration=_DELAY_MS),
    ),
}


@pytest.fixture(scope="module")
def circuit(l5pc_circuit: l5pc.Circuit) -> l5pc.Circuit:
    return l5pc_circuit


def _experiment(stimuli: Sequence[Stimulus], tstop: float = 120.0) -> Experiment:
    return Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(_CELL,)),
        stimuli=tuple(stimuli),
        recordings=(SiteRecording(site=_SOMA), SiteRecording(site=_APICAL)),
        conditions=Conditions(tstop=tstop, v_init=-65.0, celsius=34.0, seed_convention="bluecellulab"),
    )


@pytest.fixture(scope="module")
def ours(circuit: l5pc.Circuit) -> dict[str, Traces]:
    """Voltages (samples, [soma, apical dendrite]) in mV of every stimulus, all on a cell built once."""
    experiments = {name: _experiment(stimuli) for name, stimuli in _STIMULI.items()}
    return run_ours(circuit.config, experiments, circuit.folder)


@pytest.fixture(scope="module")
def theirs(circuit: l5pc.Circuit, bluecellulab_python: Path) -> Callable[[str], Traces]:
    """The same from BlueCelluLab, which runs the SONATA configuration that we export."""

    def run(name: str) -> Traces:
        exported = to_simulation_config(
            _experiment(_STIMULI[name]),
            circuit.config,
            circuit.folder / f"exported-{name}",
            base=circuit.folder,
        )
        apical = [(l5pc.APICAL_SECTION, 0.5)]
        folder = circuit.folder / "peer"
        library = compile_for(bluecellulab_python, circuit.mechanisms, folder)
        return run_bluecellulab(bluecellulab_python, exported.path, _CELL, apical, library)

    return run


def test_that_a_run_is_bit_for_bit_what_plain_neuron_gives(circuit: l5pc.Circuit, tmp_path: Path) -> None:
    """Fixed step, a step at the soma, a second electrode on the apical dendrite, solved in slices."""
    script = Path(__file__).with_name("plain_neuron.py")
    library = compile_for(Path(sys.executable), circuit.mechanisms, tmp_path)
    command = [sys.executable, str(script), str(circuit.template), str(circuit.morphology), str(library)]
    subprocess.run([*command, str(tmp_path / "plain.npy")], check=True, capture_output=True)
    plain = np.load(tmp_path / "plain.npy")
    stimuli = (
        Step(target=_SOMA, amplitude=0.8, delay=50, duration=150),
        Step(target=_APICAL, amplitude=0.6, delay=120, duration=40),
    )
    mine = run_ours(circuit.config, {"two-electrodes": _experiment(stimuli, 250.0)}, circuit.folder)[
        "two-electrodes"
    ]
    assert mine.shape == plain.shape == (10_001, 2)
    assert plain[:, 0].max() > 20, "the cell must fire, or nothing was tested"
    np.testing.assert_array_equal(mine, plain)


@pytest.mark.parametrize("name", ["step", "ramp", "pulses", "sine", "noise", "shots"])
def test_that_bluecellulab_computes_the_same_from_what_we_export(
    name: str, ours: dict[str, Traces], theirs: Callable[[str], Traces]
) -> None:
    peer = theirs(name)
    assert peer[:, 0].max() > 0, "the cell must fire, or little was tested"
    np.testing.assert_allclose(ours[name], peer, rtol=0, atol=1e-9)


def test_that_late_noise_differs_by_the_leak_of_bluecellulab_and_nothing_else(
    ours: dict[str, Traces], theirs: Callable[[str], Traces]
) -> None:
    """BlueCelluLab injects the mean of Ornstein–Uhlenbeck noise from the start on; neurodamus does not."""
    peer = theirs("late-noise")
    assert np.abs(ours["late-noise"] - peer).max() > 1
    np.testing.assert_allclose(ours["late-noise-with-its-leak"], peer, rtol=0, atol=1e-9)


def test_that_a_sine_cut_in_its_swing_differs_after_its_end_only(
    ours: dict[str, Traces], theirs: Callable[[str], Traces]
) -> None:
    """BlueCelluLab's list of points ends one sample late, and NEURON extrapolates its last line for ever."""
    peer = theirs("cut-sine")
    end = round((_DELAY_MS + _DURATION_MS) / 0.025) + 1
    np.testing.assert_allclose(ours["cut-sine"][:end], peer[:end], rtol=0, atol=1e-9)
    assert peer[-1, 0] > 50
    assert -85 < ours["cut-sine"][-1, 0] < -70
