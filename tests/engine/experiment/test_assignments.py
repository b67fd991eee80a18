"""The grammar of section_configure and synapse_configure: numbers into variables, and nothing else."""

import ast
import builtins
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DocumentError
from engine.experiment.assignments import Configuration, Style, format_assignments, parse_assignments
from engine.experiment.manipulations import Assignment

STYLES: dict[Style, list[str]] = {
    "all_sections": [""],
    "section_list": ["all", "soma", "axon", "dend", "apic"],
    "section": ["apic[10]", "soma[0]", "my_axon[3]"],
    "compartment_set": [""],
    "synapse": [""],
}


def change(variable: str, operator: Any, value: float) -> Assignment:
    return Assignment(variable=variable, operator=operator, value=value)


@pytest.mark.parametrize(
    ("text", "style", "selector", "expected"),
    [
        (
            "%s.gSK_E2bar_SK_E2 = 0; %s.cm *= 2",
            "all_sections",
            "",
            [("gSK_E2bar_SK_E2", "=", 0), ("cm", "*=", 2)],
        ),
        ("%s.gSK = 0;", "all_sections", "", [("gSK", "=", 0)]),
        (" %s.a=1;;\n%s.b+=2.5e-3 \n", "all_sections", "", [("a", "=", 1), ("b", "+=", 0.0025)]),
        ("apical.gbar_NaTg = 0", "section_list", "apic", [("gbar_NaTg", "=", 0)]),
        ("apic.g = 1; apical.g -= -.5", "section_list", "apic", [("g", "=", 1), ("g", "-=", -0.5)]),
        ("dend.g = 1", "section_list", "dend", [("g", "=", 1)]),
        ("basal.g = 1", "section_list", "dend", [("g", "=", 1)]),
        ("axonal.g /= 4.", "section_list", "axon", [("g", "/=", 4)]),
        ("somatic.g = +7E+2", "section_list", "soma", [("g", "=", 700)]),
        ("apic[10].gbar_KTst = 0", "section", "apic[10]", [("gbar_KTst", "=", 0)]),
        ("gbar_Ca_HVA2 = 1.5", "compartment_set", "", [("gbar_Ca_HVA2", "=", 1.5)]),
        ("a = 1; b = 2", "compartment_set", "", [("a", "=", 1), ("b", "=", 2)]),
        ("%s.mg = 1.0 %s.NMDA_ratio = 1.2", "synapse", "", [("mg", "=", 1), ("NMDA_ratio", "=", 1.2)]),
        ("%s.mg=1.0;%s.e=-80", "synapse", "", [("mg", "=", 1), ("e", "=", -80)]),
    ],
)
def test_that_each_form_is_understood(
    text: str, style: Style, selector: str, expected: list[tuple[str, str, float]]
) -> None:
    assert parse_assignments(text, style) == Configuration(
        tuple(change(*each) for each in expected), selector
    )


