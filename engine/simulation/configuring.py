"""What connection overrides change of the synapses that they name."""

from typing import Any, NoReturn

from engine.errors import UnknownNameError
from engine.experiment.overriding import Overridden, in_words
from engine.simulation.host import explaining, h


def configure(synapse: Any, overridden: Overridden, index: int) -> None:
    """Change the variables of the synapse of an edge, as overrides say."""
    for override in overridden.changes_of(index):
        for each in override.synapse_configure:
            if not hasattr(synapse, each.variable):
                _refuse(synapse, each.variable, in_words(override))
            with explaining(f"setting {each.variable} of {synapse}"):
                setattr(synapse, each.variable, each.of(float(getattr(synapse, each.variable))))


def _refuse(synapse: Any, variable: str, override: str) -> NoReturn:
    kind = str(synapse.hname()).partition("[")[0]
    standard, name = h.MechanismStandard(kind, 0), h.ref("")
    known = []
    for number in range(int(standard.count())):
        standard.name(name, number)
        known.append(str(name[0]))
    where = f"the connection override {override}"
    raise UnknownNameError(f"variable of {kind}", variable, known, where=where)
