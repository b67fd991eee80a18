"""Ways to spoil the small circuit: each takes its folder and breaks one thing."""

import functools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np

from tests.engine.acceptance.mutation_values import (
    CIRCUIT_VALUES,
    COMPARTMENT_SET_VALUES,
    EXPERIMENT_VALUES,
    NODE_SET_VALUES,
    REMOVED,
    SIMULATION_VALUES,
    Key,
    Values,
)
from tests.engine.acceptance.small_circuit import CIRCUIT, EXPERIMENT, SIMULATION

Spoil = Callable[[Path], None]
_NAN = float("nan")
_SPIKES = "input_spikes.h5"
_OTHER_SPIKES = {
    f"{SIMULATION} inputs.replay.spike_file {json.dumps(each)}" for each in ("nowhere.h5", CIRCUIT)
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """`opens`: what is given to the command line, relative to the folder.

    `lasting`: it leaves in NEURON what nobody can remove, so it needs a process of its own.
    """

    name: str
    spoil: Spoil
    opens: str = SIMULATION
    lasting: bool = False

    @property
    def runs(self) -> bool:
        """Whether only a spike file is spoilt: the run then does without its spikes, and says so."""
        return self.name.startswith(_SPIKES) or self.name in _OTHER_SPIKES


def all_mutations() -> tuple[Mutation, ...]:
    """Every one, with a name of its own."""
    return (
        *_of_files(),
        *_of_text(),
        *_of_values(SIMULATION, SIMULATION_VALUES),
        *_of_values(EXPERIMENT, EXPERIMENT_VALUES),
        *_of_values(CIRCUIT, CIRCUIT_VALUES, opens=SIMULATION),
        *_of_values("node_sets.json", NODE_SET_VALUES, opens=SIMULATION),
        *_of_values("compartment_sets.json", COMPARTMENT_SET_VALUES, opens=SIMULATION),
        *_of_manifests(),
        *_of_hdf5(),
        *_of_code(),
        *_of_paths(),
    )


def harmless_mutations() -> tuple[tuple[Mutation, str], ...]:
    """What a run copes with, and what it must say about it."""
    section = "edges/outside__cells__chemical/0/afferent_section_id"
    beyond = np.array([99, 0], np.uint32)
    sources = "edges/outside__cells__chemical/source_node_id"
    zero = functools.partial(_set, name=SIMULATION, path=("inputs", "step", "duration"), value=0.0)
    circle = functools.partial(_set, name="node_sets.json", path=("Cells",), value=["Both"])
    other = functools.partial(_replace_text, name="hoc/smallcell.hoc", old="smallcell", new="othercell")
    template = "nodes/cells/0/model_template"
    return (
        (Mutation("no templates", _changing("nodes.h5", template, None)), "passive membrane"),
        (Mutation("templates without a name", _changing("nodes.h5", template, [""] * 3)), "passive membrane"),
        (Mutation("an input of no duration", zero), "it lasts 0 ms"),
        (Mutation("node sets that hold each other", circle), "Cells"),
        (Mutation("no types of nodes", _changing("nodes.h5", "nodes/cells/node_type_id", None)), ""),
        (
            Mutation("a section that is not there", _changing("edges.h5", section, beyond)),
            "1 edge is left out",
        ),
        (
            Mutation(
                "a source that is not there", _changing("edges.h5", sources, np.array([99, 0], np.uint64))
            ),
            "begins at a node that is missing: outside has nodes 0 to",
        ),
        (Mutation("the one template of a file has another name", other), ""),
    )


_NEEDED_FILES = (
    "nodes.h5",
    "outside.h5",
    "edges.h5",
    "input_spikes.h5",
    "node_sets.json",
    "compartment_sets.json",
    "hoc/smallcell.hoc",
    "swc/tiny.swc",
    CIRCUIT,
)


def _of_files() -> Iterator[Mutation]:
    for name in (*_NEEDED_FILES, SIMULATION, EXPERIMENT):
        opens = name if name in (SIMULATION, EXPERIMENT) else SIMULATION
        for verb, spoil in (
            ("missing", _remove),
            ("empty", functools.partial(_cut, part=0.0)),
            ("half", functools.partial(_cut, part=0.5)),
            ("almost whole", functools.partial(_cut, part=0.97)),
            ("noise", _fill_with_noise),
            ("a folder", _replace_by_folder),
        ):
            if (name, verb) in _HARMLESS:
                continue
            yield Mutation(f"{name} {verb}", functools.partial(spoil, name=name), opens)


# Cutting these loses a trailing blank, or a point of a dendrite: what is left is sound.
_HARMLESS = {("swc/tiny.swc", "half"), ("swc/tiny.swc", "almost whole")}


def _remove(folder: Path, name: str) -> None:
    (folder / name).unlink()


def _cut(folder: Path, name: str, part: float) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: int(part * len(data))])


