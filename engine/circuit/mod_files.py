"""Mod files: where a circuit keeps them, what they declare, which ones a cell lacks. They are only read."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from typing_extensions import override

from engine.circuit.hoc_text import mechanisms_in_hoc
from engine.errors import CircuitError, MechanismError

if TYPE_CHECKING:
    from engine.circuit.cells import CellDescription
    from engine.circuit.circuit import Circuit

Kind = Literal["density", "point process", "artificial cell"]

BUILT_IN = frozenset(
    re.findall(
        r"\w+",
        """morphology capacitance pas extracellular fastpas hh IClamp AlphaSynapse ExpSyn Exp2Syn
        SEClamp VClamp OClamp APCount NetStim IntFire1 IntFire2 IntFire4 PointProcessMark
        PatternStim""",
    )
)

_FOLDERS = ("mechanisms", "mod", "mods", "modfiles", "mod_files", "mechanisms_dir")
_INSIDE = ("", "modfiles", "mod", "mechanisms")
_NOT_CODE = re.compile(
    r"^[ \t]*COMMENT\b.*?^[ \t]*ENDCOMMENT\b"
    r"|^[ \t]*VERBATIM\b.*?^[ \t]*ENDVERBATIM\b"
    r"|^[ \t]*TITLE\b[^\n]*"
    r"|[:?][^\n]*",
    re.DOTALL | re.MULTILINE,
)
_NEURON_BLOCK = re.compile(r"\bNEURON\s*\{(?P<body>[^}]*)\}")
_DECLARATION = re.compile(r"\b(?P<kind>SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+(?P<name>[A-Za-z_]\w*)")
_USED_ION = re.compile(
    r"\bUSEION\s+(\w+)(.*?)(?=\b(?:USEION|NONSPECIFIC_CURRENT|ELECTRODE_CURRENT|RANGE|GLOBAL|POINTER"
    r"|BBCOREPOINTER|EXTERNAL|THREADSAFE|REPRESENTS|SUFFIX|POINT_PROCESS|RANDOM)\b|$)",
    re.DOTALL,
)
_KINDS: Mapping[str, Kind] = {
    "SUFFIX": "density",
    "POINT_PROCESS": "point process",
    "ARTIFICIAL_CELL": "artificial cell",
}
_XML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CHANNEL = re.compile(r"<channelDensity\w*\s[^>]*\bionChannel\s*=\s*[\"'](\w+)[\"']")
_POOL = re.compile(r"<concentrationModel\s[^>]*\btype\s*=\s*[\"'](\w+)[\"']")


@dataclass(frozen=True, slots=True)
class Declared:
    """The mechanism that a mod file declares."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class MissingMechanism:
    """A mechanism that a cell needs and NEURON does not have yet.

    `provided_by` is the mod file that declares it and only needs compiling, None if no folder has one.
    """

    name: str
    provided_by: Path | None = None

    @property
    def file_name(self) -> str:
        """The file to provide; mod files are named after their mechanism by custom only."""
        return self.provided_by.name if self.provided_by else f"{self.name}.mod"

    @override
    def __str__(self) -> str:
        if self.provided_by:
            return f"{self.name}: provided by {self.provided_by.name}, not compiled yet"
        return f"{self.name}: provide {self.file_name}, a mod file that declares {self.name}"


def find_mod_folders(circuit: "Circuit", extra: Path | None = None) -> tuple[Path, ...]:
    """The folders with mod files of a circuit: the user's own choice, its components, and those beside it.

    Raises MechanismError if the folder that the user chose (`extra`) has no mod files.
    """
    if extra is not None and not any(_has_mod_files(folder) for folder in _with_inside(extra)):
        raise MechanismError(
            f"The folder {extra} holds no mod files.", hint="Name the folder that holds them."
        )
    named = [circuit.component(name, "mechanisms_dir") for name in circuit.node_populations]
    configurations = [path for path in (circuit.config_path, circuit.simulation_path) if path is not None]
    beside = [
        base / folder
        for path in configurations
        for base in (path.parent, path.parent / "components")
        for folder in _FOLDERS
    ]
    candidates = [extra, *named, *beside]
    found = (folder for each in candidates if each is not None for folder in _with_inside(each))
    return tuple(dict.fromkeys(folder.resolve() for folder in found if _has_mod_files(folder)))


def declared_in(text: str) -> Declared | None:
    """What the text of a mod file declares; None if it only brings functions along."""
    block = _NEURON_BLOCK.search(_NOT_CODE.sub("", text))
    found = _DECLARATION.search(block["body"]) if block else None
    if found is None or found["name"] == "nothing":
        return None
    return Declared(found["name"], _KINDS[found["kind"]])


