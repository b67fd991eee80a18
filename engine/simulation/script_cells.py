"""How a script makes a cell: the same files, in the same order, with the same numbers as the engine."""

import shutil
from pathlib import Path
from typing import Any, Final

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.sonata_names import relative, unique
from engine.output.script import ScriptCell, literal
from engine.simulation.cells.allen import membrane_of
from engine.simulation.cells.cell import Cell
from engine.simulation.cells.describing import place
from engine.simulation.cells.hoc import constructor_arguments, library_file
from engine.simulation.cells.imported import HOC_FILE
from engine.simulation.cells.morphologies import importable_morphology, soma_outline
from engine.simulation.cells.plain import PASSIVE, SQUID, PlainMembrane
from engine.simulation.cells.templates import LONGEST_NAME, read_template

_OWN_HOC_FILES: Final = HOC_FILE.parent
_COPIES: Final = "cells"


class ScriptCells:
    """Writes down one cell after the other; `hoc_files` are to be loaded first.

    Files of the circuit stay where they are. What the engine brings along, or converts for NEURON, is copied
    into a folder beside the script.
    """

    def __init__(self, folder: Path, conditions: Conditions) -> None:
        self.hoc_files: list[str] = []
        self._folder, self._conditions = folder, conditions
        self._templates: dict[str, str] = {}
        self._copied: dict[Path, str] = {}

    def write(self, description: CellDescription, cell: Cell) -> ScriptCell:
        """The construction of a cell. `cell` is what the engine built from the description."""
        scheme = description.model_template.partition(":")[0]
        if cell.is_point:
            raise SimulationError(
                "Point cells cannot be written into a script yet.",
                where=place(description),
                hint="Choose cells with sections.",
            )
        if scheme == "hoc":
            return self._template_cell(description, cell)
        if scheme:
            return self._allen_cell(description, cell)
        if description.model_type == "single_compartment":
            soma = cell.sections["soma[0]"]
            made = f"cylinder({soma.L!r}, {soma.diam!r})"
            return self._named(description, _with_plain_membrane(made, SQUID), "cylinder", "membrane")
        imported = f"imported_cell({self._morphology(description)!r})"
        made = f"segments_by_length_constant({_with_plain_membrane(imported, PASSIVE)})"
        return self._named(description, made, "imported", "membrane")

    def _template_cell(self, description: CellDescription, cell: Cell) -> ScriptCell:
        assert description.template_path is not None, "the engine has built this cell"
        name = description.model_template.rpartition(":")[2].removesuffix(".hoc")
        template = read_template(description.template_path, name)
        if len(template.name) > LONGEST_NAME:
            raise SimulationError(
                f"The name of the template {template.name} is too long for NEURON.",
                where=str(template.path),
                hint=f"Give it a name of at most {LONGEST_NAME} letters.",
            )
        for library in template.loads:
            self._need(library_file(library, template.path))
        for each in template.neighbours:
            if self._templates.setdefault(each, template.text) != template.text:
                raise SimulationError(
                    f"Two files define a template {each}, and one script can hold only one of them.",
                    where=str(template.path),
                    hint="Export these cells into separate scripts.",
                )
        with importable_morphology(description) as morphology:
            arguments = constructor_arguments(template, description, morphology, self._conditions)
            said = [self._argument(each, morphology, description) for each in arguments]
        file = relative(template.path, self._folder)
        made = f"template_cell({', '.join([repr(file), repr(template.name), *said])})"
        if soma_outline(description) is None:
            return self._named(description, made, "template")
        points = [point for soma in cell.lists["soma"] for point in _points(soma)]
        return self._named(description, f"with_soma({made}, {literal(points, 4)})", "template", "outlined")

    def _allen_cell(self, description: CellDescription, cell: Cell) -> ScriptCell:
        membrane = membrane_of(description)
        parameters = [(each.kind, each.mechanism, each.name, each.value) for each in membrane.parameters]
        reversals = [(each.kind, each.ion, each.millivolts) for each in membrane.reversals]
        imported = f"imported_cell({self._morphology(description)!r}, {_stub(cell)!r})"
        made = (
            f"segments_by_length(\n    with_membrane(\n        {imported},\n        {membrane.everywhere!r},"
            f"\n        {literal(parameters, 8)},\n        {literal(reversals, 8)},\n    ),"
            f"\n    {self._conditions.segment_length!r},\n)"
        )
        return self._named(description, made, "imported", "membrane")

    def _named(self, description: CellDescription, construction: str, *parts: Any) -> ScriptCell:
        if "imported" in parts:
            self._need(HOC_FILE)
        return ScriptCell(f"{description.population}:{description.node_id}", construction, ("cell", *parts))

    def _morphology(self, description: CellDescription) -> str:
        """The file that Import3d reads: the circuit's, or a copy in a form that NEURON can read."""
        with importable_morphology(description) as morphology:
            assert morphology is not None, "the engine has built this cell"
            return self._place(morphology, description)

    def _place(self, morphology: Path, description: CellDescription) -> str:
        source = description.morphology_path
        assert source is not None, "there is a morphology"
        if morphology == source:
            return relative(source, self._folder)
        key = source / description.morphology_name
        if key not in self._copied:
            stem = Path(description.morphology_name or source.name).stem
            name = unique(f"{stem}{morphology.suffix}", map(_file_name, self._copied.values()))
            self._copied[key] = self._copy(morphology, name)
        return self._copied[key]

    def _argument(self, argument: object, morphology: Path | None, description: CellDescription) -> str:
        """Texts that name the morphology, or its folder, are places; numbers are numbers."""
        if morphology is None or not isinstance(argument, str):
            return repr(argument)
        file = self._place(morphology, description)
        places = {
            morphology.as_posix(): f"at({file!r})",
            morphology.parent.as_posix(): f"at({Path(file).parent.as_posix()!r})",
            morphology.name: repr(_file_name(file)),
        }
        return places.get(argument, repr(argument))

    def _need(self, hoc_file: Path | None) -> None:
        if hoc_file is None:
            return
        ours = hoc_file.parent == _OWN_HOC_FILES
        path = self._copy(hoc_file, hoc_file.name) if ours else relative(hoc_file, self._folder)
        if path not in self.hoc_files:
            self.hoc_files.append(path)

    def _copy(self, source: Path, name: str) -> str:
        target = self._folder / _COPIES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return f"{_COPIES}/{name}"


def _stub(cell: Cell) -> tuple[float, list[float], list[list[tuple[float, ...]]] | None]:
    """Where the stub of an Allen cell starts on the soma, its diameters, its points: as it was built."""
    sections = [cell.sections[name] for name in ("axon[0]", "axon[1]")]
    points: list[list[tuple[float, ...]]] = [
        [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(int(section.n3d()))
        ]
        for section in sections
    ]
    diameters = [section.diam for section in sections]
    return sections[0].parentseg().x, diameters, points if all(points) else None


def _with_plain_membrane(cell: str, membrane: PlainMembrane) -> str:
    values = ", ".join(f"{name}={value!r}" for name, value in membrane.values().items())
    return f"with_uniform_membrane({cell}, {membrane.mechanism!r}, {values})"


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


def _points(section: Any) -> list[tuple[float, float, float, float]]:
    """The 3-D points of a section, with diameters, in µm."""
    columns = section.x3d, section.y3d, section.z3d, section.diam3d
    return [tuple(each(number) for each in columns) for number in range(section.n3d())]