def _fill_with_noise(folder: Path, name: str) -> None:
    size = (folder / name).stat().st_size
    (folder / name).write_bytes(np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8).tobytes())


def _replace_by_folder(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()


def _of_text() -> Iterator[Mutation]:
    for name, opens in ((SIMULATION, SIMULATION), (CIRCUIT, SIMULATION), (EXPERIMENT, EXPERIMENT)):
        for verb, text in _WRONG_TEXTS.items():
            yield Mutation(f"{name} {verb}", functools.partial(_write, name=name, text=text), opens)


_WRONG_TEXTS = {
    "is a list": "[1, 2, 3]",
    "is a number": "42",
    "is null": "null",
    "is an empty object": "{}",
    "has a key twice": '{"networks": {}, "run": {}, "schema_version": 1, "networks": {}, "run": {}}',
    "has a trailing comma": '{"run": {"tstop": 1,}, "networks": {},}',
    "has a comment": '{"run": {}} // later',
    "is nested too deep": "[" * 100_000 + "]" * 100_000,
    "is not UTF-8": "\udcff\udcfe",
    "holds a number of a million digits": '{"run": {"tstop": ' + "9" * 1_000_000 + "}}",
}


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode("utf-8", errors="surrogateescape"))


def _of_values(name: str, values: Values, opens: str | None = None) -> Iterator[Mutation]:
    for path, wrong in values:
        for value in wrong:
            shown = "removed" if value is REMOVED else json.dumps(value)
            title = f"{name} {'.'.join(map(str, path))} {shown}"
            spoil = functools.partial(_set, name=name, path=path, value=value)
            yield Mutation(title, spoil, opens or name)


def _set(folder: Path, name: str, path: tuple[Key, ...], value: Any) -> None:
    file = folder / name
    content = json.loads(file.read_text(encoding="utf-8"))
    place = functools.reduce(lambda part, key: part[key], path[:-1], content)
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    file.write_text(json.dumps(content), encoding="utf-8")


def _of_manifests() -> Iterator[Mutation]:
    for verb, manifest in (
        ("of itself", {"$HERE": "$HERE/.", "$OUT": "$OUT"}),
        ("in a circle", {"$HERE": "$THERE/.", "$THERE": "${HERE}/.", "$OUT": "$BACK", "$BACK": "$OUT"}),
        ("unknown", {"$HERE": "$ELSEWHERE/x", "$OUT": "$NOWHERE/y"}),
        ("numbers", {"$HERE": 5, "$OUT": 6}),
        ("a list", ["$HERE"]),
        ("text", "here"),
    ):
        for name in (CIRCUIT, SIMULATION):
            spoil = functools.partial(_set, name=name, path=("manifest",), value=manifest)
            yield Mutation(f"{name} manifest {verb}", spoil, SIMULATION)


