"""Running a function in a process of its own: what NEURON has loaded, it keeps for the life of a process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]
_CALL = """
import importlib, json, sys
module, function, arguments, target = sys.argv[1:]
result = getattr(importlib.import_module(module), function)(*json.loads(arguments))
with open(target, "w", encoding="utf-8") as file:
    json.dump(result, file)
"""


def in_process(function: Callable[..., Any], *arguments: Any, folder: Path, cwd: Path | None = None) -> Any:
    """Call a function of a test module in a new Python, and return what it returned.

    Arguments and result travel as JSON: numbers, texts, lists, dicts (floats arrive exactly). `folder`: where
    to keep the answer. Fails with what the process wrote if it did not end well.
    """
    target = folder / f"{function.__name__}.json"
    command = [
        sys.executable,
        "-c",
        _CALL,
        function.__module__,
        function.__name__,
        json.dumps(arguments),
        str(target),
    ]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        command, cwd=cwd or _ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{function.__name__} ended with {done.returncode}:\n{done.stderr[-4000:]}"
    return json.loads(target.read_text(encoding="utf-8"))