def carried_ions(text: str) -> tuple[str, ...]:
    """The ions whose current the mechanism of a mod file's text carries, such as "na"."""
    block = _NEURON_BLOCK.search(_NOT_CODE.sub("", text))
    used = _USED_ION.findall(block["body"]) if block else []
    return tuple(ion for ion, how in used if f"i{ion}" in how.partition("WRITE")[2].replace(",", " ").split())


def used_ions(path: Path) -> frozenset[str]:
    """The ions that the mechanism of a mod file has to do with: reads, writes or carries the current of."""
    block = _NEURON_BLOCK.search(_NOT_CODE.sub("", _text(path)))
    return frozenset(ion for ion, _how in (_USED_ION.findall(block["body"]) if block else ()))


def declared_mechanisms(folders: Iterable[Path]) -> dict[str, Path]:
    """The mechanisms that the mod files of some folders declare; of two with one name, the first."""
    declared: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(each for each in folder.glob("*.mod") if each.is_file()):
            if found := declared_in(_text(path)):
                declared.setdefault(found.name, path)
    return declared


def mechanisms_needed(description: "CellDescription") -> frozenset[str]:
    """The mechanisms that building this cell inserts or creates, built-in ones included.

    Read from its template (hoc or NeuroML) or its parameters (JSON) without running anything: what a template
    puts together at run time is not seen. Raises CircuitError if one of these files cannot be read.
    """
    scheme, _, name = description.model_template.partition(":")
    if scheme == "nrn":
        return frozenset({name})
    template = description.template_path
    suffix = template.suffix.lower() if template is not None else ""
    if template is not None and suffix == ".hoc":
        return frozenset(mechanisms_in_hoc(template))
    if template is not None and suffix in (".nml", ".xml"):
        return frozenset(_in_neuroml(_text(template)))
    if description.dynamics_params_path is not None and description.model_type == "biophysical":
        return frozenset(_in_parameters(description.dynamics_params_path))
    return frozenset()


def missing_mechanisms(
    description: "CellDescription", folders: Iterable[Path], available: Collection[str] = BUILT_IN
) -> list[MissingMechanism]:
    """What the cell needs beyond the `available` mechanisms, in alphabetical order."""
    declared = declared_mechanisms(folders)
    lacking = mechanisms_needed(description) - BUILT_IN - set(available)
    return [
        MissingMechanism(name, declared.get(name))
        for name in sorted(lacking, key=str.casefold)
        if not name.endswith("_ion")  # NEURON makes ions as mechanisms ask for them
    ]


def require_mechanisms(
    description: "CellDescription", folders: Iterable[Path], available: Collection[str] = BUILT_IN
) -> None:
    """Raise MechanismError with the mod files to provide, if no folder has what is missing."""
    folders = tuple(folders)
    absent = [
        each for each in missing_mechanisms(description, folders, available) if each.provided_by is None
    ]
    if not absent:
        return
    looked = ", ".join(map(str, folders)) or "no folder: the circuit has none"
    raise MechanismError(
        f"Cell {description.node_id} of {description.population} needs mechanisms that are missing: "
        f"{', '.join(each.name for each in absent)}.",
        where=(description.template_path or description.dynamics_params_path or Path()).name,
        hint=f"Provide {', '.join(each.file_name for each in absent)}; searched {looked}.",
    )


def _with_inside(folder: Path) -> Iterator[Path]:
    return (folder / inside for inside in _INSIDE)


def _has_mod_files(folder: Path) -> bool:
    try:
        return folder.is_dir() and any(folder.glob("*.mod"))
    except OSError as error:
        raise MechanismError(f"The folder {folder} cannot be read: {error.strerror}.") from error


def _in_neuroml(text: str) -> set[str]:
    text = _XML_COMMENT.sub("", text)
    return {*_CHANNEL.findall(text), *_POOL.findall(text)}


def _in_parameters(path: Path) -> set[str]:
    """The mechanisms of an Allen fit: its `genome` names one for each parameter, "" for those of pas."""
    try:
        genome = json.loads(_text(path)).get("genome", [])
        return {
            entry["mechanism"] for entry in genome if entry["mechanism"] and entry.get("section") != "glob"
        }
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise CircuitError(
            f"The parameters {path.name} are not those of an Allen cell.",
            where=str(path.parent),
            hint="They should be JSON with a list genome of entries with section, name, value and mechanism.",
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CircuitError(
            f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error
