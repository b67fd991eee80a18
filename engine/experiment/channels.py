"""What is known of the mechanisms that models use: which channels they stand for, and plain words for them.

Mechanisms have whatever names their authors gave them. Those of widespread models are listed here (squid
axon; Hay et al. 2011 and the Blue Brain Project; the Allen Cell Types models; Migliore's CA1 models; our own
circuits); of others the ion that they carry tells as much as can be told.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final, Literal

Family = Literal[
    "sodium",
    "persistent_sodium",
    "delayed_rectifier",
    "a_type",
    "d_type",
    "m_type",
    "potassium",
    "high_voltage_calcium",
    "low_voltage_calcium",
    "calcium",
    "small_calcium_potassium",
    "big_calcium_potassium",
    "h_type",
    "leak",
]

FAMILIES: Final[Mapping[Family, str]] = {
    "sodium": "sodium",
    "persistent_sodium": "persistent sodium",
    "delayed_rectifier": "delayed rectifier",
    "a_type": "A-type potassium",
    "d_type": "D-type potassium",
    "m_type": "M-type potassium",
    "potassium": "potassium",
    "high_voltage_calcium": "high-voltage calcium",
    "low_voltage_calcium": "low-voltage calcium",
    "calcium": "calcium",
    "small_calcium_potassium": "SK potassium",
    "big_calcium_potassium": "BK potassium",
    "h_type": "h-current",
    "leak": "leak",
}
_NAMES: Final[Mapping[Family, str]] = {
    "sodium": "na na3 na12 na16 naf nat nav nax natg nata nata_t nats nats2_t scnaa scnas",
    "persistent_sodium": "nap nap_et2 scnap",
    "delayed_rectifier": (
        "kv kv2like kv3_1 skv3_1 k_p k_pst kdr kdrca1 stochkv stochkv2 stochkv3 sckv3 sckv3f scks"
    ),
    "a_type": "k_t k_tst ka kap kad scka",
    "d_type": "kd kdb kdshu2007",
    "m_type": "im im_v2 km kmb sckm",
    "high_voltage_calcium": "ca_hva ca_hva2 ca cal can",
    "low_voltage_calcium": "ca_lva ca_lvast cat sccat",
    "small_calcium_potassium": "sk sk_e2",
    "big_calcium_potassium": "bk cagk",
    "h_type": "ih h hd scih",
    "leak": "pas",
}
_BY_NAME: Final[Mapping[str, Family]] = {
    name: family for family, names in _NAMES.items() for name in names.split()
}
_OF_SQUID: Final[Mapping[str, Family]] = {  # one mechanism with three conductances
    "gnabar_hh": "sodium",
    "gkbar_hh": "delayed_rectifier",
    "gl_hh": "leak",
}
_BY_ION: Final[Mapping[str, Family]] = {"na": "sodium", "k": "potassium", "ca": "calcium"}
_AREA: Final = re.compile(r"S/(cm|µm|m)(²|2)$")  # after any prefix: S/cm², mS/cm², pS/µm²
_SPELT_AS_CONDUCTANCE: Final = re.compile(r"(g|p)\w*(bar|max)|g", re.IGNORECASE)
_REVERSALS: Final = ("e", "erev", "eh", "ehd", "ehcn")
_OTHER_WORDS: Final[Mapping[str, str]] = {
    "cm": "Capacitance",
    "Ra": "Axial resistance",
    "g_pas": "Leak conductance",
    "gl_hh": "Leak conductance",
    "e_pas": "Leak reversal",
    "el_hh": "Leak reversal",
    "ena": "Sodium reversal",
    "ek": "Potassium reversal",
    "eca": "Calcium reversal",
    "nai": "Sodium inside",
    "nao": "Sodium outside",
    "ki": "Potassium inside",
    "ko": "Potassium outside",
    "cai": "Calcium inside",
    "cao": "Calcium outside",
}


def family_of(mechanism: str, variable: str, ions: Collection[str] = ()) -> Family | None:
    """Which channel a maximal conductance stands for; None if neither its name nor its ion tells.

    `variable` is the hoc name; `ions`: those whose current the mechanism carries, such as "na".
    """
    if variable in _OF_SQUID:
        return _OF_SQUID[variable]
    known = _BY_NAME.get(mechanism.casefold())
    if known is not None:
        return known
    families = {_BY_ION[ion] for ion in ions if ion in _BY_ION}
    return families.pop() if len(families) == 1 else None


def is_conductance(mechanism: str, variable: str, unit: str) -> bool:
    """Whether a parameter is a maximal conductance; one without a unit is told by its name."""
    if unit:
        return _AREA.search(unit) is not None
    own = variable.removesuffix(f"_{mechanism}")
    return _SPELT_AS_CONDUCTANCE.fullmatch(own) is not None


def in_words(mechanism: str, variable: str, family: Family | None = None) -> str:
    """A parameter in plain words, a conductance by its channel: "Sodium"; its own name where there are none.

    `family`: what it is the conductance of.
    """
    if variable in _OTHER_WORDS:
        return _OTHER_WORDS[variable]
    if family is None:
        own = variable.removesuffix(f"_{mechanism}")
        return "Reversal" if own in _REVERSALS else own
    words = FAMILIES[family]
    return words[0].upper() + words[1:]
