"""Which channels mechanisms stand for, and which drugs block them."""

import pytest

from engine.experiment.channels import FAMILIES, family_of, in_words, is_conductance
from engine.experiment.drugs import DRUGS, known_drug


def blockers(mechanism: str, variable: str, ions: tuple[str, ...] = ()) -> set[str]:
    family = family_of(mechanism, variable, ions)
    return {drug.name for drug in DRUGS if family in drug.blocks}


@pytest.mark.parametrize(
    ("mechanism", "variable", "names"),
    [
        ("hh", "gnabar_hh", {"TTX"}),
        ("hh", "gkbar_hh", {"TEA"}),
        ("hh", "gl_hh", set()),
        ("NaTg", "gNaTgbar_NaTg", {"TTX"}),
        ("NaTs2_t", "gNaTs2_tbar_NaTs2_t", {"TTX"}),
        ("NaV", "gbar_NaV", {"TTX"}),
        ("Nap_Et2", "gNap_Et2bar_Nap_Et2", {"TTX"}),
        ("SKv3_1", "gSKv3_1bar_SKv3_1", {"TEA"}),
        ("Kv3_1", "gbar_Kv3_1", {"TEA"}),
        ("Kv2like", "gbar_Kv2like", {"TEA"}),
        ("K_Pst", "gK_Pstbar_K_Pst", {"TEA"}),
        ("K_P", "gbar_K_P", {"TEA"}),
        ("K_T", "gbar_K_T", {"4-AP"}),
        ("K_Tst", "gK_Tstbar_K_Tst", {"4-AP"}),
        ("Kd", "gbar_Kd", {"4-AP"}),
        ("Im", "gImbar_Im", set()),
        ("Ca_HVA", "gCa_HVAbar_Ca_HVA", {"Cd"}),
        ("Ca_HVA2", "gCa_HVAbar_Ca_HVA2", {"Cd"}),
        ("Ca_LVA", "gbar_Ca_LVA", set()),
        ("Ca_LVAst", "gCa_LVAstbar_Ca_LVAst", set()),
        ("Ih", "gIhbar_Ih", {"ZD7288"}),
        ("SK_E2", "gSK_E2bar_SK_E2", {"Apamin"}),
        ("pas", "g_pas", set()),
    ],
)
def test_that_each_channel_has_the_blockers_that_it_should(mechanism, variable, names):
    assert blockers(mechanism, variable) == names


def test_that_of_unknown_channels_the_ion_tells():
    assert blockers("mystery", "gbar_mystery", ("na",)) == {"TTX"}
    assert blockers("mystery", "gbar_mystery", ("k",)) == set(), "potassium channels are of many kinds"
    assert blockers("mystery", "gbar_mystery") == set()
    assert blockers("mystery", "gbar_mystery", ("na", "k")) == set()


@pytest.mark.parametrize(
    ("name", "unit", "is_one"),
    [
        ("gbar_x", "S/cm²", True),
        ("gbar_x", "pS/µm²", True),
        ("gbar_x", "mS/cm²", True),
        ("gbar_x", "", True),
        ("gmax_x", "", True),
        ("gamma_x", "", False),
        ("vhalf_x", "mV", False),
        ("cm", "µF/cm²", False),
        ("imax_x", "mA/cm²", False),
    ],
)
def test_that_conductances_are_told_by_their_unit_or_their_name(name, unit, is_one):
    assert is_conductance("x", name, unit) == is_one


def test_that_everything_has_plain_words():
    assert in_words("hh", "gnabar_hh", "sodium") == "Sodium"
    assert in_words("capacitance", "cm") == "Capacitance"
    assert in_words("Ih", "ehcn_Ih") == "Reversal"
    assert in_words("CaDynamics", "gamma_CaDynamics") == "gamma"
    assert all(family in FAMILIES for drug in DRUGS for family in drug.blocks)


def test_that_a_drug_is_known_however_it_is_written():
    assert known_drug("ttx") is DRUGS[0]
    assert known_drug("water") is None
