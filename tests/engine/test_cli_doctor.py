"""The doctor finds what is missing and says how to mend it."""

import importlib.metadata

import pytest

from engine import cli
from engine.commands import doctor


def test_that_the_doctor_looks_at_everything(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["doctor"])
    told = capsys.readouterr().out
    for name in (
        "Python",
        "numpy",
        "neuron",
        "NEURON starts",
        "mod file compiler",
        "Qt libraries",
        "OpenGL",
        "cache",
    ):
        assert name in told
    assert importlib.metadata.version("neuron") in told
    assert code == (1 if "\nproblem" in told else 0)


def test_that_a_missing_compiler_is_named_with_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CXX", "c++")
    check = doctor.compiler()
    assert check.found == "make and c++ missing"
    assert "install" in check.fix


def test_that_a_problem_ends_the_doctor_with_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_PACKAGES", ("surely-not-installed",))
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "problem  surely-not-installed" in told and "pip install surely-not-installed" in told
