"""Ways to spoil the small circuit: each takes its folder and breaks one thing."""

import functools
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np

from tests.engine.acceptance.small_circuit import CIRCUIT, EXPERIMENT, SIMULATION

Spoil = Callable[[Path], None]
Key = str | int
_NAN, _INFINITE, _HUGE = float("nan"), float("inf"), 1e300


@dataclass(frozen=True, slots=True)
class Mutation:
    """`opens`: what is given to the command line, relative to the folder."""

    name: str
    spoil: Spoil
    opens: str = SIMULATION


def all_mutations() -> tuple[Mutation, ...]:
    """Every one, with a name of its own."""
    return (
        *_of_files(),
        *_of_text(),
        *_of_values(SIMULATION, _SIMULATION_VALUES),
        *_of_values(EXPERIMENT, _EXPERIMENT_VALUES),
        *_of_values(CIRCUIT, _CIRCUIT_VALUES, opens=SIMULATION),
        *_of_values("node_sets.json", _NODE_SET_VALUES, opens=SIMULATION),
        *_of_values("compartment_sets.json", _COMPARTMENT_SET_VALUES, opens=SIMULATION),
        *_of_manifests(),
        *_of_hdf5(),
        *_of_code(),
        *_of_paths(),
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


Values = Sequence[tuple[tuple[Key, ...], Sequence[Any]]]
_NOT_A_NUMBER: tuple[Any, ...] = ("ten", "10 nA", None, [], {}, _NAN, _INFINITE)
_NOT_A_NAME: tuple[Any, ...] = (7, None, [], {})
_REMOVED = object()

_SIMULATION_VALUES: Values = (
    (("run",), (_REMOVED, 3, [], "short")),
    (("run", "tstop"), (*_NOT_A_NUMBER, _REMOVED, -5.0, 0.0, _HUGE)),
    (("run", "dt"), (*_NOT_A_NUMBER, _REMOVED, -0.025, 0.0, 1e6)),
    (("run", "random_seed"), ("one", -1, 0.5, 1e30)),
    (("conditions", "celsius"), ("warm", _NAN, 1e4, -300.0)),
    (("conditions", "v_init"), ("rest", _INFINITE, 1e6, [])),
    (("conditions", "spike_location"), ("dendrite", 3)),
    (("network",), ("nowhere.json", 5, "nodes.h5")),
    (("node_set",), ("Nobody", 12, ["Nobody"], {"population": "strangers"})),
    (("output", "spikes_sort_order"), ("by_mood", 3)),
    (("compartment_sets_file",), ("nowhere.json", 7)),
    (("inputs",), ("many", [1, 2])),
    (("inputs", "step"), ([], "step", 5)),
    (("inputs", "step", "module"), ("telepathy", _REMOVED, 5)),
    (("inputs", "step", "node_set"), ("Nobody", _REMOVED, 9)),
    (("inputs", "step", "delay"), (*_NOT_A_NUMBER, -1.0)),
    (("inputs", "step", "duration"), (*_NOT_A_NUMBER, -1.0, 0.0)),
    (("inputs", "step", "amp_start"), (*_NOT_A_NUMBER, _REMOVED, 1e9)),
    (("inputs", "step", "compartment_set"), ("Tips", "Nowhere")),
    (("inputs", "step", "input_type"), ("spikes", "magic")),
    (("inputs", "pulses", "frequency"), (*_NOT_A_NUMBER, _REMOVED, 0.0, -4.0, 1e12)),
    (("inputs", "pulses", "width"), ("wide", _REMOVED, 0.0, -1.0, 1e5)),
    (("inputs", "sine", "frequency"), ("high", _NAN, -3.0, 1e9)),
    (("inputs", "noise", "variance"), ("loud", _NAN, -1.0)),
    (("inputs", "noise", "mean_percent"), (50.0,)),
    (("inputs", "wandering", "tau"), ("long", _NAN, -2.0)),
    (("inputs", "wandering", "sigma"), ("wide", _REMOVED, -0.1)),
    (("inputs", "wandering", "dt"), (0.0, -1.0, _NAN)),
    (("inputs", "shots", "rise_time"), ("slow", 5.0, 0.0, -1.0)),
    (("inputs", "shots", "rate"), ("often", -5, 1e12)),
    (("inputs", "shots", "amp_var"), ("some", -1.0)),
    (("inputs", "percent", "percent_start"), ("half", _REMOVED, _NAN)),
    (("inputs", "replay", "spike_file"), ("nowhere.h5", _REMOVED, 4, CIRCUIT)),
    (("reports", "soma", "type"), ("rumour", _REMOVED)),
    (("reports", "soma", "variable_name"), ("courage", _REMOVED, 8)),
    (("reports", "soma", "dt"), (*_NOT_A_NUMBER, -1.0)),
    (("reports", "soma", "cells"), ("Nobody", 5)),
    (("reports", "soma", "sections"), ("elbow",)),
    (("reports", "spots", "compartment_set"), ("Nowhere", _REMOVED)),
)
_EXPERIMENT_VALUES: Values = (
    (("schema_version",), (0, 99, "one", _REMOVED, None)),
    (("surprise",), ("an unknown key",)),
    (("circuit", "path"), ("nowhere.json", "", 5, _REMOVED, EXPERIMENT)),
    (("cells", "kind"), ("all_of_them", _REMOVED)),
    (("cells", "cells", 0, "population"), ("strangers", "", 4, _REMOVED)),
    (("cells", "cells", 0, "node_id"), (999, -1, "first", 0.5, _REMOVED)),
    (("cells", "cells"), ([], "some")),
    (("stimuli", 0, "kind"), ("telepathy", _REMOVED)),
    (("stimuli", 0, "amplitude"), (*_NOT_A_NUMBER, 1e9)),
    (("stimuli", 0, "delay"), (-1.0, "later")),
    (("stimuli", 0, "target", "section"), ("elbow[3]", "soma[99]", "soma; quit()", 5)),
    (("stimuli", 0, "target", "x"), (2.0, -0.1, "middle", _NAN)),
    (("stimuli", 0, "target", "cell", "node_id"), (2, 999)),
    (("recordings", 0, "variable"), ("courage", "", "hh.courage", "system('ls')")),
    (("recordings", 0, "site", "section"), ("apic[40]",)),
    (("conditions", "tstop"), (*_NOT_A_NUMBER, 0.0, -1.0, _HUGE)),
    (("conditions", "dt"), ("fine", 0.0, -1.0, _NAN)),
    (("conditions", "seed_convention"), ("mine",)),
)
_CIRCUIT_VALUES: Values = (
    (("networks",), (_REMOVED, 5, [], {})),
    (("networks", "nodes"), (_REMOVED, "nodes.h5", [], [5])),
    (
        ("networks", "nodes", 0, "nodes_file"),
        ("$HERE/nowhere.h5", 7, _REMOVED, "$HERE/node_sets.json", "$HERE"),
    ),
    (("networks", "nodes", 0, "populations"), ({"strangers": {}}, ["cells"], 3)),
    (
        ("networks", "nodes", 0, "populations", "cells", "biophysical_neuron_models_dir"),
        ("$HERE/nowhere", _REMOVED, 5),
    ),
    (("networks", "nodes", 0, "populations", "cells", "morphologies_dir"), ("$HERE/nowhere", _REMOVED, 5)),
    (("networks", "edges", 0, "edges_file"), ("$HERE/nowhere.h5", 5, "$HERE/nodes.h5")),
    (("networks", "edges", 0, "populations"), ({"strangers": {}},)),
    (("node_sets_file",), ("$HERE/nowhere.json", 5, "$HERE/nodes.h5")),
)
_NODE_SET_VALUES: Values = (
    (
        ("Cells",),
        (5, None, "cells", {"population": "strangers"}, {"node_id": [999]}, {"courage": {"$gt": 1}}),
    ),
    (
        ("Cells",),
        ({"node_id": "zero"}, {"mtype": {"$regex": "("}}, {"x": {"$near": 3}}, ["Both"], ["Nobody"]),
    ),
)
_COMPARTMENT_SET_VALUES: Values = (
    (("Tips",), (5, [], {}, {"population": "cells"}, {"compartment_set": [[0, 0, 0.5]]})),
    (("Tips", "population"), ("strangers", 5, None)),
    (
        ("Tips", "compartment_set"),
        (
            5,
            [[0, 0]],
            [["zero", 0, 0.5]],
            [[0, 0, 1.5]],
            [[0, 99, 0.5]],
            [[0, -1, 0.5]],
            [[999, 0, 0.5]],
            [[0, 0, "x"]],
        ),
    ),
)


def _of_values(name: str, values: Values, opens: str | None = None) -> Iterator[Mutation]:
    for path, wrong in values:
        for value in wrong:
            shown = "removed" if value is _REMOVED else json.dumps(value)
            title = f"{name} {'.'.join(map(str, path))} {shown}"
            spoil = functools.partial(_set, name=name, path=path, value=value)
            yield Mutation(title, spoil, opens or name)


def _set(folder: Path, name: str, path: tuple[Key, ...], value: Any) -> None:
    file = folder / name
    content = json.loads(file.read_text(encoding="utf-8"))
    place = functools.reduce(lambda part, key: part[key], path[:-1], content)
    if value is _REMOVED:
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
    ("nodes.h5", "nodes/cells/node_type_id", "remove", None),
    ("nodes.h5", "nodes/cells/0", "remove", None),
    ("nodes.h5", "nodes/cells/0/model_template", "remove", None),
    ("nodes.h5", "nodes/cells/0/morphology", "remove", None),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", np.arange(3.0)),
    ("nodes.h5", "nodes/cells/0/morphology", "replace", np.arange(3)),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["hoc:nobody"] * 3),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", ["smallcell"] * 3),
    ("nodes.h5", "nodes/cells/0/model_template", "replace", [""] * 3),
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
    (
        "edges.h5",
        "edges/outside__cells__chemical/0/afferent_section_id",
        "replace",
        np.array([99, 0], np.uint32),
    ),
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
        spoil = functools.partial(_change_hdf5, name=name, where=where, value=value)
        yield Mutation(f"{name} {where} {verb} {number}", spoil, SIMULATION)


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
        ("does not parse", "proc init() {", "proc init( {"),
        ("calls what there is not", "import.instantiate(this)", "import.levitate(this)"),
        ("wants an unknown mechanism", "insert hh", "insert telepathy"),
        ("declares another template", "smallcell", "othercell"),
        ("has no soma", "create soma[1], dend[1]", "create dend[1]"),
        ("divides by nothing", "CellRef = this", "CellRef = this  x = 1/0"),
    ):
        spoil = functools.partial(_replace_text, name="hoc/smallcell.hoc", old=old, new=new)
        yield Mutation(f"template {verb}", spoil, SIMULATION)
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
