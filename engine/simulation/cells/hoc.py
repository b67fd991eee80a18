"""Cells of hoc templates, in every form in which circuits call them."""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.circuit.cells import CellDescription
from engine.errors import MechanismError, SimulationError
from engine.experiment.conditions import Conditions
from engine.simulation.cells.allen import cut_into_segments
from engine.simulation.cells.cell import Cell, Parts
from engine.simulation.cells.describing import lacking, place
from engine.simulation.cells.morphologies import count_axon_sections, importable_morphology, soma_outline
from engine.simulation.cells.sections import (
    Numbering,
    numbered_by_kind,
    numbered_by_voltage,
    numbered_in_order,
    sections_by_name,
)
from engine.simulation.cells.soma_outline import reshape
from engine.simulation.cells.templates import LONGEST_NAME, HocTemplate, read_template, text_to_execute
from engine.simulation.host import construct, explaining, h, load_hoc_file, need_import3d, need_standard_run

_OURS: Final = Path(__file__).parent / "hoc_library"
_LISTS: Final = {
    "soma": "somatic",
    "axon": "axonal",
    "dend": "basal",
    "apic": "apical",
    "myelin": "myelinated",
}
_UNKNOWN_MECHANISM: Final = re.compile(r"(\w+) is not a MECHANISM")
_SCALERS_DEFAULT: Final = 1.0

_defined: dict[tuple[str, str], str] = {}  # (template, content) -> the name that it has in NEURON
_libraries: dict[str, Path] = {}  # file name -> the file that NEURON executed under it


def build_hoc_cell(description: CellDescription, conditions: Conditions) -> Cell:
    """Build a cell from its hoc template (`model_template` "hoc:NAME")."""
    if description.template_path is None:
        raise lacking(description, f"The template {description.model_template} of the cell is missing.")
    name = description.model_template.rpartition(":")[2].removesuffix(".hoc")
    template = read_template(description.template_path.resolve(), name)
    with importable_morphology(description) as morphology:
        arguments = constructor_arguments(template, description, morphology, conditions)
        with _naming_mechanisms(), contextlib.chdir(template.path.parent):  # for what it loads by itself
            instance = construct(define(template), *arguments, where=str(template.path))
    cell = _cell(description, template, instance)
    if (outline := soma_outline(description)) is not None:
        for soma in cell.lists.get("soma", ()):
            reshape(soma, outline)
    if cell.dialect == "allen":
        cut_into_segments(cell.sections.values(), conditions.segment_length)
    return cell


@contextlib.contextmanager
def _naming_mechanisms() -> Iterator[None]:
    """Some templates name mechanisms in strings, which nobody sees before they are inserted."""
    try:
        yield
    except SimulationError as error:
        unknown = _UNKNOWN_MECHANISM.search(error.printed)
        if unknown is None:
            raise
        raise MechanismError(
            f"The template needs the mechanism {unknown[1]}, which is not there.",
            where=error.where,
            hint=f"Provide {unknown[1]}.mod, a mod file that declares {unknown[1]}.",
        ) from error


def define(template: HocTemplate) -> str:
    """Define a template, once; return its name in NEURON, which is another one when the name was taken.

    NEURON can neither redefine a template nor forget a half-defined one.
    """
    known = _defined.get((template.name, template.digest))
    if known is not None:
        return known
    need_standard_run()
    need_import3d()
    for name in template.loads:
        _load_library(name, template.path)
    names = {each: _free_name(each, template.digest) for each in template.neighbours}
    _execute(template, names)
    _defined.update({(each, template.digest): names[each] for each in template.neighbours})
    return names[template.name]


def _execute(template: HocTemplate, names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="somascope_") as folder:
        copy = Path(folder) / "template.hoc"
        copy.write_text(text_to_execute(template, names), encoding="utf-8")
        load_hoc_file(copy, stands_for=template.path)


def _free_name(name: str, digest: str) -> str:
    if len(name) <= LONGEST_NAME and not hasattr(h, name):
        return name
    short = f"{name[: LONGEST_NAME - 12]}_{digest}"
    candidates = (short if attempt == 1 else f"{short}_{attempt}" for attempt in range(1, 100))
    return next(each for each in candidates if not hasattr(h, each))


