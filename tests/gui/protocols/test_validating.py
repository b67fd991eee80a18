"""A cell is validated with one press, signals are followed along it, and other columns are drawn."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.output.sweep_store import SweepStore
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.frequency import Impedance
from engine.protocols.profiles import BackPropagation
from engine.protocols.series import Spaced
from gui.forms.editors import ComboBox
from gui.session import measuring
from tests.gui.protocols.conftest import AXON, Bench


def _choose(box: ComboBox, text: str) -> None:
    """As a person does."""
    index = box.findText(text)
    assert index >= 0, text
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_that_one_press_validates_a_cell_and_shows_each_test(bench: Bench) -> None:
    panel = bench.panel
    panel.choose("validate")
    bench.qtbot.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    measurement = bench.measured()
    assert measurement.state == "finished", measurement.problem
    report = panel.results.numbers.text()
    assert "Tests passed <b>6 of 6</b>" in report and report.count("✓ passed") == 6
    assert "The cell has no apical dendrites." in report and "✗" not in report
    assert panel.results.plot.isHidden() and panel.tabs.currentWidget() is panel.results
    table = panel.results.model
    panel.results.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    names = [table.index(row, 0).data() for row in range(table.rowCount())]
    assert len(names) == 9 and names == sorted(names, key=str.casefold)
    assert [title for title, _ in panel.results.columns()][:3] == ["Test", "Verdict", "Measured"]
    sweeps = panel.sweeps
    panel.tabs.setCurrentWidget(sweeps)
    assert sweeps.parts.isVisible() and len(sweeps.plot._curves) == len(measurement.outcomes)
    _choose(sweeps.parts, "I–V curve")
    assert len(sweeps.plot._curves) == 5
    _choose(sweeps.parts, "All sweeps")
    assert len(sweeps.plot._curves) == len(measurement.outcomes)


def test_that_the_phase_of_an_impedance_is_drawn_when_it_is_chosen(bench: Bench) -> None:
    panel = bench.panel
    panel.choose("impedance")
    panel.form.edited.emit(Impedance(amplitude=1e-5, delay=50.0, duration=500.0, after=0.0), "duration")
    panel.run_or_stop()
    result = bench.measured().result
    assert result is not None and panel.results.quantity.isVisible()
    assert panel.results.plot.title == "Magnitude (MΩ)"
    _choose(panel.results.quantity, "Phase (°)")
    assert panel.results.plot.title == "Phase (°)"
    np.testing.assert_array_equal(panel.results.plot.series[0].y, result.column("Phase").values)
    _choose(panel.results.quantity, "Magnitude")
    np.testing.assert_array_equal(panel.results.plot.series[0].y, result.column("Magnitude").values)


def test_that_sweeps_that_went_into_a_file_are_measured_drawn_and_copied_alike(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = bench.panel
    panel.choose("fi")
    series = Spaced(first=0.005, last=0.02, count=4)
    panel.form.edited.emit(FrequencyCurrent(amplitudes=series, duration=50.0), "amplitudes")
    seen: list[tuple[str, list[tuple[str, list[float]]]]] = []
    for in_memory in (True, False):
        if not in_memory:
            monkeypatch.setattr(measuring, "SweepStore", lambda: SweepStore(0))
        bench.qtbot.waitUntil(bench.session.measuring.can_start)
        panel.run_or_stop()
        found = bench.measured()
        assert found.result is not None
        bench.session.measuring._store.close()
        samples = [(title, numbers.tolist()) for title, numbers in panel.sweeps.columns()]
        seen.append((str(found.result.columns), samples))
        is_in_memory = all(isinstance(each.columns, dict) for each in found.outcomes)
        assert is_in_memory == in_memory and len(panel.sweeps.plot._curves) == 4
    assert seen[0] == seen[1]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_that_a_protocol_waits_until_the_sections_of_the_cell_are_known(
    bench: Bench, *, is_stopped: bool
) -> None:
    panel, rig = bench.panel, bench.session.rig
    panel.choose("bap-profile")
    profile = BackPropagation(amplitude=0.02, delay=10.0, after=20.0, spike_level=-20.0)
    panel.form.edited.emit(profile, "amplitude")
    rig._builder.forget()
    panel.run_or_stop()
    under_way = bench.session.measuring.current
    assert bench.session.measuring.is_measuring() and under_way is not None and not under_way.asked
    if is_stopped:
        panel.run_or_stop()
        assert bench.measured().state == "stopped" and not under_way.outcomes
        return
    result = bench.measured().result
    assert result is not None and result.number("Amplitude at the soma") > 90
    assert result.words("Place") == ("soma[0](0.5)",)
    assert "µm from the soma" in panel.sweeps.scale.text()
    titles = [title for title, _ in panel.sweeps.columns()]
    assert titles[1:] == [
        "Voltage (mV) at 0 µm, With the stimulus",
        "Voltage (mV) at 0 µm, Without it",
    ]


def test_that_a_cell_that_cannot_be_built_ends_the_waiting(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused while the protocol waits for its sections."""
    panel, rig = bench.panel, bench.session.rig
    panel.choose("bap-profile")
    bench.qtbot.waitUntil(lambda: rig.description(AXON) is not None, timeout=30_000)
    monkeypatch.setattr(rig, "description", lambda _cell: None)
    panel.run_or_stop()
    assert bench.session.measuring.is_measuring()
    monkeypatch.setattr(rig, "is_refused", lambda cell: cell == AXON)
    rig.building.emit("", 0, 0)
    measurement = bench.measured()
    assert measurement.state == "failed" and "cannot be built" in measurement.problem
    assert not panel.is_measuring() and measurement.problem in panel.results.numbers.text()
