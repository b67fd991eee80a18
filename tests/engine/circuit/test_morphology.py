"""Morphologies of every format: numbers of sections, connections, and sentences for broken files."""

from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.circuit.morphology import Morphology, container_names, read_morphology
from engine.errors import CircuitError, UnknownNameError

STICK = """\
1 1 0 0 0 6 -1
2 3 6 0 0 1 1
3 3 10 0 0 1 2
4 3 10 5 0 1 3
5 3 10 -5 0 0.5 3
6 2 -6 0 0 0.5 1
7 2 -20 0 0 0.5 6
8 4 0 6 0 1 1
9 4 0 30 0 1 8
10 7 0 0 6 1 1
11 7 0 0 9 1 10
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def write_h5(group: h5py.Group) -> None:
    """A soma outline of three points and one dendrite of two, in the layout of H5 morphologies."""
    group["points"] = np.array(
        [[0, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1], [1, 0, 0, 2], [9, 0, 0, 2]], np.float32
    )
    group["structure"] = np.array([[0, 1, -1], [3, 3, 0]], np.int32)
    group.create_group("metadata").attrs["version"] = np.array([1, 1], np.uint32)
    group["metadata"].attrs["cell_family"] = np.array([0], np.uint32)


def assert_connected(morphology: Morphology) -> None:
    for section in morphology.sections[1:]:
        assert 0 <= section.parent < section.id
        assert section.points.shape == (len(section.diameters), 3)
        if section.parent:
            assert np.array_equal(section.points[0], morphology.sections[section.parent].points[-1])


def test_that_sections_have_types_parents_points_and_diameters(tmp_path: Path) -> None:
    morphology = read_morphology(write(tmp_path / "stick.swc", STICK))
    assert (morphology.name, morphology.soma_shape, morphology.warnings) == ("stick", "point", ())
    soma, *others = morphology.sections
    assert (soma.kind, soma.parent, soma.points.tolist(), soma.diameters.tolist()) == (
        "soma",
        -1,
        [[0, 0, 0]],
        [12],
    )
    assert Counter(each.kind for each in others) == {"dend": 3, "axon": 1, "apic": 1, "other": 1}
    branches = [each for each in others if each.kind == "dend" and each.parent]
    (trunk,) = [each for each in others if each.kind == "dend" and not each.parent]
    assert {each.parent for each in branches} == {trunk.id}
    assert trunk.diameters.tolist() == [2, 2]
    assert [each.points[-1].tolist() for each in branches] == [[10, 5, 0], [10, -5, 0]]


def test_that_the_published_morphologies_are_whole(shared_data: Path) -> None:
    paths = [*shared_data.rglob("*.swc"), *shared_data.rglob("*.asc")]
    assert len(paths) == 13
    for path in paths:
        assert_connected(read_morphology(path))


def test_that_two_formats_of_one_cell_are_the_same_cell(shared_data: Path) -> None:
    folder = shared_data / "bbp/circuit_sonata_quick_scx_multi_circuit/components/CircuitA/morphologies"
    ours = [read_morphology(folder / kind / f"C210401C.{kind}") for kind in ("swc", "asc")]
    assert [each.soma_shape for each in ours] == ["cylinders", "contour"]
    lengths = [
        sum(np.linalg.norm(np.diff(s.points, axis=0), axis=1).sum() for s in each.sections[1:])
        for each in ours
    ]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-5)
    assert Counter(s.kind for s in ours[0].sections) == Counter(s.kind for s in ours[1].sections)


def test_that_what_morphio_notices_is_told_once(shared_data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = shared_data / "bbp/circuit_sonata_quick_scx_multi_circuit/components/CircuitA/morphologies"
    assert read_morphology(folder / "swc/C210401C.swc").warnings == ("zero diameter in file (16 times)",)
    assert capfd.readouterr() == ("", "")


def test_that_h5_files_and_containers_are_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with h5py.File(tmp_path / "single.h5", "w") as file:
        write_h5(file)
    with h5py.File(tmp_path / "container.h5", "w") as file:
        for name in ("one", "two"):
            write_h5(file.create_group(name))
    single = read_morphology(tmp_path / "single.h5", "whatever the circuit calls it")
    member = read_morphology(tmp_path / "container.h5", "two")
    assert member.name == "two"
    for each in (single, member):
        assert [section.kind for section in each.sections] == ["soma", "dend"]
        assert each.sections[1].points.tolist() == [[1, 0, 0], [9, 0, 0]]
    assert container_names(tmp_path / "container.h5") == ("one", "two")
    with pytest.raises(UnknownNameError, match="morphology named 'tow'"):
        read_morphology(tmp_path / "container.h5", "tow")
    with pytest.raises(CircuitError, match="holds 2 morphologies: say which"):
        read_morphology(tmp_path / "container.h5")
    assert capfd.readouterr() == ("", "")


def test_that_a_folder_is_searched_by_name(tmp_path: Path) -> None:
    write(tmp_path / "stick.swc", STICK)
    assert len(read_morphology(tmp_path, "stick").sections) == 7
    with pytest.raises(CircuitError, match="no morphology 'twig'"):
        read_morphology(tmp_path, "twig")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("cut.swc", "1 1 0 0 0 1 -1\n2 3 0 0", "cut.swc cannot be read: line 2"),
        ("words.swc", "once upon a time", "words.swc cannot be read: line 1"),
        ("nan.swc", "1 1 0 0 nan 1 -1\n", "nan.swc cannot be read: line 1"),
        ("empty.swc", "", "empty.swc holds no points"),
        ("twice.swc", "1 1 0 0 0 1 -1\n1 1 0 0 0 1 -1\n", "twice.swc cannot be read"),
        ("brackets.asc", "(((", "brackets.asc cannot be read: line 1"),
        ("cell.txt", STICK, "cell.txt is no morphology"),
        ("text.h5", "points", "signature not found"),
    ],
)
def test_that_broken_files_are_told(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(CircuitError, match=says) as caught:
        read_morphology(write(tmp_path / name, text))
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


def test_that_other_h5_files_are_told(tmp_path: Path, shared_data: Path) -> None:
    with pytest.raises(CircuitError, match="cannot be read: Missing points"):
        read_morphology(shared_data / "allen/9_cells/network/cortex_nodes.h5")
    with h5py.File(tmp_path / "nothing.h5", "w"):
        pass
    with pytest.raises(CircuitError, match="holds no morphology"):
        read_morphology(tmp_path / "nothing.h5")
    with h5py.File(tmp_path / "nan.h5", "w") as file:
        write_h5(file)
        file["points"][4, 0] = np.nan
    with pytest.raises(CircuitError, match="points that are no numbers"):
        read_morphology(tmp_path / "nan.h5")
    with pytest.raises(CircuitError, match="is missing"):
        read_morphology(tmp_path / "absent.swc")
