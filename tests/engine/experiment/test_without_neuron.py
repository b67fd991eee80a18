"""Previews need no NEURON: the window must open where it is not installed."""

import pkgutil
import subprocess
import sys

import engine.experiment
from tests.peers import ROOT

PREVIEW = """
import sys
from engine.experiment.stimuli import OrnsteinUhlenbeck
from engine.experiment.conditions import Conditions
from engine.experiment.targets import NodeSetTarget
from engine.experiment.waveforms import CellProperties
stimulus = OrnsteinUhlenbeck(target=NodeSetTarget(node_set="all"))
waveform = stimulus.waveform(CellProperties(gid=0), Conditions())
assert waveform.amplitude.any()
unwanted = {"neuron", "PySide6", "pyqtgraph"} & set(sys.modules)
assert not unwanted, unwanted
"""


def test_that_experiments_and_previews_import_neither_neuron_nor_qt() -> None:
    modules = [each.name for each in pkgutil.iter_modules(engine.experiment.__path__)]
    assert {"stimuli", "random123", "store", "edits"} <= set(modules)
    script = "".join(f"import engine.experiment.{name}\n" for name in modules) + PREVIEW
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
