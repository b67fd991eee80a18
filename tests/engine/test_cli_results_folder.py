"""Results never replace what somebody else wrote."""

from pathlib import Path

import pytest

from engine.commands.results_folder import RECORD_NAME, prepare, read_record, write_record
from engine.errors import EngineError


def test_that_reference_outputs_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "spikes.h5").write_bytes(b"precious")
    with pytest.raises(EngineError, match=r"did not write.*--out.*--overwrite"):
        prepare(tmp_path, overwrite=False)
    assert prepare(tmp_path, overwrite=True) == tmp_path
    assert (tmp_path / "spikes.h5").read_bytes() == b"precious"


def test_that_our_own_results_may_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "results"
    write_record(prepare(folder, overwrite=False), "complete", tstop_ms=5.0)
    (folder / "spikes.h5").write_bytes(b"ours")
    assert prepare(folder, overwrite=False) == folder
    assert read_record(folder)["state"] == "complete"


def test_that_files_of_the_last_run_do_not_stay_among_those_of_the_next(tmp_path: Path) -> None:
    folder, other = tmp_path / "results", tmp_path / "precious.h5"
    folder.mkdir()
    for path in (other, folder / "old.h5", folder / "notes.txt"):
        path.write_text("")
    write_record(folder, "complete", files=["old.h5", "../precious.h5"])
    prepare(folder, overwrite=False)
    assert not (folder / "old.h5").exists()
    assert other.exists() and (folder / "notes.txt").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '"somascope"'])
def test_that_a_record_of_another_program_is_not_taken_for_ours(tmp_path: Path, content: str) -> None:
    (tmp_path / RECORD_NAME).write_text(content)
    with pytest.raises(EngineError, match="did not write"):
        prepare(tmp_path, overwrite=False)


def test_that_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("")
    with pytest.raises(EngineError, match="is a file"):
        prepare(tmp_path / "results", overwrite=False)
    with pytest.raises(EngineError, match="cannot be used"):
        prepare(tmp_path / "results" / "deeper", overwrite=False)