def _load_library(name: str, template: Path) -> None:
    """Execute a hoc file that a template loads by name: the one beside it, else ours, else NEURON's."""
    path = library_file(name, template)
    if path is None:
        with explaining(f"loading {name}", where=str(template), hint=f"Put {name} beside the template."):
            if h.load_file(name) != 1:
                raise LookupError(f"{name} was not found")
        return
    loaded = _libraries.setdefault(path.name, path)
    if loaded is path:
        load_hoc_file(path)
    elif loaded.read_bytes() != path.read_bytes():
        raise SimulationError(
            f"Another {name} is loaded already, and NEURON cannot replace it.",
            where=str(template),
            hint=f"The other one is {loaded}. Build these cells in a run of their own.",
        )


def library_file(name: str, template: Path) -> Path | None:
    """The file that stands for a hoc file which a template loads by name; None: one of NEURON's own."""
    candidates = (template.parent / name, _OURS / name)
    return next((path for path in candidates if path.is_file()), None)


def constructor_arguments(
    template: HocTemplate, description: CellDescription, morphology: Path | None, conditions: Conditions
) -> tuple[object, ...]:
    """What to call the constructor of a template with."""
    gid = description.node_id + (conditions.seed_convention == "neurodamus")
    if description.dialect == "allen" and (given := _given(description)) is not None:
        return given
    if template.form == "nothing":
        return ()
    if template.form == "gid":
        return (gid,)
    if morphology is None:
        raise lacking(description, "The cell has no morphology, and its template needs one.")
    folder, file = morphology.parent.as_posix(), morphology.name
    if template.form == "bluepyopt":
        return folder, file
    if template.form == "v6":
        return gid, folder, file, *(_attribute(description, name) for name in template.needed_attributes)
    return (morphology.as_posix(),) if template.form == "morphology" else (gid, morphology.as_posix())


def _given(description: CellDescription) -> tuple[object, ...] | None:
    """What BMTK passes to a template: `params` of the cell's parameter file, if it has any."""
    path = description.dynamics_params_path
    if path is None:
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SimulationError(
            f"The parameters {path.name} cannot be read: {error}.", where=str(path.parent)
        ) from error
    if not isinstance(raw, dict) or "params" not in raw:
        return None
    return tuple(raw["params"]) if isinstance(raw["params"], list) else (raw["params"],)


def _attribute(description: CellDescription, name: str) -> float:
    value = description.dynamics_params.get(name, description.attributes.get(name))
    if isinstance(value, int | float):
        return float(value)
    if name.endswith("_scaler"):
        return _SCALERS_DEFAULT
    raise SimulationError(
        f"The template needs the attribute {name!r}, which the cell does not have.",
        where=place(description),
        hint=f"Add dynamics_params/{name} to the nodes file.",
    )


def _cell(description: CellDescription, template: HocTemplate, instance: Any) -> Cell:
    with explaining("asking the template for its cell", where=str(template.path)):
        body = _body(instance)
    for name in ("pointcell", "pp"):
        if description.model_type == "point_process" and hasattr(body, name):
            return _finished(description, Parts(hoc_object=instance, netcon_target=getattr(body, name)))
    sections = sections_by_name(_sections(body))
    if not sections:
        raise SimulationError(
            f"The template {template.name} made no sections.",
            where=str(template.path),
            hint="A cell template needs a public SectionList `all`, or public sections named soma.",
        )
    lists = {kind: list(getattr(body, name)) for kind, name in _LISTS.items() if hasattr(body, name)}
    return _finished(
        description,
        Parts(
            sections=sections,
            lists={kind: members for kind, members in lists.items() if members},
            numbering=_numbering(description, sections),
            hoc_object=instance,
        ),
    )


def _finished(description: CellDescription, parts: Parts) -> Cell:
    return Cell(description.population, description.node_id, description.dialect, parts)


def _body(instance: Any) -> Any:
    """What has the sections: templates give it as `getCell()` or `CellRef`, or are it."""
    if hasattr(instance, "getCell"):
        return instance.getCell()
    return instance.CellRef if hasattr(instance, "CellRef") else instance


def _sections(body: Any) -> list[Any]:
    if hasattr(body, "all"):
        return list(body.all)
    if hasattr(body, "soma"):
        soma = body.soma
        return list((soma if isinstance(soma, h.Section) else soma[0]).wholetree())
    return [section for section in h.allsec() if section.cell() == body]


def _numbering(description: CellDescription, sections: dict[str, Any]) -> Numbering:
    if description.dialect == "allen":
        return numbered_in_order(sections)
    by_template = numbered_by_voltage(sections)
    return by_template or numbered_by_kind(sections, lambda: count_axon_sections(description))
