"""The folder for a cluster, asked for in a dialog."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot

from engine.resources import example_file
from gui.panels.cluster import ClusterDialog
from tests.gui.accessibility import nameless_controls
from tests.gui.shell.conftest import Start


def test_that_a_folder_for_a_cluster_is_written(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program, bench = start()
    action = bench.actions.widget("file.cluster")
    assert not action.isEnabled()
    with qtbot.waitSignal(bench.session.opened):
        bench.files.open(example_file("squid-axon"))
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    (dialog,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, ClusterDialog))
    assert nameless_controls(dialog) == []
    dialog.folder.line.setText(str(Path(__file__).parent))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "holds other files" in dialog.remark.text())
    dialog.folder.line.setText("somewhere")
    assert not dialog.write_button.isEnabled()
    nodes = dialog.form.rows["nodes"].editor.controls()[0]
    assert isinstance(nodes, QAbstractSpinBox)
    nodes.setFocus()
    nodes.selectAll()
    qtbot.keyClicks(nodes, "3")
    qtbot.keyClick(nodes, Qt.Key.Key_Tab)
    dialog.estimate_button.click()
    assert not dialog.estimate_button.isEnabled()
    qtbot.waitUntil(dialog.estimate_button.isEnabled, timeout=60_000)
    assert dialog.estimate.text().startswith("Estimate for 1 cell with 0 connections, shared by 96 processes")
    dialog.setup.setPlainText("module load openmpi")
    dialog.folder.line.setText(str(tmp_path / "cluster"))
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.write_button, Qt.MouseButton.LeftButton)
    script = (tmp_path / "cluster" / "job.sh").read_text()
    assert "--nodes=3\n" in script and "\nmodule load openmpi\n" in script
    assert "is written" in bench.log.tail(20)
    assert program.window.isVisible()
