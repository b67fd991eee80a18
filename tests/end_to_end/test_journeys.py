"""J1 and J2: what a person presses from the start to the first action potential, counted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.client.client import Client
from engine.resources import resources_folder
from gui.session.run import Run
from gui.settings import SettingsStore
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.replays import replays_of

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
_TRIES = 3  # until no turn of the window is too long: others may have had the machine, but not each time


def finished(rig: Rig) -> Run:
    """The newest run, when it is over; its first samples must have come before."""
    runs = rig.bench.session.runs
    rig.until(lambda: runs.latest is not None)
    run = runs.latest
    assert run is not None
    rig.until(lambda: run.is_over)
    assert rig.first_voltages[run.id] == "running", "the first voltage came at the end"
    assert run.state == "finished", run.problem
    scope = rig.bench.panels["scope"]
    rig.until(lambda: "finished" in scope.state.text())  # type: ignore[attr-defined]
    return run


def check_is_headless_run(rig: Rig, run: Run) -> None:
    """What came is what a headless run of the same experiment gives, bit for bit."""
    circuit = rig.bench.session.circuit
    assert circuit is not None
    with Client() as client:
        client.answer(client.load(circuit.config_path))
        collected = client.collect(client.run(run.experiment, circuit.config_path.parent))
    np.testing.assert_array_equal(
        np.column_stack([run.traces.column(k) for k in range(len(run.heads))]), collected.samples
    )


def check_drawn_and_computed(rig: Rig, run: Run) -> None:
    """So is what is drawn."""
    check_is_headless_run(rig, run)
    scope = rig.bench.panels["scope"]
    for plot in scope.trace_plots:  # type: ignore[attr-defined]
        for curve in plot.trace_curves:
            column = curve.line.traces.column(curve.line.column)
            curve.refresh(200.0, 205.0, 4000)
            times, values = curve.getData()
            indices = np.rint(times / curve.line.traces.interval).astype(int)
            assert len(values) > 100
            np.testing.assert_array_equal(values, column[indices])


def test_that_one_press_shows_the_first_action_potential(launch: Callable[..., Rig]) -> None:
    rig, hand = launch(), Hand()
    rig.shot("01-welcome")
    hand.press(rig.window.welcome.cards[0])
    run = finished(rig)
    rig.close()
    assert hand.presses == 1
    assert max(run.traces.column(0)) > 0
    assert run.experiment.title == "Squid axon: first action potential"


@pytest.mark.timeout(400)
@pytest.mark.parametrize("circuit", ["built-in", pytest.param("allen", marks=pytest.mark.science)])
def test_that_four_presses_stimulate_a_cell_of_a_circuit(
    circuit: str, launch: Callable[..., Rig], store: SettingsStore, request: pytest.FixtureRequest
) -> None:
    path: Path = COLUMN if circuit == "built-in" else request.getfixturevalue("allen_cells")
    store.remember_file(path)
    stalls: list[list[float]] = []
    while not stalls or (stalls[-1] and len(stalls) < _TRIES):
        rig, hand = launch(), Hand()
        run = _stimulate_a_cell(rig, hand, circuit)
        assert hand.presses == 4
        assert sum(spikes.count for spikes in run.spikes.values()) > 0
        assert run.time == pytest.approx(run.tstop, abs=1e-6)
        check_drawn_and_computed(rig, run)
        rig.bench.session.document.undo_stack.setClean()
        rig.close()
        print(f"\n{circuit}: stumbles over 16 ms: {[round(gap) for gap in rig.watchdog.stumbles[:20]]}")
        stalls.append(rig.watchdog.stalls)
    assert stalls[-1] == [], f"the window stood still each time: {stalls}"


def _stimulate_a_cell(rig: Rig, hand: Hand, circuit: str) -> Run:
    """From the welcome page to a trace, with the watchdog looking."""
    session = rig.bench.session
    rig.watchdog.start()
    hand.press(rig.window.welcome.recent_buttons[0])
    rig.until_open()
    table = rig.table
    rig.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and table.model().rowCount() > 0)
    rig.shot(f"02-browsing-{circuit}")
    everything = table.model().rowCount()
    hand.type("L5_TTPC" if circuit == "built-in" else "node_id==0")
    rig.until(lambda: 0 < table.model().rowCount() < everything)
    rig.shot(f"03-filter-{circuit}")
    hand.press_row(table, 0, 1)
    rig.until(lambda: session.selection.current is not None)
    hand.press(rig.button("Stimulate soma"))
    rig.until(lambda: bool(session.document.experiment and session.document.experiment.stimuli))
    rig.shot(f"05-inspector-{circuit}")
    rig.until(session.rig.can_run)
    hand.press(rig.bench.tool_bar.widgetForAction(rig.bench.actions.widget("run.start")))
    run = finished(rig)
    rig.watchdog.stop()
    rig.shot(f"06-preview-and-run-{circuit}")
    return run


@pytest.mark.timeout(400)
def test_that_six_presses_drive_the_synapses_of_a_cell_with_the_spikes_of_the_thalamus(
    launch: Callable[..., Rig], store: SettingsStore
) -> None:
    """Seven are allowed: circuit, cell, its synapses, driven by thalamic replay, trace."""
    store.remember_file(COLUMN)
    rig, hand = launch(), Hand()
    session, afferent = rig.bench.session, rig.bench.session.afferent
    hand.press(rig.window.welcome.recent_buttons[0])
    rig.until_open()
    rig.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and rig.table.model().rowCount() > 0)
    hand.type("L5_TTPC")
    rig.until(lambda: 0 < rig.table.model().rowCount() < 200)
    hand.press_row(rig.table, 0, 1)
    rig.until(lambda: session.selection.current is not None)
    assert not afferent.is_watched, "behind another list, nobody sees its dots"
    hand.press_tab(rig.window, "Synapses")
    rig.until(lambda: afferent.table is not None and afferent.table.sections is not None)
    rig.shot("07-synapses")
    drive = rig.button("Drive with spikes…")
    hand.press_in_menu(drive, "thalamus_spikes.h5 (thalamic_replay)")
    rig.until(lambda: bool(afferent.active.size) and bool(afferent.active.all()))
    rig.until(session.rig.can_run)
    rig.shot("08-driven")
    hand.press(rig.bench.tool_bar.widgetForAction(rig.bench.actions.widget("run.start")))
    run = finished(rig)
    rig.shot("09-replayed")
    assert hand.presses <= 7
    (replay,) = replays_of(run.experiment)
    assert replay.spike_file.endswith("thalamus_spikes.h5")
    assert np.ptp(run.traces.column(0)) > 1, "no synapse has opened"
    check_is_headless_run(rig, run)
    session.document.undo_stack.setClean()
    rig.close()
