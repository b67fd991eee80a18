"""What the table of measurements says is what eFEL says of the same samples, with its names and units."""

import math

import efel
import numpy as np
import pytest
from efel.units import get_unit

from engine.analysis.measures import BY_KEY, MEASURES, Signal, difference, measured
from engine.analysis.step_interval import StepInterval
from engine.experiment.applied_step import step_on
from engine.experiment.base import changed
from engine.experiment.stimuli import Holding, RelativeStep, Step
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties
from tests.gui.session.experiments import small

_INTERVAL = 0.025
_KEYS = [each.key for each in MEASURES]
_STEP = StepInterval(100.0, 300.0, 0.1)


def _spiking() -> Signal:
    """Spikes every 50 ms on a depolarising step."""
    times = np.arange(0.0, 400.0, _INTERVAL)
    voltage = np.where((times >= 100) & (times < 300), -60.0, -70.0)
    for spike in (150.0, 200.0, 250.0):
        voltage = voltage + 100 * np.exp(-(((times - spike) / 0.5) ** 2))
    return Signal(voltage, _INTERVAL, step=_STEP)


def _charging() -> Signal:
    """A membrane of 200 MΩ and 20 ms that −0.05 nA pull down by 10 mV."""
    times = np.arange(0.0, 400.0, _INTERVAL)
    during = np.clip(times - 100, 0, 200)
    after = np.clip(times - 300, 0, None)
    voltage = -70 - 10 * (1 - np.exp(-during / 20)) * np.exp(-after / 20)
    return Signal(voltage, _INTERVAL, step=StepInterval(100.0, 300.0, -0.05))


@pytest.mark.parametrize("span", [(0.0, 399.975), (90.0, 230.0), (140.0, 260.0)], ids=str)
def test_that_measures_of_a_region_are_those_of_efel(span: tuple[float, float]) -> None:
    signal = _spiking()
    found = measured(signal.cut(span), _KEYS)
    times = np.arange(len(signal.voltage)) * _INTERVAL
    inside = (times >= span[0] - 1e-9) & (times <= span[1] + 1e-9)
    trace: dict[str, object] = {"T": times[inside], "V": signal.voltage[inside]}
    trace |= {
        "stim_start": [max(100.0, span[0])],
        "stim_end": [min(300.0, span[1])],
        "stimulus_current": [0.1],
    }
    defined = [each for each in MEASURES if each.efel and not each.needs]
    (expected,) = efel.get_feature_values([trace], [each.efel for each in defined], raise_warnings=False)
    for each in defined:
        values = expected[each.efel]
        if values is None or not len(values):
            assert math.isnan(found[each.key]), each
        else:
            assert found[each.key] == pytest.approx(float(np.mean(values)), rel=1e-12), each
    assert found["mean"] == np.mean(signal.voltage[inside])
    assert found["peak_to_peak"] == np.ptp(signal.voltage[inside])
    assert found["spikes"] == sum(span[0] <= each <= span[1] for each in (150, 200, 250))
    assert math.isnan(found["time_constant"]) and math.isnan(found["resistance"])


def test_that_a_passive_membrane_has_its_resistance_and_its_time_constant() -> None:
    found = measured(_charging(), _KEYS)
    assert found["resistance"] == pytest.approx(200, rel=0.01)
    assert found["time_constant"] == pytest.approx(20, rel=0.02)
    assert found["rest"] == pytest.approx(-70, abs=1e-6)
    assert found["spikes"] == 0 and math.isnan(found["peak"])


def test_that_what_is_too_short_or_no_number_has_no_features() -> None:
    signal = _charging()
    assert math.isnan(measured(signal.cut((500.0, 600.0)), _KEYS)["mean"])
    assert math.isnan(measured(signal.cut((10.0, 10.5)), _KEYS)["rest"])
    broken = Signal(np.where(np.arange(4000) == 7, np.nan, -65.0), _INTERVAL)
    assert all(math.isnan(each) for each in measured(broken, _KEYS).values())


def test_that_units_are_those_of_efel() -> None:
    spelled = {"constant": ""}
    for each in filter(lambda each: each.efel, MEASURES):
        unit = get_unit(each.efel)
        assert spelled.get(unit, unit) == each.unit, each


def test_that_a_difference_leaves_out_what_is_of_the_step() -> None:
    signal = _spiking()
    early, late = (measured(signal.cut(span), _KEYS) for span in ((90.0, 180.0), (140.0, 260.0)))
    apart = difference(late, early)
    assert apart["spikes"] == 2
    assert apart["maximum"] == late["maximum"] - early["maximum"]
    assert all(math.isnan(apart[key]) for key in _KEYS if not BY_KEY[key].has_difference)


def test_that_the_step_is_the_first_stimulus_of_the_cell_that_is_no_holding_current() -> None:
    here, there = CellReference("cells", 0), CellReference("cells", 1)
    step = Step(target=Site(cell=here), delay=50, duration=100, amplitude=0.2)
    others = (
        Holding(target=Site(cell=here)),
        Step(target=Site(cell=there), delay=10),
        Step(target=Site(cell=here), delay=5, enabled=False),
    )
    experiment = changed(small(), stimuli=(*others, step))
    assert step_on(experiment, here) == StepInterval(50, 150, 0.2)
    assert step_on(changed(experiment, stimuli=others[:1]), here) is None
    more = Step(target=NodeSetTarget(node_set="All"), delay=100)
    assert step_on(changed(experiment, stimuli=(step, more)), here) == StepInterval(50, 150, None)
    relative = RelativeStep(target=Site(cell=here), delay=50, duration=100)
    experiment = changed(experiment, stimuli=(relative,))
    assert step_on(experiment, here) == StepInterval(50, 150, None)
    known = CellProperties(0, threshold_current=0.3)
    full = step_on(experiment, here, known)
    assert full is not None and full.current == pytest.approx(0.3)
