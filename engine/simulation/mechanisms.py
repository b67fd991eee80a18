"""The mechanisms of this process: mod files compiled into a cache of the user, loaded once."""

import ctypes
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine import user_files
from engine.errors import MechanismError
from engine.file_lock import locked
from engine.simulation import nrnivmodl
from engine.simulation.host import VERSION, explaining, h, readable_path
from engine.simulation.mod_sets import ModSet, gather

Report = Callable[[str], None]
Stopped = Callable[[], bool]

_LIBRARY: Final = {"win32": "nrnmech.dll", "darwin": "libnrnmech.dylib"}.get(sys.platform, "libnrnmech.so")
_LOG: Final = "log.txt"
_DENSITY, _POINT = 0, 1  # what h.MechanismType counts


@dataclass(frozen=True, slots=True)
class Compiled:
    """A library in the cache. `library` and `log` are None when there was no mod file to compile.

    `mechanisms`: the names that it declares; `sources`: what it was made of.
    """

    library: Path | None
    key: str
    log: Path | None
    mechanisms: frozenset[str] = frozenset()
    sources: ModSet | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class _Process:
    """What this process has loaded; NEURON can take nothing back."""

    loaded: Compiled | None = None


_process = _Process()


def compile_mechanisms(
    folders: Sequence[Path],
    report: Report,
    stopped: Stopped = lambda: False,
    files: Mapping[str, Path] | None = None,
) -> Compiled:
    """Compile the mod files of `folders` into one library, or find it in the cache.

    `files`: more of them, by the file names to compile them under.

    `report` gets a line for each step; `stopped` is asked several times a second. Raises MechanismError
    when files contradict each other, a file does not compile, or the machine has no compiler.
    """
    mod_set = gather(folders, files)
    key = mod_set.key(VERSION)
    if not mod_set.files:
        return Compiled(None, key, None)
    cache = user_files.cache_folder() / "mechanisms"
    cache.mkdir(parents=True, exist_ok=True)
    entry = cache / key
    if not _is_complete(entry):
        with locked(cache / f"{key}.lock", waiting=_waiting(report, stopped)):
            if not _is_complete(entry):
                _compile(mod_set, entry, report, stopped)
    names = frozenset(file.mechanism for file in mod_set.files) - {""}
    return Compiled(entry / _LIBRARY, key, entry / _LOG, names, mod_set)


def _is_complete(entry: Path) -> bool:
    return (entry / _LIBRARY).is_file()  # an entry appears by a rename, with everything in it


def _waiting(report: Report, stopped: Stopped) -> Callable[[], None]:
    said: list[str] = []

    def wait() -> None:
        if not said:
            said.append("Another process is compiling the same mod files: waiting for it")
            report(said[0])
        if stopped():
            raise nrnivmodl.CompilationStoppedError("Waiting for the mod files to be compiled was stopped.")

    return wait


def _compile(mod_set: ModSet, entry: Path, report: Report, stopped: Stopped) -> None:
    """Build in a temporary folder (make cannot cope with spaces in a path), then move what counts."""
    tool = nrnivmodl.find_tool()
    log = entry.parent / f"{entry.name}.log"
    with tempfile.TemporaryDirectory(prefix="somascope_mod_", ignore_cleanup_errors=True) as folder:
        build = Path(folder)
        (build / "mod").mkdir()
        mod_set.write(build / "mod")
        lines: list[str] = []
        progress = _Progress(len(mod_set.files), report)

        def hear(line: str) -> None:
            lines.append(line)
            progress.hear(line)

        report(f"Compiling {len(mod_set.files)} mod files")
        done = nrnivmodl.run_tool(tool, build, line=hear, stopped=stopped)
        libraries = sorted(build.rglob(_LIBRARY))
        user_files.write_whole(log, "\n".join([*_sources(mod_set), *lines, ""]))
        if not done or not libraries:
            raise _does_not_compile(mod_set, "\n".join(lines), log)
        _store(libraries[0], log, entry)
    report("The mod files are compiled")


def _sources(mod_set: ModSet) -> list[str]:
    return [f"{mod_set.file_name(file)}: {file.path}" for file in mod_set.files]


