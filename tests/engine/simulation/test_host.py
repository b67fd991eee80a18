"""Failures of NEURON arrive as errors that say what and where."""

from pathlib import Path
from typing import Any

import pytest

from engine.errors import SimulationError
from engine.simulation.host import construct, explaining, h, load_hoc_file, readable_path, run_hoc
from tests.engine.simulation.in_process import in_process


def test_that_a_wrong_statement_raises_with_neurons_own_lines() -> None:
    with pytest.raises(SimulationError, match="syntax error") as caught:
        run_hoc("this is not hoc", where="the test")
    assert "this is not hoc" in caught.value.printed
    assert caught.value.where == "the test"


def test_that_a_right_statement_is_executed() -> None:
    run_hoc("host_test_value = 42", where="the test")
    assert h.host_test_value == 42


def test_that_a_wrong_line_of_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "wrong.hoc"
    file.write_text("x = 1\ny = 2\n/* a comment\n of two lines */\nnonsense everywhere\n")
    with pytest.raises(SimulationError) as caught:
        load_hoc_file(file)
    assert "wrong.hoc" in caught.value.what
    assert caught.value.where == f"{file}, near line 5"


def test_that_a_file_that_failed_is_not_taken_for_loaded_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "again.hoc"
    file.write_text("nonsense everywhere\n")
    for _ in range(2):
        with pytest.raises(SimulationError):
            load_hoc_file(file)


def test_that_a_file_that_failed_leaves_the_working_directory_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "wrong.hoc"
    file.write_text("nonsense everywhere\n")
    before = Path.cwd()
    with pytest.raises(SimulationError):
        load_hoc_file(file)
    assert Path.cwd() == before


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"missing\.hoc does not exist"):
        load_hoc_file(tmp_path / "missing.hoc")


@pytest.mark.parametrize("name", ["größe µ.hoc", 'with "quotes".hoc', "a space.hoc"])
def test_that_files_with_names_that_hoc_cannot_spell_are_executed(tmp_path: Path, name: str) -> None:
    file = tmp_path / "Zoë" / name
    file.parent.mkdir()
    file.write_text("host_test_spelt = 7\n")
    h("host_test_spelt = 0")
    load_hoc_file(file)
    assert h.host_test_spelt == 7


def test_that_a_readable_path_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "plain.hoc"
    with readable_path(file) as readable:
        assert readable == file


def test_that_a_constructor_that_refuses_says_why() -> None:
    run_hoc(
        """begintemplate HostRefuses
        proc init() { execerror("the reason", "in two parts") }
        endtemplate HostRefuses""",
        where="the test",
    )
    with pytest.raises(SimulationError, match="the reason") as caught:
        construct("HostRefuses", where="the test")
    assert "HostRefuses[0].init()" in caught.value.printed


def test_that_an_unknown_template_is_named() -> None:
    with pytest.raises(SimulationError, match="'HostNoSuchTemplate'"):
        construct("HostNoSuchTemplate", where="the test")


def test_that_sections_of_a_constructor_that_refuses_do_not_stay() -> None:
    kept = h.Section(name="host_test_kept")
    run_hoc(
        """begintemplate HostHalf
        create soma[3]
        objref unset
        proc init() { soma[1] nseg = 5  unset.x(3) }
        endtemplate HostHalf""",
        where="the test",
    )
    before = sum(1 for _ in h.allsec())
    with pytest.raises(SimulationError):
        construct("HostHalf", where="the test")
    after = sum(1 for _ in h.allsec())  # counted apart: pytest would spell sections out, see load_hoc_file
    assert after == before
    assert any(section == kept for section in h.allsec())


def test_that_neuron_still_runs_after_a_file_that_failed_inside_a_template(tmp_path: Path) -> None:
    file = tmp_path / "half.hoc"
    file.write_text("begintemplate HostHalfFile\ncreate soma[4]\nproc init() { insert no_such_channel }\n")
    with pytest.raises(SimulationError, match="no_such_channel is not a MECHANISM"):
        load_hoc_file(file)
    section = h.Section(name="host_test")
    section.insert("pas")
    h.finitialize(-60)
    h.fadvance()
    assert -70 < section(0.5).v < -60


def test_that_what_was_done_is_explained() -> None:
    section = h.Section(name="host_test")
    with (
        pytest.raises(SimulationError, match=r"while inserting a channel: .*density mechanism") as caught,
        explaining("inserting a channel", where="soma", hint="Compile it."),
    ):
        section.insert("no_such_channel")
    assert str(caught.value).endswith("In soma. Compile it.")


def test_that_our_own_errors_pass_unchanged() -> None:
    mine = SimulationError("mine")
    with pytest.raises(SimulationError) as caught, explaining("doing something"):
        raise mine
    assert caught.value is mine


def test_that_what_neuron_prints_when_all_is_well_goes_to_the_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("INFO"):
        run_hoc('print "hello from hoc"', where="the test")
    assert "hello from hoc" in caplog.text
    assert capsys.readouterr().out == ""


def _mechanisms_after_import() -> Any:
    from engine.simulation.mechanisms import available

    return sorted(available())


def test_that_mechanisms_in_the_working_directory_are_not_loaded_behind_our_back(tmp_path: Path) -> None:
    import platform

    folder = tmp_path / platform.machine()
    folder.mkdir()
    (folder / "libnrnmech.so").write_bytes(b"not a library: loading it would fail loudly")
    (folder / "libnrnmech.dylib").write_bytes(b"nor this")
    names = in_process(_mechanisms_after_import, folder=tmp_path, cwd=tmp_path)
    assert {"hh", "pas", "IClamp"} <= set(names)
