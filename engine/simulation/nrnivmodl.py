"""NEURON's compiler of mod files: where it is, what it needs, how it runs, what its errors mean."""

import contextlib
import importlib.util
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import MechanismError

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_NMODL_PLACE: Final = re.compile(r"at line (\d+) in file (\S+?\.mod)")
_COMPILER_ERROR: Final = re.compile(r"([^/\\\s:]+)\.(?:cpp|c):(\d+):(?:\d+:)? (?:fatal )?error: (.+)")
_TRANSLATING: Final = re.compile(r"Translating (\S+?\.mod) into")
_LISTEN_AGAIN_S: Final = 0.1
_COMPILERS: Final = ("c++", "g++", "clang++")
_HOW_TO_GET: Final = {
    "linux": "Install one, e.g. `sudo apt install build-essential` on Debian and Ubuntu, "
    "`sudo dnf install gcc-c++ make` on Fedora.",
    "darwin": "Install Apple's command line tools: `xcode-select --install`.",
    "win32": "Install NEURON with its Windows installer from https://nrn.readthedocs.io, which brings one.",
}


class CompilationStoppedError(MechanismError):
    """The user stopped the compilation."""


class NoCompilerError(MechanismError):
    """Something that compiling needs is not installed."""


@dataclass(frozen=True, slots=True)
class Tool:
    """How to start nrnivmodl."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def find_tool() -> Tool:
    """Find nrnivmodl of the NEURON that this Python has, and the compiler that it needs.

    Raises NoCompilerError with the way to get what is missing.
    """
    compiler = _find_compiler()
    environment = {**os.environ, "LC_ALL": "C", "CXX": compiler}
    script = Path(sys.executable).parent / "nrnivmodl"
    if script.is_file():
        return Tool((sys.executable, str(script)), environment)
    spec = importlib.util.find_spec("neuron")
    home = Path(spec.origin).parent / ".data" if spec and spec.origin else Path()
    if (home / "bin" / "nrnivmodl").is_file():
        homes = {
            "NRNHOME": str(home),
            "NEURONHOME": str(home / "share" / "nrn"),
            "NRN_PYTHONEXE": sys.executable,
        }
        return Tool((str(home / "bin" / "nrnivmodl"),), {**environment, **homes})
    if found := shutil.which("nrnivmodl"):
        return Tool((found,), environment)
    raise NoCompilerError(
        "The mod files cannot be compiled: nrnivmodl of NEURON was not found.",
        where=str(Path(sys.executable).parent),
        hint="Install NEURON into the same environment: `pip install neuron`.",
    )


def _find_compiler() -> str:
    wanted = os.environ.get("CXX", "").split()
    compiler = next(filter(None, map(shutil.which, [*wanted[:1], *_COMPILERS])), None)
    missing = [
        name for name, found in (("C++ compiler", compiler), ("make", shutil.which("make"))) if not found
    ]
    if sys.platform != "win32" and missing:
        raise NoCompilerError(
            f"The mod files cannot be compiled: this machine has no {' and no '.join(missing)}.",
            hint=_HOW_TO_GET.get(sys.platform, _HOW_TO_GET["linux"]),
        )
    return compiler or "c++"


def run_tool(tool: Tool, folder: Path, *, line: Callable[[str], None], stopped: Callable[[], bool]) -> bool:
    """Compile the mod files of `folder / "mod"` into `folder`; every line it prints goes to `line`.

    Returns whether it succeeded. Raises CompilationStoppedError when `stopped()`, having ended all that ran.
    """
    process = subprocess.Popen(
        [*_ended_with_us(), *tool.command, "mod"],
        cwd=folder,
        env=dict(tool.environment),
        stdin=subprocess.PIPE,  # which closes when this process ends, however it does
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # so that make and the compilers can be stopped with it
    )
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_lines, args=(process, lines), daemon=True)
    reader.start()
    try:
        _follow(lines, line, stopped)
    except BaseException:
        _kill(process)
        raise
    finally:
        reader.join()
        code = process.wait()
        if process.stdin is not None:
            process.stdin.close()
    return code == 0


def _ended_with_us() -> tuple[str, ...]:
    """What to put before a command that must not outlive this process."""
    if sys.platform == "win32" or getattr(sys, "frozen", False) or not Path(sys.executable).is_file():
        return ()
    return (sys.executable, "-S", "-E", str(Path(__file__).with_name("with_parent.py")))


def _read_lines(process: "subprocess.Popen[bytes]", lines: "queue.SimpleQueue[bytes | None]") -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for each in output:
            lines.put(each)
    lines.put(None)


def _follow(
    lines: "queue.SimpleQueue[bytes | None]", line: Callable[[str], None], stopped: Callable[[], bool]
) -> None:
    while True:
        if stopped():
            raise CompilationStoppedError("Compiling the mod files was stopped.")
        with contextlib.suppress(queue.Empty):
            printed = lines.get(timeout=_LISTEN_AGAIN_S)
            if printed is None:
                return
            line(_COLOUR.sub("", printed.decode(errors="replace")).rstrip())


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
        os.killpg(process.pid, signal.SIGKILL)


def translated_file(line: str) -> str | None:
    """The mod file whose turn it is, if the line says so."""
    found = _TRANSLATING.search(line)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong first: "Illegal statement" in the mod file "Ih.mod", at line 38 ("" and None: not said).

    The compiler of C++ knows lines of the translation only: then `line` is None and `reason` says which.
    """

    reason: str
    file_name: str = ""
    line: int | None = None


def first_complaint(output: str) -> Complaint:
    """The first error in what nrnivmodl printed; the others mostly follow from it."""
    lines = output.splitlines()
    for index, line in enumerate(lines):
        if place := _NMODL_PLACE.search(line):
            return Complaint(_nmodl_reason(lines[: index + 1]), place[2], int(place[1]))
        if error := _COMPILER_ERROR.search(line):
            return Complaint(
                f"{error[3].strip()} (line {error[2]} of its C++ translation)", f"{error[1]}.mod"
            )
    telling = [
        line.strip() for line in lines if re.search(r"error|not found|no such file", line, re.IGNORECASE)
    ]
    return Complaint(telling[0] if telling else "nrnivmodl failed without saying why")


def _nmodl_reason(lines: list[str]) -> str:
    """The translator spreads a complaint over the lines since it announced the file."""
    start = max((index for index, line in enumerate(lines) if _TRANSLATING.search(line)), default=-1)
    said = [_NMODL_PLACE.sub("", line).strip(" :") for line in lines[start + 1 :]]
    telling = [each for each in said if each and not each.startswith(("->", "=>", "Thread", "Notice"))]
    return ", ".join(telling).removeprefix("syntax error, ").replace("Error: ", "").rstrip(".")
