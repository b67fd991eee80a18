"""NEURON, with its return codes and printed reasons turned into exceptions.

NEURON reports most failures by printing: `h("nonsense")` returns False, `h.load_file("missing")` returns 0,
and what is raised says "hocobj_call error". What can fail goes through the functions of this module.
"""

import contextlib
import functools
import importlib.util
import io
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self, TextIO

from engine.errors import SimulationError

_LOG = logging.getLogger(__name__)
_REFUSALS = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)  # what NEURON's own code raises

_RAISE_PARSE_ERROR = """
proc p_err() {
    execerror("the morphology cannot be understood at", fline)
}
"""
_UNREAD = re.compile(r"^.*(could not parse|could not open|Lexical error).*$", re.MULTILINE)


def _import_neuron() -> ModuleType:
    """Import NEURON without windows, and without the mechanisms that lie in the working directory.

    NEURON loads `./x86_64/libnrnmech.so` when it is imported. That would run code nobody asked for, and a
    process can hold one set of mechanisms only; so it is imported from a folder that has none.
    """
    options = os.environ.get("NEURON_MODULE_OPTIONS", "")
    if "-nogui" not in options.split():
        os.environ["NEURON_MODULE_OPTIONS"] = f"{options} -nogui".strip()
    found = importlib.util.find_spec("neuron")
    if found is None or found.origin is None:
        raise SimulationError(
            "NEURON is not installed, so nothing can be simulated.",
            hint="Install it with `pip install neuron`; on Windows use the installer from https://nrn.readthedocs.io.",
        )
    with contextlib.chdir(Path(found.origin).parent):
        return importlib.import_module("neuron")


neuron = _import_neuron()
h: Any = neuron.h
VERSION: str = neuron.__version__


class _Ear:
    """What NEURON prints while a block runs: through Python's sys.stdout and sys.stderr.

    Runs listen at every slice, with cold caches, so this is no generator and touches little.
    """

    def __init__(self) -> None:
        self._streams = (io.StringIO(), io.StringIO())
        self._usual: tuple[TextIO, TextIO] = (sys.stdout, sys.stderr)

    def __enter__(self) -> Self:
        self._usual = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._streams
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout, sys.stderr = self._usual
        if self.heard:
            for line in self.text.splitlines():
                _LOG.info("NEURON: %s", line.removeprefix("NEURON: "))

    @property
    def heard(self) -> bool:
        """Whether it printed anything."""
        return any(stream.tell() for stream in self._streams)

    @property
    def text(self) -> str:
        """All of it: what it said, then what it complained about."""
        return "".join(stream.getvalue() for stream in self._streams).strip("\n")

    def reason(self, otherwise: str) -> str:
        """The first complaint, in one line; NEURON's later ones are consequences."""
        complaint = re.search(r"^NEURON: *(.+)", self._streams[1].getvalue(), re.MULTILINE)
        found = complaint[1] if complaint else otherwise.rpartition("hoc_execerror:")[2]
        return found.strip().rstrip(".:")

    def unread(self) -> str:
        """What Import3d, which prints it and goes on, could not read of a morphology."""
        complaint = _UNREAD.search(self._streams[0].getvalue())
        return " ".join(complaint[0].split()) if complaint else ""

    def line_number(self, name: str) -> int | None:
        """Where in the file `name` the first complaint points to."""
        place = re.search(rf" in {re.escape(name)} near line (\d+)", self._streams[1].getvalue())
        return int(place[1]) if place and int(place[1]) > 0 else None


class explaining:  # noqa: N801 - reads as a verb: with explaining("building a cell")
    """Say what we were doing when NEURON, whose own messages do not, refuses.

    `doing` completes "NEURON failed while …".
    """

    def __init__(self, doing: str, *, where: str = "", hint: str = "") -> None:
        self._doing = doing
        self._where = where
        self._hint = hint
        self._ear = _Ear()

    def __enter__(self) -> None:
        self._ear.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ear.__exit__(kind, error, trace)
        if isinstance(error, _REFUSALS):
            raise _refused(self._what, self._ear, str(error), self._where, self._hint) from error
        if error is None and self._ear.heard and (unread := self._ear.unread()):
            raise SimulationError(f"{self._what}: {unread}.", where=self._where, printed=self._ear.text)

    @property
    def _what(self) -> str:
        return f"NEURON failed while {self._doing}"


