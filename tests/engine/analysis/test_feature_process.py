"""eFEL in a process beside: it may end at any trace, and then only one number is missing."""

import math
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.feature_process import FeatureProcess
from engine.analysis.feature_server import features_of
from engine.analysis.step_interval import StepInterval
from engine.launch import WorkerCommand


def test_that_a_dying_process_costs_only_the_feature_that_it_died_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    times = np.arange(0, 40, 0.1)
    trace = times, -65 + 100 * np.exp(-((times - 20) ** 2)), StepInterval(10.0, 30.0)
    names = ["peak_voltage", "AP_begin_voltage"]
    process = FeatureProcess()
    assert process.features(*trace, names) == features_of(*trace, names)
    assert process.process_id is not None
    assert os.getsid(process.process_id) != os.getsid(0), "Ctrl-C in a terminal would end it"
    os.kill(process.process_id, signal.SIGTERM)
    assert process.features(*trace, names) == features_of(*trace, names), "it was not its fault"
    process.close()
    server = (
        "import os; from engine.analysis import feature_server as s; f = s.features_of\n"
        "s.features_of = lambda *a: os._exit(3) if 'AP_begin_voltage' in a[3] else f(*a)\n"
        "s.main()"
    )
    here = {"PYTHONPATH": str(Path.cwd())}
    command = WorkerCommand(sys.executable, ("-P", "-c", server), here, tmp_path)
    monkeypatch.setattr("engine.analysis.feature_process.features_command", lambda: command)
    process = FeatureProcess()
    found = process.features(*trace, names)
    assert found["peak_voltage"] == features_of(*trace, names)["peak_voltage"]
    assert math.isnan(found["AP_begin_voltage"]) and process.crashed == {"AP_begin_voltage"}
    process.close()
