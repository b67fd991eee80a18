"""Damaged files of any kind: whatever happens to their bytes, the user gets a sentence."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import EngineError
from tests.engine.circuit.synthesise import allen_circuit, obi_circuit

Damage = Callable[[bytearray, np.random.Generator], object]


def _cut(data: bytearray, random: np.random.Generator) -> None:
    del data[int(random.integers(len(data))) :]


def _flip_a_bit(data: bytearray, random: np.random.Generator) -> None:
    data[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))


def _scatter(data: bytearray, random: np.random.Generator) -> None:
    for place in random.integers(len(data), size=30).tolist():
        data[place] = int(random.integers(256))


def _insert(data: bytearray, random: np.random.Generator) -> None:
    place = int(random.integers(len(data)))
    data[place:place] = [b'"', b"{", b"[1]", b"NaN", b"\x00", b"$X", b" "][int(random.integers(7))]


def _browse(folder: Path) -> list[str]:
    """Everything that browsing does; returns the sentences with which things were refused."""
    refused: list[str] = []

    def attempt(action: Callable[..., object], *arguments: object) -> None:
        try:
            action(*arguments)
        except EngineError as error:
            refused.append(str(error))

    with open_circuit(folder) as circuit:
        for name, population in circuit.node_populations.items():
            attempt(population.filter, "L5 or node_id > 0")
            attempt(population.filter, {"layer": "5"})
            for column in population.columns:
                attempt(population.values, column)
                attempt(population.sort, [(column, True)])
            for row in range(min(population.size, 6)):
                attempt(circuit.cell, name, row)
        for name in circuit.node_sets.names:
            attempt(circuit.node_sets.select, name, circuit.node_populations)
        return refused + [str(problem) for problem in circuit.problems]


@pytest.mark.parametrize("damage", [_cut, _flip_a_bit, _scatter, _insert])
@pytest.mark.parametrize("make", [obi_circuit, allen_circuit])
def test_that_damage_is_told_in_sentences(
    tmp_path: Path, make: Callable[[Path], Path], damage: Damage
) -> None:
    random = np.random.default_rng(7)
    make(tmp_path / "sound")
    assert _browse(tmp_path / "sound") == []
    files = [
        path for path in sorted((tmp_path / "sound").rglob("*")) if path.suffix in (".h5", ".json", ".csv")
    ]
    told: list[str] = []
    for number, file in enumerate(files * 3):
        folder = shutil.copytree(tmp_path / "sound", tmp_path / str(number))
        target = folder / file.relative_to(tmp_path / "sound")
        data = bytearray(target.read_bytes())
        damage(data, random)
        target.write_bytes(data)
        try:
            told += _browse(folder)
        except EngineError as error:
            told.append(str(error))
    assert told and all(sentence.rstrip()[-1] in ".!?" for sentence in told)
