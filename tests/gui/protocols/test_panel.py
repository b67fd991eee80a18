"""The panel of protocols: settings, results, stopping, failing, and a worker that dies."""

import os
import signal
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from engine.analysis.features import USUAL
from engine.errors import EngineError
from engine.experiment.base import changed
from engine.protocols.catalogue import BY_NAME
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Formula, Listed, Spaced
from engine.protocols.thresholds import Rheobase
from gui.actions import check
from gui.session.measuring import Measurement
from gui.session.notices import Notice
from tests.gui.protocols.conftest import AXON, Bench

_CURVE = FrequencyCurrent(amplitudes=Spaced(first=0.005, last=0.02, count=4), duration=100.0)


def _set(bench: Bench, protocol: FrequencyCurrent) -> None:
    bench.panel.choose("fi")
    bench.panel.form.edited.emit(protocol, "amplitudes")


def test_that_every_protocol_has_a_form_and_an_action(bench: Bench) -> None:
    panel = bench.panel
    check(panel.actions())
    for name, kind in BY_NAME.items():
        panel.choose(name)
        assert panel.protocol == kind() and panel.form.model == kind()
        titled = [each for each, field in kind.model_fields.items() if field.title]
        assert list(panel.form.rows) == titled
    assert {f"protocol.{name}" for name in BY_NAME} < {each.id for each in panel.actions()}


def test_that_a_family_is_typed_and_nonsense_is_explained(bench: Bench) -> None:
    panel = bench.panel
    panel.choose("fi")
    row = panel.form.rows["amplitudes"]
    line = row.editor.controls()[0]
    assert isinstance(line, QLineEdit) and "rheobase" in line.placeholderText()
    for text, series in (
        ("0:0.02:5", Spaced(first=0, last=0.02, count=5)),
        ("0.01, 0.02", Listed(values=(0.01, 0.02))),
        ("0.002*i x 3", Formula(text="0.002*i", count=3)),
    ):
        line.setText(text)
        bench.qtbot.keyClick(line, Qt.Key.Key_Return)
        assert isinstance(panel.protocol, FrequencyCurrent) and panel.protocol.amplitudes == series
    line.setText("many")
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "number" in row.refusal and panel.protocol == FrequencyCurrent(amplitudes=series)
    line.setText("")
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.protocol == FrequencyCurrent()


def test_that_a_curve_grows_and_is_copied(bench: Bench) -> None:
    panel = bench.panel
    _set(bench, _CURVE)
    bench.qtbot.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    assert panel.run_button.text() == "Stop protocol" and not panel.choice.isEnabled()
    measurement = bench.measured()
    assert measurement.state == "finished" and measurement.site.cell == AXON
    assert len(panel.sweeps.plot._curves) == 4
    assert panel.results.model.rowCount() == 4 and panel.results.model.columnCount() == 6 + len(USUAL)
    panel.results.copy_data()
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    assert head.split("\t")[:3] == ["Current (nA)", "Spikes", "Rate (Hz)"] and len(rows) == 4
    assert measurement.result is not None
    first = [float(each) for each in rows[0].split("\t")[:3]]
    assert first == [column.values[0] for column in measurement.result.columns[:3]]
    titles = [title for title, _ in panel.sweeps.columns()]
    assert titles[0] == "Time (ms)" and len(titles) == 5
    panel.results.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert panel.results.model.index(0, 0).data() == "0.02"


def test_that_the_result_grows_with_its_sweeps(bench: Bench) -> None:
    _set(bench, changed(_CURVE, amplitudes=Spaced(first=0.01, last=0.02, count=40), duration=1000.0))
    panel, measuring = bench.panel, bench.session.measuring
    panel.results.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    there: list[int] = []

    def look(measurement: Measurement) -> None:
        assert measurement.result is None and measurement.interim is not None
        rates = np.array(measurement.interim.column("Rate").values)
        there.append(int(np.isfinite(rates).sum()))
        assert panel.results.model.rowCount() == 40 == len(panel.results.plot.series[0].x)

    measuring.grew.connect(look)
    panel.run_or_stop()
    bench.measured()
    assert there and there == sorted(there) and 1 <= there[0] < 40
    assert panel.results.model.index(0, 0).data() == "0.02", "the order that was asked for stays"


def test_that_stopping_keeps_the_sweeps_that_are_there(bench: Bench) -> None:
    _set(bench, changed(_CURVE, amplitudes=Spaced(first=0.01, last=0.02, count=60), duration=2000.0))
    measuring = bench.session.measuring
    with bench.qtbot.waitSignal(measuring.swept, timeout=30_000):
        bench.panel.run_or_stop()
    bench.panel.run_or_stop()
    measurement = bench.measured()
    assert measurement.state == "stopped" and measurement.result is not None
    spikes = np.array(measurement.result.column("Spikes").values)
    assert 1 <= np.isfinite(spikes).sum() < 60 and len(spikes) == 60
    bench.qtbot.waitUntil(measuring.can_start)


