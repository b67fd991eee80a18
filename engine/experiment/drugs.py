"""Which drugs block which channels, as far as electrophysiologists rely on it.

Each drug is meant at the concentration at which it is used to isolate currents, where it takes nearly all of
its own channels away and little of others:

- Tetrodotoxin (0.5 to 1 µM) closes the pore of voltage-gated sodium channels, transient and persistent
  current alike (Narahashi, Moore and Scott 1964; Hille, Ion Channels of Excitable Membranes, 2001).
- Tetraethylammonium (10 to 30 mM) plugs delayed rectifiers (Armstrong and Binstock 1965, from inside of the
  squid axon; Hille 1967, from outside at the node of Ranvier). Of pyramidal cells it takes the slow potassium
  current and leaves the fast one (Korngreen and Sakmann 2000); Kv3 channels need less than 1 mM (Rudy and
  McBain 2001), and so do BK channels.
- Cadmium (0.1 to 0.2 mM) blocks calcium channels that open at high voltages; those that open at low voltages
  keep most of their current (Fox, Nowycky and Tsien 1987).
- ZD7288 (20 to 50 µM) blocks the h-current (Gasparini and DiFrancesco 1997).
- 4-Aminopyridine blocks D-type channels at tens of µM (Storm 1988) and A-type channels at a few mM (Korngreen
  and Sakmann 2000); it is meant here at the latter.
- Apamin (0.1 µM) blocks SK channels (Köhler et al. 1996).

What a drug does to a model is to multiply conductances: it knows neither concentrations nor voltages.
"""

from dataclasses import dataclass
from typing import Final

from engine.experiment.channels import Family


@dataclass(frozen=True, slots=True)
class KnownDrug:
    """A drug by the name on its vial, in full, and the channels that it blocks."""

    name: str
    full_name: str
    blocks: tuple[Family, ...]
    purpose: str  # completes "blocks …"


DRUGS: Final = (
    KnownDrug("TTX", "Tetrodotoxin", ("sodium", "persistent_sodium"), "sodium channels"),
    KnownDrug(
        "TEA",
        "Tetraethylammonium",
        ("delayed_rectifier", "big_calcium_potassium"),
        "delayed-rectifier and BK potassium channels",
    ),
    KnownDrug("Cd", "Cadmium", ("high_voltage_calcium",), "calcium channels that open at high voltages"),
    KnownDrug("ZD7288", "ZD7288", ("h_type",), "channels of the h-current"),
    KnownDrug("4-AP", "4-Aminopyridine", ("a_type", "d_type"), "A-type and D-type potassium channels"),
    KnownDrug("Apamin", "Apamin", ("small_calcium_potassium",), "SK potassium channels"),
)


def known_drug(name: str) -> KnownDrug | None:
    """The drug of that name, however it is capitalised."""
    return next((drug for drug in DRUGS if drug.name.casefold() == name.casefold()), None)
