"""`python peer_curves.py SETTINGS TARGET`: the curves that BlueCelluLab measures, in its own environment.

Uses nothing of this project. SETTINGS is JSON: `template`, `morphology`, `threshold`, `holding`, and for the
curves by name what is handed to BlueCelluLab's own functions.
"""

import json
import sys
import time
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from bluecellulab import Cell
from bluecellulab.analysis.analysis import compute_plot_fi_curve, compute_plot_iv_curve
from bluecellulab.cell.template import TemplateParams
from bluecellulab.circuit.circuit_access import EmodelProperties

CURVES = {"fi": compute_plot_fi_curve, "iv": compute_plot_iv_curve}


def main(settings: str, target: str) -> None:
    """Write the currents (nA), what was measured at each, and how long it took (s), by the name."""
    given = json.loads(settings)
    properties = EmodelProperties(
        threshold_current=given["threshold"], holding_current=given["holding"], AIS_scaler=None
    )
    cell = Cell.from_template_parameters(
        TemplateParams(given["template"], given["morphology"], "v6", properties)
    )
    found = {}
    for name, options in given["curves"].items():
        began = time.perf_counter()
        currents, measured = CURVES[name](cell, show_figure=False, **options)
        found[name] = [currents.tolist(), measured.tolist(), time.perf_counter() - began]
    Path(target).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
