"""J3 and J4: a curve of the current cell, and currents before and after a drug, in counted presses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gui.app import Wanted
from gui.panels.protocols.panel import ProtocolsPanel
from gui.session.measuring import Measurement
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand


def _opened(launch: Callable[..., Rig], example: str) -> tuple[Rig, ProtocolsPanel]:
    rig = launch(Wanted(example=example))
    rig.until_open()
    rig.until(rig.bench.session.measuring.can_start)
    panel = rig.bench.panels["protocols"]
    assert isinstance(panel, ProtocolsPanel)
    return rig, panel


def _measured(rig: Rig) -> Measurement:
    """The newest measurement, when it is over."""
    measuring = rig.bench.session.measuring
    measurement = measuring.current
    assert measurement is not None
    rig.until(lambda: measurement.is_over)
    assert measurement.state == "finished", measurement.problem
    return measurement


@pytest.mark.timeout(400)
def test_that_three_presses_give_an_f_i_curve(launch: Callable[..., Rig], shared_data: Path) -> None:
    rig, panel = _opened(launch, "squid-axon")
    hand = Hand()
    button: Any = rig.bench.tool_bar.protocol_button
    hand.press_in_menu(button, "f–I curve")
    rig.until(panel.run_button.isVisible)
    rig.watchdog.start()
    hand.press(panel.run_button)
    rig.until(lambda: bool(rig.bench.session.measuring.current and panel.sweeps.plot.values))
    rig.shot("10-sweeps-of-a-curve")
    measurement = _measured(rig)
    rig.watchdog.stop()
    rig.shot("11-f-i-curve")
    assert hand.presses == 3
    result = measurement.result
    assert result is not None
    found = result.number("Rheobase") * 1000  # µA/cm²: the patch is 100 µm² large
    assert found == pytest.approx(2.223, rel=0.02)
    currents, rates = (np.array(result.column(name).values) for name in ("Current", "Rate"))
    assert len(currents) == 11 and (rates > 0).all()
    np.testing.assert_array_equal(panel.results.plot.series[0].y, rates)
    assert panel.results.model.rowCount() == 11
    assert rig.watchdog.stalls == [], "the window stood still"
    rig.close()


@pytest.mark.timeout(400)
def test_that_five_presses_show_what_a_drug_takes_away(launch: Callable[..., Rig]) -> None:
    rig, panel = _opened(launch, "squid-axon")
    hand = Hand()
    button: Any = rig.bench.tool_bar.protocol_button
    hand.press_in_menu(button, "I–V (voltage clamp)")
    rig.until(panel.run_button.isVisible)
    hand.press(panel.run_button)
    before = _measured(rig).result
    rig.until(rig.bench.session.measuring.can_start)
    hand.press(rig.button("TTX", panel))
    rig.until(lambda: bool(rig.bench.session.document.experiment.manipulations))  # type: ignore[union-attr]
    rig.until(rig.bench.session.measuring.can_start)
    hand.press(panel.run_button)
    after = _measured(rig).result
    rig.shot("12-before-and-after-ttx")
    assert hand.presses == 5
    assert before is not None and after is not None
    row = before.column("Voltage").values.index(0.0)
    # of the squid axon clamped from −65 to 0 mV, in nA of a patch of 100 µm²
    assert before.column("Peak inward current").values[row] == pytest.approx(-1.272, abs=0.05)
    assert after.column("Peak inward current").values[row] == pytest.approx(0.05, abs=0.05)
    assert after.column("Steady current").values[row] == pytest.approx(1.907, abs=0.05)
    names = [each.name for each in panel.results.plot.series if each.ghost]
    assert names == ["Peak inward current (no. 1)", "Steady current (no. 1)"], "the first one stays in sight"
    rig.bench.session.document.undo_stack.setClean()
    rig.close()