@pytest.mark.parametrize(
    ("text", "style", "words"),
    [
        ("", "all_sections", "Expected '%s.' in front of a variable at character 1, but there is the end"),
        (
            "gSK = 0",
            "all_sections",
            "Expected '%s.' in front of a variable at character 1, but there is 'gSK = 0'",
        ),
        ("%s.gSK = 0 %s.cm = 1", "all_sections", "Expected ';' or the end at character 12"),
        ("%s.gSK", "all_sections", "Expected one of = *= /= += -= at character 7, but there is the end"),
        ("%s.gSK == 0", "all_sections", "Expected one of = *= /= += -= at character 8"),
        ("%s.gSK **= 2", "all_sections", "Expected one of = *= /= += -= at character 8"),
        ("%s.gSK = x", "all_sections", "Expected a number at character 10, but there is 'x'"),
        ("%s.gSK = 2*3", "all_sections", "Expected ';' or the end at character 11, but there is '*3'"),
        ("%s.gSK = 0x10", "all_sections", "Expected a number at character 10"),
        ("%s.gSK = 1_000", "all_sections", "Expected a number at character 10"),
        ("%s.gSK = 1.2.3", "all_sections", "Expected a number at character 10"),
        ("%s.gSK = nan", "all_sections", "Expected a number"),
        ("%s.gSK = 1e999", "all_sections", "makes no sense: Input should be a finite number"),
        ("%s.gSK /= 0", "all_sections", "gSK cannot be divided by 0"),
        ("%s.a.b = 1", "all_sections", "Expected one of = *= /= += -= at character 5"),
        ("%s.__class__ = 1", "all_sections", "Expected the name of a variable at character 4"),
        ("%s.connect(1) = 1", "all_sections", "Expected one of = *= /= += -= at character 11"),
        ("%s.a, %s.b = 1", "all_sections", "Expected one of"),
        ("%s.ä = 1", "all_sections", "Expected the name of a variable at character 4"),
        ("%s.a = ٣", "all_sections", "Expected a number"),
        ("import os", "all_sections", "Expected '%s.'"),
        ("dendrites.g = 0", "section_list", "Expected one of the section lists somatic, soma, axonal"),
        ("apical.g = 0; basal.g = 1", "section_list", "the same selection as before (apic) at character 15"),
        ("apic.g = 0", "section", "Expected the name of a section and a dot, such as 'apic[10].'"),
        ("apic[1].g = 0; apic[2].g = 0", "section", "the same selection as before (apic[1])"),
        ("%s.g = 0", "compartment_set", "Expected the name of a variable at character 1"),
        ("%s.mg = 1.0%s.e = 2", "synapse", "Expected a blank or ';' before the next assignment"),
        ("tau_d_NMDA_ProbAMPANMDA_EMS = 1", "synapse", "Expected '%s.'"),
    ],
)
def test_that_everything_else_is_refused_with_its_position(text: str, style: Style, words: str) -> None:
    with pytest.raises(DocumentError) as error:
        parse_assignments(text, style)
    assert words in str(error.value)
    assert "Only numbers can be assigned" in str(error.value)


VARIABLES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
CHANGES = st.builds(change, VARIABLES, st.sampled_from(["=", "*=", "+=", "-="]), FINITE) | st.builds(
    change, VARIABLES, st.just("/="), FINITE.filter(bool)
)


@given(data=st.data(), style=st.sampled_from(list(STYLES)), changes=st.lists(CHANGES, min_size=1, max_size=5))
def test_that_what_is_written_is_read_back(
    data: st.DataObject, style: Style, changes: list[Assignment]
) -> None:
    selector = data.draw(st.sampled_from(STYLES[style]))
    text = format_assignments(changes, style, selector)
    assert parse_assignments(text, style) == Configuration(tuple(changes), selector)


def test_that_writing_uses_the_names_of_sonata() -> None:
    changes = [change("g", "=", 0), change("cm", "*=", 2.5)]
    assert format_assignments(changes, "section_list", "apic") == "apical.g = 0; apical.cm *= 2.5"
    assert format_assignments(changes, "synapse") == "%s.g = 0 %s.cm *= 2.5"


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "%s.",
            "apical.",
            "apic[0].",
            "g",
            " ",
            "=",
            "*=",
            "1",
            "1e-3",
            ";",
            "(",
            ")",
            "__import__",
            "'os'",
            "\n",
            "-",
        ]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@given(text=FRAGMENTS | st.text(), style=st.sampled_from(list(STYLES)))
def test_that_no_text_is_evaluated_and_every_text_is_understood_or_refused(text: str, style: Style) -> None:
    def forbidden(*arguments: object, **named: object) -> object:
        raise AssertionError(f"evaluated: {arguments}")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("eval", "exec", "compile", "__import__"):
            patch.setattr(builtins, name, forbidden)
        try:
            found = parse_assignments(text, style)
        except DocumentError:
            return
    assert parse_assignments(format_assignments(found.assignments, style, found.selector), style) == found


@given(text=FRAGMENTS)
def test_that_what_we_accept_for_sections_python_accepts_as_assignments(text: str) -> None:
    try:
        found = parse_assignments(text, "all_sections")
    except DocumentError:
        return
    lines = [
        line.strip() for line in text.replace("%s", "section").replace(";", "\n").splitlines() if line.strip()
    ]
    tree = ast.parse("\n".join(lines))
    assert all(isinstance(each, ast.Assign | ast.AugAssign) for each in tree.body)
    assert len(tree.body) == len(found.assignments)


def test_that_a_long_text_takes_no_long_time() -> None:
    text = "; ".join(["%s.g = 1"] * 20_000)
    assert len(parse_assignments(text, "all_sections").assignments) == 20_000
    with pytest.raises(DocumentError):
        parse_assignments(" " * 200_000 + "x", "all_sections")
