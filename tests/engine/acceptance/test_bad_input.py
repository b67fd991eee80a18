"""Whatever is wrong with what we are given, a person gets one clear sentence and exit code 2."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from tests.engine.acceptance.mutations import Mutation, all_mutations, harmless_mutations
from tests.engine.acceptance.small_circuit import EXPERIMENT, SIMULATION, make_small_circuit
from tests.peers import ROOT

_MUTATIONS = all_mutations()
_LONGEST_SENTENCE = 600
_NOT_FOR_PEOPLE = ("Traceback", "Errno", "object at 0x", "<class", "ValidationError", "pydantic", "h5py")

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    return folder


@pytest.fixture
def circuit(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "circuit"))


def _run(folder: Path, opens: str, *, apart: bool = False) -> int:
    out = folder.parent / "results"
    arguments = ["run", str(folder / opens), "--trust", "--quiet", "--out", str(out)]
    if apart:
        return subprocess.run(
            [sys.executable, "-m", "engine.cli", *arguments], cwd=ROOT, check=False
        ).returncode
    return cli.main(arguments)


def _check_sentence(said: str) -> None:
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert 20 < len(lines[0]) < _LONGEST_SENTENCE, said
    assert lines[0].endswith((".", "?", "`")), said
    assert not [word for word in _NOT_FOR_PEOPLE if word in lines[0]], said


@pytest.mark.parametrize("opens", [SIMULATION, EXPERIMENT])
def test_that_the_circuit_runs_before_it_is_spoilt(
    circuit: Path, opens: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if opens == EXPERIMENT:
        assert cli.main(["info", str(circuit)]) == 0
        assert "No problems." in capfd.readouterr().out
    assert _run(circuit, opens) == 0, capfd.readouterr().err


def test_that_there_are_enough_ways_to_spoil_it() -> None:
    assert len(_MUTATIONS) >= 200
    assert len({mutation.name for mutation in _MUTATIONS}) == len(_MUTATIONS)


@pytest.mark.parametrize(
    "mutation", [each for each in _MUTATIONS if not each.runs], ids=lambda mutation: mutation.name
)
def test_that_bad_input_ends_with_one_sentence(
    mutation: Mutation, circuit: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mutation.spoil(circuit)
    code = _run(circuit, mutation.opens, apart=mutation.lasting)
    said = capfd.readouterr()
    assert code == cli.BAD_INPUT, said
    _check_sentence(said.err)


@pytest.mark.parametrize(
    ("mutation", "warning"),
    [*harmless_mutations(), *((each, "warning: replay: ") for each in _MUTATIONS if each.runs)],
    ids=lambda part: getattr(part, "name", ""),
)
def test_that_what_can_be_coped_with_is_said(
    mutation: Mutation, warning: str, circuit: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mutation.spoil(circuit)
    out = str(circuit.parent / "results")
    code = cli.main(["run", str(circuit / mutation.opens), "--trust", "--out", out])
    said = capfd.readouterr().err
    assert code == 0, said
    assert warning in said


@pytest.mark.parametrize("mutation", _MUTATIONS, ids=lambda mutation: mutation.name)
def test_that_what_is_left_can_be_browsed_with_its_problems(
    mutation: Mutation, circuit: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Problems that only a run can meet (a stimulus, a template's code) need not show in `info`."""
    mutation.spoil(circuit)
    code = cli.main(["info", "--json", str(circuit / mutation.opens)])
    said = capfd.readouterr()
    if code == 0:
        problems = json.loads(said.out)["problems"]
        for problem in problems:
            _check_sentence(
                " ".join(filter(None, (problem["what"], problem["where"], problem["hint"]))) + "."
            )
    else:
        assert code == cli.BAD_INPUT, said
        _check_sentence(said.err)