def _refused(what: str, ear: _Ear, otherwise: str, where: str, hint: str) -> SimulationError:
    reason = ear.reason(otherwise)
    return SimulationError(
        f"{what}: {reason}." if reason else f"{what}.", where=where, hint=hint, printed=ear.text
    )


def run_hoc(code: str, where: str, *, hint: str = "") -> None:
    """Execute hoc statements. `where` names the file or the feature that they come from."""
    ear = _Ear()
    message = ""
    with ear:
        try:
            done = h(code)
        except _REFUSALS as error:
            done, message = False, str(error)
    if not done:
        raise _refused("NEURON refused hoc code", ear, message, where, hint)


def load_hoc_file(path: Path, *, stands_for: Path | None = None, hint: str = "") -> None:
    """Execute a hoc file, also when it was executed before; files that it loads by name are found beside it.

    `stands_for`: the file that the user knows, when `path` is a changed copy of it, line by line. A file that
    fails inside a template leaves the sections that it declared. They have no effect on others, but NEURON
    crashes when asked to name or delete them: name no section of unknown origin.
    """
    known = stands_for or path
    if not path.is_file():
        raise SimulationError(f"The hoc file {known.name} does not exist.", where=str(known.parent))
    ear = _Ear()
    message = ""
    # NEURON works in the folder of the file while it loads it, and stays there after an error.
    with readable_path(path.resolve()) as readable, contextlib.chdir(readable.parent), ear:
        try:
            done = h.load_file(1, readable.as_posix()) == 1
        except _REFUSALS as error:
            done, message = False, str(error)
        line = ear.line_number(readable.name)
    if not done:
        place = f"{known}, near line {line}" if line else str(known)
        raise _refused(f"NEURON cannot load {known.name}", ear, message, place, hint)


def construct(template: str, *arguments: object, where: str, hint: str = "") -> Any:
    """Make an object of a hoc template.

    Its definition must have succeeded: NEURON crashes on half a template.
    """
    make = getattr(h, template, None)
    if make is None:
        raise SimulationError(f"NEURON knows no template named {template!r}.", where=where, hint=hint)
    with _leaving_no_sections(), explaining(f"building a {template}", where=where, hint=hint):
        return make(*arguments)


def meet_new_channels() -> None:
    """Let Python see the channels that hoc code made at run time (KSChan).

    NEURON's Python looks for new ones only when it is asked to insert what it does not know; until then
    segments hide them and their variables.
    """
    with contextlib.suppress(ValueError):
        h.Section(name="unknown").insert("unknown")


@contextlib.contextmanager
def _leaving_no_sections() -> Iterator[None]:
    """Delete the sections of a cell that failed half way: NEURON would simulate them for ever.

    NEURON lists sections by age, so they are the ones after a marker.
    """
    marker = h.Section(name="marker")
    try:
        yield
    except SimulationError:
        sections = list(h.allsec())
        for section in sections[sections.index(marker) + 1 :]:
            h.delete_section(sec=section)
        raise


def _is_readable(path: Path) -> bool:
    text = str(path)
    return text.isascii() and text.isprintable() and '"' not in text


@contextlib.contextmanager
def readable_path(path: Path) -> Iterator[Path]:
    """The file under a path that hoc can spell: NEURON takes ASCII only, and no quotation marks.

    Any other file is copied to a temporary folder while the block runs.
    """
    if _is_readable(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="somascope_", ignore_cleanup_errors=True) as folder:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", path.name)
        yield Path(shutil.copyfile(path, Path(folder) / name))


@functools.cache
def need_standard_run() -> None:
    """Make NEURON's standard run system (`stdinit`, `continuerun`, …) available."""
    _need("stdrun.hoc")


@functools.cache
def need_import3d() -> None:
    """Make NEURON's readers of morphologies (`Import3d_SWC_read`, …) available.

    At an error in an ASC file they `stop` the interpreter, after which NEURON, driven from Python, runs no
    constructor any more or aborts. Their procedure for this is replaced by one that raises.
    """
    _need("import3d.hoc")
    with explaining("preparing its reader of Neurolucida files"):
        h.execute1(_RAISE_PARSE_ERROR, h.Import3d_Neurolucida3())


def _need(name: str) -> None:
    with explaining(
        f"loading its own {name}", hint="The installation of NEURON is damaged; install it again."
    ):
        if h.load_file(name) != 1:
            raise RuntimeError(f"{name} is missing")