def test_that_sweeps_of_a_document_that_is_closed_are_for_nobody(bench: Bench) -> None:
    _set(bench, changed(_CURVE, amplitudes=Spaced(first=0.01, last=0.02, count=60), duration=2000.0))
    measuring = bench.session.measuring
    with bench.qtbot.waitSignal(measuring.swept, timeout=30_000):
        bench.panel.run_or_stop()
    bench.session.document.put(None)
    bench.qtbot.waitUntil(lambda: not measuring.measurements, timeout=30_000)


def test_that_no_result_is_a_sentence(bench: Bench) -> None:
    bench.panel.choose("rheobase")
    bench.panel.form.edited.emit(Rheobase(strongest=0.0005), "strongest")
    bench.panel.run_or_stop()
    measurement = bench.measured()
    assert measurement.state == "failed" and "does not fire at 0.0005 nA" in measurement.problem
    assert measurement.problem in bench.panel.results.numbers.text()
    assert "No result" in bench.panel._state.text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_that_a_worker_that_dies_in_a_family_costs_nothing_but_time(bench: Bench) -> None:
    _set(bench, changed(_CURVE, duration=1000.0))
    measuring = bench.session.measuring
    bench.panel.run_or_stop()
    expected = bench.measured().result
    bench.qtbot.waitUntil(measuring.can_start)
    killed: list[int] = []

    def kill() -> None:
        if not killed:
            client = bench.session.rig._client
            assert client is not None and client.hello is not None
            killed.append(client.hello.process_id)
            os.kill(killed[0], signal.SIGKILL)

    measuring.swept.connect(kill)
    bench.panel.run_or_stop()
    found = bench.measured()
    assert killed and found.state == "finished" and found.result is not None and expected is not None
    assert str(found.result.columns) == str(expected.columns)  # there are NaN among them


def test_that_results_go_with_their_document(bench: Bench) -> None:
    bench.panel.choose("rest")
    bench.panel.run_or_stop()
    assert bench.measured().result is not None
    bench.session.document.put(None)
    assert not bench.session.measuring.measurements and not bench.panel.run_button.isEnabled()
    assert "what it finds is shown here" in bench.panel.results.numbers.text()


def test_that_a_second_setting_is_varied_and_makes_a_line_each(bench: Bench) -> None:
    panel = bench.panel
    _set(bench, _CURVE)
    varying = panel.varying
    titles = [varying.choice.itemText(row) for row in range(varying.choice.count())]
    assert titles[0] == "Nothing" and "Duration (ms)" in titles and "Temperature (°C)" in titles
    varying.choice.setCurrentIndex(titles.index("Temperature (°C)"))
    varying.choice.activated.emit(varying.choice.currentIndex())
    assert "Type the values" in varying.refusal and not panel.run_button.isEnabled()
    for text, sentence in (("6.3, warm", "number"), ("6.3, 900", "60"), ("6.3, 12", "")):
        varying.values.setText(text)
        bench.qtbot.keyClick(varying.values, Qt.Key.Key_Return)
        assert sentence in varying.refusal and panel.run_button.isEnabled() is not bool(sentence)
    panel.run_or_stop()
    measurement = bench.measured()
    assert measurement.result is not None and panel.results.model.rowCount() == 8
    assert [each.name for each in panel.results.plot.series] == ["6.3\xa0°C", "12\xa0°C"]
    panel.choose("rest")
    assert not varying.choice.currentData().name
    panel.choose("fi")
    assert varying.values.text() == "6.3, 12", "what was chosen is kept for each protocol"


def test_that_it_is_said_how_long_it_will_take_and_how_long_it_took_counts(bench: Bench) -> None:
    panel, forecast = bench.panel, bench.session.measuring.forecast
    _set(bench, _CURVE)
    bench.qtbot.waitUntil(lambda: "about 4 sweeps" in panel._subject.text())
    panel.run_or_stop()
    measurement = bench.measured()
    seconds = forecast.seconds_left
    assert measurement.asked == 4 and seconds is not None
    _set(bench, changed(_CURVE, duration=_CURVE.duration * 20))
    bench.qtbot.waitUntil(lambda: forecast.sweeps == 4 and forecast.seconds_left != seconds)
    ratio = (2000.0 + 200.0) / (100.0 + 200.0)
    assert forecast.seconds_left == pytest.approx(seconds * ratio)
    _set(bench, FrequencyCurrent())
    panel.varying.choice.setCurrentIndex(1)
    panel.varying.values.setText("50, 100, 150")
    panel.varying.values.commit()
    bench.qtbot.waitUntil(lambda: forecast.sweeps == 3 * (2 + 14 + 11))


def test_that_a_result_that_cannot_be_remembered_is_there_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object) -> bool:
        raise EngineError("The disk is full.")

    monkeypatch.setattr("engine.protocols.remembering.remember_result", full)
    told: list[Notice] = []
    bench.session.notices.posted.connect(told.append)
    bench.panel.choose("rest")
    bench.panel.run_or_stop()
    measurement = bench.measured()
    assert measurement.state == "finished" and measurement.result is not None
    bench.qtbot.waitUntil(lambda: bool(told))
    assert [each.what for each in told] == ["The disk is full."]
