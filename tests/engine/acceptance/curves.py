"""The curves of the pyramidal cell by BlueCelluLab's own functions, in its own process."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.engine.acceptance import l5pc
from tests.engine.acceptance.bluecellulab import clean_environment, compile_for

_SCRIPT = Path(__file__).with_name("peer_curves.py")


@dataclass(frozen=True, eq=False)
class PeerCurve:
    """Currents in nA, what was measured at each, and how long the function took, in s."""

    currents: NDArray[np.float64]
    measured: NDArray[np.float64]
    seconds: float


def peer_curves(
    python: Path,
    circuit: l5pc.Circuit,
    curves: Mapping[str, Mapping[str, Any]],
    *,
    holding_na: float = l5pc.HOLDING_CURRENT_NA,
    has_fixed_steps: bool = True,
) -> dict[str, PeerCurve]:
    """By name, `fi` or `iv`: what `compute_plot_…_curve` gives with these options.

    BlueCelluLab takes CVODE, unless the template mentions the stochastic channel StochKv; to have fixed
    steps, it gets a template that does so in a comment.
    """
    library = compile_for(python, circuit.mechanisms, circuit.folder / "peer")
    template = circuit.template
    if has_fixed_steps:
        template = circuit.folder / "peer" / circuit.template.name
        template.write_text("// not StochKv\n" + circuit.template.read_text("utf-8"), encoding="utf-8")
    settings = {
        "template": str(template),
        "morphology": str(circuit.morphology),
        "threshold": l5pc.THRESHOLD_CURRENT_NA,
        "holding": holding_na,
        "curves": curves,
    }
    target = circuit.folder / "curves.json"
    command = [str(python), "-P", str(_SCRIPT), json.dumps(settings), str(target)]
    environment = {**clean_environment(), "BLUECELLULAB_MOD_LIBRARY_PATH": str(library)}
    done = subprocess.run(
        command, env=environment, cwd=circuit.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {
        name: PeerCurve(np.array(currents), np.array(values), seconds)
        for name, (currents, values, seconds) in json.loads(target.read_text("utf-8")).items()
    }