Change = tuple[str, str, Literal["remove", "replace"], Any]
_HDF5: tuple[Change, ...] = (
    ("nodes.h5", "nodes/cells", "remove", None),
    ("nodes.h5", "nodes", "remove", None),
    ("nodes.h5", "nodes/cells/0", "remove", None),
    ("nodes.h5", "nodes/cells/0/morphology", "remove", None),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", np.arange(3.0)),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", np.arange(3)),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["hoc:nobody"] * 3),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["smallcell"] * 3),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["wasm:cell"] * 3),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["hoc:../hoc/x;quit()"] * 3),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", ["nobody"] * 3),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", [""] * 3),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", ["a\nb"] * 3),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", ["tiny"] * 2),
    ("nodes.h5", "nodes/cells/0/dynamics_params", "remove", None),
    ("nodes.h5", "nodes/cells/0/dynamics_params/threshold_current", "replace", np.full(3, _NAN)),
    ("nodes.h5", "nodes/cells/0/dynamics_params/threshold_current", "replace", ["high"] * 3),
    ("edges.h5", "edges", "remove", None),
    ("edges.h5", "edges/outside__cells__chemical/source_node_id", "remove", None),
    ("edges.h5", "edges/outside__cells__chemical/target_node_id", "replace", np.array([0.5, 1.5])),
    ("edges.h5", "edges/outside__cells__chemical/target_node_id", "replace", ["a", "b"]),
    ("edges.h5", "edges/outside__cells__chemical/source_node_id", "replace", np.array([0], np.uint64)),
    ("edges.h5", "edges/outside__cells__chemical/0/afferent_section_id", "remove", None),
    ("edges.h5", "edges/outside__cells__chemical/0/conductance", "replace", np.full(2, _NAN)),
    ("edges.h5", "edges/outside__cells__chemical/0/tau1", "replace", np.full(2, -1.0)),
    ("edges.h5", "edges/outside__cells__chemical/0/delay", "replace", np.full(2, -3.0)),
    ("edges.h5", "edges/outside__cells__chemical/0/delay", "remove", None),
    ("input_spikes.h5", "spikes", "remove", None),
    ("input_spikes.h5", "spikes/outside/timestamps", "remove", None),
    ("input_spikes.h5", "spikes/outside/timestamps", "replace", np.array([0.5])),
    ("input_spikes.h5", "spikes/outside/timestamps", "replace", ["soon", "later"]),
    ("input_spikes.h5", "spikes/outside/timestamps", "replace", np.array([_NAN, 1.0])),
)


def _of_hdf5() -> Iterator[Mutation]:
    for number, (name, where, verb, value) in enumerate(_HDF5):
        spoil = _changing(name, where, value)
        yield Mutation(f"{name} {where} {verb} {number}", spoil, SIMULATION)


def _changing(name: str, where: str, value: Any) -> Spoil:
    return functools.partial(_change_hdf5, name=name, where=where, value=value)


def _change_hdf5(folder: Path, name: str, where: str, value: Any) -> None:
    with h5py.File(folder / name, "r+") as file:
        attributes = dict(file[where].attrs)
        del file[where]
        if value is None:
            return
        if isinstance(value, list):
            file.create_dataset(where, data=value, dtype=h5py.string_dtype())
        else:
            file[where] = value
        file[where].attrs.update(attributes)


def _of_code() -> Iterator[Mutation]:
    for verb, old, new in (
        ("calls what there is not", "import.instantiate(this)", "import.levitate(this)"),
        ("wants an unknown mechanism", "insert hh", "insert telepathy"),
        ("has no soma", "create soma[1], dend[1]", "create dend[1]"),
        ("divides by nothing", "CellRef = this", "CellRef = this  x = 1/0"),
    ):
        spoil = functools.partial(_replace_text, name="hoc/smallcell.hoc", old=old, new=new)
        yield Mutation(f"template {verb}", spoil, SIMULATION)
    cut = functools.partial(_replace_text, name="hoc/smallcell.hoc", old="proc init() {", new="proc init( {")
    yield Mutation("template does not parse", cut, lasting=True)
    for verb, text in (
        ("has a point without a parent", "1 1 0 0 0 6 -1\n2 3 0 6 0 1 77\n"),
        ("has letters", "1 1 zero 0 0 6 -1\n"),
        ("has no points", "# nothing\n"),
        ("has too few columns", "1 1 0 0 0\n"),
    ):
        spoil = functools.partial(_write, name="swc/tiny.swc", text=text)
        yield Mutation(f"morphology {verb}", spoil, SIMULATION)


def _replace_text(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def _of_paths() -> Iterator[Mutation]:
    for opens in (
        "nowhere",
        "nowhere/simulation_config.json",
        "nodes.h5",
        "hoc",
        "hoc/smallcell.hoc",
        f"{SIMULATION}/inside-a-file.json",
        "x" * 300,
        "a\0b",
        "example:nobody",
        "loop/here.json",
    ):
        yield Mutation(f"path {opens[:30]!r}", _make_loop, opens)
    yield Mutation("folder empty", _empty_everything, ".")
    yield Mutation("folder with a circuit and no simulation", functools.partial(_only_circuit), ".")


def _make_loop(folder: Path) -> None:
    (folder / "loop").symlink_to(folder / "loop")


def _empty_everything(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _only_circuit(folder: Path) -> None:
    (folder / SIMULATION).unlink()
    (folder / EXPERIMENT).unlink()
