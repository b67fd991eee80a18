"""Models of our own, in `resources/mechanisms`, that stand in for those a circuit comes without."""

from collections.abc import Mapping
from typing import Final

EXCITATORY: Final = "ProbAMPANMDA_EMS"
INHIBITORY: Final = "ProbGABAAB_EMS"
TTX_SWITCH: Final = "TTXDynamicsSwitch"
STAND_INS: Final[Mapping[str, str]] = {
    EXCITATORY: "StochasticAMPANMDA",
    INHIBITORY: "StochasticGABAAB",
    TTX_SWITCH: "TTXSwitch",
    "VecStim": "SpikeTimes",
    "InhPoissonStim": "PoissonMinis",
}
