"""Excitatory synapses with long-term plasticity (GluSynapse): what their edges say besides.

The model is of Chindemi et al. 2022 (Nat Commun 13:3038); its mod file comes with the circuit.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import CircuitError
from engine.simulation.contacts import Edges, Numbers
from engine.simulation.host import h

_COLUMNS: Final[Mapping[str, str]] = {
    "volume_CR": "volume_CR",
    "rho0_GB": "rho0_GB",
    "Use_d": "Use_d_TM",
    "Use_p": "Use_p_TM",
    "gmax_d_AMPA": "gmax_d_AMPA",
    "gmax_p_AMPA": "gmax_p_AMPA",
    "theta_d_GB": "theta_d",
    "theta_p_GB": "theta_p",
}
_SCALED_BY_CALCIUM: Final = ("Use_d", "Use_p")
_USUAL_THRESHOLD: Final = 0.5  # of rho, between depressed and potentiated
_THRESHOLD: Final = "rho_star_GB_GluSynapse"


def plastic_values(
    edges: Edges, excitatory: NDArray[np.bool_], scale: Numbers, ratios: Numbers
) -> dict[str, Numbers]:
    """What such synapses are told, by variable, (n,) each; {} unless the edges have all that it takes.

    `scale`: by what calcium outside changes release. `ratios` of NMDA to AMPA; NaN leaves the mechanism's own
    conductance of NMDA. CircuitError where excitatory edges lack a number.
    """
    if not all(edges.has(column) for column in _COLUMNS.values()):
        return {}
    values = {variable: edges.numbers(column) for variable, column in _COLUMNS.items()}
    for variable, column in _COLUMNS.items():
        if not np.isfinite(values[variable][excitatory]).all():
            raise CircuitError(
                f"The edges of {edges.population.name} have plastic synapses whose parameters make no sense.",
                hint=f"Mend their attribute {column}.",
            )
    for variable in _SCALED_BY_CALCIUM:
        values[variable] = values[variable] * scale
    return values | _beginning(values, ratios)


def _beginning(values: Mapping[str, Numbers], ratios: Numbers) -> dict[str, Numbers]:
    """A synapse begins depressed or potentiated, whichever its rho is nearer to."""
    potentiated = values["rho0_GB"] > float(getattr(h, _THRESHOLD, _USUAL_THRESHOLD))
    peak = np.where(potentiated, values["gmax_p_AMPA"], values["gmax_d_AMPA"])
    utilisation = np.where(potentiated, values["Use_p"], values["Use_d"])
    return {"Use": utilisation, "gmax0_AMPA": peak, "gmax_NMDA": peak * ratios}
