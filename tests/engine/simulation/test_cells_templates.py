"""What the text of a hoc file says about its templates."""

from pathlib import Path

import pytest

from engine.errors import SimulationError, UnknownNameError
from engine.simulation.cells.templates import (
    constructor_form,
    read_template,
    text_to_execute,
    without_comments,
)

_V6 = "proc init(/* $s1 */) { if (numarg() >= 3) { load($s2, $s3) } else { load($s2, name) } replace($4) }"
_BLUEPYOPT = "proc init() { load($s1, $s2) }"
_V5 = "proc init() { localobj x\n CellRef = new Cell($1, $s2) }"


@pytest.mark.parametrize(
    ("init", "form"),
    [
        (_V6, "v6"),
        (_BLUEPYOPT, "bluepyopt"),
        (_V5, "v5"),
        ("proc init() { load($s1) }", "morphology"),
        ("proc init() { gid = $1 }", "gid"),
        ("proc init() { }\nproc other() { x = $s1 }", "nothing"),
        ("", "nothing"),
    ],
)
def test_that_the_constructor_tells_its_form(init: str, form: str) -> None:
    assert constructor_form(without_comments(init)) == form


def _file(folder: Path, text: str) -> Path:
    path = folder / "cells.hoc"
    path.write_text(text)
    return path


_TWO = """{load_file("stdrun.hoc")}
{load_file(1, "helpers.hoc")} // {load_file("commented.hoc")}
strdef Big_NeededAttributes
Big_NeededAttributes = "AIS_scaler;soma_scaler"
begintemplate Small
proc init() { load_file("inside.hoc") }
endtemplate Small
/* begintemplate Ghost endtemplate Ghost */
begintemplate Big
objref part
proc init() { gid = $1 part = new Small() load($s2, $s3) }
endtemplate Big
"""


def test_that_the_wanted_template_is_found_among_several(tmp_path: Path) -> None:
    template = read_template(_file(tmp_path, _TWO), "Big")
    assert template.neighbours == ("Small", "Big")
    assert template.form == "v6"
    assert template.needed_attributes == ("AIS_scaler", "soma_scaler")
    assert template.loads == ("stdrun.hoc", "helpers.hoc")


def test_that_an_unknown_one_of_several_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'Big'"):
        read_template(_file(tmp_path, _TWO), "big")


def test_that_a_lone_template_may_have_any_name(tmp_path: Path) -> None:
    path = _file(tmp_path, "begintemplate Inner\nproc init() {}\nendtemplate Inner\n")
    assert read_template(path, "cells").name == "Inner"


@pytest.mark.parametrize("text", ["", "create soma", "begintemplate Open\nproc init() {}\n"])
def test_that_a_file_without_template_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SimulationError, match="defines no template"):
        read_template(_file(tmp_path, text), "cells")


def test_that_renaming_touches_definitions_and_constructions_alone(tmp_path: Path) -> None:
    template = read_template(_file(tmp_path, _TWO), "Big")
    text = text_to_execute(template, {"Small": "Small_2", "Big": "Big_2"})
    assert "begintemplate Small_2" in text and "endtemplate Small_2" in text
    assert "new Small_2()" in text
    assert 'Big_NeededAttributes = "AIS' in text
    assert len(text.splitlines()) == len(_TWO.splitlines())


def test_that_comments_go_and_lines_and_strings_stay() -> None:
    text = 'a = 1 // "x"\n/* two\nlines */ b = "// no comment"\n'
    assert without_comments(text).split() == ["a", "=", "1", "b", "=", '"//', "no", 'comment"']
    assert without_comments(text).count("\n") == 3