def _store(library: Path, log: Path, entry: Path) -> None:
    for stale in entry.parent.glob(f"{entry.name}.partial*"):  # of a process that died here
        shutil.rmtree(stale, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{entry.name}.partial", dir=entry.parent))
    shutil.copyfile(library, partial / _LIBRARY)
    log.replace(partial / _LOG)
    shutil.rmtree(entry, ignore_errors=True)  # an entry without a library is of no use
    partial.rename(entry)


class _Progress:
    """Counts the mod files as they are translated."""

    def __init__(self, total: int, report: Report) -> None:
        self._total = total
        self._report = report
        self._seen: set[str] = set()

    def hear(self, line: str) -> None:
        """Report a line of nrnivmodl, if it tells of progress."""
        name = nrnivmodl.translated_file(line)
        if name is not None and name not in self._seen:
            self._seen.add(name)
            self._report(f"Compiling {name} ({len(self._seen)} of {self._total})")
        elif "LINKING" in line and "shared library" in line:
            self._report("Linking")


def _does_not_compile(mod_set: ModSet, output: str, log: Path) -> MechanismError:
    complaint = nrnivmodl.first_complaint(output)
    file = next((each for each in mod_set.files if mod_set.file_name(each) == complaint.file_name), None)
    place = str(file.path) if file else complaint.file_name
    return MechanismError(
        f"{file.path.name if file else 'One of the mod files'} does not compile: {complaint.reason}.",
        where=f"{place}:{complaint.line}" if complaint.line else place,
        hint=f"All that the compiler said is in {log}.",
    )


def load_mechanisms(compiled: Compiled) -> None:
    """Load a library into NEURON, once; loading the same again does nothing.

    Raises MechanismError when this process holds other ones: NEURON cannot unload mechanisms.
    """
    loaded = _process.loaded
    if compiled.library is None or (loaded is not None and loaded.key == compiled.key):
        return
    if loaded is not None:
        raise MechanismError(
            "Other mechanisms are loaded already, and NEURON cannot unload mechanisms.",
            where=str(loaded.library),
            hint="Run circuits with different mod files one after the other, each in a process of its own.",
        )
    if taken := sorted(compiled.mechanisms & available()):
        raise MechanismError(
            f"NEURON already has mechanisms with names that the mod files declare: {', '.join(taken)}.",
            where=str(compiled.log),
            hint="Remove or rename the mod files that declare these names.",
        )
    _require_loadable(compiled.library)
    doing = explaining("loading the compiled mechanisms", where=str(compiled.library))
    with readable_path(compiled.library) as library, doing:
        h.nrn_load_dll(library.as_posix())
    if missing := sorted(compiled.mechanisms - available()):
        raise MechanismError(
            f"The compiled library could not be loaded: {', '.join(missing)} did not appear in NEURON.",
            where=str(compiled.library),
            hint="Delete this file and try again: it is compiled anew.",
        )
    _process.loaded = compiled


def _require_loadable(library: Path) -> None:
    """Let the system say what it lacks, or MechanismError: NEURON only prints it, from C."""
    try:
        ctypes.CDLL(str(library))  # stays, and is the one that NEURON gets
    except OSError as error:
        reason = str(error).removeprefix(f"{library}: ")
        raise MechanismError(
            f"The compiled library could not be loaded: {reason}.",
            where=str(library),
            hint="A mod file uses what is defined nowhere."
            if "symbol" in reason.lower()
            else "Delete this file and try again: it is compiled anew.",
        ) from error


def available() -> frozenset[str]:
    """Names of all mechanisms, NEURON's own and loaded ones."""
    return density_mechanisms() | point_processes()


def density_mechanisms() -> frozenset[str]:
    """Names that `section.insert` takes, ions among them."""
    return _names(h.MechanismType(_DENSITY))


def point_processes() -> frozenset[str]:
    """Names of point processes and artificial cells."""
    return _names(h.MechanismType(_POINT))


def artificial_cells() -> frozenset[str]:
    """Names of point processes that need no section."""
    types = h.MechanismType(_POINT)
    return _names(types, types.is_artificial)


def _names(types: Any, wanted: Callable[[int], object] = lambda _: True) -> frozenset[str]:
    name = h.ref("")
    found = set()
    for index in range(int(types.count())):
        types.select(index)
        types.selected(name)
        if wanted(index):
            found.add(str(name[0]))
    return frozenset(found)
