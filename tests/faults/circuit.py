"""A circuit of cells that go wrong, each in its own way, and one that never does."""

import json
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import PulseTrain
from engine.experiment.targets import CellReference, Site

CONFIG: Final = "circuit_config.json"
FAULT_MS: Final = 5.0  # when cells go wrong that begin well
DT_MS: Final = 0.025
CONDITIONS: Final = Conditions(celsius=6.3, v_init=-65.0, dt=DT_MS)
PRINTED: Final = "somascope was here"

_IN_C: Final = {
    "segfault": "*(volatile int*) nullptr = 1;",
    "exit": "exit(5);",
    "hang": "for (volatile int turns = 0;; turns = 1) {}",
    "sleep": "for (;;) pause();",
    "print": f"""
        printf("{PRINTED}, with printf\\n"); fflush(stdout);
        puts("{PRINTED}, with puts");
        std::cout << "{PRINTED}, in C++" << std::endl;
        (void) !write(1, "{PRINTED}, past all buffers\\n", {len(PRINTED) + len(", past all buffers") + 1});
        (void) !write(1, "\\x05\\0\\0\\0\\0\\0\\0\\0hello\\n", 14);""",
    "flood": """
        static std::string lines;
        while (lines.size() < 10000) lines += "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\\n";
        fwrite(lines.data(), 1, lines.size(), stdout);""",
    "not a number": "i = NAN;",
    "explosion": "i = -1e6;",
    "throw": 'throw std::runtime_error("thrown by a mod file");',
}
_IN_HOC: Final = {"quit": "quit()", "loop": "while (1) { }", "error": 'execerror("the cell says no", "")'}
_BUILT: Final = {f"{name} when built": code for name, code in _IN_HOC.items()}
_RUNNING: Final = {f"{name} in hoc": code for name, code in _IN_HOC.items()}

NAMES: Final = ("healthy", *_IN_C, *_BUILT, *_RUNNING)
SLOW_CELLS: Final = tuple(CellReference("cells", len(NAMES) + number) for number in range(40))

_BLANK_MOD: Final = """\
NEURON { SUFFIX fault NONSPECIFIC_CURRENT i RANGE kind, begin }
PARAMETER { kind = 0 begin = 1e9 (ms) }
ASSIGNED { v (mV) i (mA/cm2) }
VERBATIM
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
ENDVERBATIM
BREAKPOINT {
  i = 0
VERBATIM
  if (t >= begin) {
    switch ((int) kind) {
CASES
    }
  }
ENDVERBATIM
}
"""
_TEMPLATE: Final = """\
begintemplate NAME
  public soma, all
  create soma[1]
  objref all, cvode, handler, this
  proc go_wrong() { local turns turns = 0 FAULT }
  proc schedule() { cvode.event(BEGIN, "go_wrong()") }
  proc init() { local turns
    all = new SectionList()
    soma[0] { all.append() L = 1000 diam = 2 nseg = 51 Ra = 100 insert hh insert fault }
    BODY
  }
endtemplate NAME
"""


def cell(name: str) -> CellReference:
    """The cell that goes wrong like this."""
    return CellReference("cells", NAMES.index(name))


def make_circuit(folder: Path) -> Path:
    """Write the circuit, and return its configuration. All such circuits have the same mod file."""
    for inside in ("hoc", "mechanisms"):
        (folder / inside).mkdir(parents=True)
    (folder / "mechanisms" / "fault.mod").write_text(mod_file(), encoding="utf-8")
    for name in (*NAMES, "slow to build"):
        template = _template_name(name)
        (folder / "hoc" / f"{template}.hoc").write_text(_template(name, template), encoding="utf-8")
    names = [*NAMES, *["slow to build"] * len(SLOW_CELLS)]
    with h5py.File(folder / "nodes.h5", "w") as file:
        population = file.create_group("nodes/cells")
        population["node_type_id"] = np.zeros(len(names), np.int64)
        population["0/model_template"] = [f"hoc:{_template_name(name)}" for name in names]
        population["0/model_type"] = ["biophysical"] * len(names)
        population["0/morphology"] = [""] * len(names)
    config = folder / CONFIG
    config.write_text(json.dumps(_CONFIG), encoding="utf-8")
    return config


def mod_file(*, undefined: str = "") -> str:
    """All faults of mod files in one; with a call of an `undefined` function, its library does not load."""
    cases = dict(enumerate(_IN_C.values(), 1))
    text = "\n".join(f"    case {number}: {{ {code} break; }}" for number, code in cases.items())
    if undefined:
        text += f"\n    case 99: {{ {undefined}(); break; }}"
    mod = _BLANK_MOD.replace("CASES", text)
    return (
        mod.replace("#include <unistd.h>", f"#include <unistd.h>\nextern void {undefined}();")
        if undefined
        else mod
    )


def experiment(
    name: str = "healthy", tstop: float = 20.0, *, recordings: int = 1, **parts: Any
) -> Experiment:
    """A cell that fires every 10 ms, until it goes wrong."""
    target = cell(name)
    parts.setdefault("cells", ListedCells(cells=(target,)))
    pulses = PulseTrain(
        id="pulses",
        target=Site(cell=target),
        amplitude=3.0,
        frequency=100.0,
        width=2.0,
        delay=1.0,
        duration=1e6,
    )
    sites = [Site(cell=target, x=(k + 0.5) / recordings) for k in range(recordings)]
    return Experiment(
        title=name,
        circuit=CircuitReference(path=CONFIG),
        stimuli=(pulses,),
        recordings=tuple(SiteRecording(id=f"trace {k}", site=site) for k, site in enumerate(sites)),
        conditions=changed(CONDITIONS, tstop=tstop),
        **parts,
    )


_CONFIG: Final = {
    "version": 2,
    "networks": {
        "nodes": [
            {
                "nodes_file": "nodes.h5",
                "populations": {
                    "cells": {
                        "type": "biophysical",
                        "biophysical_neuron_models_dir": "hoc",
                        "mechanisms_dir": "mechanisms",
                    }
                },
            }
        ]
    },
}


def _template_name(name: str) -> str:
    return "cell_" + name.replace(" ", "_")


def _template(name: str, template: str) -> str:
    body = ""
    if name in _IN_C:
        number = list(_IN_C).index(name) + 1
        body = f"soma[0] {{ kind_fault = {number} begin_fault = {FAULT_MS} }}"
    elif name in _BUILT:
        body = "go_wrong()"
    elif name in _RUNNING:
        body = 'cvode = new CVode() handler = new FInitializeHandler("schedule()", this)'
    elif name == "slow to build":
        body = "for turns = 0, 1000000 { L = 1000 }"
    fault = {**_BUILT, **_RUNNING}.get(name, "")
    return (
        _TEMPLATE.replace("NAME", template)
        .replace("BEGIN", str(FAULT_MS))
        .replace("FAULT", fault)
        .replace("BODY", body)
    )
