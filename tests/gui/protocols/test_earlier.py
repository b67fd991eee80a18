"""Which earlier results stay in sight, and how the present one differs from them."""

from PySide6.QtGui import QGuiApplication

from engine.experiment.base import changed
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Listed
from tests.gui.accessibility import nameless_controls
from tests.gui.protocols.conftest import Bench


def _measured(bench: Bench, *amplitudes: float) -> None:
    bench.panel.choose("fi")
    protocol = FrequencyCurrent(amplitudes=Listed(values=amplitudes), duration=60.0)
    bench.panel.form.edited.emit(protocol, "amplitudes")
    bench.qtbot.waitUntil(bench.session.measuring.can_start, timeout=30_000)
    bench.panel.run_or_stop()
    assert bench.measured().state == "finished"


def test_that_the_user_picks_results_to_lay_under_and_to_take_away(bench: Bench) -> None:
    panel, measurements = bench.panel, bench.session.measuring.measurements
    tab = panel.tabs.indexOf(panel.difference)
    _measured(bench, 0.005, 0.02)
    assert not panel.results.earlier.isVisibleTo(panel) and not panel.tabs.isTabVisible(tab)
    _measured(bench, 0.005, 0.01)
    experiment = bench.session.document.experiment
    assert experiment is not None
    warmer = changed(experiment, conditions=changed(experiment.conditions, celsius=12.0))
    bench.session.document.change(warmer, "Change temperature")
    _measured(bench, 0.01, 0.02)

    earlier = panel.results.earlier
    assert earlier.isVisibleTo(panel) and panel.tabs.isTabVisible(tab)
    ghosts = {each.name for each in panel.results.plot.series if each.ghost}
    assert ghosts == {"Rate (no. 2)"}, "the last one, unless the user says otherwise"
    earlier.fill()
    first = next(each for each in earlier.choices.actions() if each.text().startswith("No. 1: f–I curve"))
    assert not first.isChecked()
    first.trigger()
    shown = {each.name: each.colour for each in panel.results.plot.series if each.ghost}
    assert shown.keys() == {"Rate (no. 2)", "Rate (no. 1)"} and len(set(shown.values())) == 2
    earlier.show_behind(measurements[1], wanted=False)
    assert [each.name for each in panel.results.plot.series if each.ghost] == ["Rate (no. 1)"]

    difference = panel.difference
    assert difference.choice.currentText().startswith("No. 2") and difference.model.rowCount() == 1
    difference.choice.setCurrentIndex(1)
    difference.choice.activated.emit(1)
    assert difference.model.rowCount() == 1, "0.02 nA is in both"
    now, before = measurements[2].result, measurements[0].result
    assert now is not None and before is not None
    expected = now.column("Rate").values[1] - before.column("Rate").values[1]
    columns = {title: numbers.tolist() for title, numbers in difference.columns()}
    assert columns["Current (nA)"] == [0.02] and columns["Δ Rate (Hz)"] == [expected] and expected > 0
    difference.saving.copy_columns(difference.columns())
    assert QGuiApplication.clipboard().text().startswith("Current (nA)\tΔ ")
    assert nameless_controls(difference) == []
    bench.session.document.put(experiment)
    bench.qtbot.waitUntil(lambda: not panel.tabs.isTabVisible(tab))
