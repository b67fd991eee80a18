"""What it takes to build one cell of a circuit: its files, parameters and measured properties."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from glob import escape as glob_escape
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np

from engine.circuit.config import Dialect
from engine.circuit.nodes import NodePopulation
from engine.circuit.problems import Problem, problem_of
from engine.errors import CircuitError

FindComponent = Callable[[str], Path | None]

_MISSING = frozenset({"", "null", "none", "nan"})
_POINT_TYPES = ("point_process", "point_neuron", "point_soma")
_MORPHOLOGY_SUFFIX = {"neurolucida-asc": ".asc", "h5v1": ".h5", "morphologies_dir": ".swc"}
_TEMPLATE_SUFFIX = {"hoc": ".hoc", "nml": ".nml", "": ".hoc"}
_TEMPLATE_FOLDERS = ("biophysical_neuron_models_dir", "point_neuron_models_dir", "templates_dir")
_PARAMETER_FOLDERS = ("biophysical_neuron_models_dir", "point_neuron_models_dir")
_DYNAMICS = "dynamics_params/"


@dataclass(frozen=True, slots=True)
class CellDescription:
    """One cell as the circuit describes it; files are there, or None and said in `problems`.

    `model_template`: "hoc:NAME", "nml:FILE", "ctdb:Biophys1.hoc", "nrn:IntFire1", "" where there is none.
    `morphology_path`: the file of the morphology, or an HDF5 container that holds `morphology_name`.
    `dynamics_params`: the numbers of the HDF5 group. `dynamics_params_path`: an Allen parameter file.
    Currents in nA, `input_resistance` in MΩ, `resting_potential` in mV, `position` in µm; None: not given.
    """

    population: str
    node_id: int
    dialect: Dialect
    model_type: str
    model_template: str = ""
    template_path: Path | None = None
    morphology_name: str = ""
    morphology_path: Path | None = None
    dynamics_params: Mapping[str, float] = field(default_factory=dict)
    dynamics_params_path: Path | None = None
    model_processing: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    mechanisms_folders: tuple[Path, ...] = ()
    threshold_current: float | None = None
    holding_current: float | None = None
    input_resistance: float | None = None
    resting_potential: float | None = None
    position: tuple[float, float, float] | None = None
    problems: tuple[Problem, ...] = ()


def describe_cell(
    nodes: NodePopulation, node_id: int, dialect: Dialect, component: FindComponent
) -> CellDescription:
    """Describe one cell; raises UnknownNameError or CircuitError if there is no such cell to read."""
    return _Describer(nodes, node_id, dialect, component).description()


class _Describer:
    def __init__(
        self, nodes: NodePopulation, node_id: int, dialect: Dialect, component: FindComponent
    ) -> None:
        self._nodes = nodes
        self._node_id = node_id
        self._dialect = dialect
        self._component = component
        self._problems: list[Problem] = []
        self._attributes = self._read_attributes()

    def description(self) -> CellDescription:
        template = self._text("model_template")
        model_type = self._text("model_type") or self._nodes.node_type
        morphology = self._text("morphology")
        parameters = self._dynamics_params()
        return CellDescription(
            population=self._nodes.name,
            node_id=self._node_id,
            dialect=self._dialect,
            model_type="point_process" if model_type in _POINT_TYPES else model_type,
            model_template=template,
            template_path=self._template_path(template),
            morphology_name=morphology,
            morphology_path=self._morphology_path(morphology, template),
            dynamics_params=parameters,
            dynamics_params_path=self._dynamics_params_path(),
            model_processing=self._text("model_processing"),
            attributes=self._attributes,
            mechanisms_folders=self._existing_folders("mechanisms_dir"),
            threshold_current=parameters.get("threshold_current"),
            holding_current=parameters.get("holding_current"),
            input_resistance=parameters.get("input_resistance"),
            resting_potential=parameters.get("resting_potential"),
            position=self._position(),
            problems=tuple(self._problems),
        )

    def _read_attributes(self) -> dict[str, Any]:
        row = self._nodes.checked_rows([self._node_id])
        attributes: dict[str, Any] = {}
        for name in self._nodes.columns:
            try:
                attributes[name] = _plain(self._nodes.read_rows(name, row)[0])
            except CircuitError as error:
                self._problems.append(problem_of(error))
        if (other := self._nodes.id_in_file(self._node_id)) != self._node_id:
            what = f"The file calls this cell {other}; by its place, which counts, it is {self._node_id}."
            self._report(what, "Sort the nodes by node_id.", "warning")
        return attributes

    def _text(self, name: str) -> str:
        text = str(self._attributes.get(name, ""))
        return "" if text.casefold() in _MISSING else text

    def _dynamics_params(self) -> dict[str, float]:
        values = {
            name.removeprefix(_DYNAMICS): value
            for name, value in self._attributes.items()
            if name.startswith(_DYNAMICS)
        }
        return {
            name: float(value)
            for name, value in values.items()
            if isinstance(value, int | float) and math.isfinite(value)
        }

    def _position(self) -> tuple[float, float, float] | None:
        place = [self._attributes.get(axis, math.nan) for axis in "xyz"]
        numbers = [float(each) if isinstance(each, int | float) else math.nan for each in place]
        if not all(math.isfinite(each) for each in numbers[:2]):
            return None
        return numbers[0], numbers[1], numbers[2] if math.isfinite(numbers[2]) else 0.0

    def _template_path(self, template: str) -> Path | None:
        scheme, _, name = template.rpartition(":")
        if scheme == "nest":
            self._report(f"The template {template} is for NEST and cannot run in NEURON.")
        if scheme not in _TEMPLATE_SUFFIX or not name:
            return None
        suffix = _TEMPLATE_SUFFIX[scheme]
        file_name = name if name.endswith(suffix) else name + suffix
        return self._find("template", file_name, _TEMPLATE_FOLDERS)

    def _dynamics_params_path(self) -> Path | None:
        name = self._text("dynamics_params")
        return self._find("parameter file", name, _PARAMETER_FOLDERS) if name else None

    def _find(self, kind: str, file_name: str, folder_keys: tuple[str, ...]) -> Path | None:
        """Look under the name as given, then by its last part anywhere below the folders."""
        folders = [folder for key in folder_keys for folder in self._existing_folders(key)]
        direct = [folder / file_name for folder in folders]
        last = PurePosixPath(file_name).name
        for path in direct:
            if _is_file(path):
                return path
        for folder in folders if last.strip(".") else ():
            if found := sorted(filter(_is_file, folder.rglob(glob_escape(last)))):
                return found[0]
        searched = ", ".join(map(str, folders)) or f"no existing folder is named ({', '.join(folder_keys)})"
        self._report(
            f"The {kind} {file_name} is missing.", f"Put it into a folder that is searched: {searched}."
        )
        return None

    def _morphology_path(self, name: str, template: str) -> Path | None:
        if not name:
            return None
        candidates = [path for key in self._morphology_keys(template) for path in self._candidates(key, name)]
        for path in candidates:
            if _is_file(path):
                return path
        self._report(
            f"The morphology {name} is missing.",
            f"Looked for {', '.join(map(str, candidates))}."
            if candidates
            else "The circuit configuration names no folder of morphologies (morphologies_dir).",
        )
        return None

    def _morphology_keys(self, template: str) -> tuple[str, ...]:
        if self._dialect == "allen" and not template.startswith("hoc:"):
            return ("morphologies_dir", "neurolucida-asc", "h5v1")
        return ("neurolucida-asc", "h5v1", "morphologies_dir")

    def _candidates(self, key: str, name: str) -> list[Path]:
        """Where a morphology may lie: names come with and without an ending, folders may be containers."""
        place = self._component(key)
        if place is None:
            return []
        if _is_file(place):
            return [place]
        suffix = _MORPHOLOGY_SUFFIX[key]
        named = [place / name] if name.casefold().endswith((".swc", ".asc", ".h5")) else []
        return [*named, place / f"{name}{suffix}"]

    def _existing_folders(self, key: str) -> tuple[Path, ...]:
        folder = self._component(key)
        return (folder,) if folder is not None and folder.is_dir() else ()

    def _report(self, what: str, hint: str = "", severity: Literal["error", "warning"] = "error") -> None:
        self._problems.append(Problem(what, f"{self._nodes.name}, cell {self._node_id}", hint, severity))


def _is_file(path: Path) -> bool:
    """False too for what the system refuses to look at, such as names that are too long for it."""
    try:
        return path.is_file()
    except OSError:
        return False


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
