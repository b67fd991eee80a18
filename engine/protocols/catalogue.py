"""All protocols that are no families of others, and short names for the command line."""

from typing import Annotated, Final

from pydantic import Field

from engine.protocols.current_clamp import CurrentVoltage, FrequencyCurrent, RampUntilSpike, StepFamily
from engine.protocols.frequency import Impedance, NoiseFamily
from engine.protocols.profiles import BackPropagation, EpspProfile
from engine.protocols.protocol import Protocol
from engine.protocols.standard import StandardStimulus
from engine.protocols.steady_state import HoldingCurrent, InputResistance, RestingPotential
from engine.protocols.thresholds import PairedPulse, Rheobase, StrengthDuration
from engine.protocols.validation import Validation
from engine.protocols.voltage_clamp import VoltageClampFamily

SingleProtocol = Annotated[
    StepFamily
    | CurrentVoltage
    | FrequencyCurrent
    | RampUntilSpike
    | Rheobase
    | StrengthDuration
    | PairedPulse
    | RestingPotential
    | InputResistance
    | HoldingCurrent
    | VoltageClampFamily
    | StandardStimulus
    | Impedance
    | NoiseFamily
    | BackPropagation
    | EpspProfile
    | Validation,
    Field(discriminator="kind"),
]

BY_NAME: Final[dict[str, type[Protocol]]] = {
    "steps": StepFamily,
    "fi": FrequencyCurrent,
    "iv": CurrentVoltage,
    "ramp": RampUntilSpike,
    "rheobase": Rheobase,
    "strength-duration": StrengthDuration,
    "paired-pulse": PairedPulse,
    "rest": RestingPotential,
    "input-resistance": InputResistance,
    "holding-current": HoldingCurrent,
    "voltage-clamp": VoltageClampFamily,
    "standard": StandardStimulus,
    "impedance": Impedance,
    "noise": NoiseFamily,
    "bap-profile": BackPropagation,
    "epsp-profile": EpspProfile,
    "validate": Validation,
}
